"""The rules of an evaluation, each on a made-up panel, against arithmetic written out here."""

from dataclasses import replace

import duckdb
import numpy as np
import pytest

from opmaat.core.codes import Codes
from opmaat.core.errors import DataFileError, ProtocolError
from opmaat.evaluate import cells
from opmaat.evaluate.estimate import estimate, estimate_cells
from opmaat.panel.cells import read_cells
from opmaat.panel.read import read_panel
from opmaat.stats.design_matrix import Dropped
from opmaat.stats.multiplicity import max_t

ADJUST = {"covariates": ["age", "school"]}


def by_contrast(estimates, analysis="A0"):
    return {item.contrast: item for item in estimates.estimates if item.analysis == analysis}


def hours(panel, arm, *, stratum=None):
    chosen = panel.arm.codes == panel.arm.names.index(arm)
    if stratum is not None:
        chosen &= panel.stratum.codes == stratum
    return panel.outcomes["hours"][None][chosen]


def test_contrasts_within_strata_are_weighed_by_the_size_of_the_strata(make_protocol, make_panel):
    """A regression with stratum effects gives another number: it mixes the effects of the arms."""
    panel = make_panel()
    protocol = make_protocol(
        [{"method": "difference_in_means"}, {"method": "difference_in_means", "strata": "fixed_effects"}],
        strata=["city"],
    )
    expected = variance = 0.0
    for stratum in range(4):
        share = np.mean(panel.stratum.codes == stratum)
        guided, control = hours(panel, "guidance", stratum=stratum), hours(panel, "control", stratum=stratum)
        expected += share * (guided.mean() - control.mean())
        variance += share**2 * (guided.var(ddof=1) / len(guided) + control.var(ddof=1) / len(control))
    found = estimate(protocol, panel)
    within = by_contrast(found)[("guidance", "control")]
    assert within.point == pytest.approx(expected, rel=1e-12)
    assert within.std_error == pytest.approx(np.sqrt(variance), rel=1e-12)
    assert by_contrast(found, "A1")[("guidance", "control")].point != pytest.approx(expected, rel=1e-3)


def test_the_two_ways_to_weigh_strata_are_one(make_protocol, make_panel):
    """Without covariates cell means are used, with them a regression; a constant covariate shows it."""
    panel = make_panel()
    constant = replace(panel.covariates["age"], values=np.full(panel.participants, 40.0))
    panel = replace(panel, covariates={**panel.covariates, "age": constant})
    adjust = {"covariates": ["age"]}
    protocol = make_protocol(
        [{"method": "difference_in_means"}, {"method": "regression", "adjust": adjust}], strata=["city"]
    )
    found = estimate(protocol, panel)
    for contrast, plain in by_contrast(found).items():
        regression = by_contrast(found, "A1")[contrast]
        assert regression.point == pytest.approx(plain.point, rel=1e-10)
        assert regression.std_error == pytest.approx(plain.std_error, rel=1e-10)
        assert regression.df == plain.df
        assert regression.fit.dropped == (Dropped("covariate 'age'", "constant"),)


@pytest.mark.parametrize("method", ["regression", "lin", "difference_in_means"])
@pytest.mark.parametrize("errors", ["classical", "hc0", "hc1", "hc2", "hc3"])
@pytest.mark.parametrize("strata", ["ignored", "fixed_effects", "within"])
def test_sums_per_cell_give_the_same_as_rows(make_protocol, make_panel, monkeypatch, method, errors, strata):
    """1e-9: sums are taken in another order, and Lin's products add a digit."""
    panel = make_panel(whole=True, missing=True, n=3000)
    analysis = {"method": method, "errors": errors, "strata": strata}
    if method != "difference_in_means":
        analysis["adjust"] = ADJUST
    protocol = make_protocol([analysis], strata=["city"])
    by_rows = by_contrast(estimate(protocol, panel))
    monkeypatch.setattr(cells, "_WORTHWHILE_ROWS", 10)
    by_cells = by_contrast(estimate(protocol, panel))
    for contrast, expected in by_rows.items():
        found = by_cells[contrast]
        assert found.point == pytest.approx(expected.point, rel=1e-9)
        assert found.std_error == pytest.approx(expected.std_error, rel=1e-9)
        assert (found.fit.n, found.fit.rank, found.df) == (expected.fit.n, expected.fit.rank, expected.df)


