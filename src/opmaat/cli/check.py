"""opmaat check: all that is wrong with a protocol, its place in the law and its questionnaire, at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from opmaat.cli.output import Result, study_argument, verb

if TYPE_CHECKING:
    from opmaat.core.errors import Issue
    from opmaat.protocol.finding import Finding
    from opmaat.protocol.model import Protocol
    from opmaat.survey.model import Questionnaire

_TO_KNOW = ("legal-warning", "legal-unverified")


@verb("check", writes=False)
@study_argument
def command(study: Path) -> Result:
    """Check the protocol of STUDY (a folder with protocol.yaml, or the file) and print all findings.

    It is also held against its legal framework. A breach is a fault of the protocol (exit code 10) and stands
    before warnings and what is unverified, which stop nothing. A questionnaire.yaml beside it is checked too.
    """
    from opmaat.core.errors import ProtocolError
    from opmaat.design.limits.check import check_limits
    from opmaat.protocol.load import examine_protocol

    protocol, issues = examine_protocol(study, _legal_findings)
    if protocol is None:
        raise ProtocolError(sorted(issues, key=_place_in_order))
    asked, wrong_in_questionnaire = _questionnaire_of(study, protocol)
    issues += wrong_in_questionnaire
    if any(issue.code not in _TO_KNOW for issue in issues):
        raise ProtocolError(sorted(issues, key=_place_in_order))
    lines = (
        f"{protocol.id}: {protocol.title.en}",
        f"{len(protocol.arms)} arms, {len(protocol.outcomes)} outcomes, {len(protocol.estimands)} estimands, "
        f"{len(protocol.analyses)} analyses; nothing is wrong.",
        *([] if asked is None else [_line_of(asked)]),
        *_told(issues),
        f"digest {protocol.digest()}",
    )
    legal = [finding.as_dict() for finding in check_limits(protocol)]
    fields = {"protocol": protocol.id, "digest": protocol.digest(), "issues": [], "legal": legal}
    return Result(lines, fields | {"questionnaire": None if asked is None else asked.id})


def _place_in_order(issue: Issue) -> int:
    """Put faults and breaches first, then warnings, then what is unverified."""
    return _TO_KNOW.index(issue.code) + 1 if issue.code in _TO_KNOW else 0


def _legal_findings(protocol: Protocol) -> Iterator[Finding]:
    """Yield what is found in the law, in the form of the protocol's own findings."""
    from opmaat.design.limits.check import check_limits

    for finding in check_limits(protocol):
        yield finding.as_finding()


def _questionnaire_of(study: Path, protocol: Protocol) -> tuple[Questionnaire | None, list[Issue]]:
    """Return the questionnaire beside the protocol, if there is a good one, and what is wrong with it."""
    from opmaat.core.errors import OpmaatError
    from opmaat.protocol.load import protocol_file
    from opmaat.survey.load import load_questionnaire

    file = protocol_file(study).parent / "questionnaire.yaml"
    if not file.exists():
        return None, []
    try:
        return load_questionnaire(file, protocol), []
    except OpmaatError as error:
        return None, list(error.issues)


def _line_of(questionnaire: Questionnaire) -> str:
    """Say what a questionnaire asks, as one line."""
    asked, scales, waves = map(len, (questionnaire.asked, questionnaire.scales, questionnaire.waves))
    return f"questionnaire: {asked} questions, {scales} scales, {waves} waves"


def _told(issues: list[Issue]) -> Iterator[str]:
    """Yield warnings first, then what is unverified, each at its place in the file."""
    for issue in sorted(issues, key=_place_in_order):
        yield f"{issue.code.removeprefix('legal-')}  {issue.where}"
        yield f"  {issue.problem}"
        yield f"  {issue.fix}"
