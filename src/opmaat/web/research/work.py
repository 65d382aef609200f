"""The long work of research."""

from __future__ import annotations

from opmaat.web.jobs.registry import Plain, job
from opmaat.web.jobs.running import Work
from opmaat.web.research.actions import ESTIMATE, EXPORT, make_estimate, make_export
from opmaat.web.trial.models import Study


@job(EXPORT)
def export(work: Work) -> Plain:
    """Make a data package."""
    made = make_export(
        study=_study(work),
        name=work.given["name"],
        with_arms=work.given["with_arms"],
        actor=work.actor,
        progress=work.progress,
    )
    return {"tables": len(made.tables), "rows": sum(table["rows"] for table in made.tables)}


@job(ESTIMATE)
def estimate(work: Work) -> Plain:
    """Carry the plan of a study out."""
    made = make_estimate(
        study=_study(work), name=work.given["name"], actor=work.actor, progress=work.progress
    )
    return {"month": made.course["month"], "reports": sum(file.endswith(".html") for file in made.reports)}


def _study(work: Work) -> Study:
    """Return the study that the work is of."""
    return Study.objects.of(work.municipality).select_related("municipality").get(pk=work.given["study"])
