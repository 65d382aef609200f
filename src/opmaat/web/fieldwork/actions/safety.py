"""Pausing and resuming a study, and the limits at which an approach is looked at again."""

from __future__ import annotations

from django.db import transaction

from opmaat.web import clock
from opmaat.web.fieldwork.models import StopLimit
from opmaat.web.journal.models import Municipality
from opmaat.web.trial.models import Pause, Study
from opmaat.web.trial.queries import is_paused


@transaction.atomic
def pause(*, study: Study, paused: bool, reason: str, actor: str) -> Pause | None:
    """Pause or resume a study, with the reason; None where it is so already."""
    Municipality.objects.wait_for_turn(study.municipality)
    if is_paused(study) == paused:
        return None
    word = Pause(
        municipality=study.municipality,
        study=study,
        paused=paused,
        reason=reason,
        actor=actor,
        at=clock.now(),
    )
    word.save()
    return word


@transaction.atomic
def set_limit(*, study: Study, harm: str, above_control_bp: int, households: int, actor: str) -> StopLimit:
    """Set at how much of a harm an approach is looked at again, in the place of an earlier limit."""
    Municipality.objects.wait_for_turn(study.municipality)
    limit, _ = StopLimit.objects.of(study.municipality).update_or_create(
        municipality=study.municipality,
        study=study,
        harm=harm,
        defaults={
            "above_control_bp": above_control_bp,
            "households": households,
            "set_by": actor,
            "set_on": clock.today(),
        },
    )
    return limit
