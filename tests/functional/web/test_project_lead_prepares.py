"""The project lead at a desk: from an empty installation to an experiment that started."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.needs("chromium", "axe")]

TODAY = "2017-10-02"
OPMAAT = Path(sys.executable).with_name("opmaat")
STUDY = "/preparation/groningen-2017/"
# What the fieldwork does, in short: households are invited, sign up, and are told what was drawn.
JOINING = """
import django; django.setup()
from opmaat.web import clock
from opmaat.web.gateway.draws import arms_of
from opmaat.web.gateway.events import kinds
from opmaat.web.preparation.actions import record_for
from opmaat.web.trial.models import Household, Study
from opmaat.web.trial.queries import study_folder
from opmaat.web.journal.models import Municipality
import sys
study = Study.objects.of(Municipality.objects.get()).get()
mine = Household.objects.of(study.municipality).filter(round_name=sys.argv[2]).order_by("pseudonym")
names = list(mine.values_list("pseudonym", flat=True)[: int(sys.argv[1])])
given = {"study": study, "day": clock.today(), "actor": "system:0000"}
arms = arms_of(study_folder(study), sys.argv[2], names)
for payload in (kinds.Invited(), kinds.SignedUp()):
    assert record_for(households=names, payload=payload, **given) == 0
for arm in set(arms.values()):
    told = [name for name in names if arms[name] == arm]
    assert record_for(households=told, payload=kinds.Disclosed(arm), **given) == 0
"""


class Empty:
    """A website without anything in it, on this machine."""

    def __init__(self, home, port):
        self.home, self.address = home, f"http://127.0.0.1:{port}"
        mine = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO")}
        self.environment = mine | {
            "OPMAAT_WEB_HOME": str(home),
            "OPMAAT_WEB_LOCAL": "1",
            "OPMAAT_WEB_TODAY": TODAY,
            "DJANGO_SETTINGS_MODULE": "opmaat.web.settings.serve",
        }
        with (home / "log.txt").open("a") as log:
            self.server = subprocess.Popen(
                [OPMAAT, "serve", "--home", home, "--port", str(port)],
                stdout=log,
                stderr=log,
                env=self.environment,
                start_new_session=True,
            )

    def python(self, *arguments):
        found = subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.returncode == 0, found.stderr
        return found.stdout

    def add_lead(self, email):
        told = self.python(
            "-m", "django", "add_staff", "groningen", "project_lead", email, "--name", "Groningen"
        )
        return told.split(": ")[1].strip()

    def workers(self):
        """Return the processes that do long work for this website."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes()
                mine = f"OPMAAT_WEB_HOME={self.home}".encode() in (process / "environ").read_bytes()
            except OSError:
                continue
            if mine and b"work_jobs" in command and b"--one" in command:
                found.append(int(process.name))
        return found


@pytest.fixture
def empty(load_helper, tmp_path_factory):
    served = load_helper("served")
    found = Empty(tmp_path_factory.mktemp("empty"), served.free_port())
    try:
        served.wait_for(found.address)
        yield found
    finally:
        os.killpg(found.server.pid, signal.SIGTERM)
        found.server.wait(timeout=30)


def two_rounds(text):
    """Name two rounds in a protocol, the second a month later."""
    text = text.replace(
        "  timing: before_invitation", "  rounds: [first, second]\n  timing: before_invitation"
    )
    return text.replace("last_day: 2019-10-31}", "last_day: 2019-10-31, later_rounds: {second: 2017-12-01}}")


@dataclass
class Desk:
    """A project lead at a desk, with everything that is to be looked at."""

    page: Any
    site: Empty
    shoot: Any
    violations: Any
    files: Path
    pictures: str
    found: dict

    def look(self, name, address=None):
        """Keep a picture of the page, and what axe finds on it."""
        self.found[name] = self.violations(self.page, address and f"{self.site.address}{address}")
        self.shoot(self.page, f"{self.pictures}-{name}")


@pytest.fixture
def open_desk(empty, phone, shoot, violations, tmp_path, sign_staff_in):
    """Return a function that signs a project lead in; ``pictures`` is what the pictures are named after."""
    page = phone(scripts=True, width=1200)
    email = "lead@made-up.example"
    sign_staff_in(page, empty.address, email, empty.add_lead(email))
    return lambda pictures: Desk(page, empty, shoot, violations, tmp_path, pictures, {})


@pytest.mark.parametrize(
    ("households", "join", "pictures"),
    [(900, 60, "prepare"), pytest.param(9_000, 890, "prepare-9000", marks=pytest.mark.slow)],
)
def test_from_an_empty_installation_to_a_started_experiment_and_a_second_round(
    root, open_desk, load_helper, households, join, pictures
):
    preparing, desk = load_helper("preparing"), open_desk(pictures)
    desk.look("1-empty", "/preparation/")
    load_protocol(desk, root / "studies/groningen-2017")
    heads, rows = preparing.register_rows(root, households)
    (desk.files / "first.csv").write_bytes(preparing.csv_of(heads, rows))
    later = [["2017", "10", row[2], f"9{row[3]}", *row[4:6], f"98{row[6][2:]}", *row[7:]] for row in rows]
    (desk.files / "later.csv").write_bytes(preparing.csv_of(heads, later))
    hold_round(desk, "first", "first.csv", value="061352")
    join_then_start(desk, join)
    read_in(desk, "first.csv", "second", day="02-10-2017")
    wait_until_ended(desk.page, "Mislukt")
    desk.look("8-wrong-month")
    assert "andere maand" in desk.page.content()
    hold_round(desk, "second", "later.csv", value="777001", day="02-10-2017")
    wait_for_plan(desk)
    desk.look("9-steps", STUDY)
    look_on_a_phone(desk)
    assert {name: problems for name, problems in desk.found.items() if problems} == {}
    assert "events, sha256:" in desk.site.python("-m", "django", "verify_journal")


