"""opmaat diagnose: play a plan many times, and see how often what it would have said was right."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from opmaat.cli.output import PLACE, Result, study_argument, tell_progress, verb

if TYPE_CHECKING:
    from opmaat.rehearse.many.diagnose import Diagnosis, Share

_HEAD = ("question", "contrast", "truth", "bias", "size", "coverage", "power", "not estimable")


@verb("diagnose")
@study_argument
@click.option("--replications", type=click.IntRange(2), default=200, help="How many times; default 200.")
@click.option("--effects", type=PLACE, help="File of effects; default: no arm does anything.")
@click.option("--people", type=click.IntRange(20), help="Households in the register; default: for the plan.")
@click.option("--seed", type=click.IntRange(0, 2**64 - 1), default=1, help="Seed of all chance; default 1.")
@click.option("--workers", type=click.IntRange(1), help="Processes; default one for each core.")
@click.option("--out", type=PLACE, help="File for the estimates; a run that was broken off goes on from it.")
def command(
    study: Path,
    replications: int,
    effects: Path | None,
    people: int | None,
    seed: int,
    workers: int | None,
    out: Path | None,
) -> Result:
    """Play the plan of STUDY many times with made-up people; print size, coverage, bias and power.

    For coverage the truth is that of the made-up world, found by playing the same people under every arm.
    Size is that of a world in which no arm does anything. Each figure has its Monte Carlo error.
    """
    found = diagnosed(
        study,
        replications=replications,
        effects=effects,
        people=people,
        seed=seed,
        workers=workers or -1,
        out=out,
    )
    return Result(tuple(table(found)), {"diagnoses": [asdict(one) for one in found]})


def diagnosed(
    study: Path,
    *,
    replications: int,
    effects: Path | None = None,
    people: int | None = None,
    seed: int = 1,
    workers: int = -1,
    out: Path | None = None,
) -> tuple[Diagnosis, ...]:
    """Play the plan of a study many times, telling how far it is."""
    from opmaat.protocol.load import load_protocol, protocol_file
    from opmaat.rehearse.effects import NO_EFFECTS, read_effects
    from opmaat.rehearse.many.diagnose import diagnose
    from opmaat.rehearse.many.replicate import households_for, study_of

    protocol = load_protocol(study)
    planted = NO_EFFECTS if effects is None else read_effects(effects, protocol)
    trial = study_of(protocol, folder=protocol_file(study).parent, effects=planted)
    return diagnose(
        trial,
        people or households_for(trial),
        replications=replications,
        seed=seed,
        kept=out,
        workers=workers,
        progress=tell_progress("replications"),
    )


def table(found: tuple[Diagnosis, ...]) -> list[str]:
    """Return diagnoses as lines of text: the planned analyses, and then those that stand beside them."""
    ordered = sorted(found, key=lambda one: one.sort != "planned")
    rows = [_HEAD, *(_row(one) for one in ordered)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(_HEAD))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _row(one: Diagnosis) -> tuple[str, ...]:
    """Return one diagnosis as text, each figure with its Monte Carlo error."""
    return (
        one.estimand,
        " - ".join(one.contrast),
        f"{one.truth.value:.4g} ({one.truth.std_error:.1g})",
        f"{one.bias:.4f} ({one.bias_error:.4f})",
        _share(one.size),
        _share(one.coverage),
        _share(one.power),
        f"{one.failed} of {one.replications}",
    )


def _share(share: Share) -> str:
    return f"{share.value:.3f} ({share.std_error:.3f})"
