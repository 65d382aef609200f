"""The flow of all households together, counted by the database as :mod:`opmaat.conduct.flow` counts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from opmaat.web.fieldwork.models import Place, SentTo
from opmaat.web.trial.models import Study

REACHED = ("drawn", "invited", "signed_up", "told", "started")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowNow:
    """How many households got how far, where those who started are now, and answers by wave."""

    reached: Mapping[str, int]
    ended: Mapping[str, int]
    waves: Mapping[str, tuple[int, int]]


def flow_now(study: Study) -> FlowNow:
    """Return the flow of a study, in two queries; ``waves`` has adults who answered, and who were asked."""
    places = Place.objects.of(study.municipality).filter(study=study.name).values("ended_as")
    counts = {name: Count("pk", filter=Q(**{name: True})) for name in REACHED}
    rows = list(places.annotate(households=Count("*"), **counts))
    sent = SentTo.objects.of(study.municipality).filter(study=study.name)
    waves = sent.values_list("wave").annotate(answered=Count("answered_on"), asked=Count("*"))
    return FlowNow(
        reached={name: sum(row[name] for row in rows) for name in REACHED},
        ended={row["ended_as"]: row["households"] for row in rows if row["ended_as"]},
        waves={wave: (answered, asked) for wave, answered, asked in waves},
    )
