"""Batches of letters: made, sent once, printed again only on purpose."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from opmaat.core.errors import Issue, NotPermittedError
from opmaat.web import clock
from opmaat.web.accounts.permissions import Action, Thing
from opmaat.web.fieldwork.models import (
    CodeSeed,
    Fetched,
    Letter,
    LetterKind,
    Mailing,
    Printing,
)
from opmaat.web.fieldwork.policies import MOST_LETTERS, may_fetch, may_send, reference_of, subject_of
from opmaat.web.fieldwork.queries.audience import (
    adults_of,
    households_for,
    members_for,
    reminders_for,
    start_days,
)
from opmaat.web.journal.actions import note_accesses
from opmaat.web.journal.models import Municipality
from opmaat.web.people.actions import put_letter_code
from opmaat.web.people.codes import code_from_seed
from opmaat.web.trial.models import Household, Study
from opmaat.web.trial.queries import is_paused

_SEED_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A batch that is asked for: about what, to whom, and to how many households or adults at most."""

    kind: LetterKind
    round_name: str = ""
    wave: str = ""
    turn: int = 0
    most: int
    request_key: str

    @property
    def subject(self) -> str:
        """What nobody gets two letters about."""
        return subject_of(self.kind, self.wave, self.turn)


@transaction.atomic
def make_mailing(*, study: Study, wanted: Wanted, actor: str) -> Mailing:
    """Choose who gets a letter and number the letters; nothing is sent yet.

    Raises NotPermittedError while the study is paused, and when there is nobody to write to.
    """
    Municipality.objects.wait_for_turn(study.municipality)
    before = Mailing.objects.of(study.municipality).filter(request_key=wanted.request_key).first()
    if before is not None:
        return before
    require_not_paused(study, wanted.kind)
    chosen = _chosen(study, wanted)
    if not chosen:
        problem = "There is nobody left to whom such a letter can go now."
        raise NotPermittedError(
            [Issue("nobody-to-write-to", "letters", problem, "Look at the overview: who waits for what.")]
        )
    mailing = _new_mailing(study, wanted, actor)
    _number_letters(mailing, wanted.subject, chosen)
    return mailing


def _new_mailing(study: Study, wanted: Wanted, actor: str) -> Mailing:
    """Write down a batch under the next number of its study."""
    mine = Mailing.objects.of(study.municipality).filter(study=study)
    mailing = Mailing(
        municipality=study.municipality,
        study=study,
        number=(mine.aggregate(last=Max("number"))["last"] or 0) + 1,
        round_name=wanted.round_name,
        kind=wanted.kind.value,
        wave=wanted.wave,
        turn=wanted.turn,
        request_key=wanted.request_key,
        made_by=actor,
        made_on=clock.today(),
    )
    mailing.save()
    return mailing


def _number_letters(mailing: Mailing, subject: str, chosen: Sequence[tuple[int, str]]) -> None:
    """Write down the letters of a batch, each with the reference that stands on it."""
    letters = [
        Letter(
            municipality=mailing.municipality,
            mailing=mailing,
            household_id=household,
            person=person,
            place=place,
            reference=reference_of(mailing.pk, place),
            subject=subject,
        )
        for place, (household, person) in enumerate(chosen, start=1)
    ]
    Letter.objects.of(mailing.municipality).bulk_create(letters, batch_size=500)


def require_not_paused(study: Study, kind: LetterKind) -> None:
    """Raise NotPermittedError when letters of a kind may not go out because the study is paused."""
    if not may_send(kind, paused=is_paused(study)):
        problem = "The study is paused: nobody is invited or told an approach."
        fix = "Go on when the study has been resumed; nothing was lost."
        raise NotPermittedError([Issue("paused", "letters", problem, fix)])


def _chosen(study: Study, wanted: Wanted) -> Sequence[tuple[int, str]]:
    """Return household and adult of every letter."""
    today, most = clock.today(), min(wanted.most, MOST_LETTERS)
    if wanted.kind == LetterKind.WAVE:
        return _with_households(
            study, members_for(study, wanted.wave, today=today, days=start_days(study))[:most]
        )
    if wanted.kind == LetterKind.WAVE_REMINDER:
        days = start_days(study)
        found = reminders_for(study, wanted.wave, wanted.turn, today=today, days=days)[:most]
        return _with_households(study, found)
    households = households_for(study, wanted.kind, round_name=wanted.round_name, today=today)
    keys = list(households.values_list("pk", flat=True)[:most])
    adults = adults_of(study, keys)
    return [(household, person) for household in keys for person in adults.get(household, ())]


