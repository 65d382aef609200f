"""All estimates: for each outcome its figures and tables, in parts that a reader can compare."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby

from opmaat.evaluate.model import Estimate, Interval
from opmaat.pages.figure import Figure
from opmaat.pages.numbers import confidence, number, probability
from opmaat.pages.tables import Column, Table
from opmaat.pages.wording import capital
from opmaat.report.figures.forest import ForestRow, forest_figure
from opmaat.report.findings import bounds, judge
from opmaat.report.measures import Measure, degrees, shown_interval, table_interval, table_number
from opmaat.report.told import mean_may_be_told
from opmaat.report.view import View, estimate_order

_VERY_LARGE_F = 1_000_000

CellText = Callable[[Estimate], str]


@dataclass(frozen=True, slots=True)
class Block:
    """Estimates that differ in one thing, which names their rows."""

    figure: Figure
    table: Table
    first_stage: Table | None


@dataclass(frozen=True, slots=True)
class OutcomeEffects:
    """Everything that was estimated for one outcome."""

    title: str
    blocks: tuple[Block, ...]


def effects(view: View) -> tuple[OutcomeEffects, ...]:
    """Return every estimate, outcome by outcome in the protocol's order."""
    ordered = sorted(view.estimates.estimates, key=lambda e: estimate_order(view, e))
    return tuple(
        OutcomeEffects(
            capital(view.protocol.outcomes[outcome].label.in_language(view.language)),
            tuple(_blocks(view, list(members))),
        )
        for outcome, members in groupby(ordered, key=lambda e: e.outcome)
    )


def legend(view: View) -> tuple[str, ...]:
    """Return how the figures are read."""
    say = view.wording.say
    everything = view.estimates.estimates
    levels = dict.fromkeys(confidence(e.interval.confidence, view.language) for e in everything)
    lines = [say("effects.legend_pointwise", confidence=level) for level in levels]
    if any(e.simultaneous for e in everything):
        lines.append(say("effects.legend_simultaneous"))
    lines.append(say("effects.legend_shown"))
    if any(e.adjustment == "benjamini_hochberg" for e in everything):
        lines.append(say("effects.legend_false_discovery"))
    return tuple(lines)


def _blocks(view: View, members: list[Estimate]) -> list[Block]:
    """Return the parts of one outcome, of some people each: over time, comparisons, or analyses."""
    months = {e.month for e in members}
    contrasts = {e.contrast for e in members}
    analyses = {e.analysis for e in members}

    def part(estimate: Estimate) -> tuple[object, ...]:
        """Return what all estimates of one part have in common."""
        whom = view.whom(view.estimand(estimate.estimand))
        if len(months) > 1:
            return whom, estimate.analysis, estimate.contrast
        return (whom, estimate.analysis) if len(contrasts) > 1 else (whom,)

    def label(estimate: Estimate) -> str:
        """Return what tells an estimate from the others of its part."""
        if len(months) > 1:
            return capital(view.wording.after(estimate.month).strip() or view.compared(estimate))
        if len(contrasts) > 1 or len(analyses) == 1:
            return view.compared(estimate, among=contrasts)
        return capital(view.analysis_names[estimate.analysis])

    parts: dict[tuple[object, ...], list[Estimate]] = {}
    for estimate in members:
        parts.setdefault(part(estimate), []).append(estimate)
    ends = _ends(view.measures[members[0].outcome], members)
    return [_block(view, chosen, label=label, ends=ends) for chosen in parts.values()]


def _ends(measure: Measure, members: list[Estimate]) -> tuple[float, float]:
    """Return the smallest and largest value among all intervals, so that figures share their axis."""
    intervals = [i for e in members for i in (e.interval, e.simultaneous) if i is not None]
    values = [measure.shown(end) for i in intervals for end in bounds(i)]
    values += [measure.shown(e.point) for e in members]
    finite = [value for value in values if abs(value) < float("inf")]
    return min([0.0, *finite]), max([0.0, *finite])


def _block(view: View, members: list[Estimate], *, label: CellText, ends: tuple[float, float]) -> Block:
    """Return the figure and tables of one part."""
    measure = view.measures[members[0].outcome]
    first = members[0]
    month = first.month if len({e.month for e in members}) == 1 else None
    whom = view.whom(view.estimand(first.estimand))
    title = _title(view, members, opening=capital(view.question(first.outcome, month, whom)))
    common = (view.wording.after(month).strip(), whom)
    short = _title(view, members, opening=capital(", ".join(part for part in common if part)))
    return Block(
        figure=replace(_figure(view, members, title=title, label=label, ends=ends), title=short),
        table=_table(view, members, title=title, label=label, measure=measure),
        first_stage=_first_stage(view, members, title=title, label=label),
    )


