"""What must happen by a day and has not: letters, contacts, reviews, decisions and waves, each once.

It looks only at the journal and the protocol, never at the allocation: before its arm was disclosed, nothing
that is due to a household can tell it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from opmaat.benefits.duties import add_months, review_due_on, trial_exemption
from opmaat.conduct import kinds
from opmaat.conduct.approach import rules_in_force
from opmaat.conduct.households import reviews_of
from opmaat.conduct.model import History, Journal
from opmaat.core.digest import digest_value
from opmaat.protocol.arms import DisregardRule, ExemptionRule, GuidanceRule
from opmaat.protocol.model import Protocol

_DAY = timedelta(days=1)
_DAYS_A_MONTH = 30
_LEFT = frozenset({"withdrawn", "removed"})
_ASKED = frozenset({"to_be_told", "told", "taking_part", "moved_away", "removed"})
_REACHABLE = frozenset({"present", "pensioner"})


class What(StrEnum):
    """What is due."""

    INVITATION = "invitation"
    ARM_LETTER = "arm_letter"
    CONTACT = "contact"
    REVIEW = "review"
    NOTICE = "notice"
    EXEMPTION_STARTS = "exemption_starts"
    EXEMPTION_ENDS = "exemption_ends"
    DISREGARD_STARTS = "disregard_starts"
    DISREGARD_ENDS = "disregard_ends"
    WAVE = "wave"


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """One thing that is due since a day; ``detail`` names the wave, and is empty otherwise."""

    on: date
    household: str
    person: str | None
    what: What
    detail: str = ""

    @property
    def key(self) -> str:
        """A name that is the same each time the same thing is found due, so that it is done once."""
        return digest_value([self.household, self.person, self.what, self.detail, self.on.isoformat()])


def due(journal: Journal, protocol: Protocol, *, on: date) -> tuple[Due, ...]:
    """Return what is due by a day, the oldest first.

    A thing is no longer due once its event stands in the journal: of a letter ``invited`` or ``disclosed``,
    of a contact ``contact_held`` in its stretch of time, of a review ``reviewed``, of a decision the event of
    its kind, of a wave ``wave_sent``. Contacts that were not held in their stretch are not made up for: at
    most one is due. Contacts end with the protocol's last wave. Who left benefit is still asked the
    questionnaires.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from pathlib import Path
    >>> from opmaat.conduct.fold import fold
    >>> from opmaat.conduct.model import Event
    >>> from opmaat.protocol.load import load_protocol
    >>> drawn = Event(
    ...     id="e1",
    ...     household="h1",
    ...     person=None,
    ...     valid_from=date(2017, 9, 15),
    ...     recorded_at=datetime(2017, 9, 15, 9, 0, tzinfo=UTC),
    ...     actor="system:0000",
    ...     payload=kinds.Drawn(),
    ... )
    >>> protocol = load_protocol(Path("studies/nsw-1975"))
    >>> [one.what.value for one in due(fold([drawn]), protocol, on=date(2017, 9, 20))]
    ['invitation']
    """
    found = [one for history in journal for one in _of_household(history, protocol, on) if one.on <= on]
    return tuple(
        sorted(found, key=lambda one: (one.on, one.household, one.person or "", one.what, one.detail))
    )


def _of_household(history: History, protocol: Protocol, on: date) -> Iterator[Due]:
    """Yield what is due to one household, some of it later than the day."""
    yield from _letters(history, on)
    start = history.started_on
    if start is None:
        return
    history = history.until(on)
    yield from _waves(history, protocol, start, on)
    rules = rules_in_force(history, protocol, on=on)
    if start > on or history.benefit.on(on) != "on_benefit":
        return
    if rules.guidance is not None:
        yield from _contacts(history, rules.guidance, start, end=_end(protocol, start), on=on)
    if rules.disregard is not None:
        yield from _disregard(history, rules.disregard, start, on)
    if rules.exemption is not None:
        for person in history.adults:
            yield from _exemption(history, person, rules.exemption, start=start, on=on)


def _letters(history: History, on: date) -> Iterator[Due]:
    """Yield the letter that a household's state calls for."""
    calls_for = {"drawn": What.INVITATION, "to_be_told": What.ARM_LETTER}
    what = calls_for.get(history.participation.on(on))
    since = history.participation.since(on)
    if what is not None and since is not None:
        yield Due(since, history.household, None, what)


def _waves(history: History, protocol: Protocol, start: date, on: date) -> Iterator[Due]:
    """Yield the waves that were not sent to adults who consented to questionnaires."""
    if history.participation.on(on) not in _ASKED:
        return
    for person, adult in history.adults.items():
        if adult.on(on) not in _REACHABLE or not _consents(history, person):
            continue
        sent = {payload.wave for _, payload in history.of(kinds.WaveSent, person)}
        for wave in protocol.waves:
            if wave.name not in sent:
                yield Due(add_months(start, wave.month), history.household, person, What.WAVE, wave.name)


