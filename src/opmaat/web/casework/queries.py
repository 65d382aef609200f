"""Reading the files of a caseworker. Whoever reads who people are notes it: journal.actions.note_access."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value

from opmaat.web.accounts.models import Account
from opmaat.web.accounts.permissions import Role
from opmaat.web.casework.models import Cover, Decision, File, Note
from opmaat.web.casework.policies import NEEDS_CASEWORKER
from opmaat.web.gateway.casework import DueNow, things_due
from opmaat.web.gateway.events import History, event_of, history_of, history_told
from opmaat.web.gateway.settlement import Home, Settled, months_settled
from opmaat.web.gateway.studies import Protocol
from opmaat.web.journal.models import EVENT_COLUMNS, Entry, Municipality, plain_event
from opmaat.web.journal.queries import Past
from opmaat.web.people.queries import identity_beside, with_identities
from opmaat.web.people.sealing import Identity, unseal_text
from opmaat.web.theme.words import words
from opmaat.web.trial.models import Adult, Household
from opmaat.web.trial.queries import Own, own, protocol_in, study_protocol

_CODE_SIGNS = 4


class NotYoursError(LookupError):
    """There is no such file, or it is of someone else: whoever asks cannot tell which."""


@dataclass(frozen=True, slots=True)
class PersonShown:
    """An adult as caseworkers see one: pseudonym, who it is, and a short code to find the file by."""

    person: str
    identity: Identity

    @property
    def name(self) -> str:
        """The name."""
        return self.identity.name

    @property
    def code(self) -> str:
        """The first signs of the pseudonym."""
        return self.person[:_CODE_SIGNS]

    @property
    def label(self) -> str:
        """Name and code."""
        return f"{self.name} ({self.code})"


class FileRow(NamedTuple):
    """What the list needs of a row of :class:`~opmaat.web.casework.models.File`, under the same names."""

    household: str
    worker: str
    day: date
    participation: str
    arm: str
    option: str
    last_contact: date | None
    due: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One file in the list; ``number`` is its address, and ``read`` what its read model has.

    Of a long list most files are on other pages: what is only shown is worked out when it is asked for.
    """

    number: int
    people: tuple[PersonShown, ...]
    read: FileRow
    is_covered: bool
    folder: str

    @property
    def protocol(self) -> Protocol:
        """The protocol of the study."""
        return protocol_in(self.folder)

    @property
    def due(self) -> tuple[DueNow, ...]:
        """What is due, the oldest first."""
        return tuple(DueNow(**one | {"on": date.fromisoformat(one["on"])}) for one in self.read.due)

    @property
    def since(self) -> date:
        """The day since when the oldest thing is due; far ahead when nothing is."""
        return date.fromisoformat(self.read.due[0]["on"]) if self.read.due else date.max


def caseloads(municipality: Municipality) -> tuple[dict[str, str], Counter[str]]:
    """Return the caseworkers, address by actor, and how many files everyone has; nobody's under ''."""
    workers = Account.objects.filter(municipality=municipality, role=Role.CASEWORKER, is_active=True)
    rows = File.objects.of(municipality).filter(participation__in=NEEDS_CASEWORKER)
    held = Counter(dict(rows.values_list("worker").annotate(files=Count("*"))))
    return {one.actor: one.email for one in workers.order_by("email")}, held


def covers_of(account: Account, on: date) -> list[Cover]:
    """Return what a caseworker took over of colleagues and still has on a day."""
    mine = Cover.objects.of(account.municipality).filter(actor=account.actor)
    return list(mine.filter(first_day__lte=on, last_day__gte=on).order_by("last_day"))


def colleagues(account: Account) -> dict[str, str]:
    """Return the other caseworkers of the municipality: address by actor."""
    found = Account.objects.filter(
        municipality=account.municipality, role=Role.CASEWORKER, is_active=True
    ).exclude(pk=account.pk)
    return {one.actor: one.email for one in found.order_by("email")}


