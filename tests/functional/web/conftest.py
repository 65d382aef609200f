"""The website as it is served: a filled demonstration on this machine, and phones that visit it."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

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


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(address):
    for _ in range(600):
        try:
            return urlopen(f"{address}/sign-in/", timeout=5)
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)


def start(home, port, study):
    """Start the website in a group of processes of its own, so that all of it can be killed at once."""
    command = [Path(sys.executable).with_name("opmaat"), "serve", "--home", home, "--port", str(port)]
    options = ["--demonstration", study, "--today", "2018-11-12"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO")}
    with (home / "log.txt").open("a") as log:
        server = subprocess.Popen(
            [*command, *options], stdout=log, stderr=log, env=environment, start_new_session=True
        )
    wait_for(f"http://127.0.0.1:{port}")
    return server


@pytest.fixture
def start_site(root):
    """Return a function that starts the website in a folder at a port, and gives its process."""
    started = []

    def begin(home, port):
        started.append(start(home, port, root / "studies/groningen-2017"))
        return started[-1]

    yield begin
    for server in started:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
        server.wait(timeout=20)


@pytest.fixture(scope="session")
def site(root, tmp_path_factory):
    home, port = tmp_path_factory.mktemp("website"), free_port()
    server = start(home, port, root / "studies/groningen-2017")
    yield Site(f"http://127.0.0.1:{port}", home, read_sign_ins(home))
    server.terminate()
    server.wait(timeout=20)


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
