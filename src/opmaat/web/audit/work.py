"""The long work of auditors: what it returns tells of nobody who it is, and no arm."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings

from opmaat.web.audit.actions import DRAWS, JOURNAL, RECEIPTS, publish
from opmaat.web.audit.queries import studies_of
from opmaat.web.audit.verification import verify
from opmaat.web.gateway.audit import Checked, check_draws, check_receipts
from opmaat.web.jobs.registry import Plain, job
from opmaat.web.jobs.running import Work
from opmaat.web.trial.queries import study_folder


@job(JOURNAL)
def journal(work: Work) -> Plain:
    """Verify the journal, and publish its state when it is whole."""
    found = verify(work.municipality, work.progress)
    if found.is_whole:
        publish(municipality=work.municipality, verified=found, actor=work.actor)
    since = found.events_changed_since or found.accesses_changed_since
    return {
        "is_right": found.is_whole,
        "events": found.events,
        "head": found.head,
        "broken_at": found.broken_at,
        "accesses": found.accesses,
        "published": found.published,
        "events_changed": found.events_changed_since is not None,
        "accesses_changed": found.accesses_changed_since is not None,
        "since": "" if since is None else since.isoformat(),
    }


@job(DRAWS)
def draws(work: Work) -> Plain:
    """Verify the draw of every round of every study."""
    studies = studies_of(work.municipality)
    found = []
    for done, study in enumerate(studies, start=1):
        found += [(study.name, one) for one in check_draws(study_folder(study))]
        work.progress(done, len(studies))
    return _told(found)


@job(RECEIPTS)
def receipts(work: Work) -> Plain:
    """Walk back from every report, and compare every export with its receipt."""
    studies = studies_of(work.municipality)
    found = []
    for done, study in enumerate(studies, start=1):
        made = [_folders("results", work.municipality.code), _folders("exports", work.municipality.code)]
        results, exports = made if done == 1 else ([], [])
        found += [(study.name, one) for one in check_receipts(study_folder(study), results, exports)]
        work.progress(done, len(studies))
    return _told(found)


def _folders(what: str, municipality: str) -> list[Path]:
    """Return the folders of what the website made."""
    place = Path(settings.OUTPUTS) / what / municipality
    return sorted(folder for folder in place.glob("*") if folder.is_dir()) if place.is_dir() else []


def _told(found: Iterable[tuple[str, Checked]]) -> dict[str, Any]:
    """Return checks as plain values."""
    items = [
        {
            "study": study,
            "subject": one.subject,
            "waits": one.waits,
            "is_right": one.is_right,
            "holds": list(one.holds),
            "fails": list(one.fails),
            "issues": [issue.as_dict() | {"where": _place(issue.where)} for issue in one.issues],
        }
        for study, one in found
    ]
    return {
        "is_right": all(item["is_right"] for item in items),
        "checked": sum(not item["waits"] for item in items),
        "wrong": sum(not item["is_right"] for item in items),
        "items": items,
    }


def _place(where: str) -> str:
    """Return where something is wrong, without the folders of this machine."""
    return where.rpartition("/")[2]
