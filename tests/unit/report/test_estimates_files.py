"""The files beside the report: complete, the same bytes each time, and safe in a spreadsheet."""

import csv
import json
from dataclasses import replace

import duckdb
import pytest

from opmaat.core.errors import DataFileError, ReceiptMismatchError, UsageError
from opmaat.evaluate.model import estimates_digest
from opmaat.report import estimates_files
from opmaat.report.estimates_files import FILE_NAME, read_estimates, remove_stale_estimates, write_estimates

NAMES = ("estimates.json", "estimates.csv", "estimates.parquet")


def test_json_rebuilds_the_estimates(study, tmp_path):
    _, estimates = study
    write_estimates(estimates, tmp_path)
    again = read_estimates(tmp_path)
    assert again == estimates
    assert estimates_digest(again.as_dict()) == estimates.receipt.output


def test_estimates_of_other_inputs_do_not_stay_beside_a_course(study, tmp_path):
    _, estimates = study
    files = write_estimates(estimates, tmp_path)
    assert remove_stale_estimates(estimates.receipt, tmp_path) == ()
    later = replace(estimates.receipt, inputs={"wages: later": "sha256:1"})
    assert sorted(remove_stale_estimates(later, tmp_path)) == sorted(files)
    assert list(tmp_path.iterdir()) == []
    assert remove_stale_estimates(later, tmp_path) == ()


def test_same_estimates_give_the_same_bytes(study, tmp_path):
    _, estimates = study
    for folder in ("one", "two"):
        write_estimates(estimates, tmp_path / folder)
    for name in NAMES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_flat_files_hold_the_estimates_unrounded(study, tmp_path):
    _, estimates = study
    write_estimates(estimates, tmp_path)
    columns = "point, std_error, interval_low, n, arm, month"
    rows = duckdb.sql(f"SELECT {columns} FROM '{tmp_path / 'estimates.parquet'}'").fetchall()
    expected = [
        (e.point, e.std_error, e.interval.low, e.fit.n, e.contrast[0], e.month) for e in estimates.estimates
    ]
    assert rows == expected
    with (tmp_path / "estimates.csv").open(encoding="utf-8", newline="") as stream:
        read = list(csv.DictReader(stream))
    assert [float(row["point"]) for row in read] == [e.point for e in estimates.estimates]


@pytest.mark.parametrize("start", list("=+-@\t\r\n"))
def test_no_text_in_the_csv_can_act_as_a_formula(made_up, tmp_path, start):
    _, estimates = made_up.months()
    hostile = replace(estimates.estimates[0], analysis=f"{start}cmd|calc", outcome=f"{start}1+1")
    write_estimates(made_up.with_estimates(estimates, [hostile]), tmp_path)
    with (tmp_path / "estimates.csv").open(encoding="utf-8", newline="") as stream:
        row = next(csv.DictReader(stream))
    assert row["analysis"] == f"'{start}cmd|calc"
    assert row["outcome"] == f"'{start}1+1"
    assert float(row["point"]) == hostile.point
    assert read_estimates(tmp_path).estimates[0].analysis == f"{start}cmd|calc"


def test_numbers_that_json_lacks_survive(made_up, tmp_path):
    _, estimates = made_up.two_arms()
    odd = replace(estimates.estimates[0], std_error=float("inf"), p=float("nan"))
    written = made_up.with_estimates(estimates, [odd])
    write_estimates(written, tmp_path)
    assert read_estimates(tmp_path).as_dict() == written.as_dict()


def damaged(text, how):
    content = json.loads(text)
    if how == "number":
        content["estimates"][0]["point"] += 1e-9
    elif how == "missing field":
        del content["drawn"]
    elif how == "wrong type":
        content["estimates"][0]["fit"] = 3
    elif how == "not an object":
        content = [content]
    else:
        return text[:-40]
    return json.dumps(content)


@pytest.mark.parametrize("how", ["number", "missing field", "wrong type", "not an object", "cut off"])
def test_damage_is_noticed(made_up, tmp_path, how):
    write_estimates(made_up.late()[1], tmp_path)
    file = tmp_path / FILE_NAME
    file.write_text(damaged(file.read_text(encoding="utf-8"), how), encoding="utf-8")
    with pytest.raises(ReceiptMismatchError) as error:
        read_estimates(file)
    assert error.value.issues[0].code == "damaged-estimates"


def test_absent_file_says_what_to_do(tmp_path):
    with pytest.raises(DataFileError, match="opmaat estimate"):
        read_estimates(tmp_path / FILE_NAME)


def test_no_room_for_temporary_files_is_told(made_up, tmp_path, monkeypatch):
    def full():
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(estimates_files, "TemporaryDirectory", full)
    with pytest.raises(UsageError, match="TMPDIR"):
        write_estimates(made_up.two_arms()[1], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_old_files(made_up, tmp_path):
    _, estimates = made_up.two_arms()
    write_estimates(estimates, tmp_path / "out")
    before = {name: (tmp_path / "out" / name).read_bytes() for name in NAMES}
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    with pytest.raises(UsageError):
        write_estimates(estimates, tmp_path / "file")
    assert {name: (tmp_path / "out" / name).read_bytes() for name in NAMES} == before
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(NAMES)
