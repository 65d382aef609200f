"""Who left benefit, month by month: lines with the names of the arms, and the numbers in a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from opmaat.conduct.exits import EXIT_REASONS
from opmaat.evaluate.course import ArmCourse, ExitMonth
from opmaat.pages.figure import Figure
from opmaat.pages.lines import Line, LineChart, line_figure, round_axis
from opmaat.pages.numbers import percentage
from opmaat.pages.tables import Column, Table
from opmaat.report.course.view import CourseView
from opmaat.report.told import may_be_told

Measure = Literal["off_benefit", "to_work", "working", "beside"]
MEASURES: tuple[Measure, ...] = ("off_benefit", "to_work", "working", "beside")
_GROUPS = tuple(dict.fromkeys(reason.group for reason in EXIT_REASONS.values()))


@dataclass(frozen=True, slots=True)
class MonthsShown:
    """One thing that is followed month by month; there is no figure when nothing in it may be told."""

    figure: Figure | None
    table: Table


def exits_shown(view: CourseView) -> tuple[MonthsShown, ...]:
    """Return who is off benefit, off benefit for work, working, or working beside benefit, of every arm."""
    labels = [view.arm(arm.name) for arm in view.arms]
    return tuple(
        _months(view, view.arms, measure, labels=labels, caption="exits.table") for measure in MEASURES
    )


def reference_shown(view: CourseView) -> tuple[MonthsShown, ...]:
    """Return the same of the reference population, on figures and in tables of its own."""
    reference = view.course.reference
    if reference is None:
        return ()
    labels = [view.say("reference.label")]
    return tuple(
        _months(view, [reference], measure, labels=labels, caption="reference.table") for measure in MEASURES
    )


def reasons_table(view: CourseView) -> Table | None:
    """Return why benefit ended, by kind of reason; None when no reason is known."""
    known = [group for group in _GROUPS if any(group in arm.exit_reasons for arm in view.arms)]
    if not known:
        return None
    cells = [view.counts({group: arm.exit_reasons.get(group, 0) for group in known}) for arm in view.arms]
    rows = tuple((view.say(f"reasons.{group}"), *(of_arm[group] for of_arm in cells)) for group in known)
    columns = (Column(view.say("reasons.reason"), "text"), *view.arm_columns())
    return Table(view.say("reasons.table"), columns, rows)


def _months(
    view: CourseView, arms: Sequence[ArmCourse], measure: Measure, *, labels: Sequence[str], caption: str
) -> MonthsShown:
    """Return one measure of some arms, or of the reference population alone; ``caption`` is a text's key."""
    lines = [
        Line(
            label,
            [(float(month.month), share) for month, share in _told(arm, measure)],
            view.style(arm.name),
            hidden=_hidden(arm, measure),
        )
        for arm, label in zip(arms, labels, strict=True)
        if _told(arm, measure)
    ]
    title = view.say(f"exits.{measure}")
    told = view.say(caption, title=title)
    table = _table(view, arms, measure, labels=labels, caption=told)
    return MonthsShown(_figure(view, lines, title=title) if lines else None, table)


def _told(arm: ArmCourse, measure: Measure) -> list[tuple[ExitMonth, float]]:
    """Return the months with a share that may be told, and that share."""
    return [
        (month, _of(month, measure) / month.known)
        for month in arm.exits
        if may_be_told(_of(month, measure), month.known)
    ]


def _hidden(arm: ArmCourse, measure: Measure) -> list[float]:
    """Return the months with a share that may not be told."""
    told = {month.month for month, _ in _told(arm, measure)}
    return [float(month.month) for month in arm.exits if month.month not in told]


def _of(month: ExitMonth, measure: Measure) -> int:
    """Return the count of one measure."""
    counts: dict[Measure, int] = {
        "off_benefit": month.off_benefit,
        "to_work": month.to_work,
        "working": month.working,
        "beside": month.beside,
    }
    return counts[measure]


def _figure(view: CourseView, lines: Sequence[Line], *, title: str) -> Figure:
    """Return the lines; the text alternative says where each ends."""
    shares = [y for line in lines for _, y in line.points]
    told = " ".join(
        view.say(
            "exits.alt_line",
            label=line.label,
            share=percentage(line.points[-1][1], view.language),
            month=round(line.points[-1][0]),
        )
        for line in lines
    )
    chart = LineChart(
        lines=lines,
        across=view.month_axis([x for line in lines for x, _ in line.points]),
        upwards=round_axis("", [0, *shares], _percent(view), least=0.01),
        beside=True,
    )
    return line_figure(chart, title=title, alt=view.say("exits.alt", title=title, lines=told))


def _percent(view: CourseView) -> Callable[[float], str]:
    """Return how a share is written on the axis."""
    return lambda share: percentage(share, view.language, 0)


def _table(
    view: CourseView, arms: Sequence[ArmCourse], measure: Measure, *, labels: Sequence[str], caption: str
) -> Table:
    """Return the months as rows, with the share and the count of each arm."""
    by_month = [{month.month: month for month in arm.exits} for arm in arms]
    months = sorted({month for of_arm in by_month for month in of_arm})
    rows = tuple(
        (
            str(month),
            *(
                view.share(_of(of_arm[month], measure), of_arm[month].known)
                if month in of_arm
                else view.say("counts.none")
                for of_arm in by_month
            ),
        )
        for month in months
    )
    columns = (Column(view.say("exits.month"), "text"), *map(Column, labels))
    return Table(caption, columns, rows)
