"""What stands in the letters of a batch: made when it is fetched, from sealed people; kept nowhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import get_args

from opmaat.core.texts import Language
from opmaat.pages.wording import Wording
from opmaat.web.fieldwork.models import CodeSeed, Letter, LetterKind, Mailing
from opmaat.web.gateway.letters import Addressed, Letters, LetterText
from opmaat.web.gateway.studies import Arm, Protocol
from opmaat.web.people.codes import code_from_seed
from opmaat.web.people.queries import identities_of
from opmaat.web.theme.words import words
from opmaat.web.trial.models import Standing
from opmaat.web.trial.queries import study_protocol

LANGUAGES: tuple[Language, ...] = get_args(Language)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = ("reference", "name", "address", "code", "site", "arm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One letter with what is secret about it; ``arm`` is empty where it tells none."""

    reference: str
    person: str
    name: str = field(repr=False)
    address: str = field(repr=False)
    code: str = field(repr=False)
    arm: str = field(repr=False)


def written_letters(mailing: Mailing) -> list[Written]:
    """Return the letters of a batch that were sent, in their order."""
    municipality = mailing.municipality
    sent = Letter.objects.of(municipality).filter(mailing=mailing).exclude(sent_on=None)
    letters = list(sent.select_related("household").order_by("place"))
    persons = [letter.person for letter in letters]
    people = identities_of(municipality, persons)
    seeds = dict(
        CodeSeed.objects.of(municipality).filter(person__among=persons).values_list("person", "seed")
    )
    arms = _told_arms(mailing, letters)
    return [
        Written(
            reference=letter.reference,
            person=letter.person,
            name=people[letter.person].name,
            address=people[letter.person].address,
            code=code_from_seed(seeds[letter.person]),
            arm=arms.get(letter.household.pseudonym, ""),
        )
        for letter in letters
    ]


def _told_arms(mailing: Mailing, letters: list[Letter]) -> Mapping[str, str]:
    """Return the arms that were told, by household, for letters that tell them."""
    if mailing.kind != LetterKind.ARM:
        return {}
    households = {letter.household.pseudonym for letter in letters}
    found = Standing.objects.of(mailing.municipality).filter(household__among=households)
    return dict(found.exclude(arm=None).values_list("household", "arm"))


def batch_of(mailing: Mailing, letters: list[Written], *, site: str) -> Letters:
    """Return a batch as it is printed: every letter in Dutch and in English."""
    protocol = study_protocol(mailing.study)
    arms = {letter.arm: protocol.arms.get(letter.arm) for letter in letters}
    return Letters(
        sender=mailing.municipality.name,
        site=site,
        day=mailing.sent_on or mailing.made_on,
        parts={
            _part(language, name): _text(mailing, protocol, arm, words(language))
            for name, arm in arms.items()
            for language in LANGUAGES
        },
        letters=[
            Addressed(
                name=letter.name,
                address=letter.address,
                reference=letter.reference,
                code=letter.code,
                parts=[_part(language, letter.arm) for language in LANGUAGES],
            )
            for letter in letters
        ],
    )


def _part(language: Language, arm: str) -> str:
    """Return the name of a text: its language, and the arm that it tells."""
    return f"{language} {arm}".strip()


def _text(mailing: Mailing, protocol: Protocol, arm: Arm | None, say: Wording) -> LetterText:
    """Return what a letter says in one language."""
    room = f"fieldwork.letter.{mailing.kind}"
    values = {
        "study": protocol.title.in_language(say.language),
        "municipality": mailing.municipality.name,
        "arm": "" if arm is None else arm.label.in_language(say.language),
        "means": "" if arm is None or arm.description is None else arm.description.in_language(say.language),
    }
    return LetterText(
        lang=say.language,
        title=say.say(f"{room}.title", **values),
        day=say.day(mailing.sent_on or mailing.made_on),
        reference_label=say.say("fieldwork.letter.reference"),
        site_label=say.say("fieldwork.letter.site"),
        code_label=say.say("fieldwork.letter.code"),
        before=_paragraphs(say.say(f"{room}.before", **values)),
        after=_paragraphs(say.say(f"{room}.after", **values)),
    )


def _paragraphs(text: str) -> list[str]:
    """Return the lines of a text as paragraphs."""
    return [line for line in text.splitlines() if line.strip()]


def merge_file(letters: list[Written], *, site: str) -> bytes:
    """Return the letters as rows for a mail merge: CSV with semicolons, as a spreadsheet here opens it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow(_COLUMNS)
    for letter in letters:
        writer.writerow([_harmless(cell) for cell in _cells(letter, site)])
    return text.getvalue().encode("utf-8-sig")


def _cells(letter: Written, site: str) -> Iterator[str]:
    """Yield the cells of one row."""
    yield from (letter.reference, letter.name, letter.address, letter.code, site, letter.arm)


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    >>> _harmless("=1+1"), _harmless("Jansen")
    ("'=1+1", 'Jansen')
    """
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
