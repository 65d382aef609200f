"""What an auditor checks again: draws, reports and exports; each check in words, and whether it holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from opmaat.assign.ceremony.audit import audit_all, audit_published
from opmaat.assign.ceremony.publish import Place
from opmaat.caseload.store import caseload_file
from opmaat.conduct import kinds
from opmaat.core.digest import digest_file
from opmaat.core.errors import Issue, OpmaatError
from opmaat.formats.data_package.write import RECEIPT, changed_in
from opmaat.panel.lots import round_names
from opmaat.protocol.freeze import read_frozen
from opmaat.protocol.load import results_folder
from opmaat.report.verify import walk_back
from opmaat.web.gateway.estimates import WRITTEN

__all__ = ["KINDS", "TELLS_OF_AN_ARM", "Checked", "check_draws", "check_receipts"]

# Of a household with such an event one knows in which arm it is, or that it could choose.
TELLS_OF_AN_ARM = frozenset(
    kind.kind
    for kind in (
        kinds.Chose,
        kinds.DisregardGranted,
        kinds.DisregardEnded,
        kinds.DutyExempted,
        kinds.DutyRestored,
        kinds.Reviewed,
        kinds.NoticeGiven,
    )
)
KINDS = tuple(kind.kind for kind in kinds.KINDS)
_SPECIAL = re.compile(r"[^a-z]+")
_SEALED = frozenset({"not-opened", "not-drawn", "not-committed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One thing that was looked at, with what holds and what does not in the engine's words.

    ``subject`` is a round, a report or an export; ``waits`` tells that it cannot be checked yet.
    """

    subject: str
    holds: tuple[str, ...]
    fails: tuple[str, ...]
    issues: tuple[Issue, ...] = ()
    waits: bool = False

    @property
    def is_right(self) -> bool:
        """Whether nothing fails."""
        return not self.fails and not self.issues


def check_draws(folder: Path) -> Iterator[Checked]:
    """Yield the check of every round of a study: of all of the draw, where the list is at hand.

    Elsewhere it is of what was published. No arm is in what is returned.
    """
    lock = read_frozen(folder)
    for name in round_names(lock.protocol):
        place = Place(folder, folder / "private", name)
        opened = place.published("opened").exists()
        has_list = caseload_file(place.private, name).exists()
        try:
            whole = has_list and (opened or place.seal_key.exists())
            checks = audit_all(lock, place) if whole else audit_published(lock, place)
        except OpmaatError as error:
            waits = (
                all(issue.code in _SEALED for issue in error.issues) or not place.published("drawn").exists()
            )
            issues = () if waits else tuple(error.issues)
            yield Checked(subject=name, holds=(), fails=(), issues=issues, waits=waits)
            continue
        yield Checked(
            subject=name,
            holds=tuple(check.what for check in checks if check.holds),
            fails=tuple(check.what for check in checks if not check.holds),
        )


def check_receipts(study: Path, results: Iterable[Path], exports: Iterable[Path]) -> Iterator[Checked]:
    """Yield the check of every report of a study, back to its protocol and data, and of every export.

    ``results`` are the folders of what the website made, of which the files are compared with their digests.
    """
    for report in sorted(results_folder(study).glob("*.html")):
        yield _checked_report(report, study)
    for folder in results:
        yield _checked_results(folder)
    for folder in exports:
        yield _checked_export(folder)


def slug_of(what: str) -> str:
    """Return a key under which a check can have words, without the numbers in it.

    >>> slug_of("list 1: drawn again, the same arms")
    'list-drawn-again-the-same-arms'
    """
    return _SPECIAL.sub("-", what.lower()).strip("-")


def _checked_report(report: Path, study: Path) -> Checked:
    """Return the walk back from one report."""
    try:
        walk = walk_back(report, study)
    except OpmaatError as error:
        return Checked(subject=report.name, holds=(), fails=(), issues=tuple(error.issues))
    return Checked(subject=report.name, holds=walk.links, fails=(), issues=walk.issues)


def _checked_results(folder: Path) -> Checked:
    """Return the check of the files that came of carrying a plan out once."""
    try:
        written = json.loads((folder / WRITTEN).read_bytes())
        wrong = [name for name, digest in written.items() if digest_file(folder / name) != digest]
    except (OSError, ValueError):
        wrong = [WRITTEN]
    problem, fix = (
        "The file is missing, or was changed after it was written.",
        "Have the plan carried out again.",
    )
    issues = tuple(Issue("changed-file", name, problem, fix) for name in wrong)
    told = () if issues else (f"{WRITTEN}: the files are those that were written",)
    return Checked(subject=folder.name, holds=told, fails=(), issues=issues)


def _checked_export(folder: Path) -> Checked:
    """Return the check of the files of one export."""
    try:
        issues = changed_in(folder)
    except OpmaatError as error:
        issues = tuple(error.issues)
    told = () if issues else (f"{RECEIPT}: the files are those that were written",)
    return Checked(subject=folder.name, holds=told, fails=(), issues=issues)
