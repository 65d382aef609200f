"""Files of benefits and wages that come in: kept sealed, looked at, and taken in or refused by a person."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from opmaat.core.errors import Issue, NotPermittedError
from opmaat.core.month import Month
from opmaat.web import clock
from opmaat.web.fieldwork.models import Delivery, DeliveryPart, DeliveryState, Progress
from opmaat.web.fieldwork.queries.deliveries import bound_of, deliveries_of, stand_of
from opmaat.web.journal.models import Municipality
from opmaat.web.people.sealing import seal_bytes
from opmaat.web.trial.models import Study

_OVER = frozenset({DeliveryState.FAULTY.value, DeliveryState.REFUSED.value})


@transaction.atomic
def receive(
    *, study: Study, kind: str, month: Month, file_name: str, chunks: Iterable[bytes], actor: str
) -> Delivery:
    """Keep a file, sealed piece by piece; the same file for the same month is kept once, unless refused.

    Raises NotPermittedError ``future-month`` for a month that has not begun.
    """
    Municipality.objects.wait_for_turn(study.municipality)
    if month.first_day > clock.today():
        problem, fix = "The month is still to come.", "Choose the month that the file is about."
        raise NotPermittedError([Issue("future-month", file_name, problem, fix)])
    delivery = Delivery(
        municipality=study.municipality,
        study=study,
        kind=kind,
        month=str(month),
        file_name=file_name[-100:],
        delivered_on=clock.today(),
        delivered_by=actor,
    )
    delivery.save()
    digest = hashlib.sha256()
    for number, chunk in enumerate(chunks):
        digest.update(chunk)
        sealed = seal_bytes(chunk, bound=bound_of(delivery, number))
        DeliveryPart(municipality=study.municipality, delivery=delivery, number=number, sealed=sealed).save()
    delivery.digest = f"sha256:{digest.hexdigest()}"
    before = deliveries_of(study).filter(kind=kind, month=str(month), digest=delivery.digest)
    twin = before.exclude(state__in=_OVER).exclude(pk=delivery.pk).first()
    if twin is not None:
        delivery.delete()
        return twin
    delivery.save(update_fields=["digest"])
    return delivery


@transaction.atomic
def note_checked(
    *,
    delivery: Delivery,
    report: Mapping[str, Any] | None,
    problems: Sequence[Mapping[str, str]],
) -> None:
    """Write down what was found in a file that waits; a file that was decided on stays as it is."""
    Municipality.objects.wait_for_turn(delivery.municipality)
    fresh = Delivery.objects.of(delivery.municipality).get(pk=delivery.pk)
    if fresh.state != DeliveryState.WAITING.value:
        return
    fresh.report, fresh.problems = None if report is None else dict(report), list(problems)
    fresh.state = (DeliveryState.FAULTY if problems else DeliveryState.CHECKED).value
    fresh.save(update_fields=["report", "problems", "state"])


@transaction.atomic
def decide(*, delivery: Delivery, accept: bool, reason: str, actor: str) -> Delivery:
    """Take a file in, or refuse it. One that takes people out is taken in with a reason only.

    Raises NotPermittedError ``decided-before``, ``reason-missing``, or ``changed-meanwhile`` when another
    file of the month was taken in since this one was looked at: it then has to be looked at again.
    """
    Municipality.objects.wait_for_turn(delivery.municipality)
    fresh = Delivery.objects.of(delivery.municipality).select_related("study").get(pk=delivery.pk)
    if fresh.state != DeliveryState.CHECKED.value:
        problem, fix = "The delivery was decided on before.", "Deliver a new file to change something."
        raise NotPermittedError([Issue("decided-before", "delivery", problem, fix)])
    if accept and fresh.report["removes"] and not reason.strip():
        problem, fix = "The file takes people out.", "Give the reason, or refuse the delivery."
        raise NotPermittedError([Issue("reason-missing", "delivery", problem, fix)])
    fresh.study.municipality = delivery.municipality
    if accept and stand_of(fresh.study, fresh.kind, fresh.month, on=clock.today()) != fresh.report["stands"]:
        problem, fix = "Another file of this month was taken in meanwhile.", "Have it looked at again."
        raise NotPermittedError([Issue("changed-meanwhile", "delivery", problem, fix)])
    fresh.state = (DeliveryState.ACCEPTED if accept else DeliveryState.REFUSED).value
    fresh.decided_on, fresh.decided_by, fresh.reason = clock.today(), actor, reason.strip()
    fresh.save(update_fields=["state", "decided_on", "decided_by", "reason"])
    return fresh


@transaction.atomic
def look_again(*, delivery: Delivery) -> None:
    """Let a file that was looked at wait to be looked at again."""
    Municipality.objects.wait_for_turn(delivery.municipality)
    mine = Delivery.objects.of(delivery.municipality).filter(pk=delivery.pk)
    mine.filter(state=DeliveryState.CHECKED.value).update(state=DeliveryState.WAITING.value)


@transaction.atomic
def keep_progress(*, study: Study, month: int, page: str, events: int, actor: str) -> Progress:
    """Keep a progress report; the same page once."""
    Municipality.objects.wait_for_turn(study.municipality)
    mine = Progress.objects.of(study.municipality).filter(study=study, month=month, events=events)
    found = mine.filter(page=page).first()
    if found is None:
        found = Progress(
            municipality=study.municipality,
            study=study,
            month=month,
            page=page,
            made_by=actor,
            made_at=clock.now(),
            events=events,
        )
        found.save()
    return found
