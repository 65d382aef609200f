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


@pytest.fixture(scope="session")
def site(load_helper, tmp_path_factory):
    served = load_helper("served")
    home, port = tmp_path_factory.mktemp("website"), served.free_port()
    server = served.start(home, port)
    yield Site(f"http://127.0.0.1:{port}", home, read_sign_ins(home))
    server.terminate()
    server.wait(timeout=20)


@pytest.fixture(scope="session")
def one_time_code():
    """Return a function that gives the code of RFC 6238 for now."""

    def code_of(secret):
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
        with page.expect_navigation():
            page.locator("main form button").first.click()
        page.goto(f"{address}/staff/")
        secret = re.search(r"<code>(\w+)</code>", page.content())[1]
        page.locator("input[name=code]").fill(one_time_code(secret))
        with page.expect_navigation():
            page.locator("main form button").first.click()

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
