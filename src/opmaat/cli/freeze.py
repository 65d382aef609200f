"""opmaat freeze: from here on the protocol changes only by amendment."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from opmaat.cli.output import Result, day_given, study_argument, verb


@verb("freeze")
@study_argument
@click.option("--date", "today", type=click.DateTime(["%Y-%m-%d"]), help="Day of the freeze; default today.")
def command(study: Path, today: datetime | None) -> Result:
    """Write protocol.lock beside the protocol of STUDY; analyses run only from the lock."""
    from opmaat.core.errors import Issue, ProtocolError
    from opmaat.protocol.freeze import freeze, lock_file, read_lock, write_lock
    from opmaat.protocol.load import load_protocol

    protocol = load_protocol(study)
    file = lock_file(study)
    if file.exists():
        lock = read_lock(study)
        if lock.digest != protocol.digest():
            problem = "The protocol was frozen before, and was changed since."
            fix = "Put it back, or run 'opmaat amend' with a reason."
            raise ProtocolError([Issue("already-frozen", str(file), problem, fix)])
        words = "was frozen before, on"
    else:
        lock = freeze(protocol, today=day_given(today))
        write_lock(lock, study)
        words = "frozen on"
    lines = (f"{protocol.id} {words} {lock.frozen_on}", f"digest {lock.digest}", f"lock {file}")
    return Result(
        lines, {"protocol": protocol.id, "digest": lock.digest, "frozen_on": lock.frozen_on.isoformat()}
    )
