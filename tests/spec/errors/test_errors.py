"""Every bad input is a file here: what is changed in a good study, what is run, and what must be said.

A case changes texts in the files of `study/` (each text must stand there once), or replaces a file, by
text or by bytes. Commands may run before the change (`first`) and after it (`then`); the one under `run`
must end with the exit code, name every issue that is listed and no other, and leave the folder as it was.
"""

import base64
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from opmaat.cli.main import opmaat

HERE = Path(__file__).parent
CASES = sorted(HERE.glob("*.yaml"))


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_bad_input(file, tmp_path):
    case = YAML(typ="safe").load(file)
    study = tmp_path / "made-up"
    study.mkdir()
    for source in (HERE / "study").iterdir():
        (study / source.name).write_bytes(source.read_bytes())
    for command in case.get("first", []):
        run(command, study)
    for name, changes in case.get("change", {}).items():
        change(study / name, changes)
    for command in case.get("then", []):
        run(command, study)
    before = contents(study)

    result = run(case["run"], study)

    told = json.loads(result.stdout)
    assert result.exit_code == case["exit"], result.stdout
    assert not told["ok"]
    assert [issue["code"] for issue in told["issues"]] == [issue["code"] for issue in case["issues"]]
    for issue, expected in zip(told["issues"], case["issues"], strict=True):
        for field in ("where", "problem", "fix"):
            assert expected.get(field, "") in issue[field]
        assert issue["fix"].endswith((".", "?"))
    assert contents(study) == before


def run(command, study):
    arguments = [part.replace("STUDY", str(study)) for part in command.split()]
    return CliRunner(catch_exceptions=False).invoke(opmaat, [*arguments, "--json"])


def change(file, changes):
    if isinstance(changes, dict) and "bytes" in changes:
        file.write_bytes(base64.b64decode(changes["bytes"]))
        return
    if isinstance(changes, str):
        file.write_text(changes, encoding="utf-8")
        return
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"'{old}' must stand once in {file.name}"
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def contents(folder):
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
