"""opmaat disclose-arm: tell what one household was drawn into, and keep who was told when."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from opmaat.cli.output import Result, day_given, study_argument, verb

if TYPE_CHECKING:
    from opmaat.assign.model import Assignment


@verb("disclose-arm")
@study_argument
@click.argument("household")
@click.option("--by", required=True, help="Who discloses the arm; kept with the day.")
@click.option("--round", "round_name", default="", help="Name of the round, where the protocol names rounds.")
@click.option(
    "--keys", type=click.Path(path_type=Path), help="Folder of keys and lists; default STUDY/private."
)
@click.option("--date", "today", type=click.DateTime(["%Y-%m-%d"]), help="Day of the step; default today.")
def command(
    study: Path, household: str, by: str, round_name: str, keys: Path | None, today: datetime | None
) -> Result:
    """Disclose the arm of one HOUSEHOLD of STUDY, named by its pseudonym, when it is due."""
    from opmaat.assign.ceremony.disclose import disclose_arm
    from opmaat.cli.draw import place_of
    from opmaat.core.errors import Issue, UsageError
    from opmaat.protocol.freeze import read_frozen

    if not by.strip() or not (by + household).isprintable():
        problem, fix = (
            "Who discloses the arm is empty, or cannot be printed.",
            "Write it in plain characters.",
        )
        raise UsageError([Issue("unprintable", "disclose-arm", problem, fix)])
    protocol = read_frozen(study).protocol
    place, day = place_of(protocol, study, round_name, keys=keys), day_given(today).isoformat()
    found = disclose_arm(place, household, by=by.strip(), today=day)
    label = protocol.arms[found.arm].label
    lines = (
        f"{found.arm}: {label.nl} / {label.en}",
        f"chance of every arm, from {found.draws:,} re-draws:" if found.draws else "chance of every arm:",
        *(f"  {arm}: {_shown(found, arm)}" for arm in found.probability),
        f"noted in {place.disclosed}",
    )
    told = {"arm": found.arm, "probability": found.probability, "std_error": found.std_error}
    return Result(lines, {**told, "disclosed_on": day})


def _shown(found: Assignment, arm: str) -> str:
    """Return the chance of an arm, with its Monte Carlo error where it is an estimate."""
    error = f" (standard error {found.std_error[arm]:.1%})" if found.draws else ""
    return f"{found.probability[arm]:.1%}{error}"