def test_lin_is_the_mean_of_what_the_arms_would_have_had(make_protocol, make_panel):
    """Lin's contrast is the difference of the arms' own regressions, each predicted for everybody."""
    panel = make_panel()
    age, outcome = panel.covariates["age"].values, panel.outcomes["hours"][None]
    school = panel.covariates["school"].values.codes
    columns = np.column_stack([np.ones_like(age), age, school == 1, school == 2]).astype(float)
    predicted = {}
    for code, arm in enumerate(panel.arm.names):
        own = panel.arm.codes == code
        coefficients, *_ = np.linalg.lstsq(columns[own], outcome[own], rcond=None)
        predicted[arm] = (columns @ coefficients).mean()
    protocol = make_protocol([{"method": "lin", "adjust": ADJUST}], contrast="pairwise")
    for (arm, other), found in by_contrast(estimate(protocol, panel)).items():
        assert found.point == pytest.approx(predicted[arm] - predicted[other], rel=1e-10)


def test_pairwise_contrasts_add_up_and_come_once_each(make_protocol, make_panel):
    protocol = make_protocol([{"method": "difference_in_means"}], contrast="pairwise")
    found = by_contrast(estimate(protocol, make_panel()))
    assert list(found) == [("guidance", "control"), ("bonus", "control"), ("bonus", "guidance")]
    direct = found[("bonus", "guidance")].point
    through_control = found[("bonus", "control")].point - found[("guidance", "control")].point
    assert direct == pytest.approx(through_control, rel=1e-12)


def test_unequal_chances_weigh_by_one_over_the_chance(make_protocol, make_panel):
    panel = make_panel()
    chance = np.random.default_rng(5).uniform(0.2, 0.6, panel.participants)
    panel = replace(panel, probability=chance)
    protocol = make_protocol(
        [{"method": "difference_in_means", "weights": ["assignment", "response"]}],
        probability="chance",
        response_weight="answered",
    )
    means = {}
    for code, arm in enumerate(panel.arm.names):
        own = panel.arm.codes == code
        weights = panel.response_weight[own] / chance[own]
        means[arm] = np.average(panel.outcomes["hours"][None][own], weights=weights)
    found = by_contrast(estimate(protocol, panel))[("guidance", "control")]
    assert found.point == pytest.approx(means["guidance"] - means["control"], rel=1e-12)
    assert found.means == pytest.approx(means)


def test_growth_is_the_difference_of_the_mean_changes(make_protocol, make_panel):
    panel = make_panel()
    change = panel.outcomes["hours"][None] - panel.baselines["hours"]
    guided, control = change[panel.arm.codes == 1], change[panel.arm.codes == 0]
    protocol = make_protocol([{"method": "difference_in_differences"}, {"method": "ancova"}])
    found = estimate(protocol, panel)
    growth = by_contrast(found)[("guidance", "control")]
    assert growth.point == pytest.approx(guided.mean() - control.mean(), rel=1e-12)
    ancova = by_contrast(found, "A1")[("guidance", "control")]
    assert ancova.std_error < growth.std_error


