"""The long work of the fieldwork."""

from __future__ import annotations

from opmaat.web.fieldwork.actions.sending import send_mailing
from opmaat.web.fieldwork.models import Mailing
from opmaat.web.jobs.registry import Plain, job
from opmaat.web.jobs.running import Work

SEND = "fieldwork.send"


@job(SEND)
def send(work: Work) -> Plain:
    """Send a batch of letters."""
    found = Mailing.objects.of(work.municipality).select_related(
        "study", "municipality", "study__municipality"
    )
    mailing = found.get(pk=work.given["mailing"])
    return {"letters": send_mailing(mailing=mailing, actor=work.actor, progress=work.progress)}