def _workers(account: Account, on: date) -> Q:
    """Return the condition that a file is a caseworker's own, or was taken over on a day.

    One list of actors, and not "this one or those", so that the database finds the files by their index.
    """
    own = Account.objects.filter(pk=account.pk).values_list(Value(account.actor))
    taken_over = Cover.objects.of(account.municipality).filter(
        actor=account.actor, first_day__lte=on, last_day__gte=on
    )
    return Q(worker__in=own.union(taken_over.values_list("colleague"), all=True))


def files_of(account: Account, on: date) -> list[FileRow]:
    """Return the rows of a caseworker's files, without names."""
    mine = File.objects.of(account.municipality).filter(_workers(account, on))
    return [FileRow(*row) for row in mine.values_list(*FileRow._fields)]


def listed(account: Account, files: list[FileRow], on: date) -> list[Listed]:
    """Return files with the names of their people: what is due longest first, then by name."""
    mine = File.objects.of(account.municipality).filter(_workers(account, on)).values("household")
    households = Household.objects.of(account.municipality).filter(pseudonym__in=mine)
    rows = _adults(account.municipality).filter(household__in=households).order_by("pk")
    of_household: dict[str, list[Any]] = defaultdict(list)
    for row in rows.values_list(*_LISTED, named=True):
        of_household[row.household__pseudonym].append(row)
    found = [
        _listed(file, of_household[file.household], account)
        for file in files
        if file.household in of_household
    ]
    return sorted(found, key=lambda one: (one.since, one.people[0].name))


_LISTED = ("household_id", "household__pseudonym", "household__study__folder", "person", "sealed")


def _adults(municipality: Municipality) -> QuerySet:
    """Return adults with who they are, still sealed."""
    return with_identities(Adult.objects.of(municipality), municipality)


def _listed(file: FileRow, adults: list[Any], account: Account) -> Listed:
    """Return one file of the list."""
    return Listed(
        number=adults[0].household_id,
        people=_people(adults, account.municipality),
        read=file,
        is_covered=file.worker != account.actor,
        folder=adults[0].household__study__folder,
    )


def _people(adults: list[Any], municipality: Municipality) -> tuple[PersonShown, ...]:
    return tuple(PersonShown(adult.person, identity_beside(adult, municipality)) for adult in adults)


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """One household with all that its caseworker may see of it, on a day."""

    household: Household
    worker: str
    people: tuple[PersonShown, ...]
    past: Past
    notes: Mapping[str, str]
    protocol: Protocol
    on: date

    @property
    def history(self) -> History:
        """What happened to the household."""
        return self.past.history

    @property
    def municipality(self) -> Municipality:
        """The municipality."""
        return self.household.municipality

    @cached_property
    def due(self) -> tuple[DueNow, ...]:
        """What is due."""
        return things_due(self.history, self.protocol, on=self.on)

    def adult(self, person: str) -> PersonShown:
        """Return one of the adults."""
        return next(one for one in self.people if one.person == person)

    def own(self, person: str) -> Own:
        """Return what one of the adults is part of, as that adult's own pages have it."""
        return Own(
            municipality=self.municipality,
            study=self.household.study,
            household=self.household,
            person=person,
            adults=tuple(one.person for one in self.people),
            past=self.past,
            protocol=self.protocol,
            on=self.on,
        )

    @property
    def home(self) -> Home:
        """What the settlement starts from."""
        return Home(
            adults={one.person: one.identity.born for one in self.people},
            cost_sharers=self.household.cost_sharers,
            youngest_child_age=self.household.youngest_child_age,
        )

    def settled(self, **asked: Any) -> Settled | None:  # noqa: ANN401
        """Return the household's months; see :func:`opmaat.web.gateway.settlement.months_settled`."""
        return months_settled(self.history, self.protocol, self.home, **asked)


