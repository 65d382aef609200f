"""Everything that pages show of the course of a trial, in one language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from opmaat.core.month import Month
from opmaat.pages.numbers import number
from opmaat.pages.tables import Table
from opmaat.report.course.counts import choice_tables, harms_table
from opmaat.report.course.exits import MonthsShown, exits_shown, reasons_table, reference_shown
from opmaat.report.course.flow import FlowShown, flow_shown
from opmaat.report.course.guidance import GuidanceShown, guidance_shown
from opmaat.report.course.money import MoneyShown, money_shown
from opmaat.report.course.view import CourseView
from opmaat.report.course.waves import ScaleShown, response_table, scales_shown

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseShown:
    """The course as ready texts, tables and figures; what a study does not have is empty or None."""

    facts: Facts
    flow: FlowShown | None
    exits: tuple[MonthsShown, ...]
    reasons: Table | None
    money: MoneyShown | None
    guidance: GuidanceShown | None
    choice: tuple[Table, ...]
    response: Table | None
    scales: tuple[ScaleShown, ...]
    harms: Table | None
    reference: tuple[MonthsShown, ...]
    about_reference: str

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections that have something in them, in their order."""
        held = {
            "flow": self.flow,
            "exits": self.exits,
            "money": self.money,
            "guidance": self.guidance,
            "choice": self.choice,
            "waves": self.response or self.scales,
            "harms": self.harms,
            "reference": self.reference,
        }
        return tuple(name for name, content in held.items() if content)


def course_shown(view: CourseView) -> CourseShown:
    """Return everything that can be shown of a course."""
    return CourseShown(
        facts=_facts(view),
        flow=flow_shown(view),
        exits=exits_shown(view),
        reasons=reasons_table(view),
        money=money_shown(view),
        guidance=guidance_shown(view),
        choice=choice_tables(view),
        response=response_table(view),
        scales=scales_shown(view),
        harms=harms_table(view),
        reference=reference_shown(view),
        about_reference=_about_reference(view),
    )


def _facts(view: CourseView) -> Facts:
    """Return up to which month the course goes, and when that was known."""
    course = view.course
    first = view.wording.month(Month.parse(course.first_month))
    return (
        (view.say("page.month"), view.say("page.month_value", month=course.month, first=first)),
        (view.say("page.known"), view.wording.day(datetime.fromisoformat(course.known_at).date())),
    )


def _about_reference(view: CourseView) -> str:
    """Say who the reference population is; empty without one."""
    reference = view.course.reference
    if reference is None:
        return ""
    households, persons = (
        number(count, 0, view.language) for count in (reference.households, reference.persons)
    )
    return view.say("reference.intro", households=households, persons=persons)
