"""Reading what concerns a household that takes part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

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
    everyone = Adult.objects.of(municipality)
    mine = everyone.filter(person=person).values("household")
    adults = list(everyone.filter(household__in=mine).select_related("household__study").order_by("person"))
    if not adults:
        raise Adult.DoesNotExist
    household = adults[0].household
    return Own(
        municipality=municipality,
        study=household.study,
        household=household,
        person=person,
        adults=tuple(adult.person for adult in adults),
        past=past_of(municipality, household.pseudonym),
        protocol=study_protocol(household.study),
        on=clock.today(),
    )


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
