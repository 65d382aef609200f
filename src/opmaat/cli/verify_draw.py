"""opmaat verify-draw: check what was published of a draw, and redo it where the list is at hand."""

from __future__ import annotations

from pathlib import Path

import click

from opmaat.cli.output import Result, study_argument, verb


@verb("verify-draw", writes=False)
@study_argument
@click.option("--round", "round_name", default="", help="Name of the round, where the protocol names rounds.")
@click.option(
    "--keys", type=click.Path(path_type=Path), help="Folder of keys and lists; default STUDY/private."
)
@click.option("--published-only", is_flag=True, help="Check as anyone can who has no list and no key.")
def command(study: Path, round_name: str, keys: Path | None, published_only: bool) -> Result:
    """Check the draw of STUDY: promises, seed and totals; with the list also every arm, drawn again."""
    from opmaat.assign.ceremony.audit import audit_all, audit_published
    from opmaat.cli.draw import place_of
    from opmaat.core.errors import Issue, ReceiptMismatchError
    from opmaat.protocol.freeze import read_frozen

    lock = read_frozen(study)
    place = place_of(lock.protocol, study, round_name, keys=keys)
    checks = audit_published(lock, place) if published_only else audit_all(lock, place)
    fix = "Restore what was published, or doubt the draw."
    failed = [check for check in checks if not check.holds]
    if failed:
        raise ReceiptMismatchError(
            Issue("draw-differs", "verify-draw", f"Does not hold: {check.what}.", fix) for check in failed
        )
    return Result(tuple(f"holds  {check.what}" for check in checks), {"checks": [c.what for c in checks]})
