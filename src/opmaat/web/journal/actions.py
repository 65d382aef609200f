"""Writing the journal: the only place where an event comes to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from secrets import token_hex
from typing import Any

from django.db import IntegrityError, transaction

from opmaat.core.errors import NotPermittedError
from opmaat.web import clock
from opmaat.web.gateway.events import (
    History,
    Payload,
    event_of,
    followed_by,
    histories_of,
    plain_payload,
)
from opmaat.web.journal.models import Access, Entry, Municipality
from opmaat.web.journal.projections import project, project_new
from opmaat.web.journal.queries import START, Head, Past, entry_digest, past_of, since

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What happened, before it is written down.

    ``person`` is None where the household is meant; ``corrects`` names the event that this one replaces.
    """

    study: str
    household: str
    person: str | None
    payload: Payload
    valid_from: date
    corrects: str | None = None


class EventRefusedError(NotPermittedError):
    """The event cannot follow on what happened before; its issues say why."""


class RequestUsedError(Exception):
    """The key of this request was used before, about another household: nothing was written, or is shown."""


class Turn:
    """Our turn to write about a household: until the transaction ends nobody else in the municipality writes.

    Parameters
    ----------
    past
        What was known of the household; ``self.past`` has what was written since, here too.
    """

    def __init__(self, municipality: Municipality, past: Past) -> None:
        # Whoever writes in this municipality waits here, so that the chain has one end.
        Municipality.objects.wait_for_turn(municipality)
        self.past, self._head = since(municipality, past)
        self._municipality = municipality

    @property
    def history(self) -> History:
        """What the events tell, as they are now."""
        return self.past.history

    def write(self, fact: Fact, *, actor: str, request_key: str) -> Entry:
        """Write one event down, with everything that follows from it; the rest is as :func:`record`.

        The transaction has to end when RequestUsedError is raised.
        """
        earlier = self.past.requests.get(request_key)
        if earlier is not None:
            return Entry.objects.of(self._municipality).get(event_id=earlier)
        entry = next_entry(
            fact, self._head, municipality=self._municipality, actor=actor, request_key=request_key
        )
        new = event_of(entry.event())
        history, issues = followed_by(self.past.events, new, today=clock.today())
        if issues:
            raise EventRefusedError(issues)
        entry.digest = entry_digest(entry)
        _save_once(entry)
        project(self._municipality, fact.study, history, before=self.past.history if self.past.last else None)
        requests = {**self.past.requests, request_key: entry.event_id}
        self.past = Past(entry.sequence, (*self.past.events, new), requests, history)
        self._head = Head(entry.sequence, entry.digest, entry.recorded_at)
        return entry


@transaction.atomic
def record(fact: Fact, *, municipality: Municipality, actor: str, request_key: str) -> Entry:
    """Write one event down, with everything that follows from it, or nothing at all.

    A request key that was used before about this household gives the entry of then; about another household
    it raises RequestUsedError. Raises EventRefusedError with the reasons.
    """
    turn = Turn(municipality, past_of(municipality, fact.household))
    return turn.write(fact, actor=actor, request_key=request_key)


def _save_once(entry: Entry) -> None:
    """Save an entry; in our turn only its request key can be there already."""
    try:
        entry.save()
    except IntegrityError:
        raise RequestUsedError from None


def next_entry(fact: Fact, head: Head, *, municipality: Municipality, actor: str, request_key: str) -> Entry:
    """Return the entry that comes after the end of the chain, not checked, without digest, and not saved."""
    moment = clock.now()
    return Entry(
        municipality=municipality,
        sequence=head.sequence + 1,
        event_id=token_hex(16),
        request_key=request_key,
        study=fact.study,
        household=fact.household,
        person=fact.person,
        kind=fact.payload.kind,
        valid_from=fact.valid_from,
        recorded_at=moment if head.recorded_at is None else max(moment, head.recorded_at + _TICK),
        actor=actor,
        payload=plain_payload(fact.payload),
        corrects=fact.corrects,
        previous=head.digest,
    )


@transaction.atomic
def record_delivery(events: Sequence[Mapping[str, Any]], *, municipality: Municipality, study: str) -> None:
    """Write the events of a delivery into a journal that is still empty, in the order given.

    Raises DataFileError when an event cannot be beside the others, and ValueError when the journal is not
    empty: the chain follows the moments of recording, so that nothing can be written before what is there.
    """
    if Entry.objects.of(municipality).exists():
        raise ValueError("the journal is not empty")
    histories, previous, entries = histories_of(events), START, []
    for sequence, event in enumerate(events, start=1):
        entry = _delivered(event, municipality, study, sequence=sequence, previous=previous)
        entry.digest = previous = entry_digest(entry)
        entries.append(entry)
    Entry.objects.of(municipality).bulk_create(entries, batch_size=500)
    project_new(municipality, [(study, history) for history in histories.values()])


def _delivered(
    event: Mapping[str, Any], municipality: Municipality, study: str, *, sequence: int, previous: str
) -> Entry:
    """Return the entry of an event that was recorded elsewhere."""
    return Entry(
        municipality=municipality,
        sequence=sequence,
        event_id=event["id"],
        request_key=event["id"],
        study=study,
        household=event["household"],
        person=event["person"],
        kind=event["kind"],
        valid_from=date.fromisoformat(event["valid_from"]),
        recorded_at=datetime.fromisoformat(event["recorded_at"]),
        actor=event["actor"],
        payload=event["payload"],
        corrects=event["corrects"],
        previous=previous,
    )


def note_access(*, municipality: Municipality, actor: str, action: str, thing: str, about: str) -> None:
    """Write down that someone looked at, or took out, what is held on a person or household."""
    Access(
        municipality=municipality, at=clock.now(), actor=actor, action=action, thing=thing, about=about
    ).save()


def note_accesses(
    *, municipality: Municipality, actor: str, action: str, thing: str, about: Sequence[str]
) -> None:
    """Write down that someone looked at, or took out, what is held on several people."""
    at = clock.now()
    Access.objects.of(municipality).bulk_create(
        [
            Access(municipality=municipality, at=at, actor=actor, action=action, thing=thing, about=who)
            for who in about
        ],
        batch_size=500,
    )
