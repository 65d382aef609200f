"""opmaat check: everything that is wrong with a protocol, at once."""

from __future__ import annotations

from pathlib import Path

from opmaat.cli.output import Result, study_argument, verb


@verb("check")
@study_argument
def command(study: Path) -> Result:
    """Check the protocol of STUDY (a folder with protocol.yaml, or the file) and print all findings."""
    from opmaat.protocol.load import load_protocol

    protocol = load_protocol(study)
    lines = (
        f"{protocol.id}: {protocol.title.en}",
        f"{len(protocol.arms)} arms, {len(protocol.outcomes)} outcomes, {len(protocol.estimands)} estimands, "
        f"{len(protocol.analyses)} analyses; nothing is wrong.",
        f"digest {protocol.digest()}",
    )
    return Result(lines, {"protocol": protocol.id, "digest": protocol.digest(), "issues": []})
