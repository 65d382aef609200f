"""A rehearsed study: its events go into the journal, and its people get made-up names and letter codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from django.db import transaction

from opmaat.web import clock
from opmaat.web.demonstration.people import SignIn, made_up_identity, staff_of_every_role
from opmaat.web.gateway.events import delivered_events
from opmaat.web.journal.actions import record_delivery
from opmaat.web.journal.models import Municipality
from opmaat.web.people.actions import enter_person, give_letter_code
from opmaat.web.trial.actions import enter_household
from opmaat.web.trial.models import Standing, Study
from opmaat.web.trial.queries import study_folder

_MARK = "rehearsal.json"
_NOT_JOINED, _NOT_INVITED = 25, 20
_SIGN_INS_OF_EACH = 2

Events = Sequence[Mapping[str, Any]]


def is_rehearsed(study: Study) -> bool:
    """Tell whether a study's folder is one that `opmaat rehearse` made."""
    return (study_folder(study) / _MARK).exists()


@transaction.atomic
def fill_from_rehearsal(*, municipality: Municipality, study: Study) -> list[SignIn]:
    """Enter the households of a rehearsal that joined and some that did not; return some sign-ins."""
    events = _chosen(delivered_events(study_folder(study) / "deliveries", until=clock.today()))
    record_delivery(events, municipality=municipality, study=study.name)
    numbers, people = count(1), {}
    for household, persons in _adults(events).items():
        for person in persons:
            people[person] = identity = made_up_identity(next(numbers))
            enter_person(municipality=municipality, identity=identity, pseudonym=person)
        enter_household(study=study, pseudonym=household, adults=persons)
    found = []
    for who, person in _shown(municipality, _adults(events)):
        code = give_letter_code(municipality=municipality, person=person)
        found.append(SignIn(who, people[person].born.strftime("%d-%m-%Y"), code))
    return [*found, *staff_of_every_role(municipality)]


def _chosen(events: Events) -> Events:
    """Leave out most of those who never joined, and let some of them be drawn and not invited yet."""
    joined = {event["household"] for event in events if event["kind"] == "signed_up"}
    others = sorted({event["household"] for event in events} - joined)
    kept = joined | set(others[:_NOT_JOINED])
    waiting = set(others[_NOT_JOINED:][:_NOT_INVITED])
    return [
        event
        for event in events
        if event["household"] in kept or (event["household"] in waiting and event["kind"] == "drawn")
    ]


def _adults(events: Events) -> dict[str, tuple[str, ...]]:
    """Return the adults of every household; of whom nothing is known by person, one without a history."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for event in events:
        if event["person"] is None:
            found[event["household"]] |= {}
        else:
            found[event["household"]][event["person"]] = None
    return {household: tuple(persons) or (household[::-1],) for household, persons in sorted(found.items())}


def _shown(municipality: Municipality, adults: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Yield the situations that there are, each with a few who are in it."""
    seen: dict[str, int] = defaultdict(int)
    for row in Standing.objects.of(municipality).order_by("household"):
        who = f"arm '{row.arm}', {row.participation}" if row.arm else row.participation
        if seen[who] < _SIGN_INS_OF_EACH:
            seen[who] += 1
            yield who, adults[row.household][0]