def dossier(account: Account, number: int, on: date) -> Dossier:
    """Return a file by its number; raises NotYoursError when it is not the caseworker's on that day."""
    municipality = account.municipality
    files = File.objects.of(municipality).filter(_workers(account, on))
    worker = files.filter(household=OuterRef("household__pseudonym")).values("worker")[:1]
    rows = _adults(municipality).filter(household=number).annotate(worker=Subquery(worker)).order_by("pk")
    adults = list(rows.select_related("household__study"))
    if not adults or adults[0].worker is None:
        raise NotYoursError
    household = adults[0].household
    household.municipality = household.study.municipality = municipality
    found = _noted(municipality, household.pseudonym)
    notes = {one.event["id"]: one.note for one in found if one.note is not None}
    return Dossier(
        household=household,
        worker=adults[0].worker,
        people=_people(adults, municipality),
        past=_past(household.pseudonym, found),
        notes=dict(_unsealed(notes, municipality)),
        protocol=study_protocol(household.study),
        on=on,
    )


class _Noted(NamedTuple):
    """An event with its place in the chain, the request that led to it, and the sealed note beside it."""

    sequence: int
    request_key: str
    event: dict[str, Any]
    note: bytes | None


def _noted(municipality: Municipality, household: str) -> list[_Noted]:
    """Return the events of a household in the order of writing."""
    note = Note.objects.of(municipality).filter(event_id=OuterRef("event_id")).values("sealed")[:1]
    found = Entry.objects.of(municipality).filter(household=household).order_by("sequence")
    rows = found.annotate(note=Subquery(note)).values_list("sequence", "request_key", "note", *EVENT_COLUMNS)
    return [_Noted(row[0], row[1], plain_event(row[3:]), row[2]) for row in rows]


def _past(household: str, noted: Sequence[_Noted]) -> Past:
    """Return what events say that were read with their notes."""
    events = tuple(event_of(one.event) for one in noted)
    requests = {one.request_key: one.event["id"] for one in noted}
    return Past(noted[-1].sequence if noted else 0, events, requests, history_told(household, events))


def _unsealed(notes: Mapping[str, bytes], municipality: Municipality) -> Iterator[tuple[str, str]]:
    """Yield events with what was written beside them."""
    for event_id, sealed in notes.items():
        yield event_id, unseal_text(bytes(sealed), municipality=municipality.code, about=event_id)


def histories_of_households(municipality: Municipality, households: list[str]) -> dict[str, History]:
    """Return the histories of several households in one query."""
    events: dict[str, list[dict[str, Any]]] = {household: [] for household in households}
    found = Entry.objects.of(municipality).filter(household__among=households).order_by("sequence")
    for row in found.values_list(*EVENT_COLUMNS):
        event = plain_event(row)
        events[event["household"]].append(event)
    return {household: history_of(household, mine) for household, mine in events.items()}


def decisions_on(municipality: Municipality, household: str) -> list[Decision]:
    """Return the decisions on a household's months, the last first."""
    return list(Decision.objects.of(municipality).filter(household=household).order_by("-pk"))


def held_on_casework(account: Account) -> dict[str, Any]:
    """Return what caseworkers wrote about a participant and decided on the household's months."""
    mine = own(account)
    found = _noted(mine.municipality, mine.household.pseudonym)
    about = [
        (one.event, one.note) for one in found if one.note and one.event["person"] in (None, mine.person)
    ]
    texts = dict(_unsealed({event["id"]: note for event, note in about}, mine.municipality))
    decisions = decisions_on(mine.municipality, mine.household.pseudonym)
    return {
        "notes": [
            {"event": event["id"], "day": event["valid_from"], "text": texts[event["id"]]}
            for event, _ in about
        ],
        "decisions": [
            {
                "month": one.month,
                "decided_on": one.decided_on.isoformat(),
                **one.content,
                "told": one.content["told"][words().language],
                "steps": one.content["steps"][words().language],
            }
            for one in decisions
        ],
    }
