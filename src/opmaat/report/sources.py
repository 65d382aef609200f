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
_NEEDED: Mapping[Kind, SourceName] = {
    "final": "estimates",
    "progress": "course",
    "interim": "course",
    "summary": "estimates",
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
        receipts: dict[SourceName, Receipt] = {}
        if self.estimates is not None:
            receipts["estimates"] = self.estimates.receipt
        if self.course is not None:
            receipts["course"] = self.course.receipt
        return receipts

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The pages that can be made of this."""
        return tuple(kind for kind, needed in _NEEDED.items() if needed in self.receipts)

    def for_kind(self, kind: Kind) -> Sources:
        """Return what goes into one kind of page; raises UsageError when that is not there."""
        needed = _NEEDED[kind]
        if needed not in self.receipts:
            problem = f"There is no {needed}.json to make the {kind} report from."
            fix = (
                f"Make it first, or ask for another kind: {', '.join(self.kinds) or 'none can be made yet'}."
            )
            raise UsageError([Issue("no-source", self.lock.protocol.id, problem, fix)])
        return Sources(self.lock, course=self.course) if needed == "course" else self