def _title(view: View, members: list[Estimate], *, opening: str) -> str:
    """Return what all estimates of a part have in common, in words."""
    first = members[0]
    parts = [opening] if opening else []
    late = all(e.method == "late" for e in members)
    if len({e.contrast for e in members}) == 1:
        parts.append(view.compared(first) if late else view.comparison(first.contrast))
    comparator = None if late else view.shared_comparator(e.contrast for e in members)
    if comparator is not None:
        parts.append(capital(view.wording.say("effects.shared", control=comparator)))
    if len({e.analysis for e in members}) == 1:
        parts.append(capital(view.analysis_names[first.analysis]))
    return ". ".join(parts)


def _figure(
    view: View, members: list[Estimate], *, title: str, label: CellText, ends: tuple[float, float]
) -> Figure:
    """Return the forest plot of one part."""
    say = view.wording.say
    measure = view.measures[members[0].outcome]
    rows = [_forest_row(view, e, label=label(e), measure=measure) for e in members]
    told = " ".join(say("effects.alt_row", label=row.label, numbers=", ".join(row.numbers)) for row in rows)
    unit = measure.unit(view.wording)
    return forest_figure(
        rows,
        title=title,
        axis=(unit, f"← {say('effects.lower_axis')} | {say('effects.higher_axis')} →"),
        alt=say(
            "effects.alt_one" if len(rows) == 1 else "effects.alt",
            count=len(rows),
            title=title,
            unit=unit,
            rows=told,
        ),
        ends=ends,
        language=view.language,
    )


def _forest_row(view: View, estimate: Estimate, *, label: str, measure: Measure) -> ForestRow:
    """Return one estimate as the figure draws it."""
    wording = view.wording
    point = table_number(measure.shown(estimate.point), measure.decimals, wording)
    numbers = [f"{point} ({shown_interval(estimate.interval, measure, wording)})"]
    if estimate.simultaneous is not None:
        wide = shown_interval(estimate.simultaneous, measure, wording)
        numbers.append(wording.say("effects.together", interval=wide))
    low, high = (measure.shown(end) for end in bounds(estimate.interval))
    together = estimate.simultaneous
    return ForestRow(
        label=label,
        numbers=tuple(numbers),
        point=measure.shown(estimate.point),
        interval=(low, high),
        simultaneous=(
            None
            if together is None
            else (measure.shown(bounds(together)[0]), measure.shown(bounds(together)[1]))
        ),
        shown=judge(estimate).verdict in ("higher", "lower"),
    )


def _table(view: View, members: list[Estimate], *, title: str, label: CellText, measure: Measure) -> Table:
    """Return the numbers of one part; columns that no estimate needs are left out."""
    say = view.wording.say
    heading = _row_heading(members)
    columns: list[tuple[Column, CellText]] = [
        (Column(say(f"effects.{heading}"), "text"), label),
        *_estimate_columns(view, members, measure),
        *_p_columns(view, members),
        *_model_columns(view, members, measure),
    ]
    return Table(
        say("effects.table", title=title),
        tuple(column for column, _ in columns),
        tuple(tuple(cell(estimate) for _, cell in columns) for estimate in members),
        note=capital(say("effects.in_unit", unit=measure.table_unit(view.wording))),
    )


def _row_heading(members: list[Estimate]) -> str:
    """Return which text heads the column that tells the rows apart."""
    if len({e.month for e in members}) > 1:
        return "month"
    return "analysis" if len({e.analysis for e in members}) > 1 else "comparison"


def _estimate_columns(view: View, members: list[Estimate], measure: Measure) -> list[tuple[Column, CellText]]:
    """Return the difference, its standard error and its intervals."""
    wording, say = view.wording, view.wording.say
    levels = list(dict.fromkeys(confidence(e.interval.confidence, view.language) for e in members))
    mixed = "" if len(levels) == 1 else "_mixed"

    def within(interval: Interval | None) -> str:
        if interval is None:
            return say("unit.not_available")
        shown = table_interval(interval, measure, wording)
        level = confidence(interval.confidence, view.language)
        return say("effects.with_level", interval=shown, confidence=level) if mixed else shown

    def in_table(value: float) -> str:
        return table_number(measure.in_table(value), measure.table_decimals, wording)

    def percent(estimate: Estimate) -> str:
        point = table_number(measure.shown(estimate.point), measure.decimals, wording)
        return f"{point} ({shown_interval(estimate.interval, measure, wording)})"

    columns: list[tuple[Column, CellText]] = [
        (Column(say("effects.estimate")), lambda e: in_table(e.point)),
        (Column(say("effects.std_error")), lambda e: in_table(e.std_error)),
        (Column(say("effects.errors"), "text"), lambda e: say(f"errors.{e.fit.errors}")),
        (Column(say(f"effects.interval{mixed}", confidence=levels[0])), lambda e: within(e.interval)),
    ]
    if any(e.simultaneous for e in members):
        heading = say(f"effects.simultaneous{mixed}", confidence=levels[0])
        columns.append((Column(heading), lambda e: within(e.simultaneous)))
    if measure.reading == "percent":
        columns.append((Column(say("effects.percent")), percent))
    return columns


