"""The project lead at a desk, through the fieldwork: letters to a start, a delivery corrected, a pause."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = [pytest.mark.needs("chromium")]

STUDY = "/fieldwork/groningen-2017/"


@dataclass(frozen=True)
class Running:
    """A website with a small rehearsal: its address, the rehearsal's folder, and how the lead signs in."""

    address: str
    study: Path
    email: str
    password: str


@pytest.fixture(scope="module")
def rehearsed(load_helper, copy_of_rehearsed):
    served, copy = load_helper("served"), copy_of_rehearsed()
    port = served.free_port()
    server = served.start(copy.home, port, copy.study)
    yield Running(f"http://127.0.0.1:{port}", copy.study, *copy.staff["project_lead"])
    server.terminate()
    server.wait(timeout=20)


@pytest.fixture(scope="module")
def desk(chromium, rehearsed, sign_staff_in):
    """A page at a desk on which the project lead signed in."""
    context = chromium.new_context(viewport={"width": 1200, "height": 800}, locale="nl-NL")
    page = context.new_page()
    sign_staff_in(page, rehearsed.address, rehearsed.email, rehearsed.password)
    yield page
    context.close()


def press(page, words):
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=True).click()


def wait_until_done(page):
    """Wait on the page of a job until it ended, and go on to where it leads."""
    for _ in range(240):
        if page.locator("#job[data-ended=yes]").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    assert "Klaar" in page.locator("#job-state").inner_text(), page.locator("main").inner_text()
    page.get_by_role("link", name="Ga verder").click()


def fetch(page, words):
    """Press a button that gives a file, and return its content."""
    with page.expect_download() as given:
        page.get_by_role("button", name=words, exact=True).click()
    return Path(given.value.path()).read_bytes()


def make_letters(page, rehearsed, kind, most):
    page.goto(f"{rehearsed.address}{STUDY}letters/")
    page.get_by_label(kind, exact=True).check()
    page.locator("input[name=most]").fill(str(most))
    press(page, "Maak de brieven")
    wait_until_done(page)


def number_beside(page, label):
    return int(page.locator(f"dt:has-text('{label}') + dd").first.inner_text())


def test_from_invitations_to_a_reply_to_a_start(rehearsed, desk, phone, shoot, tmp_path):
    make_letters(desk, rehearsed, "Uitnodiging", 5)
    shoot(desk, "lead-letters-ready")
    rows = list(
        csv.DictReader(
            io.StringIO(fetch(desk, "Haal het bestand voor samenvoegen op (CSV)").decode("utf-8-sig")),
            delimiter=";",
        )
    )
    assert len(rows) == 5
    assert fetch(desk, "Haal de brieven op (PDF)")[:5] == b"%PDF-"
    desk.reload()
    desk.get_by_text("Deze bestanden zijn opgehaald").wait_for()
    shoot(desk, "lead-letters-fetched")

    join_by_phone(rehearsed, phone(), rows[0])
    desk.goto(f"{rehearsed.address}{STUDY}reply/")
    desk.locator("input[name=reference]").fill(rows[1]["reference"])
    press(desk, "Zoek")
    desk.get_by_label("Ja, met handtekening").check()
    shoot(desk, "lead-paper")
    press(desk, "Schrijf op")
    desk.get_by_text("Opgeschreven.").wait_for()

    desk.goto(f"{rehearsed.address}{STUDY}")
    waiting = number_beside(desk, "Moet nog beginnen")
    assert waiting >= 2
    shoot(desk, "lead-overview")
    make_letters(desk, rehearsed, "Brief over de gelote aanpak", 100)
    before = number_taking_part(desk, rehearsed)
    desk.goto(f"{rehearsed.address}/preparation/groningen-2017/start/")
    desk.locator("input[name=sure]").check()
    press(desk, "Starten")
    wait_until_done(desk)
    assert number_taking_part(desk, rehearsed) == before + waiting
    shoot(desk, "lead-overview-started")


