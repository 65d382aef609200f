"""What went wrong for people, and which approaches meet a limit at which they are looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from opmaat.conduct.harms import Harm, HarmCount, StopRule, harms, stops
from opmaat.conduct.model import History, Journal

__all__ = ["Harm", "HarmCount", "StopRule", "harms_now", "stopped_arms"]

_LAST_DAY = date.max


def harms_now(history: History) -> dict[str, int]:
    """Return how often each harm happened to a household since its start; what did not happen is left out.

    >>> from opmaat.web.gateway.events import history_of
    >>> harms_now(history_of("h1", []))
    {}
    """
    counts = harms(Journal({history.household: history}, ()), on=_LAST_DAY)
    return {count.harm.value: count.events for count in counts if count.events}


def stopped_arms(
    counts: Iterable[HarmCount], rules: Iterable[StopRule], *, control: str
) -> Mapping[str, frozenset[Harm]]:
    """Return, for each arm that met a limit, the harms by which it did."""
    found: dict[str, frozenset[Harm]] = {}
    for stop in stops(list(counts), list(rules), control=control):
        found[stop.arm.arm] = found.get(stop.arm.arm, frozenset()) | {stop.rule.harm}
    return found
