"""What caseworkers delivered, arm by arm, and what that cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from opmaat.evaluate.course import ArmCourse
from opmaat.pages.figure import Figure
from opmaat.pages.lines import Line, LineChart, line_figure, round_axis
from opmaat.pages.numbers import euros, number, whole_euros
from opmaat.pages.small_counts import SMALLEST
from opmaat.pages.tables import Column, Table
from opmaat.report.course.view import CourseView

_MINUTES_AN_HOUR = 60


@dataclass(frozen=True, slots=True)
class GuidanceShown:
    """Contacts month by month, and the totals with their cost."""

    figure: Figure | None
    totals: Table
    months: Table


def guidance_shown(view: CourseView) -> GuidanceShown | None:
    """Return what was delivered; None when no arm has any contact on record."""
    if not any(arm.guidance for arm in view.arms):
        return None
    return GuidanceShown(_figure(view), _totals(view), _months(view))


def households_of(arm: ArmCourse) -> int:
    """Return the households that could be talked with: those that started, or all drawn without a flow."""
    return arm.flow.started if arm.flow is not None else arm.households


def contacts_of_hundred(view: CourseView, arm: ArmCourse) -> float | None:
    """Return how many talks a month 100 households had, on average; None when that may not be told."""
    contacts, households = sum(month.contacts for month in arm.guidance), households_of(arm)
    if contacts < SMALLEST or households < SMALLEST or not view.course.month:
        return None
    return 100 * contacts / households / view.course.month


def _totals(view: CourseView) -> Table:
    """Return the totals of each arm as a row."""
    keys = ("contacts", "missed", "hours", "cost", "each_month", "cost_each")
    columns = (
        Column(view.say("guidance.arm"), "text"),
        *(Column(view.say(f"guidance.{key}")) for key in keys),
    )
    rows = tuple(_row(view, arm) for arm in view.arms)
    return Table(view.say("guidance.table"), columns, rows, note=" ".join(_notes(view)))


def _notes(view: CourseView) -> Iterator[str]:
    """Yield what the numbers count, and what an hour was taken to cost."""
    yield view.say("guidance.note")
    if view.course.cents_per_hour is not None:
        yield view.say("guidance.hour", euros=euros(view.course.cents_per_hour, view.language))


def _row(view: CourseView, arm: ArmCourse) -> tuple[str, ...]:
    """Return the totals of one arm; the cost of fewer than ten contacts would tell of whom it was."""
    contacts = sum(month.contacts for month in arm.guidance)
    missed = sum(month.missed for month in arm.guidance)
    minutes = sum(month.minutes for month in arm.guidance)
    cents = sum(month.cost_cents for month in arm.guidance)
    households, each = households_of(arm), contacts_of_hundred(view, arm)
    withheld = view.say("counts.withheld")
    known = contacts >= SMALLEST
    return (
        view.arm(arm.name),
        view.count(contacts),
        view.count(missed),
        number(minutes / _MINUTES_AN_HOUR, 0, view.language) if known else withheld,
        whole_euros(cents / 100, view.language) if known else withheld,
        withheld if each is None else number(each, 1, view.language),
        euros(round(cents / households), view.language) if known and households >= SMALLEST else withheld,
    )


def _months(view: CourseView) -> Table:
    """Return the contacts of each arm by month of the trial."""
    known = sorted({month.month for arm in view.arms for month in arm.guidance})
    delivered = [{month.month: month.contacts for month in arm.guidance} for arm in view.arms]
    told = [view.counts({month: of_arm.get(month, 0) for month in known}) for of_arm in delivered]
    rows = tuple((str(view.month_of_trial(month)), *(of_arm[month] for of_arm in told)) for month in known)
    columns = (Column(view.say("exits.month"), "text"), *view.arm_columns())
    return Table(view.say("guidance.months"), columns, rows)


def _figure(view: CourseView) -> Figure | None:
    """Return contacts for each household by month, of the months with enough of them."""
    lines = [
        Line(view.arm(arm.name), points, view.style(arm.name), hidden=_hidden(view, points))
        for arm in view.arms
        if (points := _points(view, arm))
    ]
    if not lines:
        return None
    told = " ".join(
        view.say(
            "guidance.alt_line",
            label=line.label,
            contacts=number(line.points[-1][1], 0, view.language),
            month=round(line.points[-1][0]),
        )
        for line in lines
    )
    months, each = ([point[axis] for line in lines for point in line.points] for axis in (0, 1))
    chart = LineChart(
        lines=lines,
        across=view.month_axis(months),
        upwards=round_axis("", [0, *each], lambda y: number(y, 0, view.language), least=5),
        beside=True,
    )
    title = view.say("guidance.figure")
    return line_figure(chart, title=title, alt=view.say("exits.alt", title=title, lines=told))


def _hidden(view: CourseView, points: list[tuple[float, float]]) -> list[float]:
    """Return the months without a point: too few contacts to be told."""
    told = {month for month, _ in points}
    return [float(month) for month in range(1, view.course.month + 1) if month not in told]


def _points(view: CourseView, arm: ArmCourse) -> list[tuple[float, float]]:
    """Return the months with at least ten contacts, and how many that is for 100 households."""
    households = households_of(arm)
    return [
        (float(view.month_of_trial(month.month)), 100 * month.contacts / households)
        for month in arm.guidance
        if month.contacts >= SMALLEST and households >= SMALLEST
    ]
