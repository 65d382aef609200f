"""The states of a household and of each adult, as tables: in which state which kind of event leads where.

Three tables stand beside each other, because they move apart: who leaves benefit stays in the trial, and who
withdraws may stay on benefit. A kind that a table names somewhere and not in the present state is refused; a
kind that it never names is none of its business.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from opmaat.conduct import kinds
from opmaat.conduct.kinds import Payload

Moves = Mapping[type[Payload], str]


@dataclass(frozen=True, slots=True, eq=False)
class Machine:
    """One table of states: what it is about, the first state, and per state where each kind leads."""

    name: str
    first: str
    moves: Mapping[str, Moves]
    governs: frozenset[type[Payload]] = field(init=False)

    def __post_init__(self) -> None:
        named = frozenset(kind for moves in self.moves.values() for kind in moves)
        object.__setattr__(self, "governs", named)


@dataclass(frozen=True, slots=True)
class Track:
    """The states that one household or adult went through: the first, and every change with its day."""

    first: str
    changes: tuple[tuple[date, str], ...] = ()

    def on(self, day: date) -> str:
        """Return the state on a day, after all that happened on it.

        >>> Track("on_benefit", ((date(2018, 3, 1), "off_benefit"),)).on(date(2018, 3, 1))
        'off_benefit'
        """
        found = bisect_right(self.changes, day, key=lambda change: change[0])
        return self.changes[found - 1][1] if found else self.first

    def since(self, day: date) -> date | None:
        """Return the day on which the state of a day began; None where it is the first state."""
        found = bisect_right(self.changes, day, key=lambda change: change[0])
        return self.changes[found - 1][0] if found else None


def _stay(state: str, *stays: type[Payload]) -> dict[type[Payload], str]:
    """Return moves that are allowed in a state and do not change it."""
    return dict.fromkeys(stays, state)


_GUIDANCE = (
    kinds.ContactHeld,
    kinds.ContactMissed,
    kinds.DebtHelp,
    kinds.PlanMade,
    kinds.LadderScored,
    kinds.Chose,
    kinds.DisregardGranted,
    kinds.DisregardEnded,
    kinds.Reviewed,
    kinds.NoticeGiven,
    kinds.WaveSent,
    kinds.Answered,
)
_MEETING = kinds.InformationMeeting
_LEAVING: dict[type[Payload], str] = {
    kinds.Withdrew: "withdrawn",
    kinds.Removed: "removed",
    kinds.MovedAway: "moved_away",
}
_STILL_ASKED = (kinds.WaveSent, kinds.Answered, kinds.DisregardEnded)

PARTICIPATION = Machine(
    "participation of a household",
    "unknown",
    {
        "unknown": {
            kinds.Invited: "invited",
            kinds.SignedUp: "signed_up",
            kinds.Drawn: "drawn",
            **_stay("unknown", _MEETING),
        },
        "invited": {
            kinds.SignedUp: "signed_up",
            kinds.Drawn: "drawn_invited",
            kinds.Withdrew: "withdrawn",
            kinds.MovedAway: "moved_away",
            **_stay("invited", kinds.Invited, _MEETING),
        },
        "signed_up": {
            kinds.Drawn: "to_be_told",
            **_LEAVING,
            **_stay("signed_up", _MEETING, kinds.WaveSent, kinds.Answered),
        },
        "drawn": {
            kinds.Invited: "drawn_invited",
            kinds.Removed: "removed",
            kinds.MovedAway: "moved_away",
        },
        "drawn_invited": {
            kinds.SignedUp: "to_be_told",
            **_LEAVING,
            **_stay("drawn_invited", kinds.Invited, _MEETING),
        },
        "to_be_told": {
            kinds.Disclosed: "told",
            **_LEAVING,
            **_stay("to_be_told", _MEETING, kinds.WaveSent, kinds.Answered),
        },
        "told": {kinds.Started: "taking_part", **_LEAVING, **_stay("told", _MEETING, *_GUIDANCE)},
        "taking_part": {**_LEAVING, **_stay("taking_part", *_GUIDANCE)},
        "moved_away": {kinds.Withdrew: "withdrawn", **_stay("moved_away", *_STILL_ASKED)},
        "removed": {
            kinds.Withdrew: "withdrawn",
            **_stay("removed", kinds.MovedAway, *_STILL_ASKED),
        },
        "withdrawn": _stay("withdrawn", kinds.MovedAway, kinds.DisregardEnded),
    },
)

BENEFIT = Machine(
    "benefit of a household",
    "on_benefit",
    {
        "on_benefit": {kinds.Exited: "off_benefit"},
        "off_benefit": {kinds.ReEntered: "on_benefit"},
    },
)

_ENDS: dict[type[Payload], str] = {
    kinds.Withdrew: "withdrawn",
    kinds.PartnerLeft: "left",
    kinds.Died: "died",
}
_ADULT_DUTIES = (kinds.DutyExempted, kinds.Sanctioned, kinds.Reviewed, kinds.NoticeGiven)
_ADULT_ALWAYS = (kinds.DutyRestored, kinds.EarningsReported, kinds.Complained, kinds.ComplaintAnswered)
_ADULT_TRIAL = (
    kinds.InformationMeeting,
    kinds.Consented,
    kinds.ContactHeld,
    kinds.ContactMissed,
    kinds.DebtHelp,
    kinds.PlanMade,
    kinds.LadderScored,
    kinds.WaveSent,
    kinds.Answered,
)

ADULT = Machine(
    "adult",
    "present",
    {
        "present": {
            **_ENDS,
            kinds.ReachedPensionAge: "pensioner",
            **_stay("present", kinds.PartnerJoined, *_ADULT_DUTIES, *_ADULT_ALWAYS, *_ADULT_TRIAL),
        },
        "pensioner": {
            **_ENDS,
            **_stay("pensioner", kinds.PartnerJoined, *_ADULT_ALWAYS, *_ADULT_TRIAL),
        },
        "withdrawn": {
            kinds.PartnerLeft: "left",
            kinds.Died: "died",
            **_stay("withdrawn", kinds.Consented, kinds.Sanctioned, kinds.ReachedPensionAge, *_ADULT_ALWAYS),
        },
        "left": {
            kinds.PartnerJoined: "present",
            kinds.Died: "died",
            **_stay("left", kinds.Consented, kinds.DutyRestored, kinds.Complained, kinds.ComplaintAnswered),
        },
        "died": {},
    },
)

MACHINES = (PARTICIPATION, BENEFIT, ADULT)

NEEDS: Mapping[type[Payload], tuple[type[Payload], str | None]] = {
    kinds.Answered: (kinds.WaveSent, "wave"),
    kinds.DutyRestored: (kinds.DutyExempted, "duty"),
    kinds.DisregardEnded: (kinds.DisregardGranted, None),
    kinds.NoticeGiven: (kinds.Reviewed, None),
    kinds.ComplaintAnswered: (kinds.Complained, None),
}
"""Which kind needs an earlier one of the same household and person, alike in the field that is named."""


def diagram(machine: Machine) -> str:
    """Return the table of a machine as a state diagram in Mermaid's notation.

    Examples
    --------
    >>> print(diagram(BENEFIT))
    stateDiagram-v2
        [*] --> on_benefit
        on_benefit --> off_benefit: exited
        off_benefit --> on_benefit: re_entered
    """
    lines = ["stateDiagram-v2", f"    [*] --> {machine.first}"]
    for state, moves in machine.moves.items():
        lines += [f"    {state} --> {to}: {words}" for to, words in _arrows(state, moves)]
    return "\n".join(lines)


def _arrows(state: str, moves: Moves) -> Iterator[tuple[str, str]]:
    """Yield where a state leads, with the kinds that lead there; kinds that change nothing are left out."""
    for to in dict.fromkeys(moves.values()):
        if to != state:
            yield to, ", ".join(kind.kind for kind, target in moves.items() if target == to)


def page() -> str:
    """Return the page that shows every machine, with what each state also allows."""
    parts = ["# States\n"]
    for machine in MACHINES:
        parts.append(f"## {machine.name.capitalize()}\n\n```mermaid\n{diagram(machine)}\n```\n")
        parts.append("| state | also allowed | refused |\n|---|---|---|")
        for state, moves in machine.moves.items():
            stays = ", ".join(kind.kind for kind, to in moves.items() if to == state)
            refused = ", ".join(sorted(kind.kind for kind in machine.governs - set(moves)))
            parts.append(f"| {state} | {stays} | {refused} |")
        parts.append("")
    return "\n".join(parts)
