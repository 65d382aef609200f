"""Published numbers of real experiments, each by `opmaat estimate` on the study's protocol."""

import csv
import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from opmaat.cli.main import opmaat

STUDIES = Path(__file__).parents[2] / "studies"
DATA = Path(__file__).parents[3] / "shared/data"
PUBLISHED = YAML(typ="safe").load(Path(__file__).with_name("published.yaml"))


@cache
def estimates(study):
    """Run the command once per study, in a folder that is thrown away."""
    with TemporaryDirectory() as folder:
        command = ["estimate", str(STUDIES / study), "--out", folder, "--json"]
        result = CliRunner(catch_exceptions=False).invoke(opmaat, command)
    assert result.exit_code == 0, result.stdout
    return json.loads(result.stdout)


def find(study, analysis, **fields):
    found = [
        row
        for row in estimates(study)["estimates"]
        if row["analysis"] == analysis and all(row[name] == value for name, value in fields.items())
    ]
    assert len(found) == 1
    return found[0]


def as_printed(number, printed):
    """Round to the digits that were printed."""
    return str(Decimal(repr(number)).quantize(Decimal(printed)))


def cases():
    for study, rows in PUBLISHED.items():
        needs_shared = [] if study == "nsw-1975" else [pytest.mark.needs("shared")]
        for row in rows:
            yield pytest.param(
                study, row, marks=needs_shared, id=f"{study}-{row['analysis']}-{row['source']}"
            )


@pytest.mark.parametrize(("study", "expected"), list(cases()))
def test_published_number(study, expected):
    found = find(study, expected["analysis"])
    point, std_error = expected["printed"]
    assert as_printed(found["point"], point) == point
    if std_error is not None:
        assert as_printed(found["std_error"], std_error) == std_error
    assert found["fit"]["errors"] == expected["errors"]
    assert found["fit"]["n"] == expected["n"]
    assert found["fit"]["rank"] == expected.get("rank", found["fit"]["rank"])


@pytest.mark.needs("shared")
def test_whole_table_of_differences_of_pennsylvania():
    """All six arms and three outcomes; 1e-9 because the file holds 15 or more digits."""
    arms = dict(
        enumerate(["low_short", "low_long", "high_short", "high_long", "declining", "no_workshop"], 1)
    )
    outcomes = {"inuidur1": "weeks", "lnd": "log_weeks", "inuidur2": "weeks_second_definition"}
    with (DATA / "penn_bonus/dim_hc2.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 18
    for row in rows:
        arm, outcome = arms[int(row["arm"].removeprefix("tg="))], outcomes[row["outcome"]]
        analysis = "differences" if outcome == "log_weeks" else "weeks"
        found = find("penn-bonus-1988", analysis, outcome=outcome, contrast=[arm, "control"])
        assert found["point"] == pytest.approx(float(row["est"]), rel=1e-9)
        assert found["std_error"] == pytest.approx(float(row["se_hc2"]), rel=1e-9)
        assert found["fit"]["n_by_arm"][arm] == int(row["n_t"])
        assert found["fit"]["n_by_arm"]["control"] == int(row["n_c"])
        assert found["means"][arm] == pytest.approx(float(row["mean_t"]), rel=1e-9)


@pytest.mark.needs("shared")
@pytest.mark.parametrize(
    ("study", "folder", "analysis", "outcomes"),
    [
        (
            "jobs2-1991",
            "jobs2",
            "offered",
            {"depress2": "depression", "job_seek": "job_seeking", "employed": "employed"},
        ),
        ("nsw-1975-men", "nsw", "difference-hc2", {"re78": "earnings_1978"}),
        ("nsw-1975-women", "nsw", "difference-hc2", {"re79": "earnings_1979"}),
        ("nsw-1975-women", "nsw", "growth-hc2", {"redif": "earnings_1979"}),
    ],
)
def test_differences_in_means_of_the_data_folders(study, folder, analysis, outcomes):
    """1e-6 because the files were rounded to seven digits after these values were computed."""
    labels = {"nsw-1975-men": "male 722", "nsw-1975-women": "AFDC women, lalonde==1"}
    with (DATA / folder / "dim_hc2.csv").open() as stream:
        rows = [
            row
            for row in csv.DictReader(stream)
            if row["outcome"] in outcomes and row["arm"] == labels.get(study, "")
        ]
    assert len(rows) == len(outcomes)
    for row in rows:
        found = find(study, analysis, outcome=outcomes[row["outcome"]])
        assert found["point"] == pytest.approx(float(row["est"]), rel=1e-6, abs=1e-6)
        assert found["std_error"] == pytest.approx(float(row["se_hc2"]), rel=1e-6, abs=1e-6)


@pytest.mark.needs("shared")
def test_computed_reference_of_participation_by_two_stage_least_squares():
    with (DATA / "jobs2/published.csv").open() as stream:
        (row,) = [row for row in csv.DictReader(stream) if row["contrast"] == "LATE of participation"]
    found = find("jobs2-1991", "attended")
    assert found["point"] == pytest.approx(float(row["our_est"]), abs=1e-6)
    assert found["std_error"] == pytest.approx(float(row["our_se"]), abs=1e-6)


@pytest.mark.needs("shared")
def test_participation_of_jobs2_is_one_sided():
    taken_up = estimates("jobs2-1991")["taken_up"]
    assert taken_up["control"] == 0
    assert as_printed(1 - taken_up["workshop"], "0.38") == "0.38"
