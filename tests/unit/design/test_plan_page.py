"""The page of the plan: what it says in both languages, and that it stands by itself."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from opmaat.cli.main import opmaat

STUDY = Path(__file__).parent / "study"


@pytest.fixture(scope="module")
def command(tmp_path_factory):
    """Return what the command tells, and the folder it wrote to."""
    folder = tmp_path_factory.mktemp("plan")
    result = CliRunner(catch_exceptions=False).invoke(
        opmaat, ["plan", str(STUDY), "--out", str(folder), "--json"]
    )
    assert result.exit_code == 0
    return json.loads(result.stdout), folder


@pytest.fixture(scope="module")
def page(command):
    return (command[1] / "plan.html").read_text(encoding="utf-8")


def test_page_needs_nothing_from_elsewhere(page):
    assert not re.findall(r"(?:src|href)=\"(?!#)", page)
    assert "http" not in re.sub(r"http://www\.w3\.org/[^\"]*", "", page)


def test_page_says_what_the_plan_found(page):
    assert 'Ontheffing vergeleken met gewone aanpak: <span class="verdict">te klein</span>' in page
    assert "The chance of showing an effect of 10 percentage points is 46%." in page
    assert "Nodig voor 80% kans: 5.909 huishoudens uitnodigen." in page
    assert "assumption, without a source" in page


def test_every_figure_has_a_text_alternative(page):
    figures = re.findall(r"<svg [^>]*>", page)
    assert len(figures) == 12
    for figure in figures:
        assert 'role="img"' in figure
        assert re.search(r'aria-label="[^"]{60,}"', figure)
    assert len(set(re.findall(r' id="([^"]+)"', page))) == len(re.findall(r' id="([^"]+)"', page))


def test_command_tells_what_it_wrote(command):
    told, folder = command
    assert [Path(file).name for file in told["files"]] == ["plan.html", "plan.json"]
    written = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert written == {name: told[name] for name in written}
    assert written["comparisons"][0]["rule"] == "max_t"
