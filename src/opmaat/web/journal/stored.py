"""Entries as the database has them, in text: streamed, and digested without making an object of each.

A million entries have to be verified while someone waits. Dates and payloads come as text from the database,
and the canonical JSON of an entry is put together from parts (``tests/web/test_journal.py`` holds it to
:func:`opmaat.core.digest.canonical_json`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from django.db import connection

from opmaat.core.digest import canonical_json, digest_bytes
from opmaat.web.gateway.events import Event, event_of_texts
from opmaat.web.journal.models import Entry, Municipality

_ROWS = 5000
_REMEMBERED = 1 << 14
_IN_CHAIN, _BY_HOUSEHOLD = "sequence", "household"
_QUERIES = {
    ("sqlite", _IN_CHAIN): """
        SELECT sequence, request_key, study, event_id, household, person, kind,
            CAST(valid_from AS text), replace(recorded_at, ' ', 'T') || '+00:00', actor, payload, corrects,
            previous, digest
        FROM journal_entry WHERE municipality_id = %s ORDER BY sequence""",
    ("sqlite", _BY_HOUSEHOLD): """
        SELECT study, event_id, household, person, kind, CAST(valid_from AS text),
            replace(recorded_at, ' ', 'T') || '+00:00', actor, payload, corrects
        FROM journal_entry WHERE municipality_id = %s ORDER BY household, sequence""",
    ("postgresql", _IN_CHAIN): """
        SELECT sequence, request_key, study, event_id, household, person, kind, valid_from::text,
            replace(to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', '')
            || '+00:00', actor, payload::text, corrects, previous, digest
        FROM journal_entry WHERE municipality_id = %s ORDER BY sequence""",
    ("postgresql", _BY_HOUSEHOLD): """
        SELECT study, event_id, household, person, kind, valid_from::text,
            (recorded_at AT TIME ZONE 'UTC')::text || '+00:00', actor, payload::text, corrects
        FROM journal_entry WHERE municipality_id = %s ORDER BY household, sequence""",
}


class Stored(NamedTuple):
    """One entry; dates are ISO 8601, and the payload is JSON."""

    sequence: int
    request_key: str
    study: str
    event_id: str
    household: str
    person: str | None
    kind: str
    valid_from: str
    recorded_at: str
    actor: str
    payload: str
    corrects: str | None
    previous: str
    digest: str


class StoredEvent(NamedTuple):
    """The part of an entry that tells what happened."""

    study: str
    event_id: str
    household: str
    person: str | None
    kind: str
    valid_from: str
    recorded_at: str
    actor: str
    payload: str
    corrects: str | None


def in_chain(municipality: Municipality) -> Iterator[Stored]:
    """Yield the entries of a municipality in the order of the chain."""
    return map(Stored._make, _stream(_QUERIES[connection.vendor, _IN_CHAIN], municipality.pk))


def by_household(
    municipality: Municipality, *, first: str | None = None, before: str | None = None
) -> Iterator[StoredEvent]:
    """Yield what the entries of a municipality tell household by household, each in the order of writing.

    With ``first`` from that household on, with ``before`` up to but not with that one.
    """
    query, parameters = _QUERIES[connection.vendor, _BY_HOUSEHOLD], [municipality.pk]
    for bound, compared in ((first, ">="), (before, "<")):
        if bound is not None:
            query = query.replace("ORDER BY", f"AND household {compared} %s ORDER BY")
            parameters.append(bound)
    return map(StoredEvent._make, _stream(query, *parameters))


def of_household(municipality: Municipality, household: str) -> list[Stored]:
    """Return the entries about a household, in the order of writing."""
    query = _QUERIES[connection.vendor, _IN_CHAIN].replace("ORDER BY", "AND household = %s ORDER BY")
    return _some(query, municipality.pk, household)


def end_of_chain(municipality: Municipality) -> Stored | None:
    """Return the last entry of a municipality; None while there is none."""
    last = _some(f"{_QUERIES[connection.vendor, _IN_CHAIN]} DESC LIMIT 1", municipality.pk)
    return last[0] if last else None


def written_since(
    municipality: Municipality, household: str, after: int
) -> tuple[list[Stored], Stored | None]:
    """Return the entries about a household with a higher sequence, and the last entry of all, at once."""
    of_all = _QUERIES[connection.vendor, _IN_CHAIN]
    of_news = of_all.replace("ORDER BY", "AND household = %s AND sequence > %s ORDER BY")
    query = f"SELECT * FROM ({of_news}) news UNION ALL SELECT * FROM ({of_all} DESC LIMIT 1) last"  # nosec B608
    found = {one.sequence: one for one in _some(query, municipality.pk, household, after, municipality.pk)}
    news = [one for one in found.values() if one.household == household and one.sequence > after]
    return sorted(news), found[max(found)] if found else None


def event_in(entry: Stored | StoredEvent) -> Event:
    """Return the event that an entry is about."""
    return event_of_texts(
        id=entry.event_id,
        household=entry.household,
        person=entry.person,
        kind=entry.kind,
        valid_from=entry.valid_from,
        recorded_at=entry.recorded_at,
        actor=entry.actor,
        payload=entry.payload,
        corrects=entry.corrects,
    )


def stored(entry: Entry) -> Stored:
    """Return an entry that is about to be written as it will be stored."""
    return Stored(
        sequence=entry.sequence,
        request_key=entry.request_key,
        study=entry.study,
        event_id=entry.event_id,
        household=entry.household,
        person=entry.person,
        kind=entry.kind,
        valid_from=entry.valid_from.isoformat(),
        recorded_at=entry.recorded_at.isoformat(),
        actor=entry.actor,
        payload=canonical_json(entry.payload),
        corrects=entry.corrects,
        previous=entry.previous,
        digest=entry.digest,
    )


def digest_of(code: str, entry: Stored) -> str:
    """Return the digest that an entry of the municipality with this code should have."""
    return digest_bytes(content_of(code, entry).encode())


def content_of(code: str, entry: Stored) -> str:
    """Return the canonical JSON of what the digest of an entry is taken of."""
    return (
        f'{{"event":{{"actor":{encode_basestring(entry.actor)},"corrects":{_text(entry.corrects)},'
        f'"household":{encode_basestring(entry.household)},"id":{encode_basestring(entry.event_id)},'
        f'"kind":{encode_basestring(entry.kind)},"payload":{_canonical(entry.payload)},'
        f'"person":{_text(entry.person)},"recorded_at":"{entry.recorded_at}",'
        f'"valid_from":"{entry.valid_from}"}},"municipality":{encode_basestring(code)},'
        f'"previous":"{entry.previous}","request_key":{encode_basestring(entry.request_key)},'
        f'"sequence":{entry.sequence},"study":{encode_basestring(entry.study)}}}'
    )


def _text(value: str | None) -> str:
    return "null" if value is None else encode_basestring(value)


@lru_cache(maxsize=_REMEMBERED)
def _canonical(payload: str) -> str:
    """Return a payload with its keys in order; PostgreSQL keeps them in another."""
    return canonical_json(json.loads(payload))


def _some(query: str, *parameters: Any) -> list[Stored]:  # noqa: ANN401
    """Return a few entries."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(map(Stored._make, cursor.fetchall()))


def _stream(query: str, *parameters: Any) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
    """Yield the columns of entries, read in pieces."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, parameters)
        while rows := cursor.fetchmany(_ROWS):
            yield from rows