def _p_columns(view: View, members: list[Estimate]) -> list[tuple[Column, CellText]]:
    """Return the p-values, and the adjusted ones under the name of their adjustment."""
    say = view.wording.say
    columns: list[tuple[Column, CellText]] = [(Column(say("effects.p")), lambda e: _probability(view, e.p))]
    for adjustment in dict.fromkeys(e.adjustment for e in members if e.adjustment is not None):
        columns.append((Column(say(f"effects.p_{adjustment}")), partial(_adjusted, view, adjustment)))
    return columns


def _adjusted(view: View, adjustment: str, estimate: Estimate) -> str:
    """Return the adjusted p-value where it was adjusted in this way."""
    return _probability(view, estimate.p_adjusted if estimate.adjustment == adjustment else None)


def _probability(view: View, p: float | None) -> str:
    """Return a p-value, or the words for none."""
    if p is None or math.isnan(p):
        return view.wording.say("unit.not_available")
    return probability(p, view.language)


def _model_columns(view: View, members: list[Estimate], measure: Measure) -> list[tuple[Column, CellText]]:
    """Return degrees of freedom, numbers of participants and means."""
    wording, say = view.wording, view.wording.say
    told = _means_may_be_told(members, measure)

    def mean(estimate: Estimate, side: int) -> str:
        if not told:
            return say("counts.withheld")
        value = estimate.means.get(estimate.contrast[side])
        shown = None if value is None else measure.in_table(value)
        return table_number(shown, measure.table_decimals, wording)

    columns: list[tuple[Column, CellText]] = [
        (Column(say("effects.df")), lambda e: degrees(e.df, wording)),
        (Column(say("effects.n")), lambda e: number(e.fit.n, 0, view.language)),
    ]
    if any(e.fit.clusters is not None for e in members):
        columns.append((Column(say("effects.clusters")), lambda e: table_number(e.fit.clusters, 0, wording)))
    return [
        *columns,
        (Column(say("effects.mean_arm")), lambda e: mean(e, 0)),
        (Column(say("effects.mean_control")), lambda e: mean(e, 1)),
    ]


def _strength(view: View, f_statistic: float) -> str:
    """Return an F; where the draw decides on taking up for nearly all, it is only said to be very large."""
    if f_statistic > _VERY_LARGE_F:
        return f"> {number(_VERY_LARGE_F, 0, view.language)}"
    return table_number(f_statistic, 1, view.wording)


def _means_may_be_told(members: list[Estimate], measure: Measure) -> bool:
    """Tell whether means can be told: all of a part or none, since a difference and one give the other."""
    return all(
        mean_may_be_told(mean, estimate.n_by_arm.get(arm, 0), measure)
        for estimate in members
        for arm, mean in estimate.means.items()
        if arm in estimate.contrast
    )


def _first_stage(view: View, members: list[Estimate], *, title: str, label: CellText) -> Table | None:
    """Return how far the draw moved take-up, for effects of taking up."""
    late = [e for e in members if e.first_stage is not None]
    if not late:
        return None
    say, wording = view.wording.say, view.wording
    measure = view.measures[members[0].outcome]
    rows = []
    for estimate in late:
        first = estimate.first_stage
        if first is None:
            continue
        robust = first.anderson_rubin
        rows.append(
            (
                label(estimate),
                table_number(100 * first.take_up_difference, 1, wording),
                table_number(100 * first.std_error, 1, wording),
                _strength(view, first.f_statistic),
                degrees(first.df, wording),
                table_interval(robust, measure, wording) if robust else say("unit.not_available"),
            )
        )
    headings = ("take_up", "std_error", "f", "df", "anderson_rubin")
    columns = (
        Column(say(f"effects.{_row_heading(members)}"), "text"),
        *(Column(say(f"effects.{heading}")) for heading in headings),
    )
    note = " ".join(view.what_take_up_is(late))
    return Table(say("effects.first_stage", title=title), columns, tuple(rows), note=note)
