"""opmaat rehearse, diagnose and plan --simulate, as somebody runs them."""

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from opmaat.cli.main import opmaat


def run(*words):
    return CliRunner().invoke(opmaat, [str(word) for word in words])


@pytest.fixture(scope="module")
def home(pytestconfig):
    return pytestconfig.rootpath / "tests/unit/rehearse/before"


def test_a_trial_to_its_interim_report(home, tmp_path):
    out = tmp_path / "rehearsal"
    done = run("rehearse", home, "--people", 200, "--to", "month=4", "--out", out, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert [file.rsplit("/", 1)[1] for file in found["files"]] == [
        "course.json",
        "progress.html",
        "interim.html",
    ]
    assert "deliveries:" in done.stderr
    assert sorted(path.name for path in home.iterdir()) == ["protocol.yaml", "questionnaire.yaml"]


def test_a_trial_to_its_final_report_that_can_be_walked_back(home, tmp_path):
    out = tmp_path / "rehearsal"
    done = run("rehearse", home, "--people", 500, "--seed", 2, "--out", out)
    assert done.exit_code == 0, done.output
    assert f"wrote {out / 'results' / 'report.html'}" in done.stdout
    back = run("verify", out / "results/report.html", "--recompute")
    assert back.exit_code == 0, back.output


@pytest.mark.skipif(sys.platform != "linux", reason="a second process is used on Linux only")
def test_one_processor_and_all_make_the_same_files(home, tmp_path):
    for processors, name in (({min(os.sched_getaffinity(0))}, "one"), (os.sched_getaffinity(0), "all")):
        program = (
            f"import os; os.sched_setaffinity(0, {processors}); from opmaat.cli.main import main; main()"
        )
        words = ["rehearse", home, "--people", "500", "--seed", "2", "--out", tmp_path / name]
        subprocess.run([sys.executable, "-c", program, *words], check=True, capture_output=True)
    one, other = tmp_path / "one", tmp_path / "all"
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(other) for path in other.rglob("*") if path.is_file())
    differ = {path.name for path in files if (one / path).read_bytes() != (other / path).read_bytes()}
    assert differ == {"allocation.bin", "sealed.bin", "draw.key", "seal.key"}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("rehearse", "--to", "year=2"), 2, "not-a-month"),
        (("rehearse", "--to", "month=99"), 2, "past-the-trial"),
        (("rehearse", "--effects", "nothing.yaml"), 10, "unreadable"),
        (("rehearse", "--people", 20), 11, "too-few-people"),
        (("plan", "--effects", "nothing.yaml"), 2, "effects-unused"),
    ],
)
def test_what_cannot_be_is_told(home, tmp_path, words, code, says):
    out = ("--out", tmp_path / "out")
    done = run(words[0], home, *words[1:], *out, "--json")
    assert done.exit_code == code, done.output
    assert json.loads(done.stdout)["issues"][0]["code"] == says
    assert list(tmp_path.iterdir()) == []


def test_diagnose_prints_every_figure_with_its_error(home, tmp_path):
    kept = tmp_path / "kept.jsonl"
    done = run(
        "diagnose", home, "--replications", 2, "--people", 150, "--workers", 1, "--out", kept, "--json"
    )
    assert done.exit_code == 0, done.output
    first = json.loads(done.stdout)["diagnoses"][0]
    assert {"truth", "bias", "bias_error", "size", "coverage", "power", "failed"} <= set(first)
    assert set(first["coverage"]) == {"value", "std_error"}
    assert len(kept.read_text(encoding="utf-8").splitlines()) == 3
    again = run("diagnose", home, "--replications", 2, "--people", 150, "--workers", 1, "--out", kept)
    assert again.exit_code == 0, again.output
    assert "coverage" in again.stdout.splitlines()[0]


def test_nothing_is_estimated_before_a_later_round_is_in_its_last_month(home, tmp_path):
    study, out = tmp_path / "study", tmp_path / "rehearsal"
    study.mkdir()
    (study / "questionnaire.yaml").write_bytes((home / "questionnaire.yaml").read_bytes())
    protocol = (home / "protocol.yaml").read_text(encoding="utf-8")
    protocol = protocol.replace("timing: before", "rounds: [first, second], timing: before")
    protocol = protocol.replace("2018-10-31}", "2018-12-31, later_rounds: {second: 2018-01-01}}")
    (study / "protocol.yaml").write_text(protocol, encoding="utf-8")
    done = run("rehearse", study, "--people", 600, "--to", "month=12", "--out", out, "--json")
    assert done.exit_code == 0, done.output
    made = [file.rsplit("/", 1)[1] for file in json.loads(done.stdout)["files"]]
    assert made == ["course.json", "progress.html", "interim.html"]
    assert "who began last is in month 10" in done.stderr
    told = run("estimate", out, "--month", 12)
    assert told.exit_code == 0, told.output
    assert "known of everybody; of who began last month 10 is" in told.stdout
    assert not (out / "results" / "estimates.json").exists()