def test_late_is_the_effect_of_the_offer_over_its_effect_on_take_up(make_protocol, make_panel):
    panel = make_panel()
    protocol = make_protocol(
        [{"method": "late", "errors": "hc1", "sample": "contrast"}], take_up="took", strata=["city"]
    )
    offer = make_protocol([{"method": "difference_in_means"}], strata=["city"])
    on_outcome = by_contrast(estimate(offer, panel))[("guidance", "control")].point
    took = replace(panel, outcomes={"hours": {None: panel.take_up}})
    in_two_arms = np.isin(panel.arm.codes, [0, 1])
    on_take_up = by_contrast(estimate(offer, took))[("guidance", "control")].point
    found = by_contrast(estimate(protocol, panel))[("guidance", "control")]
    shares = np.bincount(panel.stratum.codes[in_two_arms]) / in_two_arms.sum()
    by_hand = {}
    for name, values in (("outcome", panel.outcomes["hours"][None]), ("take-up", panel.take_up)):
        by_hand[name] = sum(
            shares[s]
            * (
                values[(panel.arm.codes == 1) & (panel.stratum.codes == s)].mean()
                - values[(panel.arm.codes == 0) & (panel.stratum.codes == s)].mean()
            )
            for s in range(4)
        )
    assert found.point == pytest.approx(by_hand["outcome"] / by_hand["take-up"], rel=1e-9)
    assert found.point == pytest.approx(on_outcome / on_take_up, rel=0.1)
    assert found.first_stage.take_up_difference == pytest.approx(by_hand["take-up"], rel=1e-9)


def test_a_family_is_adjusted_over_its_analyses(make_protocol, make_panel):
    family = {"multiplicity": {"family": "all", "method": "max_t"}}
    protocol = make_protocol(
        [{"method": "difference_in_means", **family}, {"method": "lin", "adjust": ADJUST, **family}]
    )
    found = estimate(protocol, make_panel())
    assert {item.family for item in found.estimates} == {"all"}
    for item in found.estimates:
        assert item.p <= item.p_adjusted <= 1
        assert item.simultaneous.low < item.interval.low < item.interval.high < item.simultaneous.high
    alone = estimate(make_protocol([{"method": "difference_in_means", **family}]), make_panel())
    width = [item.simultaneous.high - item.simultaneous.low for item in alone.estimates]
    assert width[0] < found.estimates[0].simultaneous.high - found.estimates[0].simultaneous.low


def test_holm_and_false_discovery_adjust_p_alone(make_protocol, make_panel):
    for method in ("holm", "benjamini_hochberg"):
        rule = {"multiplicity": {"family": "f", "method": method}}
        found = estimate(make_protocol([{"method": "difference_in_means", **rule}]), make_panel())
        assert all(item.simultaneous is None and item.p_adjusted >= item.p for item in found.estimates)
        assert {item.adjustment for item in found.estimates} == {method}


def test_errors_by_household_count_households(make_protocol, make_panel):
    protocol = make_protocol([{"method": "difference_in_means", "errors": "cr2"}], household="h")
    found = by_contrast(estimate(protocol, make_panel()))[("guidance", "control")]
    assert found.fit.clusters == 120
    assert found.df < 120


def test_missing_covariates_get_an_indicator_or_are_left_out_and_counted(make_protocol, make_panel):
    panel = make_panel(missing=True)
    known = ~np.isnan(panel.outcomes["hours"][None])
    complete = (
        known & ~np.isnan(panel.covariates["age"].values) & (panel.covariates["school"].values.codes >= 0)
    )
    exclude = {**ADJUST, "missing": "exclude"}
    protocol = make_protocol([{"method": "lin", "adjust": ADJUST}, {"method": "lin", "adjust": exclude}])
    found = estimate(protocol, panel)
    assert by_contrast(found)[("bonus", "control")].fit.n == known.sum()
    left_out = by_contrast(found, "A1")[("bonus", "control")]
    assert left_out.fit.n == complete.sum()
    assert {note.code: note.participants for note in left_out.notes} == {
        "missing-outcome": (~known).sum(),
        "left-out": known.sum() - complete.sum(),
    }


