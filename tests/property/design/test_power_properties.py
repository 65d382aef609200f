"""Power rises with numbers and with the effect, and the detectable effect undoes it."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from opmaat.design.comparison import Basis, detectable_at, invited_needed, power_at
from opmaat.design.families import Bonferroni, joint_power
from opmaat.protocol.planning import (
    Assumed,
    MeanMeasure,
    ShareMeasure,
    SurvivalMeasure,
    share_without_experiment,
)

CHANCE = st.floats(0.02, 0.95)
MEASURES = st.one_of(
    st.builds(lambda base: ShareMeasure(kind="share", base=Assumed(value=base)), CHANCE),
    st.builds(lambda sd: MeanMeasure(kind="mean", sd=Assumed(value=sd)), st.floats(0.1, 50)),
    st.builds(
        lambda base, months: SurvivalMeasure(
            kind="survival", base=Assumed(value=base), by_month=months, followed_months=months
        ),
        CHANCE,
        st.integers(1, 36),
    ),
)
BASES = st.builds(
    lambda measure, first, second, factor, effect, takes_up, rises, lost: Basis(
        measure=measure,
        first=first,
        second=second,
        in_fit=first + second,
        parameters=2,
        cluster_size=None,
        factor=factor,
        design_effect=effect,
        takes_up=takes_up,
        rises=rises,
        lost=lost,
    ),
    MEASURES,
    st.floats(0.05, 0.5),
    st.floats(0.05, 0.5),
    st.floats(0.2, 1.5),
    st.floats(1, 4),
    st.floats(0.1, 1),
    st.booleans(),
    st.floats(0, 0.5),
)
THRESHOLDS = st.builds(Bonferroni, st.sampled_from([0.05, 0.01]), st.integers(1, 8))


def possible_effect(basis, part):
    """Return an effect that leaves the share between 0 and 1, or of up to half a standard deviation."""
    if isinstance(basis.measure, MeanMeasure):
        return part * 0.5 * basis.measure.sd.value
    base = share_without_experiment(basis.measure)
    return part * 0.9 * ((1 - base) if basis.rises else base)


@settings(max_examples=60, deadline=None)
@given(BASES, THRESHOLDS, st.floats(0.05, 1), st.floats(60, 5000), st.floats(1.01, 3))
def test_power_rises(basis, threshold, part, invited, times):
    effect = possible_effect(basis, part)
    power = power_at(basis, threshold, invited=invited, effect=effect)
    more = power_at(basis, threshold, invited=times * invited, effect=effect)
    smaller = power_at(basis, threshold, invited=invited, effect=effect / times)
    assert 0 <= smaller <= power + 1e-12
    assert power <= more + 1e-12
    assert more <= 1


@settings(max_examples=60, deadline=None)
@given(BASES, THRESHOLDS, st.floats(100, 5000), st.sampled_from([0.7, 0.8, 0.95]))
def test_detectable_effect_is_the_inverse_of_power(basis, threshold, invited, power):
    effect = detectable_at(basis, threshold, invited=invited, power=power)
    if effect is None:
        return
    assert math.isclose(power_at(basis, threshold, invited=invited, effect=effect), power, abs_tol=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.floats(-9, -4), st.floats(140, 170))
def test_beside_the_limit_of_a_share_an_effect_has_its_power_or_is_none(digits, invited):
    measure = SurvivalMeasure(kind="survival", base=Assumed(value=0.875), by_month=10, followed_months=10)
    basis = Basis(
        measure=measure,
        first=0.0665,
        second=0.2353,
        in_fit=0.3018,
        parameters=2,
        cluster_size=None,
        factor=0.65,
        design_effect=2.96,
        takes_up=1.0,
        rises=True,
        lost=0.36,
    )
    threshold, limit = Bonferroni(0.01, 3), (1 - 0.875) * (1 - 10**digits)
    power = power_at(basis, threshold, invited=invited, effect=limit)
    effect = detectable_at(basis, threshold, invited=invited, power=power)
    if effect is not None:
        assert math.isclose(power_at(basis, threshold, invited=invited, effect=effect), power, abs_tol=1e-9)


@settings(max_examples=40, deadline=None)
@given(BASES, THRESHOLDS, st.floats(0.2, 1))
def test_needed_number_is_the_inverse_of_power(basis, threshold, part):
    effect = possible_effect(basis, part)
    needed = invited_needed(basis, threshold, effect=effect, power=0.8)
    if needed is None:
        return
    assert power_at(basis, threshold, invited=needed + 1e-6, effect=effect) >= 0.8 - 1e-9
    if needed > 20:
        assert power_at(basis, threshold, invited=needed - 1, effect=effect) < 0.8


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0, 5), min_size=2, max_size=5), st.floats(0.3, 0.9), st.sampled_from([30, math.inf])
)
def test_any_pair_power_is_between_that_of_one_and_the_sum(shifts, loading, df):
    critical = Bonferroni(0.05).critical(df)
    anyone, everyone = joint_power(shifts, [loading] * len(shifts), df=df, critical=critical)
    alone = [joint_power([shift], [loading], df=df, critical=critical)[0] for shift in shifts]
    assert max(alone) - 1e-9 <= anyone <= min(1, sum(alone)) + 1e-9
    assert max(0, 1 - sum(1 - one for one in alone)) - 1e-9 <= everyone <= min(alone) + 1e-9
