"""The command line as its user meets it: the whole street, same bytes, receipts, help at once."""

import csv
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest
from click.testing import CliRunner

from opmaat.cli.main import VERBS, opmaat
from opmaat.report.receipts import read_receipts, with_receipts

STUDY = Path(__file__).parents[1] / "spec/errors/study"
FILES = ["estimates.csv", "estimates.json", "estimates.parquet", "report.html"]


def run(*arguments):
    return CliRunner(catch_exceptions=False).invoke(opmaat, [str(argument) for argument in arguments])


@pytest.fixture(scope="session")
def finished_study(tmp_path_factory):
    """A frozen study with its results, made once; tests get a copy."""
    return make_study(tmp_path_factory.mktemp("finished") / "made-up")


@pytest.fixture
def study(tmp_path, finished_study):
    """A frozen study with its results."""
    return copytree(finished_study, tmp_path / "made-up")


def make_study(folder):
    folder.mkdir(parents=True)
    for source in STUDY.iterdir():
        (folder / source.name).write_bytes(source.read_bytes())
    for command in (["freeze", folder, "--date", "2026-01-31"], ["estimate", folder], ["report", folder]):
        result = run(*command)
        assert result.exit_code == 0, result.output
    return folder


def test_the_street_from_protocol_to_report(study):
    assert sorted(file.name for file in (study / "results").iterdir()) == [*FILES, "summary.html"]
    result = run("verify", study / "results/report.html", "--recompute")
    assert result.exit_code == 0, result.output
    assert "the same when computed again" in result.output


def test_same_input_same_bytes_wherever_it_stands(tmp_path, study):
    other = make_study(tmp_path / "elsewhere/and/deeper")
    for name in FILES:
        assert (study / "results" / name).read_bytes() == (other / "results" / name).read_bytes()
    assert (study / "protocol.lock").read_bytes() == (other / "protocol.lock").read_bytes()


def test_no_place_on_the_machine_is_in_a_result(study):
    for file in [*(study / "results").iterdir(), study / "protocol.lock"]:
        assert str(study).encode() not in file.read_bytes()
        assert str(Path.home()).encode() not in file.read_bytes()


@pytest.mark.parametrize("beside", [True, False], ids=["beside the report", "in the folder above"])
def test_the_way_back_is_found_from_where_the_report_is(study, monkeypatch, beside):
    folder = study / "results"
    if beside:
        for file in folder.iterdir():
            file.rename(study / file.name)
        folder = study
    monkeypatch.chdir(folder)
    result = run("verify", "report.html", "--recompute")
    assert result.exit_code == 0, result.output
    (study / "protocol.lock").write_text("changed", encoding="utf-8")
    result = run("verify", "report.html")
    assert result.exit_code == 14
    assert str(study / "protocol.lock") in result.output
    assert ".." not in result.output