def test_missing_outcomes_are_counted_by_arm(make_protocol, make_panel):
    panel = make_panel(missing=True)
    (missing,) = estimate(make_protocol([{"method": "difference_in_means"}]), panel).missing
    unknown = np.isnan(panel.outcomes["hours"][None])
    assert missing.missing["bonus"] == (unknown & (panel.arm.codes == 2)).sum()
    assert sum(missing.asked.values()) == panel.participants


def test_the_order_of_participants_does_not_matter(make_protocol, make_panel):
    panel = make_panel(missing=True)
    order = np.random.default_rng(3).permutation(panel.participants)

    def moved(value):
        if isinstance(value, Codes):
            return Codes(value.codes[order], value.names)
        return value[order]

    other = replace(
        panel,
        arm=moved(panel.arm),
        stratum=moved(panel.stratum),
        household=panel.household[order],
        outcomes={"hours": {None: panel.outcomes["hours"][None][order]}},
        baselines={"hours": panel.baselines["hours"][order]},
        covariates={
            name: replace(variable, values=moved(variable.values))
            for name, variable in panel.covariates.items()
        },
    )
    protocol = make_protocol(
        [{"method": "lin", "adjust": ADJUST, "errors": "cr2"}], household="h", strata=["city"]
    )
    for contrast, expected in by_contrast(estimate(protocol, panel)).items():
        found = by_contrast(estimate(protocol, other))[contrast]
        assert found.point == pytest.approx(expected.point, rel=1e-9)
        assert found.std_error == pytest.approx(expected.std_error, rel=1e-9)


def test_an_estimate_cannot_be_made_without_a_fit():
    from opmaat.evaluate.model import Estimate

    with pytest.raises(TypeError, match="fit"):
        Estimate(
            analysis="A", estimand="E", outcome="o", month=None, contrast=("a", "b"), method="lin",
            primary=True, point=1.0, std_error=1.0, interval=None, p=0.5, means={},
        )  # fmt: skip


def test_cells_read_from_a_file_give_the_same_as_its_rows(make_protocol, tmp_path):
    """1e-9, as above; the file has missing covariates, missing outcomes and a code for missing."""
    rng = np.random.default_rng(8)
    n = 4000
    columns = {
        "arm": np.array(["c", "g", "b"])[rng.integers(3, size=n)],
        "city": rng.integers(3, size=n),
        "age": rng.integers(20, 26, size=n).astype(float),
        "school": np.array(["low", "middle", "high"])[rng.integers(3, size=n)],
        "hours": 30_000 + rng.normal(size=n),
    }
    columns["age"][rng.random(n) < 0.1] = np.nan
    columns["hours"][rng.random(n) < 0.1] = -9
    columns["hours_before"] = columns["hours"]
    with duckdb.connect() as engine:
        table = ", ".join(f"unnest(${name}) as {name}" for name in columns)
        engine.execute(
            f"copy (select {table}) to '{tmp_path / 'people.parquet'}' (format parquet)",
            {name: values.tolist() for name, values in columns.items()},
        )
    for errors in ("classical", "hc1", "hc2", "hc3"):
        protocol = make_protocol(
            [{"method": "lin", "adjust": ADJUST, "errors": errors}],
            file={"path": "people.parquet", "missing": {"-9": "refused"}},
            strata=["city"],
        )
        expected = by_contrast(estimate(protocol, read_panel(protocol, tmp_path / "protocol.yaml")))
        found = estimate_cells(protocol, "A0", read_cells(protocol, "A0", tmp_path / "protocol.yaml"))
        for item in found:
            assert item.point == pytest.approx(expected[item.contrast].point, rel=1e-9)
            assert item.std_error == pytest.approx(expected[item.contrast].std_error, rel=1e-9)
            assert item.fit == replace(expected[item.contrast].fit, dropped=item.fit.dropped)
            assert item.means == pytest.approx(expected[item.contrast].means, rel=1e-12)


