"""opmaat check: everything that is wrong with a protocol, and with its place in the law, at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from opmaat.cli.output import Result, study_argument, verb

if TYPE_CHECKING:
    from opmaat.core.errors import Issue
    from opmaat.protocol.finding import Finding
    from opmaat.protocol.model import Protocol

_TO_KNOW = ("legal-warning", "legal-unverified")


@verb("check", writes=False)
@study_argument
def command(study: Path) -> Result:
    """Check the protocol of STUDY (a folder with protocol.yaml, or the file) and print all findings.

    It is also held against its legal framework. A breach is a fault of the protocol (exit code 10). A warning
    is told and stops nothing, and so is what is unverified.
    """
    from opmaat.core.errors import ProtocolError
    from opmaat.design.limits.check import check_limits
    from opmaat.protocol.load import examine_protocol

    protocol, issues = examine_protocol(study, _legal_findings)
    if protocol is None or any(issue.code not in _TO_KNOW for issue in issues):
        raise ProtocolError(issues)
    lines = (
        f"{protocol.id}: {protocol.title.en}",
        f"{len(protocol.arms)} arms, {len(protocol.outcomes)} outcomes, {len(protocol.estimands)} estimands, "
        f"{len(protocol.analyses)} analyses; nothing is wrong.",
        *_told(issues),
        f"digest {protocol.digest()}",
    )
    legal = [finding.as_dict() for finding in check_limits(protocol)]
    return Result(lines, {"protocol": protocol.id, "digest": protocol.digest(), "issues": [], "legal": legal})


def _legal_findings(protocol: Protocol) -> Iterator[Finding]:
    """Yield what is found in the law, in the form of the protocol's own findings."""
    from opmaat.design.limits.check import check_limits

    for finding in check_limits(protocol):
        yield finding.as_finding()


def _told(issues: list[Issue]) -> Iterator[str]:
    """Yield warnings first, then what is unverified, each at its place in the file."""
    for code in _TO_KNOW:
        for issue in issues:
            if issue.code == code:
                yield f"{code.removeprefix('legal-')}  {issue.where}"
                yield f"  {issue.problem}"
                yield f"  {issue.fix}"
