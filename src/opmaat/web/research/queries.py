"""Reading for researchers: counts of read models, and what was exported. No name, and no arm too early."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum, Value

from opmaat.core.digest import digest_value
from opmaat.core.month import Month
from opmaat.web.accounts.models import Account
from opmaat.web.fieldwork.models import Delivery, SentTo
from opmaat.web.gateway.research import ShownAs, deliveries_of, missing_months
from opmaat.web.gateway.studies import Protocol
from opmaat.web.journal.models import Municipality
from opmaat.web.people.sealing import lookup
from opmaat.web.research.by_arm import counted_by_arm
from opmaat.web.research.models import Contact, Estimation, Export
from opmaat.web.surveys.models import Sheet
from opmaat.web.trial.models import Study
from opmaat.web.trial.queries import study_folder

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def studies_of(municipality: Municipality) -> list[Study]:
    """Return the studies of a municipality."""
    return list(Study.objects.of(municipality).select_related("municipality").order_by("name"))


def study_of(municipality: Municipality, name: str) -> Study | None:
    """Return a study by its name; None where there is none of it here."""
    return Study.objects.of(municipality).select_related("municipality").filter(name=name).first()


def account_of(municipality: Municipality, actor: str) -> Account | None:
    """Return the account that an event or job names, as it is now."""
    pseudonym = actor.partition(":")[2]
    return Account.objects.filter(municipality=municipality, pseudonym=pseudonym).first()


@dataclass(frozen=True, slots=True)
class Responded:
    """How many adults were sent a questionnaire and how many answered; ``arm`` is empty for all together."""

    wave: str
    arm: str
    sent: int
    answered: int

    @property
    def share(self) -> float:
        """The share that answered."""
        return self.answered / self.sent if self.sent else 0.0


def response(study: Study, protocol: Protocol, shown: ShownAs) -> list[Responded]:
    """Return the response of every wave: of all together, and of each arm as far as arms are shown.

    With letters an arm has the same letter on every page, which nobody can work out without the key of the
    installation.
    """
    sent = SentTo.objects.of(study.municipality).filter(study=study.name)
    counts = {"sent": Count("*"), "answered": Count("answered_on")}
    place = {wave.name: at for at, wave in enumerate(protocol.waves)}
    found = [Responded(arm="", **row) for row in sent.values("wave").annotate(**counts)]
    if shown != ShownAs.POOLED:
        names = _names_of_arms(study, protocol, shown)
        by_arm = counted_by_arm(study, SentTo)
        found += [Responded(wave, names[arm], *numbers) for wave, arm, *numbers in by_arm if arm in names]
    return sorted(found, key=lambda row: (place.get(row.wave, len(place)), row.wave, row.arm))


def _names_of_arms(study: Study, protocol: Protocol, shown: ShownAs) -> dict[str, str]:
    """Return what each arm is called on the page."""
    if shown == ShownAs.NAMED:
        return {name: name for name in protocol.arms}
    secret = {
        name: lookup("letter of arm", f"{study.municipality.code} {study.name} {name}")
        for name in protocol.arms
    }
    return dict(zip(sorted(secret, key=lambda name: secret[name]), _LETTERS, strict=False))


@dataclass(frozen=True, slots=True)
class Talks:
    """The talks of a month; ``arm`` is empty for all together."""

    month: Month
    arm: str
    held: int
    missed: int
    minutes: int


def talks(study: Study, protocol: Protocol, *, by_arm: bool) -> list[Talks]:
    """Return the talks month by month, of all together or of each arm."""
    rows = counted_by_arm(study, Contact) if by_arm else _talks_of_all(study)
    order = {name: at for at, name in enumerate(protocol.arms)}
    found = [Talks(Month.of(month), arm, *numbers) for month, arm, *numbers in rows]
    return sorted(found, key=lambda one: (one.month, order.get(one.arm, len(order))))


def _talks_of_all(study: Study) -> QuerySet:
    """Return month by month how many talks were held and missed, and the minutes, under no arm."""
    rows = Contact.objects.of(study.municipality).filter(study=study.name).values("month")
    return rows.annotate(
        of_arm=Value(""),
        talks_held=Count("pk", filter=Q(held=True)),
        talks_missed=Count("pk", filter=Q(held=False)),
        talked=Sum("minutes"),
    ).values_list("month", "of_arm", "talks_held", "talks_missed", "talked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What is missing and what came: months without a delivery, deliveries, and sheets not sent in."""

    missing: Mapping[str, tuple[Month, ...]]
    came: tuple[Any, ...]
    uploaded: list[Mapping[str, Any]]
    begun: int


def quality(study: Study, protocol: Protocol, *, on: date) -> Quality:
    """Return the quality of the data of a study on a day."""
    came = deliveries_of(study_folder(study), on=on)
    uploaded = Delivery.objects.of(study.municipality).filter(study=study).order_by("-delivered_on", "-pk")
    rows = list(uploaded.values("kind", "month", "state", "delivered_on"))
    there = [(one.kind, one.subject) for one in came]
    there += [(row["kind"], row["month"]) for row in rows if row["state"] == "accepted"]
    sheets = Sheet.objects.of(study.municipality).filter(study=study.name, finished_on__isnull=True)
    return Quality(
        missing=missing_months(there, protocol, on=on),
        came=came,
        uploaded=rows,
        begun=sheets.count(),
    )


def exports_of(study: Study) -> list[Export]:
    """Return what was exported of a study, the latest first."""
    return list(Export.objects.of(study.municipality).filter(study=study).order_by("-made_at", "-pk"))


def export_of(study: Study, name: str) -> Export | None:
    """Return an export by its name."""
    found = (
        Export.objects.of(study.municipality).select_related("municipality").filter(study=study, name=name)
    )
    return found.first()


def files_of_export(study: Study, name: str) -> Path:
    """Return where the files of an export stand."""
    return Path(settings.OUTPUTS) / "exports" / study.municipality.code / name


def estimations_of(study: Study) -> list[Estimation]:
    """Return how often the plan was carried out, the latest first."""
    return list(Estimation.objects.of(study.municipality).filter(study=study).order_by("-made_at", "-pk"))


def estimation_of(study: Study, name: str) -> Estimation | None:
    """Return what came of the plan once, by its name."""
    mine = Estimation.objects.of(study.municipality).select_related("municipality")
    return mine.filter(study=study, name=name).first()


def files_of_estimation(study: Study, name: str) -> Path:
    """Return where the reports and estimates of one time stand."""
    return Path(settings.OUTPUTS) / "results" / study.municipality.code / name


def what_it_holds(folder: Path) -> tuple[list[dict[str, Any]], str]:
    """Return the tables of an export with their control totals, and the digest of its receipt."""
    described = json.loads((folder / "datapackage.json").read_bytes())
    receipt = json.loads((folder / "receipt.json").read_bytes())
    tables = [
        {
            "name": table["name"],
            "rows": table["controlTotals"]["rows"],
            "columns": len(table["schema"]["fields"]),
            "bytes": table["bytes"] + sum(other["bytes"] for other in table["alternatives"]),
            "digest": table["hash"],
        }
        for table in described["resources"]
    ]
    return tables, digest_value(receipt)