def test_the_cells_of_two_files_added_are_those_of_one(make_protocol, tmp_path):
    """1e-12 relative: only the order of sums differs. The files do not have the same schools or ages."""
    rng = np.random.default_rng(4)
    rows = [
        (arm, age, school, 100 + age + float(rng.normal()), 0)
        for arm, age, school in zip(
            rng.choice(list("cgb"), 900).tolist(),
            rng.integers(20, 30, 900).tolist(),
            rng.choice(["low", "middle", "high"], 900).tolist(),
            strict=True,
        )
    ]
    first = [row for row in rows if row[2] != "middle" or row[1] > 25]
    second = [row for row in rows if row not in first]
    columns = "arm text, age int, school text, hours double, hours_before double"
    for name, part in {"joint": rows, "first": first, "second": second}.items():
        with duckdb.connect() as engine:
            engine.execute(f"create table people ({columns})")
            engine.executemany("insert into people values (?, ?, ?, ?, ?)", part)
            engine.execute(f"copy people to '{tmp_path / name}.parquet' (format parquet)")
    protocol = make_protocol([{"method": "lin", "adjust": ADJUST, "errors": "hc3"}])
    cells = {
        name: read_cells(protocol, "A0", tmp_path, tmp_path / f"{name}.parquet")
        for name in ("joint", "first", "second")
    }
    together = estimate_cells(protocol, "A0", cells["first"] + cells["second"])
    for found, expected in zip(together, estimate_cells(protocol, "A0", cells["joint"]), strict=True):
        assert found.point == pytest.approx(expected.point, rel=1e-12)
        assert found.std_error == pytest.approx(expected.std_error, rel=1e-12)
        assert found.fit == expected.fit


@pytest.mark.parametrize(
    ("analysis", "why"),
    [
        ({"method": "ancova"}, "the method 'ancova'"),
        ({"method": "lin", "adjust": ADJUST, "weights": ["response"]}, "weights"),
        ({"method": "lin", "adjust": ADJUST, "errors": "cr2"}, "clusters"),
        ({"method": "lin", "adjust": ADJUST, "sample": "contrast"}, "more than one fit"),
        ({"method": "lin", "adjust": {**ADJUST, "missing": "exclude"}}, "who misses a covariate left out"),
    ],
)
def test_sums_say_no_where_they_cannot_serve(make_protocol, tmp_path, analysis, why):
    protocol = make_protocol([analysis], household="h", response_weight="w", file={"path": "people.parquet"})
    with pytest.raises(ProtocolError, match=why):
        read_cells(protocol, "A0", tmp_path / "protocol.yaml")


@pytest.mark.parametrize(
    ("kind", "values", "code"),
    [("binary", "0, 1, 2, -9", "not-binary"), ("count", "0, 3, 1.5, -1", "not-a-count")],
)
def test_sums_hold_the_outcome_to_its_kind_as_rows_do(make_protocol, tmp_path, kind, values, code):
    """A code for missing is no value; chances and weights that the analysis does not use are not read."""
    file = tmp_path / "people.parquet"
    duckdb.sql(
        f"select unnest(['c', 'c', 'g', 'b']) as arm, unnest([{values}]) as hours, 30 as age, 'x' as school, "
        "0 as hours_before"
    ).write_parquet(str(file))
    protocol = make_protocol(
        [{"method": "difference_in_means"}],
        file={"path": "people.parquet", "missing": {"-9": "refused"}},
        response_weight="not_in_the_file",
    )
    outcome = replace(protocol.outcomes["hours"], kind=kind)
    protocol = replace(protocol, outcomes={"hours": outcome})
    with pytest.raises(DataFileError) as caught:
        read_cells(protocol, "A0", tmp_path / "protocol.yaml")
    (issue,) = caught.value.issues
    wrong = 1 if kind == "binary" else 2
    assert (issue.code, issue.problem.split()[0]) == (code, str(wrong))


