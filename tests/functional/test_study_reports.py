"""The reports of real studies, in Chromium at phone and desk width, in both languages: no axe violation."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from opmaat.cli.main import opmaat

STUDIES = Path(__file__).parents[2] / "studies"


@pytest.fixture(scope="module")
def report_of(tmp_path_factory):
    """Return a function that writes the report of a study once, and gives its address."""
    folder = tmp_path_factory.mktemp("studies")

    def address(study):
        if not (folder / study).exists():
            for verb in ("estimate", "report"):
                command = [verb, str(STUDIES / study), "--out", str(folder / study)]
                result = CliRunner(catch_exceptions=False).invoke(opmaat, command)
                assert result.exit_code == 0, result.output
        return (folder / study / "report.html").as_uri()

    return address


@pytest.mark.needs("chromium", "axe")
@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize(
    "study",
    ["nsw-1975", pytest.param("jobs2-1991", marks=pytest.mark.needs("shared"))],
)
def test_no_axe_violation_in_a_real_report(study, width, report_of, chromium, axe_source):
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.goto(report_of(study))
    page.evaluate(axe_source)
    for language in ("Nederlands", "English"):
        page.locator("label", has_text=language).first.click()
        found = page.evaluate("axe.run()")["violations"]
        assert not found, json.dumps(found, indent=1)[:2000]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
