"""Sending a batch: for each household or adult one event, a code, and a letter that counts as sent.

Killed half-way and begun again it goes on where it was: what was written is found by its request key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby

from django.db import transaction

from opmaat.core.digest import digest_value
from opmaat.core.errors import Issue, NotPermittedError
from opmaat.web import clock
from opmaat.web.fieldwork.actions.mailings import finish_mailing, give_code, require_not_paused
from opmaat.web.fieldwork.models import Letter, LetterKind, Mailing
from opmaat.web.fieldwork.policies import NOT_DRAWN, is_for_good
from opmaat.web.gateway.draws import arms_of
from opmaat.web.gateway.events import Payload, kinds
from opmaat.web.journal.actions import EventRefusedError, Fact, record
from opmaat.web.trial.queries import study_folder

Progress = Callable[[int, int], None]
_BLOCK = 200


def send_mailing(*, mailing: Mailing, actor: str, progress: Progress) -> int:
    """Send every letter of a batch that was not sent yet, and return how many are sent in all.

    Raises NotPermittedError when the study was paused meanwhile; what was sent until then stays sent.
    """
    mine = Letter.objects.of(mailing.municipality).filter(mailing=mailing).order_by("place")
    waiting = list(mine.filter(sent_on=None, refused="").select_related("household"))
    total = mine.count()
    done = total - len(waiting)
    for start in range(0, len(waiting), _BLOCK):
        block = waiting[start : start + _BLOCK]
        arms = _arms(mailing, block)
        for _, letters in groupby(block, key=lambda letter: letter.household_id):
            group = list(letters)
            _send(mailing, group, arms, actor=actor)
            done += len(group)
            progress(done, total)
    finish_mailing(mailing=mailing)
    return int(mine.exclude(sent_on=None).count())


def _arms(mailing: Mailing, letters: Iterable[Letter]) -> Mapping[str, str]:
    """Return the arms that letters tell, by household; nothing where they tell none."""
    if mailing.kind != LetterKind.ARM:
        return {}
    households = sorted({letter.household.pseudonym for letter in letters})
    return arms_of(study_folder(mailing.study), mailing.round_name, households)


@transaction.atomic
def _send(mailing: Mailing, letters: list[Letter], arms: Mapping[str, str], *, actor: str) -> None:
    """Write down that the letters of one household were sent, or why they cannot be any more."""
    require_not_paused(mailing.study, LetterKind(mailing.kind))
    household = letters[0].household.pseudonym
    try:
        with transaction.atomic():
            for person, payload in _events(mailing, letters, arms.get(household)):
                _record(mailing, household, person, payload, actor)
    except (EventRefusedError, NotPermittedError) as error:
        for letter in letters:
            _refuse(letter, error.issues[0].code)
        return
    for letter in letters:
        give_code(municipality=mailing.municipality, person=letter.person)
        letter.sent_on = clock.today()
        letter.save(update_fields=["sent_on"])


def _refuse(letter: Letter, reason: str) -> None:
    """Write down why a letter could not be sent; another about the same can be, unless that is for good."""
    letter.refused = reason
    if not is_for_good(reason):
        letter.subject = f"{letter.subject} {letter.pk}"
    letter.save(update_fields=["refused", "subject"])


def _events(mailing: Mailing, letters: list[Letter], arm: str | None) -> list[tuple[str | None, Payload]]:
    """Return what the letters of one household write down; a reminder of a questionnaire writes nothing."""
    match LetterKind(mailing.kind):
        case LetterKind.INVITATION | LetterKind.REMINDER:
            return [(None, kinds.Invited())]
        case LetterKind.ARM if arm is None:
            problem, fix = "The household is in no draw.", "Look at the record of the draw."
            raise NotPermittedError([Issue(NOT_DRAWN, "letters", problem, fix)])
        case LetterKind.ARM:
            return [(None, kinds.Disclosed(str(arm)))]
        case LetterKind.WAVE:
            return [(letter.person, kinds.WaveSent(mailing.wave)) for letter in letters]
    return []


def _record(mailing: Mailing, household: str, person: str | None, payload: Payload, actor: str) -> None:
    """Write one event of today, once for this batch."""
    fact = Fact(
        study=mailing.study.name,
        household=household,
        person=person,
        payload=payload,
        valid_from=clock.today(),
    )
    key = digest_value(["letters", mailing.pk, household, person, payload.kind]).removeprefix("sha256:")
    record(fact, municipality=mailing.municipality, actor=actor, request_key=key)
