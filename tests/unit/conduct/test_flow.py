"""The flow by arm: who started is counted once, and exit takes nobody out of the analysis."""

from datetime import date

from opmaat.conduct import kinds
from opmaat.conduct.flow import flows, together
from opmaat.conduct.fold import fold

ARMS = ("control", "disregard", "exemption", "guidance")
SPRING = date(2019, 4, 1)
WORK, MOVED, STUDY, OTHER = "11", "32", "01", "98"


def test_wageningen_has_284_on_benefit_in_the_trial_and_410_in_the_analysis(happen, take_part):
    """Published: 410 started, 110 exited (half to work), 16 withdrew. The split over arms is made up."""
    names = [f"h{number:03d}" for number in range(410)]
    arms = {name: ARMS[number % 4] for number, name in enumerate(names)}
    events = [event for name in names for event in take_part(name, arms[name])]
    reasons = [WORK] * 55 + [MOVED] * 30 + [STUDY] * 15 + [OTHER] * 10
    for name, reason in zip(names, reasons, strict=False):
        events.append(happen(date(2018, 6, 1), kinds.Exited(reason), household=name))
    for name in names[110:126]:
        events.append(happen(date(2018, 9, 1), kinds.Withdrew(), household=name))
    by_arm = flows(fold(events).checked(), arms, on=SPRING)
    whole = together(by_arm, "all arms")
    assert (whole.started, sum(whole.exited.values()), whole.withdrew) == (410, 110, 16)
    assert whole.remaining == 410 - 110 - 16 == 284
    assert whole.analysed == 410
    assert whole.exited["work"] == 55
    assert [flow.arm for flow in by_arm] == sorted(ARMS)
    for flow in by_arm:
        out = sum(flow.exited.values()) + flow.withdrew + flow.removed + flow.moved_away
        assert flow.started == out + flow.remaining


def test_what_happened_first_and_still_holds_is_what_counts(happen, take_part):
    events = [event for name in ("h1", "h2", "h3", "h4") for event in take_part(name, "control")]
    events += [
        happen(date(2018, 3, 1), kinds.Exited(WORK), household="h1"),
        happen(date(2018, 4, 1), kinds.Withdrew(), household="h1"),
        happen(date(2018, 3, 1), kinds.Withdrew(), household="h2"),
        happen(date(2018, 4, 1), kinds.Exited(WORK), household="h2"),
        happen(date(2018, 3, 1), kinds.Exited(WORK), household="h3"),
        happen(date(2018, 3, 1), kinds.MovedAway(), household="h4"),
        happen(date(2018, 3, 1), kinds.Exited(MOVED), household="h4"),
        happen(date(2018, 5, 1), kinds.ReEntered(), household="h3"),
    ]
    arms = dict.fromkeys(("h1", "h2", "h3", "h4"), "control")
    (april,) = flows(fold(events), arms, on=date(2018, 4, 15))
    (may,) = flows(fold(events), arms, on=date(2018, 5, 1))
    assert (april.exited, april.withdrew, april.remaining) == ({"moved": 1, "work": 2}, 1, 0)
    assert (may.exited, may.withdrew, may.remaining) == ({"moved": 1, "work": 1}, 1, 1)


def test_who_was_drawn_and_never_answered_the_letter_is_analysed(take_part, happen):
    events = [*take_part("h1", "control"), happen(date(2017, 9, 1), kinds.Drawn(), household="h2")]
    (flow,) = flows(fold(events), {"h1": "control", "h2": "control", "h3": "control"}, on=SPRING)
    assert (flow.drawn, flow.invited, flow.started, flow.analysed) == (3, 1, 1, 3)


def test_answers_are_counted_by_wave_and_adult(take_part, happen):
    events = take_part("h1", "control")
    for person in ("p1", "p2"):
        events += [happen(SPRING, kinds.WaveSent("midline"), person) for _ in range(2)]
    events.append(happen(SPRING, kinds.Answered("midline"), "p2"))
    (flow,) = flows(fold(events), {"h1": "control"}, on=SPRING)
    assert (flow.sent, flow.answered) == ({"midline": 2}, {"midline": 1})
