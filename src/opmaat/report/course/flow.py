"""How far households came, arm by arm: a diagram as CONSORT 2025 asks, and the same numbers as a table.

https://www.consort-spirit.org; with its extensions to social interventions and to trials with several arms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from opmaat.conduct.flow import Flow
from opmaat.evaluate.course import ArmCourse
from opmaat.pages.figure import Figure
from opmaat.pages.numbers import number
from opmaat.pages.tables import Column, Table
from opmaat.report.course.view import CourseView
from opmaat.report.figures.flow import FlowColumn, flow_figure

_BEFORE_THE_DRAW = ("invited", "signed_up")
_REACHED = ("drawn", "invited", "signed_up", "told", "started")
_LEFT = ("withdrew", "removed", "moved_away", "remaining")

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class FlowShown:
    """The diagram and the table with the same numbers."""

    figure: Figure
    table: Table


def flow_shown(view: CourseView) -> FlowShown | None:
    """Return the flow of every arm; None when that of an arm is not known."""
    flows = [(arm, arm.flow) for arm in view.arms if arm.flow is not None]
    if not flows or len(flows) < len(view.arms):
        return None
    cells = [_cells(view, arm, flow) for arm, flow in flows]
    return FlowShown(_figure(view, cells), _table(view, cells))


def _cells(view: CourseView, arm: ArmCourse, flow: Flow) -> Cells:
    """Return what is told of each stage of an arm; what is divided never tells a count below ten."""
    after_consent = getattr(view.protocol.assignment, "timing", None) == "after_consent"
    stages = [stage for stage in _REACHED if not (after_consent and stage in _BEFORE_THE_DRAW)]
    cells = {stage: view.count(getattr(flow, stage)) for stage in stages}
    exited = sum(flow.exited.values())
    cells |= view.counts({"exited": exited} | {name: getattr(flow, name) for name in _LEFT})
    if exited and cells["exited"] == view.count(exited):
        groups = view.counts(dict(sorted(flow.exited.items())))
        cells |= {f"exited_{group}": told for group, told in groups.items()}
    for wave in view.waves(flow.sent):
        sent = flow.sent[wave]
        answered = view.part(flow.answered.get(wave, 0), sent)
        cells[f"wave {wave}"] = view.say("flow.of", answered=answered, sent=view.count(sent))
    return cells | {"analysed": view.count(flow.analysed)}


def _stages(cells: list[Cells]) -> list[str]:
    """Return every stage that any arm has, in the order of the trial."""
    known = dict.fromkeys(stage for of_arm in cells for stage in of_arm)
    groups = sorted(stage for stage in known if stage.startswith("exited_"))
    waves = [stage for stage in known if stage.startswith("wave ")]
    reached = [stage for stage in _REACHED if stage in known]
    return [*reached, "exited", *groups, *_LEFT, *waves, "analysed"]


def _label(view: CourseView, stage: str) -> str:
    """Return what a stage is called."""
    if stage.startswith("wave "):
        return view.say("flow.wave", wave=stage.removeprefix("wave "))
    if stage.startswith("exited_"):
        return view.say(f"flow.exited_{stage.removeprefix('exited_')}")
    return view.say(f"flow.{stage}")


def _table(view: CourseView, cells: list[Cells]) -> Table:
    """Return the stages as rows and the arms as columns."""
    rows = tuple(
        (_label(view, stage), *(of_arm.get(stage, "") or view.say("counts.none") for of_arm in cells))
        for stage in _stages(cells)
    )
    columns = (Column(view.say("flow.stage"), "text"), *view.arm_columns())
    return Table(view.say("flow.table"), columns, rows)


def _figure(view: CourseView, cells: list[Cells]) -> Figure:
    """Return the diagram; its text alternative says how many were drawn and where the numbers are."""
    drawn = number(sum(arm.flow.drawn for arm in view.arms if arm.flow), 0, view.language)
    columns = [
        FlowColumn(view.arm(arm.name), tuple(_boxes(view, of_arm)))
        for arm, of_arm in zip(view.arms, cells, strict=True)
    ]
    told = " ".join(
        view.say("flow.alt_arm", arm=column.title, started=of_arm["started"], remaining=of_arm["remaining"])
        for column, of_arm in zip(columns, cells, strict=True)
    )
    return flow_figure(
        view.say("flow.all_drawn", count=drawn),
        columns,
        title=view.say("flow.figure"),
        alt=view.say("flow.alt", count=drawn, arms=told),
    )


def _boxes(view: CourseView, cells: Cells) -> Iterator[tuple[str, ...]]:
    """Yield the boxes of one arm: who was reached, what happened since, and who is analysed."""
    groups = sorted(stage for stage in cells if stage.startswith("exited_"))
    waves = [stage for stage in cells if stage.startswith("wave ")]
    boxes = (
        [stage for stage in _REACHED if stage in cells],
        ["exited", *groups, *_LEFT],
        waves,
        ["analysed"],
    )
    for box in boxes:
        if box:
            yield tuple(view.say("flow.line", label=_label(view, stage), count=cells[stage]) for stage in box)
