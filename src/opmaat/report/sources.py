"""What a page is made from, and which pages that can give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from opmaat.core.errors import Issue, ReceiptMismatchError, UsageError
from opmaat.core.receipt import Receipt
from opmaat.evaluate.course import Course
from opmaat.evaluate.model import Estimates
from opmaat.panel.deliveries import MADE_UP
from opmaat.protocol.freeze import Lock

Kind = Literal["final", "progress", "interim", "summary"]
SourceName = Literal["estimates", "course"]

FILE_NAMES: Mapping[Kind, str] = MappingProxyType(
    {
        "final": "report.html",
        "progress": "progress.html",
        "interim": "interim.html",
        "summary": "summary.html",
    }
)
# What each kind is made from; the first has to be there.
_USED: Mapping[Kind, tuple[SourceName, ...]] = {
    "final": ("estimates", "course"),
    "progress": ("course",),
    "interim": ("course",),
    "summary": ("estimates", "course"),
}


@dataclass(frozen=True, slots=True)
class Sources:
    """The lock, and what was made from its protocol: the estimates, the course of the trial, or both.

    Raises ReceiptMismatchError when one of them was made from another protocol than this lock's.
    """

    lock: Lock
    estimates: Estimates | None = None
    course: Course | None = None

    def __post_init__(self) -> None:
        others = [name for name, receipt in self.receipts.items() if receipt.protocol != self.lock.digest]
        if others:
            fix = "Make it again from the protocol as it is frozen now, then the report."
            raise ReceiptMismatchError(
                Issue(
                    "other-protocol",
                    self.lock.protocol.id,
                    f"The {name} was made from another protocol than the one that is frozen now.",
                    fix,
                )
                for name in others
            )

    @property
    def receipts(self) -> dict[SourceName, Receipt]:
        """The receipts of what there is, by its name."""
        made: dict[SourceName, Estimates | Course | None] = {
            "estimates": self.estimates,
            "course": self.course,
        }
        return {name: source.receipt for name, source in made.items() if source is not None}

    @property
    def made_up(self) -> bool:
        """Whether the people in it do not exist, as in a rehearsal."""
        return any(MADE_UP in receipt.inputs for receipt in self.receipts.values())

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The pages that can be made of this."""
        return tuple(kind for kind, used in _USED.items() if used[0] in self.receipts)

    def for_kind(self, kind: Kind) -> Sources:
        """Return what goes into one kind of page; raises UsageError when that is not there."""
        needed, *_ = used = _USED[kind]
        if needed not in self.receipts:
            problem = f"There is no {needed}.json to make the {kind} report from."
            others = ", ".join(self.kinds) or "there is none yet"
            fix = f"Make it first, or ask for a kind that can be made: {others}."
            raise UsageError([Issue("no-source", self.lock.protocol.id, problem, fix)])
        return Sources(
            self.lock,
            estimates=self.estimates if "estimates" in used else None,
            course=self.course if "course" in used else None,
        )
