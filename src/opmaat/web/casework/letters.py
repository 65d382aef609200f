"""The letter of a decision: what was decided, how it was worked out step by step, and how to object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from opmaat.core.money import cents_from_text
from opmaat.core.month import Month
from opmaat.core.texts import Language, Text
from opmaat.pages.numbers import euros
from opmaat.pages.wording import Wording
from opmaat.web.casework.models import Decision
from opmaat.web.casework.queries import Dossier
from opmaat.web.gateway.decision_letter import DecisionLetter, letter_pdf, municipal_texts
from opmaat.web.theme.words import words
from opmaat.web.trial.queries import study_folder


def is_complete(file: Dossier) -> bool:
    """Tell whether the municipality wrote what a letter needs: how to object. Without it, it is a draft."""
    return municipal_texts(study_folder(file.household.study)).objecting is not None


def decision_letter(file: Dossier, decision: Decision, language: Language) -> bytes:
    """Return the letter of a decision as PDF."""
    return letter_pdf(letter_of(file, decision, language), day=decision.decided_on)


def letter_of(file: Dossier, decision: Decision, language: Language) -> DecisionLetter:
    """Return all that stands in the letter of a decision, in a language."""
    say, own = words(language), municipal_texts(study_folder(file.household.study))
    month = say.month(Month.parse(decision.month))
    sender = file.municipality.name if own.sender is None else own.sender.in_language(language)
    reference = say.say("casework.letter.reference", number=file.household.pk, decision=decision.pk)
    return DecisionLetter(
        lang=language,
        sender=sender.strip().split("\n"),
        name=say.listed([person.name for person in file.people]),
        address=file.people[0].identity.address,
        reference=[reference],
        day=say.day(decision.decided_on),
        title=say.say("casework.letter.title", month=month),
        decision=list(_decided(decision.content, month, say)),
        explained_title=say.say("casework.letter.explained"),
        explained=decision.content["told"][language][1:],
        steps_title=say.say("casework.letter.steps"),
        heads=[say.say(f"casework.letter.head.{name}") for name in ("step", "article", "amount")],
        steps=[
            [row["rule"], row["article"], euros(cents_from_text(row["amount"]), language)]
            for row in decision.content["steps"][language]
        ],
        objecting_title=say.say("casework.letter.objecting_title"),
        objecting=_municipal(own.objecting, "no_objecting", say),
        questions=_municipal(own.questions, "no_questions", say),
        draft="" if own.objecting is not None else say.say("casework.letter.draft"),
    )


def _municipal(text: Text | None, missing: str, say: Wording) -> str:
    """Return what the municipality wrote, or that it has to write it."""
    return say.say(f"casework.letter.{missing}") if text is None else text.in_language(say.language)


def _decided(content: Mapping[str, Any], month: str, say: Wording) -> Iterator[str]:
    """Yield what was decided: what is paid, or what is paid besides, or was paid too much."""
    paid, change = content["figures"]["paid"], content["change"]
    amount = euros(abs(change), say.language)
    yield say.say("casework.letter.comes_to", month=month, amount=euros(paid, say.language))
    if content["paid_before"] is not None:
        before = euros(content["paid_before"] - content["excess_before"], say.language)
        yield say.say("casework.letter.before", amount=before)
        yield say.say(f"casework.letter.{'more' if change > 0 else 'less'}", amount=amount)
    if content["figures"]["set_off"]:
        kept = euros(content["figures"]["set_off"], say.language)
        yield say.say("casework.letter.kept_back", amount=kept)
