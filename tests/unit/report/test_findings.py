"""What is said of an estimate, case by case and for estimates of any size."""

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opmaat.core.texts import LANGUAGES, Text
from opmaat.evaluate.model import Estimate, FirstStage, Fit, Interval
from opmaat.pages.wording import load_wording
from opmaat.protocol.data import Outcome
from opmaat.report.findings import bounds, judge
from opmaat.report.measures import measure_of
from opmaat.report.sections.sentences import range_phrase, sentence

FIT = Fit(n=20, n_by_arm={"t": 10, "c": 10}, rank=2, df=18.0, errors="hc2")
FORBIDDEN = re.compile(
    r"significan|no effect|geen effect|caus|veroorza|komt door|because of|leads to|leidt tot", re.IGNORECASE
)


def interval(low, high):
    return Interval(low=low, high=high, confidence=0.95)


def one(point=0.1, se=0.02, low=0.06, high=0.14, **more):
    return Estimate(
        analysis="A",
        estimand="E",
        outcome="y",
        month=None,
        contrast=("t", "c"),
        primary=True,
        point=point,
        std_error=se,
        p=0.01,
        fit=FIT,
        means={},
        **({"method": "difference_in_means", "interval": interval(low, high)} | more),
    )


def outcome(kind="continuous", transform=None):
    unit = Text("punten", "points")
    return Outcome(kind=kind, label=Text("uitkomst", "outcome"), unit=unit, transform=transform)


def told(estimate, kind="continuous", transform=None, language="en"):
    wording = load_wording(language, "opmaat.report")
    measure = measure_of(outcome(kind, transform), [estimate])
    return sentence(judge(estimate), measure, comparisons=6, wording=wording)


def first_stage(f=100.0, robust=None):
    return FirstStage(take_up_difference=0.5, std_error=0.05, f_statistic=f, df=18.0, anderson_rubin=robust)


CASES = {
    "above zero": (one(), "higher"),
    "below zero": (one(point=-0.1, low=-0.14, high=-0.06), "lower"),
    "holds zero": (one(low=-0.01, high=0.2), "not_shown"),
    "touches zero": (one(low=0.0, high=0.2), "not_shown"),
    "simultaneous holds zero": (one(simultaneous=interval(-0.01, 0.2), p_adjusted=0.06), "not_shown"),
    "simultaneous leaves out zero": (one(simultaneous=interval(0.01, 0.2), p_adjusted=0.03), "higher"),
    "Holm does not stand": (one(adjustment="holm", p_adjusted=0.051), "not_shown"),
    "Holm stands": (one(adjustment="holm", p_adjusted=0.05 - 1e-12), "higher"),
    "adjusted p is not a number": (one(adjustment="holm", p_adjusted=math.nan), "not_shown"),
    "false discovery": (one(adjustment="benjamini_hochberg", p_adjusted=0.2), "not_shown"),
    "weak first stage": (one(method="late", first_stage=first_stage(f=9.99)), "cannot_tell"),
    "first stage is not a number": (one(method="late", first_stage=first_stage(f=math.nan)), "cannot_tell"),
    "Anderson-Rubin has no limit": (
        one(method="late", first_stage=first_stage(robust=interval(None, None))),
        "cannot_tell",
    ),
    "Anderson-Rubin holds zero": (
        one(method="late", first_stage=first_stage(robust=interval(-0.01, 0.2))),
        "not_shown",
    ),
    "Anderson-Rubin agrees": (
        one(method="late", first_stage=first_stage(robust=interval(0.01, 0.2))),
        "higher",
    ),
    "Anderson-Rubin contradicts": (
        one(method="late", first_stage=first_stage(robust=interval(-0.2, -0.01))),
        "cannot_tell",
    ),
    "no limit at all": (one(low=None, high=None), "cannot_tell"),
    "one limit above zero": (one(low=0.02, high=None), "higher"),
    "no point": (one(point=math.nan), "cannot_tell"),
}


@pytest.mark.parametrize(("estimate", "verdict"), CASES.values(), ids=CASES)
def test_verdict(estimate, verdict):
    assert judge(estimate).verdict == verdict


