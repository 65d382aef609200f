"""Those who may not know who is who: a researcher takes data out, an auditor finds what was tampered with."""

import re
import sqlite3
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = [pytest.mark.needs("chromium", "axe")]


@dataclass(frozen=True)
class Watched:
    """A website with a small rehearsal: its address, its folder, and how staff sign in."""

    address: str
    home: Path
    sign_ins: dict
    sign_staff_in: Callable

    def open(self, page, role):
        """Sign in as a member of staff, and set the second step up."""
        self.sign_staff_in(page, self.address, *self.sign_ins[role])
        return page


@pytest.fixture(scope="module")
def rehearsed(load_helper, copy_of_rehearsed, sign_staff_in):
    served, copy = load_helper("served"), copy_of_rehearsed()
    port = served.free_port()
    server = served.start(copy.home, port, copy.study, workers=1)
    yield Watched(f"http://127.0.0.1:{port}", copy.home, copy.staff, sign_staff_in)
    server.terminate()
    server.wait(timeout=20)


def wait_for_the_end(page):
    """Look again until the work has ended, and go on."""
    for _ in range(400):
        if page.locator("#job[data-ended=yes]").count():
            break
        page.wait_for_timeout(300)
        page.reload()
    with page.expect_navigation():
        page.get_by_role("link", name="Verder").click()


def test_a_researcher_takes_an_export_out_and_carries_the_plan_out_without_arms(rehearsed, phone, tmp_path):
    page = rehearsed.open(phone(scripts=True, width=1200), "researcher")
    page.goto(f"{rehearsed.address}/staff/")
    page.get_by_role("link", name="Onderzoek").click()
    page.get_by_role("link", name="groningen-2017").click()
    page.get_by_text("Groepen hebben een letter").wait_for()
    page.get_by_role("link", name="Export").click()
    page.get_by_role("button", name="Maak een export").click()
    page.wait_for_url("**/jobs/*/")
    wait_for_the_end(page)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Ophalen").first.click()
    taken.value.save_as(tmp_path / "export.zip")
    archive = zipfile.ZipFile(tmp_path / "export.zip")
    names = {Path(name).name for name in archive.namelist()}
    assert {"datapackage.json", "months.csv", "months.parquet", "answers.csv", "persons.csv"} <= names
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert not any(
        word in everything for word in (b"exemption", b"disregard", b"Verzonnen", b"Nergensstraat")
    )
    page.get_by_role("link", name="Schattingen").click()
    page.get_by_role("button", name="Voer het plan uit").click()
    page.wait_for_url("**/jobs/*/")
    wait_for_the_end(page)
    page.get_by_role("heading", name="Verloop van alle groepen samen").wait_for()


def test_an_auditor_verifies_journal_draw_receipts_and_finds_a_tampered_row(
    rehearsed, phone, shoot, violations
):
    page = rehearsed.open(phone(scripts=True, width=1200), "auditor")
    page.goto(f"{rehearsed.address}/staff/")
    page.get_by_role("link", name="Journaal en inzage").click()
    page.get_by_label("Wat er is gedaan").select_option("write")
    page.get_by_label("Door wie").fill("system:0000")
    with page.expect_navigation():
        page.get_by_role("button", name="Zoek").click()
    assert page.get_by_role("row").count() > 1
    page.get_by_role("link", name="Controles").click()
    for button in ("Loop het journaal na", "Loop de lotingen na", "Loop rapporten en exports na"):
        page.get_by_role("button", name=button).click()
        page.wait_for_url("**/jobs/*/")
        wait_for_the_end(page)
    said = page.locator("main").inner_text()
    assert re.search(r"De keten van \d+ gebeurtenissen klopt", said)
    assert "Nagelopen lotingen: 1. Er is geloot zoals beloofd" in said
    assert re.search(r"Nagelopen rapporten en exports: \d+. Ze zijn wat hun ontvangstbewijs zegt", said)
    tamper(rehearsed.home / "opmaat.sqlite3")
    page.goto(f"{rehearsed.address}/staff/journal/checks/")
    page.get_by_role("button", name="Loop het journaal na").click()
    page.wait_for_url("**/jobs/*/")
    wait_for_the_end(page)
    said = page.locator("main").inner_text()
    assert "De keten klopt niet: gebeurtenis 7 past niet bij wat ervoor staat" in said
    assert "Laat de database zoals ze is" in said
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{rehearsed.address}/staff/journal/checks/")
    shoot(page, "oversight-tampered")
    assert violations(page) == []


def tamper(database):
    """Change one event, as someone who can reach the database and knows of the triggers."""
    with sqlite3.connect(database, timeout=30) as connection:
        connection.execute("DROP TRIGGER journal_entry_no_update")
        connection.execute("UPDATE journal_entry SET actor = 'caseworker:ffff' WHERE sequence = 7")
    connection.close()
