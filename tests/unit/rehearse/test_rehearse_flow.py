"""The published flow of Wageningen: 410 started, 110 left benefit, 16 withdrew; 284 remain."""

from datetime import UTC, date, datetime

from opmaat.conduct import kinds
from opmaat.conduct.flow import flows, together
from opmaat.conduct.fold import fold
from opmaat.conduct.model import Event

ARMS = ("disregard", "exemption", "guidance", "control")
START, LATER = date(2017, 10, 1), date(2018, 12, 31)


def event(household, number, payload, day):
    return Event(
        id=f"{household}-{number}",
        household=household,
        person=None,
        valid_from=day,
        recorded_at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
        actor="system:0000",
        payload=payload,
    )


def events_of(place):
    """Half of those who leave go to work; the others move, study, or leave for other reasons."""
    household, arm = f"h{place:03d}", ARMS[place % 4]
    steps = [
        (kinds.Invited(), date(2017, 8, 1)),
        (kinds.SignedUp(), date(2017, 8, 20)),
        (kinds.Drawn(), date(2017, 9, 10)),
        (kinds.Disclosed(arm), date(2017, 9, 15)),
        (kinds.Started(), START),
    ]
    if place < 110:
        reason = "11" if place < 55 else ("32", "01", "98")[place % 3]
        steps.append((kinds.Exited(reason), date(2018, 1 + place % 12, 1)))
    elif place < 126:
        steps.append((kinds.Withdrew(), date(2018, 1 + place % 12, 15)))
    return [event(household, number, payload, day) for number, (payload, day) in enumerate(steps)]


def test_410_started_110_left_benefit_16_withdrew_284_remain():
    journal = fold(item for place in range(410) for item in events_of(place)).checked()
    arms = {f"h{place:03d}": ARMS[place % 4] for place in range(410)}
    whole = together(flows(journal, arms, on=LATER), "all arms")
    assert (whole.started, sum(whole.exited.values()), whole.withdrew) == (410, 110, 16)
    assert whole.remaining == 284
    assert whole.exited["work"] == 55
    assert whole.analysed == 410
