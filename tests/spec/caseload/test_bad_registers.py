"""Every bad register is a file here: the register, what must be said of it, and what --set-aside makes of it.

The four good lines of HEAD stand before the lines of a case, from line 6 on, unless it has a whole `file`. A
case is read twice. First it must be refused, with every issue that is listed and no other, and with every
refused row, field and code in the file for them. Then `--set-aside` must give these control totals; where it
gives none, it is refused again.
"""

import base64
import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from opmaat.cli.main import opmaat

HERE = Path(__file__).parent
HEAD = """bsn;nr;kind;born;started
000000011;H1;t;1980-01-01;01-02-2020
000000012;H1;t;1981-01-01;01-02-2020
000000021;H2;a;1979-05-05;01-03-2019
000000031;H3;a;1985-05-05;01-12-2025
"""
TOTALS = ["rows", "rows_set_aside", "rows_in_frame", "households", "eligible"]


@pytest.mark.parametrize("file", sorted(HERE.glob("*.yaml")), ids=lambda file: file.stem)
def test_bad_register(file, tmp_path):
    case = YAML(typ="safe").load(file)
    for source in (HERE / "study").iterdir():
        (tmp_path / source.name).write_bytes(source.read_bytes())
    register = tmp_path / "register.csv"
    register.write_bytes(content(case))
    run("freeze", tmp_path, "--date", "2026-01-01")
    asked = ["--register", str(register), *case.get("options", "").split()]

    code, told = run("caseload", tmp_path, *asked)
    told_of_rows = [issue for issue in told["issues"] if issue["code"] != "refused-rows"]
    assert code == case.get("exit", 11), told
    assert [issue["code"] for issue in told_of_rows] == [issue["code"] for issue in case["issues"]]
    for issue, expected in zip(told_of_rows, case["issues"], strict=True):
        for field in ("where", "problem", "fix"):
            assert str(expected.get(field, "")) in issue[field]
    assert refused(tmp_path) == [tuple(row) for row in case.get("refused", [])]
    assert not (tmp_path / "private" / "caseload.json").exists()

    code, told = run("caseload", tmp_path, *asked, "--set-aside")
    assert (code == 0) == ("totals" in case), told
    if "totals" in case:
        assert [told["totals"][name] for name in TOTALS] == case["totals"]
        assert told["totals"]["rows"] == sum(
            told["totals"][name] for name in (*TOTALS[1:3], "rows_of_other_records")
        )


def content(case):
    """Return the bytes of the register of a case."""
    if "bytes" in case:
        return base64.b64decode(case["bytes"])
    return (case["file"] if "file" in case else HEAD + case["lines"]).encode()


def run(verb, study, *options):
    """Run a verb; returns its exit code and what it told, in which nobody may stand."""
    result = CliRunner(catch_exceptions=False).invoke(opmaat, [verb, str(study), *options, "--json"])
    assert not any(shown in result.output for shown in ("0000000", "Jansen", "H1", "H2", "12345678"))
    return result.exit_code, json.loads(result.stdout)


def refused(study):
    """Return row, field and code of the rows in the file for refused rows, which shows nobody."""
    file = study / "private" / "refused-rows.csv"
    if not file.exists():
        return []
    assert file.stat().st_mode & 0o077 == 0
    text = file.read_text(encoding="utf-8-sig")
    assert not any(shown in text for shown in ("0000000", "Jansen", "H1", "H2", "12345678"))
    rows = csv.DictReader(text.splitlines(), delimiter=";")
    return [(int(row["row"]), row["field"], row["code"]) for row in rows]
