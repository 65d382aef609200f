"""The tutorial, carried out as it stands on the page."""

import re
from pathlib import Path

from click.testing import CliRunner

from opmaat.cli.main import opmaat

PAGE = Path(__file__).parents[2] / "docs/tutorials/from-data-to-report.md"


def test_the_tutorial_works_as_written(tmp_path, monkeypatch):
    text = PAGE.read_text(encoding="utf-8")
    (people,) = re.findall(r"```text\n(id,.*?)```", text, re.DOTALL)
    (protocol,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    commands = re.findall(r"^opmaat (.*)$", text, re.MULTILINE)
    study = tmp_path / "my-study"
    study.mkdir()
    (study / "people.csv").write_text(people, encoding="utf-8")
    (study / "protocol.yaml").write_text(protocol, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert len(commands) == 5
    for command in commands:
        result = CliRunner(catch_exceptions=False).invoke(opmaat, command.split())
        assert result.exit_code == 0, result.output
    (study / "people.csv").write_text(people.replace("p09", "p19"), encoding="utf-8")
    assert CliRunner().invoke(opmaat, commands[-1].split()).exit_code == 14
