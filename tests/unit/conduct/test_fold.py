"""The last word stands: corrections of corrections, and the edge of what was known."""

from datetime import UTC, date, datetime

from opmaat.conduct import kinds
from opmaat.conduct.fold import fold

DAY = date(2018, 2, 1)


def reported(happen, cents, name, month, corrects=None):
    moment = datetime(2018, month, 5, tzinfo=UTC)
    payload = kinds.Retracted() if cents is None else kinds.EarningsReported(cents)
    return happen(DAY, payload, "p1", id=name, recorded_at=moment, corrects=corrects)


def standing(events, known_at=None):
    return [event.id for history in fold(events, known_at=known_at) for event in history.events]


def test_the_last_word_stands_whether_it_names_the_first_or_a_later_version(happen):
    first = reported(happen, 100, "first", 3)
    second = reported(happen, 200, "second", 4, corrects="first")
    names_first = reported(happen, 300, "third", 5, corrects="first")
    names_second = reported(happen, 300, "third", 5, corrects="second")
    for third in (names_first, names_second):
        assert standing([third, second, first]) == ["third"]
        assert standing([first, third, second], known_at=second.recorded_at) == ["second"]


def test_what_was_taken_back_can_be_said_again(happen):
    first = reported(happen, 100, "first", 3)
    back = reported(happen, None, "back", 4, corrects="first")
    again = reported(happen, 100, "again", 5, corrects="back")
    assert standing([first, back]) == []
    assert standing([first, back, again]) == ["again"]


def test_what_was_recorded_at_the_moment_itself_was_known(happen):
    first = reported(happen, 100, "first", 3)
    assert standing([first], known_at=first.recorded_at) == ["first"]


def test_events_of_one_day_are_taken_in_the_order_of_their_kinds(take_part, happen):
    start = date(2017, 10, 1)
    late = happen(start, kinds.ContactHeld(30, "office"), "p1", recorded_at=datetime(2018, 5, 1, tzinfo=UTC))
    left = happen(start, kinds.Withdrew())
    assert fold([*take_part("h1", "guidance"), left, late]).issues == ()
