"""opmaat caseload: the register in, the list of eligible households out, with a count per reason."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opmaat.cli.output import Result, study_argument, verb

if TYPE_CHECKING:
    from opmaat.caseload.layout import Layout
    from opmaat.caseload.model import Caseload
    from opmaat.protocol.model import Protocol

_DAY = click.DateTime(["%Y-%m-%d"])


@verb("caseload", writes=False)  # the rows that it refuses are kept apart also when it fails
@study_argument
@click.option("--register", type=click.Path(path_type=Path), required=True, help="The register file.")
@click.option("--round", "round_name", default="", help="Name of the round, where the protocol names rounds.")
@click.option(
    "--keys", type=click.Path(path_type=Path), help="Folder of keys and lists; default STUDY/private."
)
@click.option("--reference-date", "day", type=_DAY, help="Of a later round or list; default the protocol's.")
@click.option("--set-aside", is_flag=True, help="Go on without the households that have a fault.")
def command(
    study: Path,
    register: Path,
    round_name: str,
    keys: Path | None,
    day: datetime | None,
    set_aside: bool,
) -> Result:
    """Read STUDY's register, screen it by the frozen protocol, and keep the list under pseudonyms."""
    from opmaat.assign.lists import keep_list, list_key, read_others, require_open
    from opmaat.caseload.build import examine, require_good
    from opmaat.caseload.read import read_register, register_of, require_same_layout
    from opmaat.caseload.refuse import keep_refused, refused_file
    from opmaat.caseload.store import read_caseload
    from opmaat.cli.draw import place_of
    from opmaat.protocol.freeze import read_frozen

    protocol = read_frozen(study).protocol
    place = place_of(protocol, study, round_name, keys=keys)
    committed = require_open(protocol, place)
    earlier = read_others(place)
    on = _day_of_list(protocol, day, is_later=committed or bool(earlier))
    delivery, key = read_register(protocol, register, folder=place.home, day=on), list_key(place)
    own = [read_caseload(place.private, round_name)] if committed else []
    require_same_layout(protocol, delivery, [*earlier, *own])
    found = examine(protocol, delivery, key=key, day=on, round_name=round_name, earlier=earlier)
    refused = refused_file(place.private, round_name)
    keep_refused(found.refused, refused, separator=register_of(protocol).separator)
    require_good(found, delivery, set_aside=set_aside, file=refused)
    caseload, file = keep_list(protocol, place, found.caseload, key=key)
    lines = [_unit(protocol, delivery.rows.layout), *_lines(caseload), f"wrote {file}"]
    lines += [f"wrote {refused}"] if found.refused else []
    return Result(tuple(lines), {**_fields(caseload), "file": str(file)})


def _day_of_list(protocol: Protocol, asked: datetime | None, *, is_later: bool) -> date:
    """Return the reference date of a list; the first list has that of the protocol."""
    from opmaat.caseload.read import reference_date
    from opmaat.core.errors import Issue, UsageError

    day = reference_date(protocol)
    if asked is None or asked.date() == day:
        return day
    if not is_later:
        problem = "The first list is screened on the reference date of the protocol."
        fix = "Leave --reference-date out, or amend the protocol."
        raise UsageError([Issue("fixed-reference-date", "--reference-date", problem, fix)])
    if asked.date() < day:
        problem = f"A later list is not screened on a day before the first, of {day}."
        fix = "Give the day of the register that is delivered now."
        raise UsageError([Issue("reference-date-too-early", "--reference-date", problem, fix)])
    return asked.date()


def _unit(protocol: Protocol, layout: Layout) -> str:
    """Say who counts as one household."""
    from opmaat.caseload.build import unit_field_of

    field = unit_field_of(protocol, layout)
    if field == layout.person:
        return "every person is drawn by himself or herself"
    column = layout.fields[field].column
    return f"one household: the persons with the same '{column}'"


def _fields(caseload: Caseload) -> dict[str, Any]:
    """Return what a program needs to know of a caseload."""
    return {
        "eligible": caseload.totals.eligible,
        "digest": caseload.receipt.output,
        "totals": asdict(caseload.totals),
        "kept_out": {screened.id: screened.households for screened in caseload.screened},
        "persons_kept_out": {screened.id: screened.persons for screened in caseload.screened},
    }


def _lines(caseload: Caseload) -> list[str]:
    """Return the control totals and the count per reason as lines of text."""
    totals = caseload.totals
    in_reference = len(caseload.reference_population)
    rows: list[tuple[str, int, int | None]] = [
        ("rows read", totals.rows, None),
        ("  of other records", totals.rows_of_other_records, None),
        ("  set aside", totals.rows_set_aside, None),
        ("  in the frame", totals.rows_in_frame, None),
        ("households, and persons in them", totals.households, totals.persons),
        *((f"  kept out: {item.reason.en}", item.households, item.persons) for item in caseload.screened),
        ("  eligible", totals.eligible, None),
        ("reference population", in_reference, None),
    ]
    width = max(len(what) for what, _, _ in rows)
    return [
        f"{what.ljust(width)}  {number:>9}" + ("" if persons is None else f"  {persons:>9}")
        for what, number, persons in rows
    ]
