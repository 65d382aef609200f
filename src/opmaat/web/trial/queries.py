"""Reading what concerns a household that takes part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from opmaat.core.month import Month
from opmaat.web import clock
from opmaat.web.accounts.models import Account
from opmaat.web.gateway.arms import OwnArm, own_arm
from opmaat.web.gateway.events import History, kinds
from opmaat.web.gateway.studies import Protocol, protocol_of
from opmaat.web.journal.models import Municipality
from opmaat.web.journal.queries import Past, entries_of, past_of
from opmaat.web.people.queries import identity_of
from opmaat.web.trial.models import Adult, ConsentShown, Household, Pause, Study

# What every page of a participant and every event asks. Django takes twenty times as long to make such a
# statement as the database takes to answer it, and others may wait meanwhile.
_HOUSEHOLD = tuple(field.attname for field in Household._meta.concrete_fields)
_STUDY = tuple(field.attname for field in Study._meta.concrete_fields)
_OF_HOUSEHOLD = f"""
    SELECT adult.person, {", ".join(f"household.{name}" for name in _HOUSEHOLD)},
        {", ".join(f"study.{name}" for name in _STUDY)}
    FROM trial_adult mine
    JOIN trial_adult adult ON adult.household_id = mine.household_id
    JOIN trial_household household ON household.id = mine.household_id
    JOIN trial_study study ON study.id = household.study_id
    WHERE mine.municipality_id = %s AND mine.person = %s ORDER BY adult.person"""  # nosec B608
_FOLDER = "SELECT folder FROM trial_study WHERE municipality_id = %s AND name = %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What a participant who is signed in is part of, on a day."""

    municipality: Municipality
    study: Study
    household: Household
    person: str
    adults: tuple[str, ...]
    past: Past
    protocol: Protocol
    on: date

    @property
    def history(self) -> History:
        """What happened to the household."""
        return self.past.history

    @property
    def born(self) -> date:
        """The date of birth, which is unsealed each time that it is asked for."""
        return identity_of(self.municipality, self.person).born

    @property
    def arm(self) -> OwnArm | None:
        """What the arm means for this adult; None before it was disclosed."""
        if self.history.disclosed_arm(self.on) is None:
            return None
        return own_arm(self.history, self.protocol, self.person, born=self.born, on=self.on)


def own(account: Account) -> Own:
    """Return what a participant is part of; raises Adult.DoesNotExist for someone who is in no household."""
    return own_of(account.municipality, account.person)


def own_of(municipality: Municipality, person: str) -> Own:
    """Return what an adult is part of; raises Adult.DoesNotExist for someone who is in no household."""
    household, adults = _household_of(municipality, person)
    return Own(
        municipality=municipality,
        study=household.study,
        household=household,
        person=person,
        adults=adults,
        past=past_of(municipality, household.pseudonym),
        protocol=study_protocol(household.study),
        on=clock.today(),
    )


def _household_of(municipality: Municipality, person: str) -> tuple[Household, tuple[str, ...]]:
    """Return the household of an adult, with its study, and the adults of it."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_HOUSEHOLD, [municipality.pk, person])
        rows = cursor.fetchall()
    if not rows:
        raise Adult.DoesNotExist
    columns = len(_HOUSEHOLD)
    household = Household.from_db(connection.alias, _HOUSEHOLD, rows[0][1 : 1 + columns])
    household.study = Study.from_db(connection.alias, _STUDY, rows[0][1 + columns :])
    household.municipality = household.study.municipality = municipality
    return household, tuple(row[0] for row in rows)


def folder_of(municipality: Municipality, study: str) -> str | None:
    """Return the folder of a study by its name; None when there is no such study."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLDER, [municipality.pk, study])
        row = cursor.fetchone()
    return None if row is None else str(row[0])


def pauses(study: Study) -> list[Pause]:
    """Return who paused a study and who resumed it, the last first."""
    return list(Pause.objects.of(study.municipality).filter(study=study).order_by("-pk"))


def is_paused(study: Study) -> bool:
    """Tell whether a study is paused: nobody is invited, told an arm, or started then."""
    last = Pause.objects.of(study.municipality).filter(study=study).order_by("-pk").first()
    return last is not None and bool(last.paused)


def study_folder(study: Study) -> Path:
    """Return where the files of a study stand."""
    return Path(settings.STUDIES) / study.folder


def study_protocol(study: Study) -> Protocol:
    """Return the protocol of a study."""
    return protocol_of(study_folder(study))


def protocol_in(folder: str) -> Protocol:
    """Return the protocol in a folder within the installation's studies."""
    return protocol_of(Path(settings.STUDIES) / folder)


@dataclass(frozen=True, slots=True)
class Reported:
    """Earnings that an adult reported for a month, with the event that stands."""

    month: Month
    net_cents: int
    event_id: str


def reported_earnings(history: History, person: str) -> list[Reported]:
    """Return the earnings that an adult reported, the latest month first."""
    found = [
        Reported(Month.of(event.valid_from), payload.net_cents, event.id)
        for event, payload in history.of(kinds.EarningsReported, person)
    ]
    return sorted(found, key=lambda one: one.month, reverse=True)


def shown_texts(municipality: Municipality, event_ids: list[str]) -> dict[str, str]:
    """Return the text that was shown at each of some consents, by event."""
    shown = ConsentShown.objects.of(municipality).filter(event_id__in=event_ids).select_related("text")
    return {one.event_id: one.text.body for one in shown}


def held_on_part(account: Account) -> dict[str, Any]:
    """Return what is held on a participant here: who it is, the household, and all events about both."""
    mine = own(account)
    identity = identity_of(mine.municipality, mine.person)
    entries = entries_of(mine.municipality, mine.household.pseudonym)
    events = [entry.event() for entry in entries if entry.person in (None, mine.person)]
    texts = shown_texts(mine.municipality, [event["id"] for event in events])
    return {
        "person": {
            "name": identity.name,
            "born": identity.born.isoformat(),
            "number": identity.number,
            "address": identity.address,
            "pseudonym": mine.person,
        },
        "household": {
            "pseudonym": mine.household.pseudonym,
            "kind": mine.household.kind,
            "youngest_child_age": mine.household.youngest_child_age,
            "cost_sharers": mine.household.cost_sharers,
            "study": mine.study.name,
        },
        "events": [
            event | ({"text_shown": texts[event["id"]]} if event["id"] in texts else {}) for event in events
        ],
    }
