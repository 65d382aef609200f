"""Files that were delivered: which stand, and their rows, unsealed into a folder that is gone afterwards."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from django.db.models import QuerySet

from opmaat.web.fieldwork.models import Delivery, DeliveryPart, DeliveryState
from opmaat.web.gateway.deliveries import Kind, Known, Month, known_files
from opmaat.web.journal.models import Entry
from opmaat.web.people.sealing import unseal_bytes
from opmaat.web.trial.models import Adult, Study
from opmaat.web.trial.queries import study_folder


def deliveries_of(study: Study) -> QuerySet:
    """Return the files that were delivered to a study, the last first."""
    return Delivery.objects.of(study.municipality).filter(study=study).order_by("-pk")


def persons_of(study: Study) -> list[str]:
    """Return the pseudonyms of everybody in a study."""
    mine = Adult.objects.of(study.municipality).filter(household__study=study)
    return list(mine.order_by("person").values_list("person", flat=True))


def accepted(study: Study, kind: str, month: str) -> Delivery | None:
    """Return the file of a month that was accepted last here; None where there is none."""
    mine = deliveries_of(study).filter(state=DeliveryState.ACCEPTED.value, kind=kind, month=month)
    found: Delivery | None = mine.order_by("-decided_on", "-pk").first()
    return found


def stand_of(study: Study, kind: str, month: str, *, on: date) -> str:
    """Return what names the file that stands for a month; empty where there is none."""
    here = accepted(study, kind, month)
    if here is not None:
        return str(here.digest)
    return next((f"{one.file.name}" for one in _in_folder(study, on) if _is(one, kind, month)), "")


def _in_folder(study: Study, on: date) -> tuple[Known, ...]:
    """Return the files that stand in the study's own folder."""
    return known_files(study_folder(study), on=on)


def _is(known: Known, kind: str, month: str) -> bool:
    """Tell whether a file is of a kind and month."""
    return known.kind == kind and str(known.month) == month


def unsealed(delivery: Delivery, folder: Path) -> Known:
    """Write a delivered file into a private folder, and return it as the engine knows it."""
    file = folder / scratch_name(delivery)
    parts = DeliveryPart.objects.of(delivery.municipality).filter(delivery=delivery).order_by("number")
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        for part in parts.iterator(chunk_size=4):
            stream.write(unseal_bytes(bytes(part.sealed), bound=bound_of(delivery, part.number)))
    kind: Kind = "benefits" if delivery.kind == "benefits" else "wages"
    return Known(kind=kind, month=Month.parse(delivery.month), delivered_on=delivery.delivered_on, file=file)


def scratch_name(delivery: Delivery) -> str:
    """Return the name under which a file is read: nothing of the name that it came with but its ending."""
    name = Path(delivery.file_name.lower())
    ending = "".join(name.suffixes[-2:]) if name.suffix == ".gz" else name.suffix
    return f"delivery-{delivery.pk}{ending}"


def bound_of(delivery: Delivery, number: int) -> str:
    """Return the place that a piece of a file is sealed for."""
    return f"delivery {delivery.municipality.code} {delivery.pk} {number}"


def file_that_stands(study: Study, kind: str, month: str, folder: Path, *, on: date) -> Known | None:
    """Return the file that stands for a month, unsealed where it came in here; None where there is none."""
    here = accepted(study, kind, month)
    if here is not None:
        here.municipality = study.municipality
        return unsealed(here, folder)
    return next((one for one in _in_folder(study, on) if _is(one, kind, month)), None)


def files_that_stand(study: Study, folder: Path, *, on: date) -> list[Known]:
    """Return every file that stands: of each kind and month the one accepted last here, or of the folder."""
    mine = deliveries_of(study).filter(state=DeliveryState.ACCEPTED.value).order_by("decided_on", "pk")
    here = {(one.kind, one.month): one for one in mine.select_related("municipality")}
    found = [unsealed(one, folder) for one in here.values()]
    return found + [one for one in _in_folder(study, on) if (one.kind, str(one.month)) not in here]


def events_so_far(study: Study) -> int:
    """Return how many events the journal of a municipality has."""
    last = Entry.objects.of(study.municipality).order_by("-sequence").first()
    return 0 if last is None else int(last.sequence)
