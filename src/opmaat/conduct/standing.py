"""Which events stand: what was known at a moment, each once, with the last word on each.

Valid time and recorded time are kept apart. A correction does not change the event that it corrects: both are
kept, and the one that was recorded last stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from opmaat.conduct.kinds import Retracted
from opmaat.conduct.model import Event
from opmaat.core.digest import canonical_json
from opmaat.core.errors import Issue


def standing(events: Iterable[Event], *, known_at: datetime | None = None) -> tuple[list[Event], list[Issue]]:
    """Return the events that stand, in no order, and what is wrong between events and their corrections.

    Everything recorded after ``known_at`` is as if it had not been written yet.
    """
    by_id, issues = _each_once(events, known_at)
    versions: dict[str, list[Event]] = defaultdict(list)
    stand: list[Event] = []
    for event in by_id.values():
        if event.corrects is None:
            stand.append(event)
            continue
        problem = _wrong_correction(event, by_id)
        if problem is None:
            versions[_first_version(event, by_id).id].append(event)
        else:
            issues.append(problem)
    if not versions:
        return stand, issues
    kept = [event for event in stand if event.id not in versions]
    kept += (last for several in versions.values() if not _is_retraction(last := max(several, key=_recorded)))
    return kept, issues


def _each_once(events: Iterable[Event], known_at: datetime | None) -> tuple[dict[str, Event], list[Issue]]:
    """Return one event for each id: the first that was recorded; the others that differ are told."""
    known = [event for event in events if known_at is None or event.recorded_at <= known_at]
    by_id: dict[str, Event] = {}
    for event in known:
        other = by_id.setdefault(event.id, event)
        if other is not event and other != event:
            by_id[event.id] = min(other, event, key=_recorded)
    places = {event.where for event in known if event is not by_id[event.id] and event != by_id[event.id]}
    problem = "Two events have this id and do not say the same; the one recorded first was kept."
    fix = "Give every event an id of its own; a correction names the other under 'corrects'."
    return by_id, [Issue("same-id", place, problem, fix) for place in places]


def _recorded(event: Event) -> tuple[datetime, str, str]:
    """Order of recording, with ties that do not depend on the order of delivery."""
    return event.recorded_at, event.id, canonical_json(event.as_dict())


def _is_retraction(event: Event) -> bool:
    return isinstance(event.payload, Retracted)


def _chain(event: Event, by_id: Mapping[str, Event]) -> Iterator[Event]:
    """Yield what an event corrects, and what that corrects, until an event that corrects nothing.

    Recorded time must fall on the way, which also ends every circle.
    """
    while event.corrects is not None and event.corrects in by_id:
        earlier = by_id[event.corrects]
        if _order(earlier) >= _order(event):
            return
        yield earlier
        event = earlier


def _order(event: Event) -> tuple[datetime, str]:
    return event.recorded_at, event.id


def _first_version(event: Event, by_id: Mapping[str, Event]) -> Event:
    """Return the event at the start of a chain of corrections."""
    return list(_chain(event, by_id))[-1]


def _wrong_correction(event: Event, by_id: Mapping[str, Event]) -> Issue | None:
    """Return why a correction cannot be: its chain does not lead to an event of the same household."""
    chain = list(_chain(event, by_id))
    if not chain or chain[-1].corrects is not None:
        problem = "It corrects an event that does not exist, or that was recorded later."
        return Issue("corrects-nothing", event.where, problem, "Check the id under 'corrects'.")
    if any(earlier.household != event.household for earlier in chain):
        problem = "It corrects an event of another household."
        fix = "Retract that event, and record a new one for this household."
        return Issue("corrects-another-household", event.where, problem, fix)
    return None
