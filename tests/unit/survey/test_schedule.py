"""Who gets which letter when: each once, none after the end, none to who has answered."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from opmaat.core.texts import Text
from opmaat.survey.model import Fieldwork, Questionnaire, SurveyWave
from opmaat.survey.schedule import Letter, Member, due, schedule, window

TITLE = Text("Vragen", "Questions")
WAVES = (
    SurveyWave(name="baseline", month=0, fieldwork=Fieldwork(opens=-14, days=28, reminders=(7, 14))),
    SurveyWave(name="midline", month=12, fieldwork=Fieldwork(days=21, reminders=(10,))),
)
MADE_UP = Questionnaire(id="q", title=TITLE, waves=WAVES, items={}, scales=())


def send_until(letters, days, answered=frozenset()):
    """Send what is due on each of these days, and return everything that was sent."""
    sent = []
    for day in days:
        sent += due(letters, day, sent={letter.key for letter in sent}, answered=answered)
    return sent


def test_each_wave_counts_from_the_own_start():
    letters = schedule(MADE_UP, [Member("b", date(2018, 3, 1)), Member("a", date(2017, 11, 1))])
    assert [(str(letter.day), letter.person, letter.wave, letter.kind) for letter in letters] == [
        ("2017-10-18", "a", "baseline", "invitation"),
        ("2017-10-25", "a", "baseline", "reminder"),
        ("2017-11-01", "a", "baseline", "reminder"),
        ("2018-02-15", "b", "baseline", "invitation"),
        ("2018-02-22", "b", "baseline", "reminder"),
        ("2018-03-01", "b", "baseline", "reminder"),
        ("2018-11-01", "a", "midline", "invitation"),
        ("2018-11-11", "a", "midline", "reminder"),
        ("2019-03-01", "b", "midline", "invitation"),
        ("2019-03-11", "b", "midline", "reminder"),
    ]


def test_a_month_that_is_too_short_gives_its_last_day():
    assert window(date(2016, 2, 29), WAVES[1]).opens == date(2017, 2, 28)


def test_nothing_is_sent_after_someone_withdrew():
    member = Member("a", date(2017, 11, 1), until=date(2017, 10, 30))
    assert [letter.number for letter in schedule(MADE_UP, [member])] == [0, 1]


def test_who_answered_gets_no_reminder_and_the_next_wave_all_the_same():
    letters = schedule(MADE_UP, [Member("a", date(2017, 11, 1))])
    days = [date(2017, 10, 1) + timedelta(days=day) for day in range(600)]
    sent = send_until(letters, days, answered={("a", "baseline")})
    assert [(letter.wave, letter.number) for letter in sent] == [("midline", 0), ("midline", 1)]


def test_after_days_without_sending_the_invitation_comes_first_and_one_reminder_follows():
    letters = schedule(MADE_UP, [Member("a", date(2017, 11, 1))])
    sent = send_until(letters, [date(2017, 11, 3), date(2017, 11, 4), date(2017, 11, 5)])
    assert [letter.number for letter in sent] == [0, 2]
    assert send_until(letters, [date(2017, 11, 15)]) == []


@given(
    starts=st.lists(st.dates(date(2017, 1, 1), date(2019, 12, 31)), min_size=1, max_size=4),
    skipped=st.sets(st.integers(0, 420), max_size=60),
)
@settings(max_examples=40, deadline=None)
def test_every_letter_is_sent_at_most_once_while_the_wave_is_open(starts, skipped):
    letters = schedule(MADE_UP, [Member(f"p{place}", start) for place, start in enumerate(starts)])
    first = letters[0].day
    days = [first + timedelta(days=day) for day in range(1600) if day not in skipped]
    worked = set(days)
    sent: list[Letter] = []
    keys: set[tuple[str, str, int]] = set()
    for day in days:
        for letter in due(letters, day, sent=keys, answered=()):
            assert letter.key not in keys
            assert letter.day <= day <= letter.last_day
            sent.append(letter)
            keys.add(letter.key)
    punctual = {letter.key for letter in letters if letter.day in worked and letter.number == 0}
    assert punctual <= keys
