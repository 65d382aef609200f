"""How far households came, arm by arm: a diagram as CONSORT 2025 asks, and the same numbers as a table.

https://www.consort-spirit.org; with its extensions to social interventions and to trials with several arms.
Reasons that are few in the whole trial are told as one, so that fewer numbers have to be left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from opmaat.conduct.exits import EXIT_REASONS
from opmaat.conduct.flow import Flow, together
from opmaat.pages.figure import Figure
from opmaat.pages.numbers import number
from opmaat.pages.small_counts import SMALLEST, hidden_in_table, merged
from opmaat.pages.tables import Column, Table
from opmaat.report.course.view import CourseView
from opmaat.report.figures.flow import FlowColumn, flow_figure
from opmaat.report.told import may_be_told

_BEFORE_THE_DRAW = ("invited", "signed_up")
_REACHED = ("drawn", "invited", "signed_up", "told", "started")
_LEFT = ("withdrew", "removed", "moved_away")
_OF_ALL = ("started", "exited", *_LEFT, "otherwise", "out", "remaining")
_GROUPS = tuple(dict.fromkeys(reason.group for reason in EXIT_REASONS.values()))

Part = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class FlowShown:
    """The diagram and the table with the same numbers."""

    figure: Figure
    table: Table


def flow_shown(view: CourseView) -> FlowShown | None:
    """Return the flow of every arm, and of all together; None when that of an arm is not known."""
    flows = [arm.flow for arm in view.arms if arm.flow is not None]
    if not flows or len(flows) < len(view.arms):
        return None
    flows = [*flows, together(flows, "together")]
    parts = (
        tuple(_reached(view, flows)),
        tuple(_now(view, flows)),
        tuple(_waves(view, flows)),
        ((view.say("flow.analysed"), tuple(view.count(flow.analysed) for flow in flows)),),
    )
    rows = tuple((label, *cells) for part in parts for label, cells in part)
    columns = (
        Column(view.say("flow.stage"), "text"),
        *view.arm_columns(),
        Column(view.say("flow.together")),
    )
    table = Table(view.say("flow.table"), columns, rows)
    return FlowShown(_figure(view, [part for part in parts if part], flows[-1]), table)


def _reached(view: CourseView, flows: Sequence[Flow]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield how many households reached each stage up to the start."""
    after_consent = getattr(view.protocol.assignment, "timing", None) == "after_consent"
    for stage in _REACHED:
        if not (after_consent and stage in _BEFORE_THE_DRAW):
            yield view.say(f"flow.{stage}"), tuple(view.count(getattr(flow, stage)) for flow in flows)


def _now(view: CourseView, flows: Sequence[Flow]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield where those who started are now."""
    left = {name: [getattr(flow, name) for flow in flows] for name in _LEFT}
    all_in_one = len(merged({name: row[-1] for name, row in left.items()})) == len(left)
    fewer = _fewer_rows(left, into="out" if all_in_one else "otherwise")
    rows = {"exited": [sum(flow.exited.values()) for flow in flows], **fewer}
    rows["remaining"] = [flow.remaining for flow in flows]
    cells = _cells(view, rows, first="remaining")
    groups = {group: [flow.exited.get(group, 0) for flow in flows] for group in _GROUPS}
    reasons = _fewer_rows({group: row for group, row in groups.items() if row[-1]}, into="other")
    withheld = view.say("counts.withheld")
    for name, told in cells.items():
        yield view.say(f"flow.{name}"), told
        if name == "exited" and reasons and withheld not in told:
            for group, of_group in _cells(view, reasons, first=None).items():
                yield view.say(f"flow.exited_{group}"), of_group


def _fewer_rows(rows: Mapping[str, list[int]], *, into: str) -> dict[str, list[int]]:
    """Return rows of which those with a small total are added up into one."""
    few = merged({name: row[-1] for name, row in rows.items()})
    if len(few) < 2 and into not in few:
        return dict(rows)
    others = {name: row for name, row in rows.items() if name not in few and name != into}
    added = [row for name, row in rows.items() if name in few or name == into]
    return others | {into: [sum(column) for column in zip(*added, strict=True)]}


def _cells(
    view: CourseView, rows: Mapping[str, list[int]], *, first: str | None
) -> dict[str, tuple[str, ...]]:
    """Return the counts of rows that add up to what is told, without any that would tell one below ten."""
    names = list(rows)
    places = hidden_in_table(list(rows.values()), first=None if first is None else names.index(first))
    withheld = view.say("counts.withheld")
    return {
        name: tuple(
            view.count(count) if (at, column) not in places or count < SMALLEST else withheld
            for column, count in enumerate(rows[name])
        )
        for at, name in enumerate(names)
    }


def _waves(view: CourseView, flows: Sequence[Flow]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield how many adults answered of those who were sent a questionnaire."""
    for wave in view.waves(wave for flow in flows for wave in flow.sent):
        pairs = [(flow.answered.get(wave, 0), flow.sent.get(wave, 0)) for flow in flows]
        all_told = all(may_be_told(*pair) for pair in pairs)
        *arms, (answered, sent) = pairs
        cells = [_answered(view, view.part(*pair), pair[1]) for pair in arms]
        told = number(answered, 0, view.language) if all_told else view.say("counts.withheld")
        yield view.say("flow.wave", wave=view.wave(wave)), (*cells, _answered(view, told, sent))


def _answered(view: CourseView, answered: str, sent: int) -> str:
    """Return how many answered of how many."""
    return view.say("flow.of", answered=answered, sent=view.count(sent))


def _figure(view: CourseView, parts: Sequence[Part], whole: Flow) -> Figure:
    """Return the diagram: all arms together on top, and a column for each arm."""
    drawn = number(whole.drawn, 0, view.language)
    columns = [
        FlowColumn(view.arm(arm.name), tuple(_box(view, part, place) for part in parts))
        for place, arm in enumerate(view.arms)
    ]
    said = {label: cells for part in parts for label, cells in part}
    whole_trial = (view.say(f"flow.{stage}") for stage in _OF_ALL)
    top = _box(view, tuple((label, said[label]) for label in whole_trial if label in said), len(columns))
    started, remaining = said[view.say("flow.started")], said[view.say("flow.remaining")]
    names = [*(column.title for column in columns), view.say("flow.together")]
    told = " ".join(
        view.say("flow.alt_arm", arm=name, started=started[place], remaining=remaining[place])
        for place, name in enumerate(names)
    )
    return flow_figure(
        FlowColumn(view.say("flow.all_drawn", count=drawn), (top,)),
        columns,
        title=view.say("flow.figure"),
        alt=view.say("flow.alt", count=drawn, arms=told),
    )


def _box(view: CourseView, part: Part, column: int) -> tuple[str, ...]:
    """Return the lines of one box."""
    return tuple(view.say("flow.line", label=label, count=cells[column]) for label, cells in part)
