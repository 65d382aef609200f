"""Reading for auditors: who did, saw and took out what; a page in two queries, however much there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from heapq import merge
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet

from opmaat.core.digest import digest_value
from opmaat.web.audit.models import Sealing
from opmaat.web.gateway.audit import TELLS_OF_AN_ARM
from opmaat.web.journal.models import Access, Entry, Municipality
from opmaat.web.trial.models import Study

PAGE = 50
LOOKS, EVENTS = 0, 1
ARM_RULES = "arm_rules"
_ROWS_AT_ONCE = 2000
_MOST_SEALINGS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is sought; what is empty or None is not asked. ``what`` is read, write or export."""

    what: str = ""
    actor: str = ""
    about: str = ""
    first_day: date | None = None
    last_day: date | None = None

    def digest(self) -> str:
        """Return a name for what was sought, which tells nobody who it was about."""
        return digest_value([self.what, self.actor, self.about, str(self.first_day), str(self.last_day)])[
            -32:
        ]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: the moment, whether it is a look or an event, and its number."""

    at: datetime
    source: int
    number: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.source}~{self.number}"

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """Return the place that an address names; None for a text that is none."""
        try:
            at, source, number = text.split("~")
            found = cls(datetime.fromisoformat(at), int(source), int(number))
        except ValueError:
            return None
        return found if found.at.tzinfo is not None and found.source in {LOOKS, EVENTS} else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Someone did something at a moment: what with which thing or event, and about whom."""

    place: Place
    actor: str
    what: str
    thing: str
    about: str


def trail(municipality: Municipality, sought: Sought, *, after: Place | None = None) -> list[Trace]:
    """Return a page of traces, the latest first, and one more when there are any after it."""
    looks = _looks(municipality, sought, after)[: PAGE + 1]
    events = _events(municipality, sought, after)[: PAGE + 1]
    found = merge(map(_look, looks), map(_event, events), key=_order, reverse=True)
    return list(islice(found, PAGE + 1))


def whole_trail(municipality: Municipality, sought: Sought) -> Iterator[Trace]:
    """Yield every trace, the latest first, without holding all of them."""
    looks = _looks(municipality, sought, None).iterator(chunk_size=_ROWS_AT_ONCE)
    events = _events(municipality, sought, None).iterator(chunk_size=_ROWS_AT_ONCE)
    return merge(map(_look, looks), map(_event, events), key=_order, reverse=True)


def sealings(municipality: Municipality) -> list[Sealing]:
    """Return what was published of a journal, the latest first."""
    return list(Sealing.objects.of(municipality).order_by("-at", "-pk")[:_MOST_SEALINGS])


def studies_of(municipality: Municipality) -> list[Study]:
    """Return the studies of a municipality."""
    return list(Study.objects.of(municipality).order_by("name"))


def _looks(municipality: Municipality, sought: Sought, after: Place | None) -> QuerySet:
    """Return who looked at what and who took it out."""
    rows = Access.objects.of(municipality).filter(_within("at", sought), _after("at", LOOKS, after))
    if sought.what:
        rows = rows.filter(action=sought.what)
    if sought.actor:
        rows = rows.filter(actor=sought.actor)
    if sought.about:
        rows = rows.filter(about=sought.about)
    return rows.order_by("-at", "-pk").values_list("at", "pk", "actor", "action", "thing", "about")


def _events(municipality: Municipality, sought: Sought, after: Place | None) -> QuerySet:
    """Return who wrote what, without what it says."""
    rows = Entry.objects.of(municipality)
    rows = rows.filter(_within("recorded_at", sought), _after("recorded_at", EVENTS, after))
    if sought.what and sought.what != "write":
        rows = rows.none()
    if sought.actor:
        rows = rows.filter(actor=sought.actor)
    if sought.about:
        rows = rows.filter(Q(household=sought.about) | Q(person=sought.about))
    columns = rows.order_by("-recorded_at", "-pk")
    return columns.values_list("recorded_at", "pk", "actor", "kind", "household", "person")


def _after(column: str, source: int, after: Place | None) -> Q:
    """Return which rows come after a place; at one moment events come before looks."""
    if after is None:
        return Q()
    same = Q(**{column: after.at})
    if source == after.source:
        same &= Q(pk__lt=after.number)
    elif source > after.source:
        return Q(**{f"{column}__lt": after.at})
    return Q(**{f"{column}__lte": after.at}) & (Q(**{f"{column}__lt": after.at}) | same)


def _within(column: str, sought: Sought) -> Q:
    """Return which rows are of the days that are sought, in the time of the municipality."""
    zone, found = ZoneInfo(settings.TIME_ZONE), Q()
    if sought.first_day is not None:
        found &= Q(**{f"{column}__gte": datetime.combine(sought.first_day, time.min, zone)})
    if sought.last_day is not None:
        following = sought.last_day + timedelta(days=1)
        found &= Q(**{f"{column}__lt": datetime.combine(following, time.min, zone)})
    return found


def _order(trace: Trace) -> tuple[datetime, int, int]:
    """Return by what traces are ordered."""
    return trace.place.at, trace.place.source, trace.place.number


def _look(row: Any) -> Trace:  # noqa: ANN401
    """Return the trace of a look."""
    at, number, actor, action, thing, about = row
    return Trace(place=Place(at, LOOKS, number), actor=actor, what=action, thing=thing, about=about)


def _event(row: Any) -> Trace:  # noqa: ANN401
    """Return the trace of an event; of one that would tell the arm, only that it is about its rules."""
    at, number, actor, kind, household, person = row
    thing = ARM_RULES if kind in TELLS_OF_AN_ARM else kind
    return Trace(
        place=Place(at, EVENTS, number), actor=actor, what="write", thing=thing, about=person or household
    )
