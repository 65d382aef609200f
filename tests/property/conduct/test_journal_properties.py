"""What holds for every set of events: order, repeats and restarts change nothing; June stays June."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opmaat.conduct import kinds
from opmaat.conduct.due import What, due
from opmaat.conduct.fold import fold
from opmaat.conduct.households import monthly_columns
from opmaat.conduct.model import Event
from opmaat.conduct.read import read_events, write_events
from opmaat.core.month import Month
from opmaat.protocol.load import load_protocol

START = date(2018, 1, 1)
DAYS = 360
HOUSEHOLDS = ("h1", "h2")
PERSONS = ("p1", "p2")
TRIAL = Path(__file__).parents[2] / "spec/conduct/trial"
PAYLOADS = st.sampled_from(
    [
        kinds.Invited(),
        kinds.SignedUp(),
        kinds.Drawn(),
        kinds.Disclosed("exemption"),
        kinds.Consented("questionnaires"),
        kinds.Started(),
        kinds.ContactHeld(30, "office"),
        kinds.WaveSent("baseline"),
        kinds.Answered("baseline"),
        kinds.EarningsReported(100),
        kinds.EarningsReported(250),
        kinds.DutyExempted("work", "trial", date(2019, 6, 1)),
        kinds.DutyRestored("work"),
        kinds.Withdrew(),
        kinds.MovedAway(),
        kinds.PartnerLeft(),
        kinds.Died(),
        kinds.Exited("11"),
        kinds.ReEntered(),
        kinds.Retracted(),
    ]
)


@pytest.fixture(scope="module")
def trial():
    return load_protocol(TRIAL)


@st.composite
def events(draw):
    """Return events as they may come: wrong, late, repeated, correcting each other, out of order."""
    made = []
    for number in range(draw(st.integers(0, 25))):
        payload = draw(PAYLOADS)
        day = draw(st.integers(0, DAYS))
        person = draw(st.sampled_from(PERSONS)) if payload.about == "person" else None
        made.append(
            Event(
                id=f"e{draw(st.integers(0, number))}" if draw(st.integers(0, 9)) == 0 else f"e{number}",
                household=draw(st.sampled_from(HOUSEHOLDS)),
                person=person,
                valid_from=START + timedelta(days=day),
                recorded_at=datetime(2018, 1, 1, 9, tzinfo=UTC)
                + timedelta(days=day + draw(st.integers(0, 60))),
                actor="caseworker:3f09",
                payload=payload,
                corrects=f"e{draw(st.integers(0, 25))}" if draw(st.integers(0, 3)) == 0 else None,
            )
        )
    return made


@settings(max_examples=150, deadline=None)
@given(events(), st.data())
def test_order_and_repeats_change_nothing(made, data):
    journal = fold(made)
    mixed = data.draw(st.permutations([*made, *made[: len(made) // 2]]))
    assert fold(mixed).digest() == journal.digest()
    assert fold(mixed) == journal


@settings(max_examples=150, deadline=None)
@given(events(), st.integers(0, DAYS + 60))
def test_what_was_known_in_june_is_what_june_knew(made, days):
    moment = datetime(2018, 1, 1, 12, tzinfo=UTC) + timedelta(days=days)
    then = [event for event in made if event.recorded_at <= moment]
    assert fold(made, known_at=moment) == fold(then)


@settings(max_examples=100, deadline=None)
@given(events())
def test_every_event_stands_or_is_set_aside_and_what_stands_is_without_contradiction(made):
    journal = fold(made)
    stand = [event for history in journal for event in history.events]
    assert len({event.id for event in stand}) == len(stand)
    assert not any(isinstance(event.payload, kinds.Retracted) and event.corrects for event in stand)
    told = {issue.where for issue in journal.issues}
    assert not {event.where for event in stand} & {
        issue.where for issue in journal.issues if issue.code != "same-id"
    }
    if not any(event.corrects for event in made):
        assert {event.where for event in made} <= {event.where for event in stand} | told
        alone = [event for event in stand if event.corrects is None]
        assert fold(alone).issues == ()


@settings(max_examples=100, deadline=None)
@given(events(), st.integers(0, DAYS + 60))
def test_what_is_due_is_due_once_and_tells_no_arm_before_it_was_disclosed(trial, made, days):
    on = START + timedelta(days=days)
    journal = fold(made)
    found = due(journal, trial, on=on)
    assert len({one.key for one in found}) == len(found)
    for one in found:
        assert one.on <= on
        if journal.histories[one.household].disclosed_arm(on) is None:
            assert one.what in {What.INVITATION, What.ARM_LETTER, What.WAVE}


@settings(max_examples=50, deadline=None)
@given(events())
def test_a_restart_from_the_file_changes_nothing(tmp_path_factory, made):
    file = tmp_path_factory.mktemp("restart") / "events.jsonl"
    kept = [event for event in made if not isinstance(event.payload, kinds.Retracted) or event.corrects]
    write_events(file, kept)
    again = read_events(file, today=date(2019, 12, 31))
    assert fold(again).digest() == fold(kept).digest()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 359), st.integers(0, 90_000), st.sampled_from(PERSONS)), min_size=1),
    st.data(),
)
def test_a_correction_changes_exactly_the_months_it_touches(reports, data):
    made = [
        Event(
            id=f"e{number}",
            household="h1",
            person=person,
            valid_from=START + timedelta(days=day),
            recorded_at=datetime(2019, 1, 5, tzinfo=UTC),
            actor="participant:0a17",
            payload=kinds.EarningsReported(cents),
        )
        for number, (day, cents, person) in enumerate(reports)
    ]
    wrong = data.draw(st.sampled_from(made))
    day = START + timedelta(days=data.draw(st.integers(0, 359)))
    cents = data.draw(st.integers(0, 90_000))
    better = Event(
        id="better",
        household="h1",
        person=wrong.person,
        valid_from=day,
        recorded_at=datetime(2019, 2, 5, tzinfo=UTC),
        actor="register:0b05",
        payload=kinds.EarningsReported(cents),
        corrects=wrong.id,
    )
    before, after = (settled(events) for events in (made, [*made, better]))
    expected = before["earnings_cents"].copy()
    adult = PERSONS.index(wrong.person)
    expected[adult, Month.of(wrong.valid_from) - Month(2018, 1), 0] -= wrong.payload.net_cents
    expected[adult, Month.of(day) - Month(2018, 1), 0] += cents
    assert np.array_equal(after.pop("earnings_cents"), expected)
    assert all(np.array_equal(after[name], before[name]) for name in after)


def settled(made):
    return monthly_columns(fold(made).checked(), {"h1": PERSONS}, first_month=Month(2018, 1), months=12)
