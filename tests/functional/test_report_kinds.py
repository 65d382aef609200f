"""opmaat report as its user meets it: which reports there are, and the way back from those of the course."""

import importlib.util
import json

import pytest
from click.testing import CliRunner

from opmaat.cli.main import opmaat
from opmaat.protocol.freeze import write_lock
from opmaat.report.course.files import write_course
from opmaat.report.estimates_files import write_estimates


def run(*arguments):
    return CliRunner(catch_exceptions=False).invoke(opmaat, [*map(str, arguments)])


@pytest.fixture
def trial(root):
    source = root / "tests/unit/report/made_up_course.py"
    spec = importlib.util.spec_from_file_location("made_up_course_for_kinds", source)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def study(trial, tmp_path):
    """A frozen study with the course of its first fifteen months."""
    lock = trial.lock()
    write_lock(lock, tmp_path)
    (tmp_path / "results").mkdir()
    write_course(trial.course(lock, month=15), tmp_path / "results")
    return tmp_path


def written(study):
    return sorted(file.name for file in (study / "results").glob("*.html"))


def test_before_the_end_there_are_two_reports_and_both_lead_back(study):
    result = run("report", study)
    assert result.exit_code == 0, result.output
    assert written(study) == ["interim.html", "progress.html"]
    for name in written(study):
        verified = run("verify", study / "results" / name)
        assert verified.exit_code == 0, verified.output
        assert "course.json: as it was written" in verified.output
    assert "maand 15, geteld vanaf oktober 2017" in (study / "results/interim.html").read_text(
        encoding="utf-8"
    )


def test_with_estimates_there_are_four_and_one_can_be_asked_for(study, trial):
    write_estimates(trial.estimates(trial.lock()), study / "results")
    assert run("report", study, "--kind", "summary").exit_code == 0
    assert written(study) == ["summary.html"]
    told = json.loads(run("report", study, "--json").stdout)
    assert [file["file"].rpartition("/")[2] for file in told["files"]] == [
        "report.html",
        "progress.html",
        "interim.html",
        "summary.html",
    ]


def test_a_report_that_cannot_be_made_yet_is_told_and_nothing_is_written(study):
    result = run("report", study, "--kind", "progress", "--kind", "final", "--json")
    assert result.exit_code == 2
    assert [issue["code"] for issue in json.loads(result.stdout)["issues"]] == ["no-source"]
    assert written(study) == []


def test_there_is_nothing_to_compute_again_in_a_report_of_the_course(study):
    run("report", study)
    result = run("verify", study / "results/progress.html", "--recompute")
    assert result.exit_code == 2
    assert "nothing-to-recompute" in result.stderr