def test_sentences_of_each_kind_of_outcome():
    work = one(point=0.034, se=0.012, low=0.010, high=0.058)
    assert told(work, "binary") == (
        "The estimate is 3.4 percentage points higher. "
        "95% interval: between 1.0 and 5.8 percentage points higher."
    )
    assert told(work, "binary", language="nl") == (
        "De schatting is 3,4 procentpunt hoger. 95%-interval: tussen 1,0 en 5,8 procentpunt hoger."
    )
    weeks = one(point=-0.0855, se=0.0359, low=-0.1558, high=-0.0152)
    assert told(weeks, transform="log") == (
        "The estimate is 8.2 percent lower. 95% interval: between 1.5 and 14.4 percent lower."
    )
    money = one(point=1794.34, se=671.0, low=-41.2, high=3110.4)
    assert told(money, "mostly_zero", language="nl") == (
        "95%-interval: tussen 41 lager en 3.110 hoger, in punten. De gegevens laten dit allemaal open."
    )


def test_a_difference_that_does_not_stand_in_its_family_is_not_called_shown():
    said = told(one(adjustment="holm", p_adjusted=0.2))
    assert "Counting all 6 comparisons of this family together, no difference was shown." in said


def test_weak_take_up_names_its_f():
    assert "F = 4.2" in told(one(method="late", first_stage=first_stage(f=4.2)))


OPEN = {
    (0.02, None): "at least 2.0 percentage points higher, with no limit beyond that",
    (None, -0.02): "at least 2.0 percentage points lower, with no limit beyond that",
    (-0.02, None): "from 2.0 percentage points lower upwards, with no limit",
    (None, 0.02): "from 2.0 percentage points higher downwards, with no limit",
    (None, 0.0): "from no difference downwards, with no limit",
}


@pytest.mark.parametrize(("ends", "said"), OPEN.items())
def test_open_intervals_are_said_in_words(ends, said):
    measure = measure_of(outcome("binary"), [one()])
    assert range_phrase(interval(*ends), measure, load_wording("en", "opmaat.report")) == said


def test_a_bound_near_zero_does_not_read_as_zero():
    near = one(point=1.0, se=0.5, low=0.004, high=1.996)
    assert "between 0.004 and 1.996" in told(near)


reals = st.floats(-5, 5, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-6)
ends = st.one_of(st.none(), reals)
intervals = st.tuples(ends, ends).map(lambda pair: interval(*(sorted(pair) if None not in pair else pair)))
stages = st.builds(first_stage, f=st.floats(0, 50), robust=st.one_of(st.none(), intervals))
estimates = st.builds(
    one,
    point=reals,
    se=st.floats(1e-4, 5),
    interval=intervals,
    simultaneous=st.one_of(st.none(), intervals),
    adjustment=st.sampled_from([None, "max_t", "holm", "benjamini_hochberg"]),
    p_adjusted=st.one_of(st.none(), st.floats(0, 1)),
    first_stage=st.one_of(st.none(), stages),
)


@settings(max_examples=300, deadline=None)
@given(
    estimate=estimates,
    kind=st.sampled_from(["binary", "count", "continuous", "mostly_zero"]),
    transform=st.sampled_from([None, "log"]),
)
def test_no_sentence_says_more_than_its_interval(estimate, kind, transform):
    finding = judge(estimate)
    if finding.verdict in ("higher", "lower"):
        assert_direction_is_earned(estimate, finding)
    for language in LANGUAGES:
        wording = load_wording(language, "opmaat.report")
        said = told(estimate, kind, transform, language)
        assert not FORBIDDEN.search(said)
        direction = wording.say("found.direction", point="", interval="", range="").split()[0:2]
        assert (finding.verdict in ("higher", "lower")) == (said.split()[0:2] == direction)
        words = {wording.say("found.higher"), wording.say("found.lower")}
        named = {word for word in words if re.search(rf"\b{word}\b", said)}
        if finding.verdict in ("higher", "lower"):
            own = wording.say(f"found.{finding.verdict}")
            interval_part = said.rsplit(":", 1)[1]
            assert not re.search(rf"\b{(words - {own}).pop()}\b", interval_part)
        if finding.verdict == "cannot_tell":
            assert not named


def assert_direction_is_earned(estimate, finding):
    sign = 1 if finding.verdict == "higher" else -1
    for used in (estimate.interval, estimate.simultaneous):
        counts = used is not None and (used is estimate.simultaneous or estimate.simultaneous is None)
        if counts:
            low, high = bounds(used)
            assert min(sign * low, sign * high) > 0
    assert estimate.p_adjusted is None or estimate.p_adjusted <= 0.05
    if estimate.first_stage is not None:
        assert estimate.first_stage.f_statistic >= 10
        robust = estimate.first_stage.anderson_rubin
        assert robust is None or min(sign * end for end in bounds(robust)) > 0