def _with_households(study: Study, rows: Sequence[object]) -> Sequence[tuple[int, str]]:
    """Return the key of the household beside each adult."""
    pairs = [(getattr(row, "household"), getattr(row, "person")) for row in rows]  # noqa: B009
    names = {household for household, _ in pairs}
    found = Household.objects.of(study.municipality).filter(pseudonym__among=names)
    keys = dict(found.values_list("pseudonym", "pk"))
    return [(keys[household], person) for household, person in pairs]


@transaction.atomic
def finish_mailing(*, mailing: Mailing) -> None:
    """Write down that all letters of a batch were dealt with; its files can be fetched from now on."""
    Municipality.objects.wait_for_turn(mailing.municipality)
    fresh = Mailing.objects.of(mailing.municipality).get(pk=mailing.pk)
    if fresh.sent_on is None:
        fresh.sent_on = clock.today()
        fresh.save(update_fields=["sent_on"])
        _print(fresh, number=1, new_codes=False, reason="", actor=fresh.made_by, request_key="first")


@transaction.atomic
def print_again(*, mailing: Mailing, reason: str, new_codes: bool, actor: str, request_key: str) -> Printing:
    """Let the files of a batch be fetched once more, with the same codes or new ones (letters got lost).

    With new codes nobody can sign in with the code of the earlier letter any more. Raises NotPermittedError
    for a batch that was not sent yet.
    """
    Municipality.objects.wait_for_turn(mailing.municipality)
    if Mailing.objects.of(mailing.municipality).get(pk=mailing.pk).sent_on is None:
        raise NotPermittedError(
            [Issue("not-sent", "letters", "The batch is still being made.", "Wait until it is ready.")]
        )
    mine = Printing.objects.of(mailing.municipality).filter(mailing=mailing)
    before = mine.filter(request_key=request_key).first()
    if before is not None:
        return before
    if new_codes:
        for person in _persons(mailing):
            give_code(municipality=mailing.municipality, person=person, anew=True)
    number = mine.aggregate(last=Max("number"))["last"] + 1
    return _print(
        mailing, number=number, new_codes=new_codes, reason=reason, actor=actor, request_key=request_key
    )


def _persons(mailing: Mailing) -> list[str]:
    """Return the adults to whom a letter of a batch was sent."""
    letters = Letter.objects.of(mailing.municipality).filter(mailing=mailing).exclude(sent_on=None)
    return list(letters.values_list("person", flat=True))


def _print(
    mailing: Mailing, *, number: int, new_codes: bool, reason: str, actor: str, request_key: str
) -> Printing:
    """Let the files of a batch be fetched, each once."""
    printing = Printing(
        municipality=mailing.municipality,
        mailing=mailing,
        number=number,
        request_key=request_key,
        new_codes=new_codes,
        reason=reason,
        actor=actor,
        on=clock.today(),
    )
    printing.save()
    return printing


@transaction.atomic
def fetch(*, mailing: Mailing, file: str, actor: str, persons: Sequence[str]) -> Printing:
    """Write down that a file of a batch is fetched, with every person who is named in it.

    Raises NotPermittedError when it was fetched before, or is too late.
    """
    Municipality.objects.wait_for_turn(mailing.municipality)
    mine = Printing.objects.of(mailing.municipality).filter(mailing=mailing)
    printing = mine.order_by("-number").first()
    if printing is None:
        raise NotPermittedError(
            [Issue("not-sent", "letters", "The batch is still being made.", "Wait until it is ready.")]
        )
    fetched = Fetched.objects.of(mailing.municipality).filter(printing=printing, file=file)
    if fetched.exists() or not may_fetch(printing.on, clock.today()):
        problem = "These letters were fetched before, or too long ago: a letter is not sent twice."
        fix = "Are they lost? Have them printed again, with the reason; you can make the old codes useless."
        raise NotPermittedError([Issue("fetched-before", "letters", problem, fix)])
    note_accesses(
        municipality=mailing.municipality,
        actor=actor,
        action=Action.EXPORT,
        thing=Thing.FIELDWORK,
        about=persons,
    )
    Fetched(
        municipality=mailing.municipality, printing=printing, file=file, actor=actor, at=clock.now()
    ).save()
    return printing


@transaction.atomic
def give_code(*, municipality: Municipality, person: str, anew: bool = False) -> None:
    """Let an adult sign in with a code of an own seed; ``anew`` makes a code of before useless."""
    found = CodeSeed.objects.of(municipality).filter(person=person).first()
    if found is not None and not anew:
        return
    seed = secrets.token_hex(_SEED_BYTES)
    CodeSeed.objects.of(municipality).update_or_create(
        municipality=municipality, person=person, defaults={"seed": seed}
    )
    put_letter_code(municipality=municipality, person=person, code=code_from_seed(seed))
