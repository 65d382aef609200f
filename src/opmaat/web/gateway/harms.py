"""What went wrong for people, and which approaches meet a limit at which they are looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from opmaat.conduct.harms import Harm, HarmCount, StopRule, harms_of, stops
from opmaat.conduct.model import History

__all__ = ["Harm", "HarmCount", "StopRule", "harms_now", "stopped_arms"]


def harms_now(history: History) -> dict[str, int]:
    """Return how often each harm happened to a household since its start; what did not happen is left out.

    >>> from opmaat.web.gateway.events import history_of
    >>> harms_now(history_of("h1", []))
    {}
    """
    start = history.started_on
    if start is None or history.disclosed_arm(date.max) is None:
        return {}
    return {harm.value: events for harm, events in harms_of(history, since=start).items() if events}


def stopped_arms(
    counts: Iterable[HarmCount], rules: Iterable[StopRule], *, control: str
) -> Mapping[str, frozenset[Harm]]:
    """Return, for each arm that met a limit, the harms by which it did."""
    found: dict[str, frozenset[Harm]] = {}
    for stop in stops(list(counts), list(rules), control=control):
        found[stop.arm.arm] = found.get(stop.arm.arm, frozenset()) | {stop.rule.harm}
    return found
