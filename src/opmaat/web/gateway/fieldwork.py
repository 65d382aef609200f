"""How far a household and its adults are, as a read model can count it, and the picture of all together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from opmaat.conduct import kinds
from opmaat.conduct.exits import EXIT_REASONS
from opmaat.conduct.flow import Flow, flows
from opmaat.conduct.model import History, Journal
from opmaat.pages.figure import Figure
from opmaat.protocol.model import Protocol
from opmaat.report.figures.flow import FlowColumn, flow_figure
from opmaat.web.gateway.keep import without_styles

__all__ = [
    "ENDED",
    "EXIT_GROUPS",
    "AdultNow",
    "PlaceNow",
    "Stage",
    "WaveNow",
    "adults_now",
    "drawn_before_invitation",
    "flow_picture",
    "place_now",
    "waves_now",
]

EXIT_GROUPS = tuple(dict.fromkeys(reason.group for reason in EXIT_REASONS.values()))
ENDED = ("withdrew", "removed", "moved_away", "remaining")
_LAST_DAY = date.max
_REACHABLE = frozenset({"present", "pensioner"})


class Stage(StrEnum):
    """How far a household is, as those who recruit see it. It never depends on the arm."""

    TO_INVITE = "to_invite"
    INVITED = "invited"
    REPLIED = "replied"
    SIGNED_UP = "signed_up"
    TO_BE_TOLD = "to_be_told"
    TOLD = "told"
    TAKING_PART = "taking_part"
    REFUSED = "refused"
    WITHDREW = "withdrew"
    REMOVED = "removed"
    MOVED_AWAY = "moved_away"


_STAGES: Mapping[str, Stage] = {
    "unknown": Stage.TO_INVITE,
    "drawn": Stage.TO_INVITE,
    "invited": Stage.INVITED,
    "drawn_invited": Stage.INVITED,
    "withdrawn": Stage.WITHDREW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceNow:
    """How far a household is, and since when; ``flow`` counts it as :mod:`opmaat.conduct.flow` does.

    ``invited_on`` is the day of the last invitation or reminder.
    """

    stage: Stage
    since: date | None
    invited_on: date | None
    started_on: date | None
    is_drawn: bool
    flow: Flow

    @property
    def ended_as(self) -> str:
        """Where a household that started is now, such as ``remaining`` or ``exited_work``; empty before."""
        told = [name for name in ENDED if getattr(self.flow, name)]
        return "".join(told) or "".join(f"exited_{group}" for group in self.flow.exited)


def place_now(history: History) -> PlaceNow:
    """Return how far a household is after all its events.

    >>> from opmaat.web.gateway.events import history_of
    >>> place_now(history_of("h1", [])).stage.value
    'to_invite'
    """
    stage, since = _stage(history)
    invited = [event.valid_from for event, _ in history.of(kinds.Invited)]
    one = Journal({history.household: history}, ())
    return PlaceNow(
        stage=stage,
        since=since,
        invited_on=invited[-1] if invited else None,
        started_on=history.started_on,
        is_drawn=any(True for _ in history.of(kinds.Drawn)),
        flow=flows(one, {history.household: "all"}, on=_LAST_DAY)[0],
    )


def _stage(history: History) -> tuple[Stage, date | None]:
    """Return the stage of a household, and the day on which it began."""
    state, since = history.participation.on(_LAST_DAY), history.participation.since(_LAST_DAY)
    stage = _STAGES.get(state) or Stage(state)
    if stage == Stage.INVITED:
        signed = [day for day, given in _consents(history, "participation") if given]
        return (Stage.REPLIED, signed[0]) if signed else (stage, since)
    if stage == Stage.WITHDREW and not any(True for _ in history.of(kinds.SignedUp)):
        return Stage.REFUSED, since
    return stage, since


def _consents(history: History, purpose: str, person: str | None = None) -> Iterator[tuple[date, bool]]:
    """Yield the days and words of consent for a purpose."""
    for event, payload in history.of(kinds.Consented, person):
        if payload.purpose == purpose:
            yield event.valid_from, payload.given


class AdultNow(NamedTuple):
    """One adult: whether the last word on taking part is yes, and whether questionnaires can be sent.

    They can while the last word on those is yes, the adult is here, and the household did not withdraw.
    """

    person: str
    takes_part: bool
    is_asked: bool


def adults_now(history: History) -> tuple[AdultNow, ...]:
    """Return the adults whom events are about."""
    stays = history.participation.on(_LAST_DAY) != "withdrawn"
    return tuple(
        AdultNow(
            person,
            _last_word(history, "participation", person),
            stays and _last_word(history, "questionnaires", person) and track.on(_LAST_DAY) in _REACHABLE,
        )
        for person, track in history.adults.items()
    )


def _last_word(history: History, purpose: str, person: str) -> bool:
    """Return an adult's last word on a purpose; no word is no."""
    words = [given for _, given in _consents(history, purpose, person)]
    return bool(words) and words[-1]


def drawn_before_invitation(protocol: Protocol) -> bool:
    """Tell whether a household has to be drawn before it is invited.

    >>> from pathlib import Path
    >>> from opmaat.web.gateway.studies import protocol_of
    >>> drawn_before_invitation(protocol_of(Path("studies/groningen-2017")))
    True
    """
    return getattr(protocol.assignment, "timing", None) == "before_invitation"


class WaveNow(NamedTuple):
    """A wave that was sent to an adult, and when it was answered."""

    person: str
    wave: str
    sent_on: date
    answered_on: date | None


def waves_now(history: History) -> tuple[WaveNow, ...]:
    """Return the waves that were sent to the adults of a household, each once."""
    answered = {(event.person, one.wave): event.valid_from for event, one in history.of(kinds.Answered)}
    sent = {(event.person or "", one.wave): event.valid_from for event, one in history.of(kinds.WaveSent)}
    return tuple(WaveNow(*who, day, answered.get(who)) for who, day in sorted(sent.items()))


def flow_picture(boxes: Sequence[Sequence[str]], *, title: str, alt: str) -> Figure:
    """Return the diagram of all households together, one box under the other."""
    top, *others = [tuple(box) for box in boxes]
    below = [FlowColumn("", tuple(others))] if others else []
    return without_styles(flow_figure(FlowColumn("", (top,)), below, title=title, alt=alt))
