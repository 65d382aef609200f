"""Many households to which the same kind of thing happens at once: a block of events in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import transaction

from opmaat.web import clock
from opmaat.web.gateway.events import Event, History, event_of, followed_by
from opmaat.web.journal.actions import Fact, next_entry
from opmaat.web.journal.models import EVENT_COLUMNS, Entry, Municipality, plain_event
from opmaat.web.journal.projections import every_read_model, project_new
from opmaat.web.journal.queries import Head, entry_digest, head_of

_ROWS = 500


@transaction.atomic
def record_block(facts: Mapping[str, Fact], *, municipality: Municipality, actor: str) -> list[Fact]:
    """Write down what happened to several households, and return what cannot follow on what happened before.

    Parameters
    ----------
    facts
        By request key, each about another household of one study; those whose key was used before are
        written already.

    It does what :func:`opmaat.web.journal.actions.record` does for each, in a few statements for all.
    """
    Municipality.objects.wait_for_turn(municipality)
    mine = Entry.objects.of(municipality)
    written = set(mine.filter(request_key__among=facts).values_list("request_key", flat=True))
    new = {key: fact for key, fact in facts.items() if key not in written}
    before = _events_by_household(municipality, [fact.household for fact in new.values()])
    head, entries, histories, refused = head_of(municipality), [], [], []
    for key, fact in new.items():
        entry = next_entry(fact, head, municipality=municipality, actor=actor, request_key=key)
        history, issues = followed_by(
            before.get(fact.household, []), event_of(entry.event()), today=clock.today()
        )
        if issues:
            refused.append(fact)
            continue
        entry.digest = entry_digest(entry)
        head = Head(entry.sequence, entry.digest, entry.recorded_at)
        entries.append(entry)
        histories.append((fact.study, history))
    mine.bulk_create(entries, batch_size=_ROWS)
    _project_together(municipality, histories)
    return refused


def _events_by_household(municipality: Municipality, households: Sequence[str]) -> Mapping[str, list[Event]]:
    """Return the events about several households, in the order of writing."""
    found: defaultdict[str, list[Event]] = defaultdict(list)
    rows = Entry.objects.of(municipality).filter(household__among=households).order_by("sequence")
    for row in rows.values_list(*EVENT_COLUMNS):
        event = event_of(plain_event(row))
        found[event.household].append(event)
    return found


def _project_together(municipality: Municipality, histories: Sequence[tuple[str, History]]) -> None:
    """Make the rows of several households anew in every read model."""
    households = [history.household for _, history in histories]
    for read in every_read_model():
        read.table.objects.of(municipality).filter(household__among=households).delete()
    project_new(municipality, histories)
