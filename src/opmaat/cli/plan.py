"""opmaat plan: what the experiment can show, before anyone is invited."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from opmaat.cli.output import PLACE, Result, study_argument, verb

if TYPE_CHECKING:
    from opmaat.design.model import Comparison, Plan


@verb("plan")
@study_argument
@click.option("--out", type=PLACE, help="Folder to write to; default STUDY/results.")
@click.option(
    "--simulate",
    type=click.IntRange(2),
    metavar="TIMES",
    help="Also play the plan so many times with made-up people, as 'opmaat diagnose' does.",
)
@click.option(
    "--effects", type=PLACE, help="With --simulate: file of effects; default: no arm does anything."
)
def command(study: Path, out: Path | None, simulate: int | None, effects: Path | None) -> Result:
    """Compute power and detectable effects from the planning of STUDY; write plan.html and plan.json."""
    from dataclasses import asdict

    from opmaat.cli.diagnose import diagnosed, table
    from opmaat.core.errors import Issue, UsageError
    from opmaat.design.page.write import write_plan
    from opmaat.design.plan import plan
    from opmaat.protocol.load import load_protocol, results_folder

    if effects is not None and simulate is None:
        problem = "A closed formula knows no file of effects."
        raise UsageError(
            [Issue("effects-unused", "--effects", problem, "Add --simulate 200, or leave it out.")]
        )
    protocol = load_protocol(study)
    made = plan(protocol)
    files = write_plan(protocol, made, out or results_folder(study))
    lines = (*_lines(made), *(f"wrote {file}" for file in files))
    fields = {"files": [str(file) for file in files], **made.as_dict()}
    if simulate is None:
        return Result(lines, fields)
    played = diagnosed(study, replications=simulate, effects=effects)
    return Result((*lines, *table(played)), {**fields, "diagnoses": [asdict(one) for one in played]})


def _lines(plan: Plan) -> list[str]:
    """Return the first analysis of every estimand, and how many cautions there are, as lines of text."""
    lines = [_line(item, plan.aim) for item in plan.comparisons if item.leading]
    return [*lines, f"{len(plan.cautions)} cautions; they are in the page"]


def _line(item: Comparison, aim: float) -> str:
    """Return one comparison as text."""
    found = "nothing" if item.detectable is None else f"{item.detectable:.3g}"
    needed = "more than can be invited" if item.needed is None else f"invite {item.needed}"
    return (
        f"{item.estimand} {item.outcome}, {' - '.join(item.contrast)}, {item.population}: "
        f"power {item.power:.0%} for {item.smallest_effect:g}; detectable with {aim:.0%}: {found}; "
        f"needed: {needed}"
    )
