"""Months, cents and files that are written whole."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opmaat.core import files
from opmaat.core.errors import DataFileError, Issue, ReceiptMismatchError, UsageError
from opmaat.core.files import write_together
from opmaat.core.money import cents_from_text, divide_half_up, share_half_up, text_from_cents
from opmaat.core.month import Month
from opmaat.core.receipt import Receipt

CENTS = st.integers(-(10**9), 10**9)


@given(st.integers(12 * 1900, 12 * 2200), st.integers(-200, 200))
def test_months_count_like_numbers(index, steps):
    month = Month.from_index(index)
    assert (month + steps) - month == steps
    assert Month.parse(str(month)) == month
    assert (month + 1).first_day.toordinal() - month.last_day.toordinal() == 1


@pytest.mark.parametrize("text", ["2018-13", "2018-3", "201803", "2018-00", ""])
def test_what_is_no_month(text):
    with pytest.raises(ValueError, match="month"):
        Month.parse(text)


@given(CENTS)
def test_cents_are_read_as_they_are_written(cents):
    assert cents_from_text(text_from_cents(cents)) == cents


@given(CENTS, st.integers(1, 10**6))
def test_half_up_is_the_nearest_and_arrays_agree(numerator, denominator):
    rounded = divide_half_up(numerator, denominator)
    assert abs(2 * (rounded * denominator - numerator)) <= denominator
    assert divide_half_up(np.array([numerator]), denominator)[0] == rounded
    assert divide_half_up(-numerator, denominator) == -rounded


@given(CENTS, st.integers(0, 10_000))
def test_a_share_and_its_rest_are_the_whole(cents, rate):
    assert abs(share_half_up(cents, rate) + share_half_up(cents, 10_000 - rate) - cents) <= 1


@pytest.mark.parametrize("text", ["12.345", "1,50", "twelve", "1e3", ""])
def test_what_is_no_amount(text):
    with pytest.raises(ValueError, match="not an amount"):
        cents_from_text(text)


def test_a_full_disk_half_way_leaves_every_old_file(tmp_path, monkeypatch):
    old = {tmp_path / "a": b"old a", tmp_path / "b": b"old b"}
    write_together(old)
    calls = []

    def full(descriptor):
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(UsageError, match="no space left"):
        write_together({tmp_path / "a": b"new a", tmp_path / "b": b"new b"})
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == old


def test_a_place_that_cannot_be_taken_puts_the_others_back(tmp_path, monkeypatch):
    old = {tmp_path / "a": b"old a", tmp_path / "c": b"old c"}
    write_together(old)
    take = files.Path.replace

    def refused(draft, place):
        if place.name == "c":
            raise OSError(1, "Operation not permitted")
        return take(draft, place)

    monkeypatch.setattr(files.Path, "replace", refused)
    with pytest.raises(UsageError, match="not permitted"):
        write_together({tmp_path / "a": b"new a", tmp_path / "b": b"new b", tmp_path / "c": b"new c"})
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == old


def test_a_folder_in_the_place_of_a_file_changes_nothing(tmp_path):
    (tmp_path / "a").write_bytes(b"old a")
    (tmp_path / "b").mkdir()
    with pytest.raises(UsageError, match="directory"):
        write_together({tmp_path / "a": b"new a", tmp_path / "b": b"new b"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]
    assert (tmp_path / "a").read_bytes() == b"old a"


def test_what_a_killed_write_left_is_cleared_away_later(tmp_path):
    mark = "0" * 32
    names = [f".a.{mark}.draft", f".a.{mark}.old", f".b.{mark}.old", ".a.notes.old", f".a.{'1' * 32}.draft"]
    for name in names:
        (tmp_path / name).write_bytes(b"left")
        hours_ago = (tmp_path / name).stat().st_mtime - (0 if "1" in name else 7200)
        files.os.utime(tmp_path / name, (hours_ago, hours_ago))
    write_together({tmp_path / "a": b"new"})
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["a", *names[2:]])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("inputs", {"a": 3}),
        ("inputs", {1: "a"}),
        ("seed", True),
        ("seed", 1.5),
        ("output", None),
        ("new", "x"),
    ],
)
def test_a_damaged_receipt_names_the_field(field, value):
    receipt = Receipt(stage="estimate", inputs={"a": "b"}, output="c", protocol="d", version="e", seed=3)
    assert Receipt.from_dict(receipt.as_dict()) == receipt
    with pytest.raises(ReceiptMismatchError, match=f"'{field}' is damaged"):
        Receipt.from_dict({**receipt.as_dict(), field: value})


def test_an_error_comes_whole_out_of_a_worker_process():
    issues = (Issue("duplicate", "people.csv:3", "'17' stands twice.", "Remove one."),) * 2
    error = pickle.loads(pickle.dumps(DataFileError(issues)))
    assert (type(error), error.issues, error.exit_code) == (DataFileError, issues, 11)
    assert str(error).count("\n") == 1
