"""opmaat rehearse: see a whole experiment happen to made-up people, before anyone is invited."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from opmaat.cli.output import PLACE, Result, study_argument, verb

if TYPE_CHECKING:
    from opmaat.core.errors import Issue


@verb("rehearse")
@study_argument
@click.option("--people", type=click.IntRange(20), help="Households in the register; default: for the plan.")
@click.option("--effects", type=PLACE, help="File of effects; default: no arm does anything.")
@click.option("--seed", type=click.IntRange(0, 2**64 - 1), default=1, help="Seed of all chance; default 1.")
@click.option("--to", help="Play up to and with a month of the trial: month=15. Default: to the end.")
@click.option("--out", type=PLACE, help="Folder to make; default rehearsal/ and the study's name, here.")
def command(
    study: Path, people: int | None, effects: Path | None, seed: int, to: str | None, out: Path | None
) -> Result:
    """Play the experiment of STUDY with made-up people, from the register to the report.

    Writes the very files that a municipality has: the register, the draw, events, deliveries that come late
    or wrong, answers; and reads them as it would a real trial's. Nothing is written into STUDY.
    """
    from opmaat.core.errors import DataFileError
    from opmaat.protocol.load import load_protocol, protocol_file
    from opmaat.rehearse.effects import NO_EFFECTS, read_effects
    from opmaat.rehearse.many.replicate import households_for, study_of
    from opmaat.rehearse.play.finish import finish
    from opmaat.rehearse.play.play import made_whole, play

    month = None if to is None else _month(to)
    home = protocol_file(study).parent
    protocol = load_protocol(study)
    planted = NO_EFFECTS if effects is None else read_effects(effects, protocol)
    households = people or households_for(study_of(protocol, folder=home))
    folder = out or Path("rehearsal") / protocol.id
    with made_whole(folder) as draft:
        play(
            study,
            draft,
            effects=planted,
            households=households,
            seed=seed,
            to_month=month,
            progress=_tell,
        )
        try:
            made = finish(draft, to_month=month, progress=_tell)
        except DataFileError as error:
            needed = households_for(study_of(protocol, folder=home))
            raise DataFileError([*_too_few(households, needed), *error.issues]) from None
    files = [str(folder / file.relative_to(draft)) for file in made]
    return Result(tuple(f"wrote {file}" for file in files), {"folder": str(folder), "files": files})


def _month(text: str) -> int:
    """Return the month of '--to month=15'."""
    from opmaat.core.errors import Issue, UsageError

    word, _, number = text.partition("=")
    if word.strip() != "month" or not number.strip().isdigit() or int(number) < 1:
        problem, fix = f"'{text}' is not a month of the trial.", "Write --to month=15."
        raise UsageError([Issue("not-a-month", "--to", problem, fix)])
    return int(number)


def _too_few(people: int, needed: int) -> list[Issue]:
    """Say that what cannot be estimated is for want of people, where they are fewer than planned."""
    from opmaat.core.errors import Issue

    if people >= needed:
        return []
    problem = f"Of {people} households too few are drawn for what is planned."
    return [Issue("too-few-people", "--people", problem, f"Leave it out: the plan needs {needed}.")]


def _tell(what: str) -> None:
    """Say on the error stream what is done."""
    click.echo(what, err=True)
