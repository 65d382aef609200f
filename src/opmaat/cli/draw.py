"""opmaat draw: promise, draw, enter later households, open; each step once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from opmaat.cli.output import Result, day_given, study_argument, verb

if TYPE_CHECKING:
    from opmaat.assign.ceremony.publish import Place
    from opmaat.protocol.freeze import Lock
    from opmaat.protocol.model import Protocol

_DAY = click.DateTime(["%Y-%m-%d"])


@verb("draw")
@study_argument
@click.option("--commit", is_flag=True, help="Promise: publish digests before the public value exists.")
@click.option("--source", default="", help="With --commit: which public value is to come, in words.")
@click.option(
    "--form",
    default="joined",
    help="With --commit: how the value is spelled; digits:N, words, or joined letters and digits.",
)
@click.option("--due", type=_DAY, help="With --commit: the day from which all arms may be known.")
@click.option("--public-value", help="Draw, with this public value.")
@click.option("--next", "enter", is_flag=True, help="Rolling intake: draw the households that entered since.")
@click.option(
    "--open", "open_", is_flag=True, help="When the last arm is due: publish nonce, salt and totals."
)
@click.option("--round", "round_name", default="", help="Name of the round, where the protocol names rounds.")
@click.option(
    "--keys", type=click.Path(path_type=Path), help="Folder of keys and lists; default STUDY/private."
)
@click.option("--date", "today", type=_DAY, help="Day of the step; default today.")
def command(
    study: Path,
    commit: bool,
    source: str,
    form: str,
    due: datetime | None,
    public_value: str | None,
    enter: bool,
    open_: bool,
    round_name: str,
    keys: Path | None,
    today: datetime | None,
) -> Result:
    """Draw lots for the caseload of STUDY, so that nobody can doubt them or see an arm too early."""
    from opmaat.core.errors import Issue, UsageError
    from opmaat.protocol.freeze import read_frozen

    promise = (
        (source.strip(), form, f"{due:%Y-%m-%d}") if commit and due is not None and source.strip() else None
    )
    value = public_value or ""
    if [promise is not None, bool(value), enter, open_].count(True) != 1 or commit != (promise is not None):
        problem = "The draw goes step by step, and this names no step, several, or half of one."
        fix = "Use --commit with --source and --due, then --public-value, then --open."
        raise UsageError([Issue("one-step", "draw", problem, fix)])
    if not (source + value).isprintable():
        problem, fix = "The text holds signs that cannot be printed.", "Write it in plain characters."
        raise UsageError([Issue("unprintable", "draw", problem, fix)])
    lock = read_frozen(study)
    place = place_of(lock.protocol, study, round_name, keys=keys)
    day = day_given(today).isoformat()
    if promise is not None:
        return _promise(lock.protocol, place, promise, day)
    return _open(lock.protocol, place, day) if open_ else _draw(lock, place, value, day)


def place_of(protocol: Protocol, study: Path, round_name: str, *, keys: Path | None) -> Place:
    """Return where the files of a round stand; refuses a round that the protocol does not name."""
    from opmaat.assign.ceremony.publish import Place
    from opmaat.core.errors import Issue, UsageError, did_you_mean
    from opmaat.protocol.load import protocol_file

    rounds = rounds_of(protocol)
    if (round_name not in rounds) if rounds else bool(round_name):
        what = f"'{round_name}' is not a round" if round_name else "No round is named, and there are several"
        raise UsageError([Issue("unknown-round", "--round", f"{what}.", did_you_mean(round_name, rounds))])
    home = protocol_file(study).parent
    return Place(home, keys or home / "private", round_name)


def rounds_of(protocol: Protocol) -> tuple[str, ...]:
    """Return the rounds that a protocol names."""
    from opmaat.protocol.assignment import Recorded

    return () if isinstance(protocol.assignment, Recorded) else protocol.assignment.rounds


def _promise(protocol: Protocol, place: Place, promise: tuple[str, str, str], day: str) -> Result:
    """Publish the commitment."""
    from opmaat.assign.ceremony.hold import promise as commit

    source, form, due = promise
    found = commit(protocol, place, public_value=source, form=form, last_arm_due=due, today=day)
    file = place.published("commitment")
    what = "rolling intake" if found.households is None else f"a list of {found.households}"
    lines = (
        f"committed to {what}; publish {file}",
        f"digest {found.digest()}",
        f"the public value will be spelled as '{form}'",
        f"give {place.seal_key} to the auditor after the draw; without {place.draw_key} no arm can be read",
    )
    return Result(lines, {"digest": found.digest(), "file": str(file)})


def _draw(lock: Lock, place: Place, public_value: str, day: str) -> Result:
    """Draw the list, or without a value those who entered since."""
    from opmaat.assign.ceremony.hold import draw_entrants, draw_lots

    if public_value:
        drawn = draw_lots(lock, place, public_value=public_value, today=day)
    else:
        drawn = draw_entrants(lock, place, today=day)
    last, file = drawn.entries[-1], place.published("drawn")
    lines = (
        f"drawn on {last.drawn_on}: {last.households} in all; publish {file}",
        f"wrote {place.record}, to print and sign",
        f"wrote {place.allocation}, encrypted",
    )
    told = {"drawn": last.households, "drawn_on": last.drawn_on}
    return Result(lines, {**told, "file": str(file), "record": str(place.record)})


def _open(protocol: Protocol, place: Place, day: str) -> Result:
    """Publish nonce, salt and totals."""
    from opmaat.assign.ceremony.hold import open_draw

    found = open_draw(protocol, place, today=day)
    totals = tuple(f"{name}: {number}" for name, number in found.totals.items())
    file = place.published("opened")
    return Result((*totals, f"opened; publish {file}"), {"totals": dict(found.totals), "file": str(file)})
