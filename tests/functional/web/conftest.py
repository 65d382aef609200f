"""The website as it is served: a filled demonstration on this machine, and phones that visit it."""

import base64
import hmac
import re
import struct
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

ARTEFACTS = Path(__file__).parents[3] / "test-artefacts" / "web"


@dataclass(frozen=True)
class Site:
    """A running website: its address, its folder, and how everyone signs in."""

    address: str
    home: Path
    sign_ins: dict

    def sign_in(self, page, who, number=0):
        born, code = self.sign_ins[who][number]
        page.goto(f"{self.address}/sign-in/")
        page.get_by_role("textbox").nth(0).fill(code)
        page.get_by_role("textbox").nth(1).fill(born)
        page.locator("main form button").click()
        page.wait_for_url("**/part/")


def read_sign_ins(home):
    found = {}
    for line in (home / "sign-ins.txt").read_text(encoding="utf-8").splitlines():
        who, name, secret = line[:42].strip(), *line[42:].split()
        found.setdefault(who, []).append((name, secret))
    return found


@dataclass(frozen=True)
class Rehearsed:
    """A website with a small rehearsal, not yet started: its folder, the study's, and how staff sign in."""

    home: Path
    study: Path

    @property
    def staff(self):
        signs = read_sign_ins(self.home)
        return {who: found[0] for who, found in signs.items() if "@" in found[0][0]}


@pytest.fixture(scope="module")
def site(load_helper, made_once):
    """A website with made-up people, of one file of tests: what happens there changes its households."""
    served = load_helper("served")
    home, port = made_once("demonstration", served.prepare), served.free_port()
    server = served.start(home, port)
    yield Site(f"http://127.0.0.1:{port}", home, read_sign_ins(home))
    server.terminate()
    server.wait(timeout=20)


@pytest.fixture(scope="session")
def copy_of_rehearsed(root, load_helper, made_once):
    """Return a function that gives a filled website of its own."""
    from opmaat.rehearse.effects import NO_EFFECTS
    from opmaat.rehearse.play.play import play

    def make(folder):
        study = folder / "studies/groningen-2017"
        study.parent.mkdir()
        play(root / "studies/groningen-2017", study, effects=NO_EFFECTS, households=300, seed=4, to_month=13)
        (folder / "home").mkdir()
        load_helper("served").prepare(folder / "home", study)

    def copy():
        folder = made_once("rehearsed", make)
        return Rehearsed(folder / "home", folder / "studies/groningen-2017")

    return copy


@dataclass(frozen=True)
class Happened:
    """A website on which much happened: who has which session, and pages that no link leads to."""

    address: str
    sessions: dict
    unlinked: list
    staff: dict

    def open(self, chromium, who=None, *, language="nl", width=1200, **options):
        """Return a page of someone who is signed in; without ``who`` of nobody."""
        context = chromium.new_context(viewport={"width": width, "height": 800}, **options)
        key = self.sessions[who][1] if who else ""
        cookies = {"sessionid": key, "language": language}
        context.add_cookies([{"name": name, "value": v, "url": self.address} for name, v in cookies.items()])
        return context.new_page()


@pytest.fixture(scope="session")
def happened(root, load_helper, copy_of_rehearsed, made_once):
    served = load_helper("served")

    def make(folder):
        copy, files = copy_of_rehearsed(), to_read_in(root, load_helper("preparing"), folder)
        code = (root / "tests/functional/web/everything_happened.py").read_text(encoding="utf-8")
        told = served.ask(copy.home, code, study=copy.study, MADE_UP_FILES=str(files))
        (folder / "told.txt").write_text(told, encoding="utf-8")
        copy.home.rename(folder / "home")
        copy.study.parent.rename(folder / "studies")

    folder, port = made_once("happened", make), served.free_port()
    lines = [line.split() for line in (folder / "told.txt").read_text(encoding="utf-8").splitlines()]
    server = served.start(folder / "home", port, folder / "studies/groningen-2017")
    yield Happened(
        f"http://127.0.0.1:{port}",
        {who: (role, key) for what, who, role, key in lines if what == "session"},
        [(who, path) for what, who, path, _ in lines if what == "page"],
        Rehearsed(folder / "home", folder).staff,
    )
    server.terminate()
    server.wait(timeout=20)


def to_read_in(root, preparing, folder):
    """Write a protocol with another name, and a register with a row that is wrong."""
    study = root / "studies/groningen-2017"
    text = (study / "protocol.yaml").read_text(encoding="utf-8")
    (folder / "protocol.yaml").write_text(text.replace("id: groningen-2017", "id: made-up-study"))
    (folder / "register.yaml").write_bytes((study / "register.yaml").read_bytes())
    heads, rows = preparing.register_rows(root, 60)
    rows[3][heads.index("geboortedatum")] = "31-02-1980"
    (folder / "register.csv").write_bytes(preparing.csv_of(heads, rows))
    return folder


@pytest.fixture(scope="session")
def one_time_code():
    """Return a function that gives the code of RFC 6238, one that lasts until it is sent."""

    def code_of(secret):
        left = 30 - time.time() % 30
        if left < 10:
            time.sleep(left)
        key = base64.b32decode(secret + "=" * (-len(secret) % 8))
        digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
        place = digest[-1] & 15
        return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"

    return code_of


@pytest.fixture(scope="session")
def sign_staff_in(one_time_code):
    """Return a function that signs a member of staff in for the first time, and sets the second step up."""

    def sign_in(page, address, email, password):
        page.goto(f"{address}/staff/sign-in/")
        page.locator("input[type=email]").fill(email)
        page.locator("input[type=password]").fill(password)
        page.locator("main form button").first.click()
        page.wait_for_url("**/totp/activate/")
        secret = re.search(r"<code>(\w+)</code>", page.content())[1]
        page.locator("input[name=code]").fill(one_time_code(secret))
        with page.expect_navigation():
            page.locator("main form button").first.click()
        assert "/totp/activate/" not in page.url, "the code of the second step was refused"

    return sign_in


@pytest.fixture
def phone(chromium):
    """Return a function that opens a phone of 360 pixels wide, without JavaScript unless it is asked for."""
    contexts = []

    def open_phone(*, scripts=False, language="nl-NL", width=360):
        context = chromium.new_context(
            viewport={"width": width, "height": 740}, locale=language, java_script_enabled=scripts
        )
        contexts.append(context)
        return context.new_page()

    yield open_phone
    for context in contexts:
        context.close()


@pytest.fixture
def shoot():
    """Return a function that keeps a picture of a page."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    return lambda page, name: page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


@pytest.fixture
def violations(root):
    """Return a function that says what axe finds on a page, which must fit its screen."""
    source = (root / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")

    def find(page, address=None):
        if address is not None:
            page.goto(address)
        box = page.locator("main").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= page.viewport_size["width"], page.url
        page.evaluate(source)
        found = page.evaluate("axe.run()")["violations"]
        return [(one["id"], one["nodes"][0]["html"][:120]) for one in found]

    return find
