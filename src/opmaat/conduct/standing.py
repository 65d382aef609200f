"""Which events stand: what was known at a moment, each once, with the last word on each.

Valid time and recorded time are kept apart. A correction does not change the event that it corrects: both are
kept, and the one that was recorded last stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from opmaat.conduct.kinds import Retracted
from opmaat.conduct.model import Event
from opmaat.core.digest import canonical_json
from opmaat.core.errors import Issue

_NOTHING = "corrects-nothing"


def standing(events: Iterable[Event], *, known_at: datetime | None = None) -> tuple[list[Event], list[Issue]]:
    """Return the events that stand, in no order, and what is wrong between events and their corrections.

    Everything recorded after ``known_at`` is as if it had not been written yet.
    """
    by_id, issues = _each_once(events, known_at)
    corrections = [event for event in by_id.values() if event.corrects is not None]
    if not corrections:
        return list(by_id.values()), issues
    stand = [event for event in by_id.values() if event.corrects is None]
    versions: dict[str, list[Event]] = defaultdict(list)
    first = _first_versions(corrections, by_id)
    for event in corrections:
        root = first[event.id]
        if isinstance(root, Issue):
            issues.append(root)
        else:
            versions[root.id].append(event)
    kept = [event for event in stand if event.id not in versions]
    kept += (last for several in versions.values() if not _is_retraction(last := max(several, key=_order)))
    return kept, issues


def _each_once(events: Iterable[Event], known_at: datetime | None) -> tuple[dict[str, Event], list[Issue]]:
    """Return one event for each id: the first that was recorded; the others that differ are told."""
    known = [event for event in events if known_at is None or event.recorded_at <= known_at]
    by_id = {event.id: event for event in known}
    if len(by_id) == len(known):
        return by_id, []
    for event in known:
        other = by_id[event.id]
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


def _order(event: Event) -> tuple[datetime, str]:
    return event.recorded_at, event.id


def _first_versions(corrections: Iterable[Event], by_id: Mapping[str, Event]) -> dict[str, Event | Issue]:
    """Return for each correction the event at the start of its chain, or why there is none.

    Recorded time must rise along a chain, so that what an event corrects was looked at before it.
    """
    found: dict[str, Event | Issue] = {}
    for event in sorted(corrections, key=_order):
        earlier = by_id.get(event.corrects or "")
        if earlier is None or _order(earlier) >= _order(event):
            found[event.id] = _corrects_nothing(event)
            continue
        root = earlier if earlier.corrects is None else found[earlier.id]
        found[event.id] = _root_for(event, earlier, root)
    return found


def _root_for(event: Event, earlier: Event, root: Event | Issue) -> Event | Issue:
    """Return the first version behind what an event corrects, unless the chain to it is broken."""
    if isinstance(root, Issue) and root.code == _NOTHING:
        return _corrects_nothing(event)
    if isinstance(root, Issue) or earlier.household != event.household:
        return _corrects_another(event)
    return root


def _corrects_nothing(event: Event) -> Issue:
    problem = "It corrects an event that does not exist, or that was recorded later."
    return Issue(_NOTHING, event.where, problem, "Check the id under 'corrects'.")


def _corrects_another(event: Event) -> Issue:
    problem = "It corrects an event of another household."
    fix = "Retract that event, and record a new one for this household."
    return Issue("corrects-another-household", event.where, problem, fix)
