"""What a caseworker may do now: pure functions of a household's history and the day."""

from __future__ import annotations

from datetime import date, timedelta

from opmaat.web.gateway.arms import DutyNow
from opmaat.web.gateway.casework import ends_of_disregard, exemptions_to_decide, open_complaints, to_restore
from opmaat.web.gateway.events import History, kinds
from opmaat.web.gateway.studies import Protocol

LONGEST_COVER_DAYS = 31
NEEDS_CASEWORKER = ("to_be_told", "told", "taking_part")
_TAKES_PART = frozenset({"told", "taking_part"})
_HERE = frozenset({"present", "pensioner"})
_TALKS = ("contact", "plan", "ladder", "debt")


def offered(history: History, protocol: Protocol, on: date) -> tuple[str, ...]:
    """Return what can be written down about a household on a day, by name."""
    takes_part = history.participation.on(on) in _TAKES_PART
    here = [person for person, adult in history.adults.items() if adult.on(on) in _HERE]
    return (
        *(_TALKS if takes_part and here else ()),
        *(_about_the_arm(history, protocol, here, on) if takes_part else ()),
        *(("restore",) if any(to_restore(history, person) for person in history.adults) else ()),
        *(("disregard_end",) if has_disregard(history) else ()),
        "earnings",
        "sanction",
        "complaint",
        *(("answer",) if any(True for _ in open_complaints(history, on=on)) else ()),
    )


def _about_the_arm(history: History, protocol: Protocol, here: list[str], on: date) -> tuple[str, ...]:
    """Return what only some arms ask for."""
    granted = any(True for _ in history.of(kinds.DisregardGranted))
    return (
        *(("review", *_notice(history)) if any(to_restore(history, person) for person in here) else ()),
        *(
            ("exempt",)
            if any(exemptions_to_decide(history, protocol, one, first_day=on) for one in here)
            else ()
        ),
        *(
            ("disregard_start",)
            if not granted and ends_of_disregard(history, protocol, first_day=on) is not None
            else ()
        ),
    )


def _notice(history: History) -> tuple[str, ...]:
    """Return the notice, once there was a review."""
    return ("notice",) if any(True for _ in history.of(kinds.Reviewed)) else ()


def has_disregard(history: History) -> bool:
    """Tell whether a disregard of the arm was granted and not ended by a decision."""
    granted = sum(1 for _ in history.of(kinds.DisregardGranted))
    return granted > sum(1 for _ in history.of(kinds.DisregardEnded))


def first_possible_day(history: History) -> date:
    """Return the first day of which casework can tell: the one on which the household was told its arm."""
    told = [event.valid_from for event, _ in history.of(kinds.Disclosed)]
    return told[0] if told else date.max


def forbids_sanction(duty: DutyNow) -> bool:
    """Tell whether a duty may not be enforced; who it is not certain of decides with open eyes."""
    return duty.answer.verdict == "no"


def is_uncertain(duty: DutyNow) -> bool:
    """Tell whether no source was found that says that a duty may be enforced."""
    return duty.answer.verdict == "unverified"


def can_cover(first_day: date, last_day: date) -> bool:
    """Tell whether a colleague's files may be taken over for these days: a month at most.

    >>> can_cover(date(2018, 11, 12), date(2018, 11, 30)), can_cover(date(2018, 11, 12), date(2019, 1, 1))
    (True, False)
    """
    return first_day <= last_day <= first_day + timedelta(days=LONGEST_COVER_DAYS)
