"""Whether something may happen now in the fieldwork: pure functions of days, counts and states."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from opmaat.web.fieldwork.models import LetterKind
from opmaat.web.gateway.fieldwork import Stage

MOST_LETTERS = 1_000
DAYS_TO_FETCH = 14
# After how many days a household that stays in a stage is said to be stuck there.
PATIENCE: Mapping[Stage, int] = {
    Stage.INVITED: 21,
    Stage.REPLIED: 7,
    Stage.SIGNED_UP: 28,
    Stage.TO_BE_TOLD: 14,
    Stage.TOLD: 14,
}
DAYS_TO_ANSWER = 21
# Why a letter about an arm cannot be sent to a household that is in no draw.
NOT_DRAWN = "not-drawn"
# What a pause stops. Questionnaires go on: who takes part is still followed.
_STOPPED_BY_PAUSE = frozenset({LetterKind.INVITATION, LetterKind.REMINDER, LetterKind.ARM})
# At which stage a household gets a letter of a kind.
STAGE_OF: Mapping[LetterKind, Stage] = {
    LetterKind.INVITATION: Stage.TO_INVITE,
    LetterKind.REMINDER: Stage.INVITED,
    LetterKind.ARM: Stage.TO_BE_TOLD,
}


def may_send(kind: LetterKind, *, paused: bool) -> bool:
    """Tell whether letters of a kind may go out; while a study is paused no new invitations or arms do.

    >>> may_send(LetterKind.INVITATION, paused=True), may_send(LetterKind.WAVE, paused=True)
    (False, True)
    """
    return not (paused and kind in _STOPPED_BY_PAUSE)


def is_for_good(refusal: str) -> bool:
    """Tell whether a letter that could not be sent can never be: lots are drawn once, and this was no part.

    >>> is_for_good(NOT_DRAWN), is_for_good("contradiction")
    (True, False)
    """
    return refusal == NOT_DRAWN


def stuck_before(stage: Stage, today: date) -> date:
    """Return the day before which a stage must have begun for a household to be stuck in it.

    >>> stuck_before(Stage.REPLIED, date(2018, 3, 15))
    datetime.date(2018, 3, 8)
    """
    return today - timedelta(days=PATIENCE[stage])


def may_fetch(printed_on: date, today: date) -> bool:
    """Tell whether the files of a printing can still be fetched.

    >>> may_fetch(date(2018, 3, 1), date(2018, 3, 15)), may_fetch(date(2018, 3, 1), date(2018, 3, 16))
    (True, False)
    """
    return today <= last_day_to_fetch(printed_on)


def last_day_to_fetch(printed_on: date) -> date:
    """Return the last day on which the files of a printing can be fetched.

    >>> last_day_to_fetch(date(2018, 3, 1))
    datetime.date(2018, 3, 15)
    """
    return printed_on + timedelta(days=DAYS_TO_FETCH)


def subject_of(kind: LetterKind, wave: str = "", turn: int = 0) -> str:
    """Return what nobody gets two letters about.

    >>> subject_of(LetterKind.WAVE_REMINDER, "midline", 2)
    'wave_reminder midline 2'
    """
    return " ".join([kind.value, wave, str(turn) if turn else ""]).strip()


def reference_of(mailing: int, place: int) -> str:
    """Return what stands on a letter: batch, place in it, and a digit that shows a slip of the pen.

    >>> reference_of(3, 17), is_reference("3-0017-8"), is_reference("3-0071-8")
    ('3-0017-8', True, False)
    """
    stem = f"{mailing}-{place:04d}"
    return f"{stem}-{_check_digit(stem)}"


def is_reference(typed: str) -> bool:
    """Tell whether a reference was typed without a slip."""
    stem, dash, digit = typed.rpartition("-")
    return bool(dash) and stem.replace("-", "").isdigit() and digit == str(_check_digit(stem))


def _check_digit(stem: str) -> int:
    """Return Luhn's digit (ISO/IEC 7812-1): it shows one wrong digit, or two that changed places."""
    digits = [int(sign) for sign in stem if sign.isdigit()]
    doubled = [
        digit if place % 2 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits))
    ]
    return -sum(doubled) % 10
