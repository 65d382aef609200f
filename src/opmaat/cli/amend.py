"""opmaat amend: a change after the freeze, with its reason."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from opmaat.cli.output import Result, day_given, study_argument, verb


@verb("amend")
@study_argument
@click.option("--reason", required=True, help="Why the protocol changes; the report shows it.")
@click.option("--date", "today", type=click.DateTime(["%Y-%m-%d"]), help="Day of the change; default today.")
def command(study: Path, reason: str, today: datetime | None) -> Result:
    """Put the changed protocol of STUDY into its lock, with the reason and every value that changed."""
    from opmaat.protocol.freeze import amend, read_lock, write_lock
    from opmaat.protocol.load import load_protocol

    lock = amend(read_lock(study), load_protocol(study), reason=reason, today=day_given(today))
    write_lock(lock, study)
    made = lock.amendments[-1]
    changes = [
        {"path": change.path, "before": change.before, "after": change.after} for change in made.changes
    ]
    lines = (
        f"amendment {made.number} of {lock.protocol.id}, {made.date}: {made.reason}",
        *(f"  {change['path']}: {change['before']} -> {change['after']}" for change in changes),
        f"digest {lock.digest}",
    )
    fields = {
        "protocol": lock.protocol.id,
        "digest": lock.digest,
        "amendment": made.number,
        "changes": changes,
    }
    return Result(lines, fields)
