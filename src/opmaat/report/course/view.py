"""The course of one trial seen in one language: names of arms, and counts as they may be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from opmaat.core.month import Month
from opmaat.core.texts import Language
from opmaat.evaluate.course import ArmCourse, Course
from opmaat.pages.lines import Axis
from opmaat.pages.numbers import number, percentage
from opmaat.pages.small_counts import shown
from opmaat.pages.tables import Column
from opmaat.pages.wording import Wording, capital
from opmaat.protocol.model import Protocol
from opmaat.report.told import count_told, may_be_told, part_told

Name = TypeVar("Name", bound=str)
_HALF_YEAR = 6


@dataclass(frozen=True, slots=True)
class CourseView:
    """The course and its protocol, with the words of one language."""

    protocol: Protocol
    course: Course
    wording: Wording

    @property
    def language(self) -> Language:
        """The language of this view."""
        return self.wording.language

    @property
    def arms(self) -> tuple[ArmCourse, ...]:
        """The arms; never the reference population."""
        return self.course.arms

    def say(self, key: str, **values: object) -> str:
        """Return a text with its names filled in."""
        return self.wording.say(key, **values)

    def arm(self, name: str) -> str:
        """Return an arm's label with a capital."""
        return capital(self.protocol.arms[name].label.in_language(self.language))

    def arm_columns(self) -> tuple[Column, ...]:
        """Return a column for each arm."""
        return tuple(Column(self.arm(arm.name)) for arm in self.arms)

    def count(self, count: int) -> str:
        """Return a count of ten or more, or that it is below ten."""
        return count_told(count, self.wording)

    def part(self, count: int, of: int) -> str:
        """Return a count that is part of a whole that is told; nothing that would tell a count below ten."""
        return part_told(count, of, self.wording)

    def share(self, count: int, of: int) -> str:
        """Return a count that is part of a whole, with its share."""
        told = self.part(count, of)
        return f"{percentage(count / of, self.language)} ({told})" if may_be_told(count, of) else told

    def waves(self, names: Iterable[str]) -> list[str]:
        """Return names of waves once each, in the order of the protocol."""
        known = [wave.name for wave in self.protocol.waves]
        return sorted(set(names), key=lambda name: (known.index(name) if name in known else len(known), name))

    def style(self, name: str) -> int | None:
        """Return the style of an arm's lines, the same in every figure; None for the control arm."""
        others = [arm for arm in self.protocol.arms if arm != self.protocol.control]
        return None if name == self.protocol.control else others.index(name) if name in others else 0

    def wave(self, name: str) -> str:
        """Return what readers call a wave."""
        return self.protocol.wave_shown(name, self.language)

    def month_axis(self, months: Sequence[float]) -> Axis:
        """Return the axis of the months of the trial, up to the last of some, by the half year."""
        last = max(1.0, *months)
        step = _HALF_YEAR if last > _HALF_YEAR else 1
        ticks = tuple((float(month), str(month)) for month in range(0, int(last) + 1, step))
        return Axis(self.say("exits.across"), (0.0, last), ticks)

    def counts(self, counts: Mapping[Name, int]) -> dict[Name, str]:
        """Return counts that add up to a total that is told."""
        instead = shown(counts, withheld=self.say("counts.withheld"))
        return {name: instead[name] or number(count, 0, self.language) for name, count in counts.items()}

    def month_of_trial(self, month: str) -> int:
        """Return which month of the trial a calendar month is."""
        return Month.parse(month) - Month.parse(self.course.first_month) + 1
