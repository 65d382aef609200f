"""The flow of households through the trial by arm, as CONSORT 2025 asks (https://www.consort-spirit.org).

Exit from benefit is an outcome: who exited is followed and analysed like everyone who was drawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from opmaat.conduct.exits import EXIT_REASONS, ExitGroup
from opmaat.conduct.kinds import Answered, Disclosed, Exited, Invited, Payload, SignedUp, Started, WaveSent
from opmaat.conduct.model import Event, History, Journal

_ENDED_AS = {"withdrawn": "withdrew", "removed": "removed", "moved_away": "moved_away"}
_REACHED: Mapping[type[Payload], str] = {
    Invited: "invited",
    SignedUp: "signed_up",
    Disclosed: "told",
    Started: "started",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How many households of an arm got how far by a day.

    ``started`` is divided, by what happened first and still holds, into ``exited`` (off benefit, by kind of
    reason), ``withdrew``, ``removed``, ``moved_away`` and ``remaining``: on benefit and in the trial.
    ``sent`` and ``answered`` count adults by wave. Everyone ``drawn`` is analysed in the registers.
    """

    arm: str
    drawn: int = 0
    invited: int = 0
    signed_up: int = 0
    told: int = 0
    started: int = 0
    withdrew: int = 0
    removed: int = 0
    moved_away: int = 0
    remaining: int = 0
    exited: Mapping[ExitGroup, int] = field(default_factory=dict)
    sent: Mapping[str, int] = field(default_factory=dict)
    answered: Mapping[str, int] = field(default_factory=dict)

    @property
    def analysed(self) -> int:
        """Households whose outcomes in the registers are analysed: all that were drawn."""
        return self.drawn


def flows(
    journal: Journal, arms: Mapping[str, str], *, on: date, waves_on: date | None = None
) -> tuple[Flow, ...]:
    """Return the flow of every arm by a day, in the order of the arms' names.

    Parameters
    ----------
    arms
        The arm of every household that was drawn, from the allocation; those without any event count too.
    waves_on
        The day by which letters and answers of waves count, where it is another.

    Examples
    --------
    >>> from opmaat.conduct.fold import fold
    >>> [(flow.arm, flow.analysed) for flow in flows(fold([]), {"h1": "control"}, on=date(2018, 1, 1))]
    [('control', 1)]
    """
    counts: dict[str, Counter[_Place]] = {}
    for household, arm in arms.items():
        count = counts.setdefault(arm, Counter())
        count["drawn", ""] += 1
        history = journal.histories.get(household)
        for place in () if history is None else _places(history, on, waves_on or on):
            count[place] += 1
    return tuple(_flow(arm, counts[arm]) for arm in sorted(counts))


def together(parts: Iterable[Flow], name: str) -> Flow:
    """Return the sum of the flows of several arms under a name.

    >>> together([Flow(arm="a", drawn=2, exited={"work": 1}), Flow(arm="b", drawn=1)], "all arms").drawn
    3
    """
    count: Counter[_Place] = Counter()
    for part in parts:
        count.update({(stage, ""): getattr(part, stage) for stage in _STAGES})
        for split in _SPLIT:
            count.update({(split, value): number for value, number in getattr(part, split).items()})
    return _flow(name, count)


_Place = tuple[str, str]
_STAGES = ("drawn", "invited", "signed_up", "told", "started", *sorted(_ENDED_AS.values()), "remaining")
_SPLIT = ("exited", "sent", "answered")


def _flow(arm: str, count: Counter[_Place]) -> Flow:
    """Return the flow of an arm from its counts."""
    fields: dict[str, Any] = {stage: count[stage, ""] for stage in _STAGES}
    fields |= {
        name: {value: number for (of, value), number in sorted(count.items()) if of == name}
        for name in _SPLIT
    }
    return Flow(arm=arm, **fields)


def _places(history: History, on: date, waves_on: date) -> Iterator[_Place]:
    """Yield everything under which one household is counted by a day, and of waves by another."""
    for kind, stage in _REACHED.items():
        first = next(history.of(kind), None)
        if first is not None and first[0].valid_from <= on:
            yield stage, ""
            if kind is Started:
                yield _where_now(history, on)
    for name, waves in (("sent", history.of(WaveSent)), ("answered", history.of(Answered))):
        yield from ((name, wave) for _, wave in _adults_by_wave(waves, waves_on))


def _adults_by_wave(
    waves: Iterable[tuple[Event, WaveSent | Answered]], on: date
) -> set[tuple[str | None, str]]:
    """Return each adult and wave of the letters or answers by a day."""
    return {(event.person, payload.wave) for event, payload in waves if event.valid_from <= on}


def _where_now(history: History, on: date) -> _Place:
    """Return where a household that started is now: what took it out first, of what still holds."""
    off = history.benefit.since(on) if history.benefit.on(on) == "off_benefit" else None
    ended_as = _ENDED_AS.get(history.participation.on(on))
    ended = None if ended_as is None else history.participation.since(on)
    if off is not None and (ended is None or off <= ended):
        reasons = [payload.reason for event, payload in history.of(Exited) if event.valid_from <= on]
        return "exited", EXIT_REASONS[reasons[-1]].group
    return ("remaining" if ended_as is None else ended_as), ""