def test_a_report_far_from_its_study_asks_for_it(study, tmp_path):
    elsewhere = tmp_path / "far/away/from/it.html"
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_bytes((study / "results/report.html").read_bytes())
    result = run("verify", elsewhere, "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["issues"][0]["code"] == "no-study"
    result = run("verify", elsewhere, "--study", study)
    assert result.exit_code == 0
    assert "The numbers were not computed again" in result.output


def test_a_forged_page_with_new_receipts_is_found(study):
    report = study / "results/report.html"
    html = report.read_text(encoding="utf-8")
    estimates, _ = read_receipts(html)
    start = html.index('id="opmaat-receipts">') + len('id="opmaat-receipts">')
    emptied = html[:start] + html[html.index("</script>", start) :]
    forged, _ = with_receipts(emptied.replace("A made-up experiment", "A forged experiment"), estimates)
    report.write_text(forged, encoding="utf-8")
    assert codes_of(run("verify", report, "--json"), 14) == ["changed-report"]


def test_an_amendment_that_was_erased_is_found(study):
    change_protocol(study)
    for command in (["amend", study, "--reason", "promised"], ["estimate", study], ["report", study]):
        assert run(*command).exit_code == 0
    assert run("verify", study / "results/report.html").exit_code == 0
    (study / "protocol.lock").unlink()
    assert run("freeze", study, "--date", "2026-01-31").exit_code == 0
    assert codes_of(run("verify", study / "results/report.html", "--json"), 14) == ["other-lock"]


def change_protocol(study):
    file = study / "protocol.yaml"
    file.write_text(file.read_text().replace("estimands: [E1, E2]}", "estimands: [E1, E2], errors: hc1}"))


def codes_of(result, exit_code):
    assert result.exit_code == exit_code, result.output
    told = json.loads(result.stdout)
    assert told["exit_code"] == exit_code
    return [issue["code"] for issue in told["issues"]]


def test_days_follow_on_each_other_and_are_not_to_come(study):
    change_protocol(study)
    amend = ["amend", study, "--reason", "promised", "--json", "--date"]
    assert codes_of(run(*amend, "2026-01-30"), 10) == ["day-too-early"]
    assert codes_of(run(*amend, "2999-01-01"), 2) == ["day-to-come"]
    assert run(*amend, "2026-01-31").exit_code == 0
    (study / "protocol.lock").unlink()
    assert codes_of(run("freeze", study, "--date", "2999-01-01", "--json"), 2) == ["day-to-come"]


@pytest.mark.parametrize("name", ["estimates.csv", "estimates.parquet"])
def test_a_report_needs_all_its_estimates(study, name):
    (study / "results" / name).write_text("other")
    assert codes_of(run("report", study, "--json"), 14) == ["changed-estimates"]


@pytest.mark.parametrize(
    "text",
    ['{"seal": NaN}', '{"a": "\\ud800", "seal": ""}', "[" * 100_000, '{"seal": ' + '{"a": ' * 100_000, "[]"],
    ids=["not a number", "half a sign", "deep", "deep seal", "list"],
)
def test_files_of_nonsense_are_refused_in_words(study, text):
    verify = ["verify", study / "results/report.html", "--json"]
    for name in ("protocol.lock", "results/estimates.json"):
        before = (study / name).read_bytes()
        (study / name).write_text(text, encoding="utf-8")
        assert codes_of(run(*verify), 14) in (["damaged-lock"], ["damaged-estimates"])
        (study / name).write_bytes(before)
    report = study / "results/report.html"
    html = report.read_text(encoding="utf-8")
    start = html.index('id="opmaat-receipts">') + len('id="opmaat-receipts">')
    report.write_text(html[:start] + text + html[html.index("</script>", start) :], encoding="utf-8")
    assert codes_of(run(*verify), 14)[0] == "damaged-receipt"


@pytest.mark.parametrize("place", ["a\0b", "x" * 300], ids=["NUL", "too long"])
def test_a_place_that_cannot_be_is_wrong_use(place):
    for command in (
        ["check", place],
        ["estimate", place],
        ["verify", place],
        ["report", ".", "--out", place],
    ):
        assert codes_of(run(*command, "--json"), 2) == ["wrong-use"]


@pytest.mark.parametrize("command", [["estimat"], ["estimate"], ["check", ".", "--nonsense"]])
def test_wrong_use_is_told_to_programs_too(command):
    assert codes_of(run(*command, "--json"), 2) == ["wrong-use"]


def test_only_verbs_that_write_say_that_nothing_was_written(study):
    (study / "protocol.yaml").write_text("nonsense")
    assert "nothing was written" not in run("check", study).output
    assert "nothing was written" in run("freeze", study).output


def test_a_console_that_does_not_know_a_sign_is_no_reason_to_stop(study):
    file = study / "protocol.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("A made-up", "\u03b1 \u2192 made-up"), encoding="utf-8"
    )
    command = [sys.executable, "-c", "from opmaat.cli.main import main; main()", "check", str(study)]
    for more in ([], ["--json"]):
        told = subprocess.run(
            [*command, *more],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
        )
        assert told.stdout