def test_two_files_of_one_name_both_stay_known(make_protocol, tmp_path):
    cells = []
    for place, folder in enumerate(("first", "second")):
        (tmp_path / folder).mkdir()
        duckdb.sql(
            f"select unnest(['c', 'c', 'g', 'b']) as arm, unnest([1, 2, 3, {place}]) as hours"
        ).write_parquet(str(tmp_path / folder / "people.parquet"))
        protocol = make_protocol([{"method": "difference_in_means"}], file={"path": "people.parquet"})
        cells.append(read_cells(protocol, "A0", tmp_path / folder))
    first, second = cells
    both = (first + second).sources
    assert set(both.values()) == {*first.sources.values(), *second.sources.values()}
    assert len(both) == 2


NAMES = (
    "intercept",
    "arm: guidance",
    "arm 'guidance'",
    "stratum",
    "baseline measure",
    "age missing",
    "age' missing",
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("method", ["lin", "ancova"])
def test_the_name_of_a_covariate_changes_no_number(make_protocol, make_panel, name, method):
    """The second covariate stands beside one with missing values, and in models with arms and strata."""
    panel = make_panel(missing=True)
    other = np.random.default_rng(2).normal(size=panel.participants)

    def answers(second):
        adjust = {"covariates": ["age", second], "interactions": "pairwise"}
        protocol = make_protocol([{"method": method, "adjust": adjust}], strata=["city"])
        variables = {**panel.covariates, second: replace(panel.covariates["age"], values=other)}
        found = estimate(protocol, replace(panel, covariates=variables))
        return found.balance.p, [(item.point, item.std_error, item.fit.rank) for item in found.estimates]

    assert answers(name) == answers("income")


def test_an_arm_with_the_name_of_a_product_is_an_arm(make_protocol, make_panel):
    panel = make_panel()
    plain = estimate(make_protocol([{"method": "lin", "adjust": ADJUST}]), panel)
    protocol = make_protocol([{"method": "lin", "adjust": ADJUST}])
    odd = "arm 'guidance' x covariate 'age'"
    arms = {odd if name == "bonus" else name: arm for name, arm in protocol.arms.items()}
    named = replace(panel, arm=Codes(panel.arm.codes, tuple(arms)))
    found = estimate(replace(protocol, arms=arms), named)
    assert [item.point for item in found.estimates] == [item.point for item in plain.estimates]


@pytest.mark.parametrize(
    ("analysis", "outcome"),
    [
        ({"method": "difference_in_means"}, "arm"),
        ({"method": "regression", "adjust": ADJUST}, "age"),
        ({"method": "late", "errors": "hc1", "sample": "contrast"}, "take-up"),
    ],
)
def test_an_error_that_only_rounding_left_is_no_evidence(make_protocol, make_panel, analysis, outcome):
    panel = make_panel()
    values = {
        "arm": panel.arm.codes * 0.1 + 7,
        "age": panel.covariates["age"].values,
        "take-up": panel.take_up,
    }[outcome]
    panel = replace(panel, outcomes={"hours": {None: values}})
    with pytest.raises(DataFileError, match="'hours'") as caught:
        estimate(make_protocol([analysis], take_up="took"), panel)
    assert {issue.code for issue in caught.value.issues} == {"no-variation"}


@pytest.mark.parametrize("errors", ["cr0", "cr1", "cr2"])
def test_an_arm_of_one_cluster_has_no_clustered_error(make_protocol, make_panel, errors):
    panel = make_panel()
    panel = replace(panel, household=np.where(panel.arm.codes == 2, -1, panel.household))
    protocol = make_protocol([{"method": "difference_in_means", "errors": errors}], household="h")
    with pytest.raises(DataFileError) as caught:
        estimate(protocol, panel)
    (issue,) = caught.value.issues
    assert issue.code == "single-cluster"
    assert "'bonus'" in issue.problem
    assert "hc1" not in issue.fix


def test_taking_up_has_one_effect_whichever_arm_is_named_first(make_protocol, make_panel):
    """Also between control and an arm; the first stage is that of the first arm against the second."""
    for pair in (("guidance", "control"), ("bonus", "guidance")):
        found = []
        for contrast in (pair, pair[::-1]):
            protocol = make_protocol(
                [{"method": "late", "errors": "hc1", "sample": "contrast"}], contrast=contrast, take_up="took"
            )
            found += estimate(protocol, make_panel()).estimates
        there, back = found
        assert back.point == pytest.approx(there.point, rel=1e-9)
        assert back.std_error == pytest.approx(there.std_error, rel=1e-9)
        assert back.first_stage.take_up_difference == pytest.approx(-there.first_stage.take_up_difference)
        assert back.first_stage.anderson_rubin.low == pytest.approx(there.first_stage.anderson_rubin.low)


def test_who_lacks_the_baseline_is_told_apart_from_who_lacks_the_outcome(make_protocol, make_panel):
    panel = make_panel(missing=True)
    before = panel.baselines["hours"].copy()
    before[:20] = np.nan
    panel = replace(panel, baselines={"hours": before})
    measured = ~np.isnan(panel.outcomes["hours"][None])
    found = by_contrast(estimate(make_protocol([{"method": "difference_in_differences"}]), panel))
    assert {note.code: note.participants for note in found[("bonus", "control")].notes} == {
        "missing-outcome": (~measured).sum(),
        "missing-baseline": measured[:20].sum(),
    }


@pytest.mark.parametrize("strata", ["ignored", "within"])
def test_a_max_t_family_of_classical_errors_has_the_classical_correlation(make_protocol, make_panel, strata):
    """Two contrasts with one control correlate as their unscaled covariance says, whatever the spreads."""
    panel = make_panel()
    family = {"multiplicity": {"family": "f", "method": "max_t"}, "errors": "classical", "strata": strata}
    found = estimate(make_protocol([{"method": "difference_in_means", **family}], strata=["city"]), panel)
    counts = np.stack([np.bincount(panel.arm.codes[panel.stratum.codes == s]) for s in range(4)])
    if strata == "ignored":
        counts = counts.sum(axis=0, keepdims=True)
    share = counts.sum(axis=1) / counts.sum()
    variance = (share[:, None] ** 2 / counts).sum(axis=0)
    shared = variance[0] / np.sqrt((variance[0] + variance[1]) * (variance[0] + variance[2]))
    first, second = found.estimates
    expected = max_t(
        [first.point, second.point],
        [first.std_error, second.std_error],
        [[1, shared], [shared, 1]],
        first.df,
        confidence=0.95,
    )
    np.testing.assert_allclose([first.p_adjusted, second.p_adjusted], expected.p_adjusted, rtol=1e-9)


def test_classical_errors_of_several_fits_are_no_max_t_family(make_protocol, make_panel):
    family = {"multiplicity": {"family": "f", "method": "max_t"}, "errors": "classical"}
    analyses = [{"method": "difference_in_means", **family}, {"method": "lin", "adjust": ADJUST, **family}]
    with pytest.raises(DataFileError) as caught:
        estimate(make_protocol(analyses), make_panel())
    assert caught.value.issues[0].code == "max-t-over-fits"


def test_a_refusal_names_the_stratum_and_arm_of_who_is_alone(make_protocol, make_panel):
    panel = make_panel()
    city = panel.stratum.codes.copy()
    city[np.flatnonzero((city == 3) & (panel.arm.codes == 2))[1:]] = 2
    panel = replace(panel, stratum=Codes(city, panel.stratum.names))
    with pytest.raises(DataFileError) as caught:
        estimate(make_protocol([{"method": "difference_in_means"}], strata=["city"]), panel)
    (issue,) = caught.value.issues
    assert issue.code == "leverage-one"
    assert "arm 'bonus', stratum 's3'" in issue.problem
