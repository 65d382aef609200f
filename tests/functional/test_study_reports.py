"""The reports of real studies, in Chromium at phone and desk width, in both languages: no axe violation."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from opmaat.cli.main import opmaat

STUDIES = Path(__file__).parents[2] / "studies"


@pytest.mark.needs("chromium", "axe")
@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize(
    "study",
    ["nsw-1975", pytest.param("jobs2-1991", marks=pytest.mark.needs("shared"))],
)
def test_no_axe_violation_in_a_real_report(study, width, tmp_path, chromium, axe_source):
    for verb in ("estimate", "report"):
        command = [verb, str(STUDIES / study), "--out", str(tmp_path)]
        result = CliRunner(catch_exceptions=False).invoke(opmaat, command)
        assert result.exit_code == 0, result.output
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.goto((tmp_path / "report.html").as_uri())
    page.evaluate(axe_source)
    for language in ("Nederlands", "English"):
        page.locator("label", has_text=language).first.click()
        found = page.evaluate("axe.run()")["violations"]
        assert not found, json.dumps(found, indent=1)[:2000]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
