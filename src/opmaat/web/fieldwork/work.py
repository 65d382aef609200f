"""The long work of the fieldwork."""

from __future__ import annotations

from opmaat.core.errors import OpmaatError
from opmaat.core.month import Month
from opmaat.web import clock
from opmaat.web.fieldwork.actions.deliveries import keep_progress, note_checked
from opmaat.web.fieldwork.actions.sending import send_mailing
from opmaat.web.fieldwork.models import Delivery, Mailing
from opmaat.web.fieldwork.queries.deliveries import (
    events_so_far,
    file_that_stands,
    files_that_stand,
    persons_of,
    scratch_name,
    stand_of,
    unsealed,
)
from opmaat.web.gateway.deliveries import difference_with
from opmaat.web.gateway.progress import progress_report
from opmaat.web.jobs.registry import Plain, job
from opmaat.web.jobs.running import Work
from opmaat.web.journal.models import Entry
from opmaat.web.people.scratch import private_scratch
from opmaat.web.trial.models import Study
from opmaat.web.trial.queries import study_folder

SEND, CHECK, PROGRESS = "fieldwork.send", "fieldwork.check", "fieldwork.progress"


@job(SEND)
def send(work: Work) -> Plain:
    """Send a batch of letters."""
    found = Mailing.objects.of(work.municipality).select_related("municipality", "study__municipality")
    mailing = found.get(pk=work.given["mailing"])
    return {"letters": send_mailing(mailing=mailing, actor=work.actor, progress=work.progress)}


@job(CHECK)
def check(work: Work) -> Plain:
    """Look at a file that came in: what is wrong with it, and what it changes."""
    found = Delivery.objects.of(work.municipality).select_related("municipality", "study__municipality")
    delivery = found.get(pk=work.given["delivery"])
    try:
        report, problems = _looked_at(delivery), []
    except OpmaatError as error:
        report, problems = None, [_named(issue.as_dict(), delivery) for issue in error.issues]
    note_checked(delivery=delivery, report=report, problems=problems)
    return {"delivery": delivery.pk}


def _named(problem: dict[str, str], delivery: Delivery) -> dict[str, str]:
    """Return a problem with the name that the file came with, instead of the one it was read under."""
    where = problem["where"].replace(scratch_name(delivery), delivery.file_name)
    return {**problem, "where": where}


def _looked_at(delivery: Delivery) -> Plain:
    """Return the difference with what stands, and what it was compared with."""
    study, month, today = delivery.study, Month.parse(delivery.month), clock.today()
    with private_scratch() as scratch:
        same = file_that_stands(study, delivery.kind, str(month), scratch, on=today)
        before = file_that_stands(study, delivery.kind, str(month + -1), scratch, on=today)
        found = difference_with(
            study_folder(study),
            unsealed(delivery, scratch),
            same=same,
            before=before,
            persons=persons_of(study),
        )
    return {**found.as_dict(), "stands": stand_of(study, delivery.kind, delivery.month, on=today)}


@job(PROGRESS)
def progress(work: Work) -> Plain:
    """Make a progress report of the live journal and the files that stand."""
    study = Study.objects.of(work.municipality).select_related("municipality").get(pk=work.given["study"])
    today, events = clock.today(), events_so_far(study)
    entries = Entry.objects.of(work.municipality).filter(study=study.name, sequence__lte=events)
    with private_scratch() as scratch, private_scratch() as files:
        made = progress_report(
            study_folder(study),
            scratch,
            files=files_that_stand(study, files, on=today),
            events=(entry.event() for entry in entries.order_by("sequence").iterator(chunk_size=2000)),
            on=today,
            month=work.given["month"],
        )
    kept = keep_progress(study=study, month=made.month, page=made.page, events=events, actor=work.actor)
    return {"report": kept.pk}