@pytest.mark.parametrize("name", [*FILES, "../protocol.lock", "../protocol.yaml", "../people.csv"])
def test_one_altered_byte_is_found_wherever_it_is(study, name):
    file = study / "results" / name
    content = bytearray(file.read_bytes())
    place = len(content) // 2
    while not chr(content[place]).isalnum():
        place += 1
    content[place] = ord("7") if content[place] != ord("7") else ord("8")
    file.write_bytes(bytes(content))
    result = run("verify", study / "results/report.html", "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 14
    assert Path(name).name in " ".join(issue["where"] for issue in told["issues"])


def test_every_byte_of_the_receipts_in_the_report_counts(study):
    report = study / "results/report.html"
    html = report.read_text(encoding="utf-8")
    start = html.index('id="opmaat-receipts">') + len('id="opmaat-receipts">')
    end = html.index("</script>", start)
    for place in range(start, end, 97):
        changed = "x" if html[place] != "x" else "y"
        report.write_text(html[:place] + changed + html[place + 1 :], encoding="utf-8")
        assert run("verify", report).exit_code == 14, html[place - 20 : place + 20]


def test_an_amendment_needs_new_estimates_and_is_in_the_report(study):
    change_protocol(study)
    assert run("report", study).exit_code == 10
    assert (
        run("amend", study, "--reason", "hc1 was promised to the council", "--date", "2026-02-28").exit_code
        == 0
    )
    assert run("report", study).exit_code == 14
    assert run("verify", study / "results/report.html").exit_code == 14
    assert run("estimate", study).exit_code == 0
    assert run("report", study).exit_code == 0
    html = (study / "results/report.html").read_text(encoding="utf-8")
    assert "hc1 was promised to the council" in html
    assert "2026" in html
    assert run("verify", study / "results/report.html").exit_code == 0


def test_freezing_again_changes_nothing(study):
    before = (study / "protocol.lock").read_bytes()
    assert run("freeze", study, "--date", "2027-01-01").exit_code == 0
    assert (study / "protocol.lock").read_bytes() == before


def test_json_of_every_verb_is_one_object(study):
    for command in (
        ["check", study],
        ["freeze", study],
        ["estimate", study],
        ["report", study],
        ["verify", study / "results/report.html"],
    ):
        told = json.loads(run(*command, "--json").stdout)
        assert told["ok"]
        assert told["command"] == command[0]


def test_estimates_as_csv_are_the_estimates_as_json(study):
    with (study / "results/estimates.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    estimates = json.loads((study / "results/estimates.json").read_text(encoding="utf-8"))["estimates"]
    assert [float(row["point"]) for row in rows] == [estimate["point"] for estimate in estimates]
    assert [float(row["std_error"]) for row in rows] == [estimate["std_error"] for estimate in estimates]


def test_a_folder_that_cannot_be_written_changes_nothing(study):
    before = {file.name: file.read_bytes() for file in (study / "results").iterdir()}
    (study / "no-folder").write_text("a file in the place of a folder")
    result = run("estimate", study, "--out", study / "no-folder", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["issues"][0]["code"] == "cannot-write"
    assert {file.name: file.read_bytes() for file in (study / "results").iterdir()} == before


def test_wrong_use_is_exit_code_2():
    assert run("estimat").exit_code == 2
    assert run("estimate").exit_code == 2


def test_every_verb_has_help_that_says_what_it_takes():
    for verb in VERBS:
        result = run(verb, "--help")
        assert result.exit_code == 0
        assert "--json" in result.output


def test_help_costs_little():
    """At most 0.3 s of CPU; the least of three runs, because the machine may be busy."""
    command = [sys.executable, "-c", "from opmaat.cli.main import main; main()", "--help"]
    seconds = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(seconds) < 0.3
