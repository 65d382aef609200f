"""Refused rows are kept apart: all of them in the file, the first of a kind in what is told."""

import csv

import numpy as np
import pytest

from opmaat.caseload.refuse import Refused, issues_of, keep_refused, refused_file
from opmaat.core.errors import NotPermittedError
from opmaat.core.tables import Table

TABLE = Table("register.csv", {}, np.arange(2, 9), "line")


def refused(rows, code="wrong-cell", column="born"):
    return [Refused(row, column, code, "The field is wrong.", "Correct it.") for row in rows]


def test_all_stand_in_the_file_and_the_first_of_a_kind_are_told(tmp_path):
    many = [*refused(range(2, 40)), *refused([5], "missing-cell"), *refused([6], "uneven-line", "")]
    file = refused_file(tmp_path / "private", "")
    issues = list(issues_of(many, TABLE, file))
    assert [issue.code for issue in issues[:20]] == ["wrong-cell"] * 20
    assert [(issue.code, issue.where) for issue in issues[20:]] == [
        ("missing-cell", "register.csv, line 5, column 'born'"),
        ("uneven-line", "register.csv, line 6"),
        ("wrong-cell", "register.csv, column 'born'"),
        ("refused-rows", str(file)),
    ]
    assert issues[-2].problem.startswith("18 more rows")
    assert issues[-1].problem.startswith("38 rows are refused")

    keep_refused(many, file, separator=";")
    rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert len(rows) == 41
    assert rows[1] == ["2", "born", "The field is wrong.", "Correct it.", "wrong-cell"]


def test_a_file_of_an_earlier_delivery_does_not_stay(tmp_path):
    file = refused_file(tmp_path / "private", "second")
    keep_refused([], file, separator=";")
    assert not file.parent.exists()
    keep_refused(refused([2]), file, separator=";")
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    keep_refused([], file, separator=";")
    assert not file.exists()


def test_a_folder_that_others_can_enter_gets_no_file(tmp_path):
    (tmp_path / "private").mkdir(mode=0o755)
    with pytest.raises(NotPermittedError, match="folder-not-private"):
        keep_refused(refused([2]), refused_file(tmp_path / "private", ""), separator=";")
    assert not any((tmp_path / "private").iterdir())


def test_a_link_in_place_of_the_file_is_replaced_and_not_followed(tmp_path):
    file, other = refused_file(tmp_path / "private", ""), tmp_path / "other"
    keep_refused(refused([2]), file, separator=";")
    other.write_text("kept")
    file.unlink()
    file.symlink_to(other)
    keep_refused(refused([3]), file, separator=";")
    assert not file.is_symlink()
    assert other.read_text() == "kept"
