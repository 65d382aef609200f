"""A browser, axe, and the made-up reports, for tests that look at what a reader sees."""

import importlib.util

import pytest

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def chromium(chromium_program):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe_source(root):
    return (root / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def made_up_report(root, tmp_path_factory):
    """Return a function that writes the report of a made-up study once, and gives its address."""
    from opmaat.report.write import write_report

    source = root / "tests/unit/report/made_up_studies.py"
    spec = importlib.util.spec_from_file_location("made_up_studies_seen", source)
    studies = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(studies)
    folder = tmp_path_factory.mktemp("reports")

    def address(kind):
        file = folder / f"{kind}.html"
        if not file.exists():
            write_report(*studies.STUDIES[kind](), file)
        return file.as_uri()

    return address
