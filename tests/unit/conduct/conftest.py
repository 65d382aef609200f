"""Events for the tests, with as little around them as there can be."""

from datetime import UTC, date, datetime, time
from itertools import count

import pytest

from opmaat.conduct import kinds
from opmaat.conduct.model import Event


@pytest.fixture
def happen():
    """Return a function that makes an event, known at noon of its day unless given."""
    numbers = count(1)

    def make(day, payload, person=None, *, household="h1", **given):
        values = {
            "id": f"e{next(numbers)}",
            "recorded_at": datetime.combine(day, time(12), UTC),
            "actor": "caseworker:3f09",
            **given,
        }
        return Event(household=household, person=person, valid_from=day, payload=payload, **values)

    return make


@pytest.fixture
def take_part(happen):
    """Return a function that lets a household take part in an arm from a day."""

    def make(household, arm, start=date(2017, 10, 1)):
        before = date(2017, 9, 1)
        payloads = [kinds.Invited(), kinds.SignedUp(), kinds.Drawn(), kinds.Disclosed(arm)]
        events = [happen(before, payload, household=household) for payload in payloads]
        return [*events, happen(start, kinds.Started(), household=household)]

    return make