def load_protocol(desk, folder):
    page, text = desk.page, two_rounds((folder / "protocol.yaml").read_text(encoding="utf-8"))
    wrong = text.replace("kind: control", "kind: contrl")
    (desk.files / "wrong.yaml").write_text(wrong, encoding="utf-8")
    (desk.files / "protocol.yaml").write_text(text, encoding="utf-8")
    page.locator("input[name=protocol]").set_input_files(desk.files / "wrong.yaml")
    page.locator("main form button").click()
    page.get_by_text("niet bewaard").first.wait_for()
    desk.look("2-wrong-protocol")
    page.locator("input[name=protocol]").set_input_files(desk.files / "protocol.yaml")
    page.locator("input[name=layout]").set_input_files(folder / "register.yaml")
    page.locator("input[name=questionnaire]").set_input_files(folder / "questionnaire.yaml")
    page.locator("main form button").click()
    page.wait_for_url(f"**{STUDY}protocol/")
    desk.look("3-protocol")
    page.goto(f"{desk.site.address}{STUDY}")
    with page.expect_navigation():
        page.get_by_role("button", name="Protocol bevriezen").click()


def hold_round(desk, turn, file, *, value, **more):
    """Read a register in, promise, and draw."""
    page = desk.page
    read_in(desk, file, turn, **more)
    assert "huishoudens kunnen meedoen" in wait_until_ended(page, "Klaar")
    desk.look(f"4-job-{turn}")
    with page.expect_navigation():
        page.get_by_role("link", name="Ga verder").click()
    desk.look(f"5-register-{turn}")
    desk.look(f"6-promise-{turn}", f"{STUDY}{turn}/draw/")
    page.locator("input[name=source]").fill("Trekking van een loterij op 5 oktober 2017")
    page.locator("input[name=form][value=digits]").check()
    page.locator("input[name=digits]").fill("6")
    page.locator("input[name=due]").fill("1-11-2017")
    with page.expect_navigation():
        page.get_by_role("button", name="Beloven").click()
    desk.look(f"6-promised-{turn}")
    page.locator("input[name=value]").fill(value)
    page.locator("input[name=witness]").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Loten").click()
    assert "zijn geloot" in wait_until_ended(page, "Klaar")
    with page.expect_navigation():
        page.get_by_role("link", name="Ga verder").click()
    desk.look(f"6-drawn-{turn}")


def join_then_start(desk, join):
    """Have too few households for the start, and then enough."""
    page = desk.page
    desk.site.python("-c", JOINING, str(join), "first")
    for number, told in ((join + 1, "te weinig huishoudens"), (join, "huishoudens doen nu mee")):
        page.goto(f"{desk.site.address}{STUDY}start/")
        page.locator("input[name=number]").fill(str(number))
        with page.expect_navigation():
            page.get_by_role("button", name="Vastleggen").click()
        page.locator("input[name=sure]").check()
        with page.expect_navigation():
            page.get_by_role("button", name="Starten").click()
        if number == join:
            wait_until_ended(page, "Klaar")
        assert told in page.locator("main").inner_text()
        desk.look(f"7-start-{number}")


def wait_for_plan(desk):
    page = desk.page
    page.goto(f"{desk.site.address}{STUDY}plan/")
    for _ in range(120):
        if "Uitgenodigd" in page.content():
            break
        page.wait_for_timeout(1000)
        page.reload()
    desk.look("9-plan")


def look_on_a_phone(desk):
    """Look at the same pages in English and on a phone."""
    desk.page.set_viewport_size({"width": 360, "height": 740})
    with desk.page.expect_navigation():
        desk.page.get_by_role("button", name="English").click()
    for at, address in enumerate(("", "protocol/", "plan/", "first/register/", "first/draw/", "start/")):
        desk.look(f"phone-{at}", f"{STUDY}{address}")


def read_in(desk, file, turn, **more):
    page = desk.page
    page.goto(f"{desk.site.address}{STUDY}{turn}/register/")
    page.locator("input[name=file]").set_input_files(desk.files / file)
    page.locator("input[name=city]").fill("9999")
    for name, value in more.items():
        page.locator(f"input[name={name}]").fill(value)
    page.get_by_role("button", name="Register inlezen").click()
    page.wait_for_url("**/jobs/*/")


def wait_until_ended(page, state):
    """Wait on the page of a job until it ended so; its link does what its script does."""
    for _ in range(600):
        if page.locator("#job[data-ended=yes]").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    assert state in page.locator("#job-state").inner_text(), page.locator("main").inner_text()
    return page.locator("#job-state").inner_text()