def _consents(history: History, person: str) -> bool:
    """Tell whether an adult's last word on questionnaires is yes."""
    words = [
        payload.given
        for _, payload in history.of(kinds.Consented, person)
        if payload.purpose == "questionnaires"
    ]
    return bool(words) and words[-1]


def _end(protocol: Protocol, start: date) -> date:
    """Return the day after the last contact can be due: the last wave, or no end without waves."""
    months = max((wave.month for wave in protocol.waves), default=None)
    return date.max if months is None else add_months(start, months)


def _contacts(history: History, rule: GuidanceRule, start: date, *, end: date, on: date) -> Iterator[Due]:
    """Yield the contact of the stretch of time in which a day lies, unless it was held."""
    if not _takes_part(history, on) or on >= end:
        return
    stretch = 0
    while _after(start, (stretch + 1) / rule.contacts_per_month) <= on:
        stretch += 1
    first = _after(start, stretch / rule.contacts_per_month)
    held = any(first <= event.valid_from for event, _ in history.of(kinds.ContactHeld))
    if not held:
        yield Due(first, history.household, None, What.CONTACT)


def _after(start: date, months: float) -> date:
    """Return the day some months later; a part of a month counts in thirtieths."""
    return add_months(start, int(months)) + timedelta(days=int(months % 1 * _DAYS_A_MONTH))


def _takes_part(history: History, on: date, person: str | None = None) -> bool:
    """Tell whether what the arm offers still holds for the household, or for one adult of it."""
    adult = person is None or history.adults[person].on(on) == "present"
    return adult and history.participation.on(on) == "taking_part"


def _left_on(history: History, on: date, person: str | None = None) -> date | None:
    """Return the day on which the household, or an adult alone, left the trial by withdrawal or removal."""
    days = []
    if history.participation.on(on) in _LEFT:
        days.append(history.participation.since(on))
    if person is not None and history.adults[person].on(on) == "withdrawn":
        days.append(history.adults[person].since(on))
    return min((day for day in days if day is not None), default=None)


def _disregard(history: History, rule: DisregardRule, start: date, on: date) -> Iterator[Due]:
    """Yield the decision that starts the trial's disregard, or the one that ends it."""
    granted = next(history.of(kinds.DisregardGranted), None)
    if granted is None:
        if _takes_part(history, on) and on < add_months(start, rule.months):
            yield Due(start, history.household, None, What.DISREGARD_STARTS)
    elif next(history.of(kinds.DisregardEnded), None) is None:
        last = _earliest(granted[1].last_day + _DAY, _left_on(history, on))
        yield Due(last, history.household, None, What.DISREGARD_ENDS)


def _earliest(day: date, other: date | None) -> date:
    return day if other is None else min(day, other)


def _exemption(history: History, person: str, rule: ExemptionRule, *, start: date, on: date) -> Iterator[Due]:
    """Yield what is due about one adult's exemption: its start, a review, a notice, or its end."""
    if history.adults[person].on(on) not in {"present", "withdrawn"}:
        return
    lifted = {
        payload.duty: event.valid_from
        for event, payload in history.of(kinds.DutyExempted, person)
        if payload.ground == "trial"
    }
    if set(rule.duties) - set(lifted):
        if _takes_part(history, on, person) and on < add_months(start, rule.months):
            yield Due(start, history.household, person, What.EXEMPTION_STARTS)
        return
    if {payload.duty for _, payload in history.of(kinds.DutyRestored, person)} >= set(lifted):
        return
    first_day = min(lifted.values())
    if _takes_part(history, on, person):
        yield from _review(history, person, first_day, on=on)
    ends = trial_exemption(rule, first_day, reviews_of(history, person, on=on))[0].last_day + _DAY
    last = _earliest(ends, _left_on(history, on, person))
    yield Due(last, history.household, person, What.EXEMPTION_ENDS)


def _review(history: History, person: str, first_day: date, *, on: date) -> Iterator[Due]:
    """Yield the review or the notice that is due about an adult."""
    reviews = reviews_of(history, person, on=on)
    seen = [
        (event.valid_from, review.effort_enough)
        for event, review in history.of(kinds.Reviewed, person)
        if first_day <= event.valid_from
    ]
    if reviews.notice_on is None and seen:
        reviewed_on, enough = seen[-1]
        if not enough:
            yield Due(reviewed_on, history.household, person, What.NOTICE)
        return
    day = review_due_on(first_day, reviews)
    if day is not None:
        yield Due(day, history.household, person, What.REVIEW)