def number_taking_part(page, rehearsed):
    page.goto(f"{rehearsed.address}{STUDY}")
    return number_beside(page, "Doet mee")


def join_by_phone(rehearsed, page, row):
    """Sign in with the code of a letter, as its reader, and say yes."""
    from opmaat.web.demonstration.people import made_up_identity

    born = made_up_identity(int(row["name"].split()[-1])).born
    page.goto(f"{rehearsed.address}/sign-in/")
    page.get_by_role("textbox").nth(0).fill(row["code"])
    page.get_by_role("textbox").nth(1).fill(born.strftime("%d-%m-%Y"))
    page.locator("main form button").click()
    page.get_by_role("link", name="Lees en beslis").click()
    page.get_by_label("Ja, ik doe mee aan het onderzoek").check()
    press(page, "Opslaan")
    page.get_by_text("U doet mee.").wait_for()


def deliver(page, rehearsed, file, month):
    page.goto(f"{rehearsed.address}{STUDY}deliveries/")
    page.get_by_label("Uitkeringen (BUS)").check()
    page.locator("select[name=month]").select_option(month)
    page.locator("input[name=file]").set_input_files(file)
    press(page, "Lever")
    wait_until_done(page)


def test_a_wrong_delivery_is_corrected_by_a_later_one(rehearsed, desk, shoot, tmp_path):
    whole = (rehearsed.study / "deliveries/bus-2018-10.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "whole.csv").write_text("\n".join(whole) + "\n", encoding="utf-8")
    (tmp_path / "half.csv").write_text("\n".join([whole[0], *whole[1::2]]) + "\n", encoding="utf-8")
    deliver(desk, rehearsed, tmp_path / "half.csv", "2018-09")
    desk.get_by_text("Er staan rijen in van een andere maand.").first.wait_for()
    shoot(desk, "lead-delivery-wrong-month")
    deliver(desk, rehearsed, tmp_path / "half.csv", "2018-10")
    desk.get_by_text(re.compile(r"Dit bestand haalt \d+ deelnemers weg")).wait_for()
    shoot(desk, "lead-delivery-removes")
    desk.get_by_label("Ja, neem aan").check()
    press(desk, "Leg vast")
    desk.get_by_text("Schrijf op waarom.").first.wait_for()
    desk.get_by_label("Waarom?").fill("De leverancier zegt dat het klopt.")
    press(desk, "Leg vast")
    desk.get_by_text("De levering is aangenomen.").wait_for()
    deliver(desk, rehearsed, tmp_path / "whole.csv", "2018-10")
    desk.get_by_text("Dit bestand haalt niemand weg.").wait_for()
    assert number_beside(desk, "Nieuwe rijen") > 0
    desk.get_by_label("Ja, neem aan").check()
    press(desk, "Leg vast")
    desk.goto(f"{rehearsed.address}{STUDY}deliveries/")
    assert desk.get_by_text("Aangenomen. Geleverd op").count() == 2
    shoot(desk, "lead-deliveries")


def test_a_pause_stops_invitations_until_it_is_ended(rehearsed, desk, shoot):
    desk.goto(f"{rehearsed.address}{STUDY}safety/")
    desk.get_by_label("Waarom?").fill("Twee ernstige klachten in een week.")
    press(desk, "Leg het onderzoek stil")
    shoot(desk, "lead-safety-paused")
    desk.goto(f"{rehearsed.address}{STUDY}letters/")
    desk.get_by_label("Uitnodiging", exact=True).check()
    press(desk, "Maak de brieven")
    desk.get_by_text("Er gaat nu geen uitnodiging").wait_for()
    desk.goto(f"{rehearsed.address}{STUDY}safety/")
    desk.get_by_label("Waarom?").fill("Besproken, en opgelost.")
    press(desk, "Hervat het onderzoek")
    desk.get_by_text("Het onderzoek loopt.").wait_for()
    desk.get_by_text("Twee ernstige klachten in een week.").wait_for()
    shoot(desk, "lead-safety-resumed")
