"""What was paid in benefit to all households of an arm, and how many of them reported earnings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from opmaat.evaluate.course import ArmCourse, BenefitMonth
from opmaat.pages.figure import Figure
from opmaat.pages.lines import Line, LineChart, line_figure, round_axis
from opmaat.pages.numbers import number, whole_euros
from opmaat.pages.small_counts import SMALLEST
from opmaat.pages.tables import Column, Table
from opmaat.report.course.view import CourseView

_CENTS = 100


@dataclass(frozen=True, slots=True)
class MoneyShown:
    """Benefit paid to a household by month, and the totals of each arm."""

    figure: Figure | None
    totals: Table
    months: Table


def money_shown(view: CourseView) -> MoneyShown | None:
    """Return what was paid; None when registers of no arm tell it."""
    if not any(month.households for arm in view.arms for month in arm.benefit):
        return None
    return MoneyShown(_figure(view), _totals(view), _months(view))


def _each(month: BenefitMonth) -> float | None:
    """Return the euros paid to a household, on average; None of fewer than ten households."""
    return month.paid_cents / _CENTS / month.households if month.households >= SMALLEST else None


def _totals(view: CourseView) -> Table:
    """Return the totals of each arm as a row."""
    reports = any(arm.reported is not None for arm in view.arms)
    keys = ("households", "total", "each_month", *(("reported",) if reports else ()))
    columns = (Column(view.say("money.arm"), "text"), *(Column(view.say(f"money.{key}")) for key in keys))
    rows = tuple((view.arm(arm.name), *_row(view, arm, reports=reports)) for arm in view.arms)
    note = view.say("money.note_reported") if reports else ""
    return Table(view.say("money.table"), columns, rows, note=note)


def _row(view: CourseView, arm: ArmCourse, *, reports: bool) -> Iterator[str]:
    """Yield what stands for one arm: its total is the sum of the means of its months."""
    means = [_each(month) for month in arm.benefit]
    known = [mean for mean in means if mean is not None]
    yield view.count(arm.households)
    if known and len(known) == len(means):
        yield whole_euros(sum(known), view.language)
        yield whole_euros(sum(known) / len(known), view.language)
    else:
        yield from (view.say("counts.withheld"),) * 2
    if reports:
        started = arm.flow.started if arm.flow is not None else arm.households
        yield view.say("money.of", told=view.share(arm.reported or 0, started), started=view.count(started))


def _months(view: CourseView) -> Table:
    """Return the euros for each household, month by month."""
    by_arm = [{month.month: _each(month) for month in arm.benefit} for arm in view.arms]
    months = sorted({month for of_arm in by_arm for month in of_arm})
    rows = tuple((str(month), *(_cell(view, of_arm.get(month)) for of_arm in by_arm)) for month in months)
    columns = (Column(view.say("exits.month"), "text"), *view.arm_columns())
    return Table(view.say("money.months"), columns, rows)


def _cell(view: CourseView, each: float | None) -> str:
    """Return an amount in whole euros, or the words for one that is not told."""
    return view.say("counts.withheld") if each is None else whole_euros(each, view.language)


def _figure(view: CourseView) -> Figure | None:
    """Return the euros for each household by month; None when nothing may be told."""
    lines = [
        Line(view.arm(arm.name), points, view.style(arm.name), hidden=_hidden(arm))
        for arm in view.arms
        if (points := _points(arm))
    ]
    if not lines:
        return None
    told = " ".join(
        view.say(
            "money.alt_line",
            label=line.label,
            first=whole_euros(line.points[0][1], view.language),
            last=whole_euros(line.points[-1][1], view.language),
        )
        for line in lines
    )
    months, each = ([point[axis] for line in lines for point in line.points] for axis in (0, 1))
    chart = LineChart(
        lines=lines,
        across=view.month_axis(months),
        upwards=round_axis("", [0, *each], lambda y: f"€ {number(y, 0, view.language)}", least=50),
        beside=True,
    )
    title = view.say("money.figure")
    return line_figure(chart, title=title, alt=view.say("exits.alt", title=title, lines=told))


def _points(arm: ArmCourse) -> list[tuple[float, float]]:
    """Return the months that may be told, and the euros for each household."""
    return [(float(month.month), each) for month in arm.benefit if (each := _each(month)) is not None]


def _hidden(arm: ArmCourse) -> list[float]:
    """Return the months that may not be told."""
    return [float(month.month) for month in arm.benefit if _each(month) is None]
