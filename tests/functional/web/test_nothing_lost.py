"""Many write at once while the server is killed: what was acknowledged is there, and nothing twice."""

import http.client
import os
import random
import re
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from urllib.parse import urlencode

import pytest

MONTHS = [f"2018-{month:02d}" for month in range(5, 12)]
ENTER = """
import django
django.setup()
from opmaat.web.demonstration.people import Filling
from opmaat.web.journal.models import Municipality
from opmaat.web.trial.models import Study
filling = Filling(Study.objects.of(Municipality.objects.get()).get(), first=100)
for _ in range({clients}):
    for one in filling.enter("arm 'control'"):
        print(one.name, one.secret)
"""


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def enter_people(home, root, clients):
    """Enter made-up people, and return how they sign in."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "opmaat.web.settings.serve",
        "OPMAAT_WEB_HOME": str(home),
        "OPMAAT_WEB_LOCAL": "1",
        "OPMAAT_WEB_TODAY": "2018-11-12",
        "OPMAAT_WEB_STUDIES": str(root / "studies"),
    }
    code = ENTER.format(clients=clients)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return [line.split() for line in done.stdout.splitlines()]


class Client:
    """One participant's browser, which sends a form again when it got no answer."""

    def __init__(self, port, born, code):
        self.port, self.cookies = port, {"csrftoken": secrets.token_hex(16)}
        self.post("/sign-in/", {"letter_code": code, "birth_date": born})
        assert "sessionid" in self.cookies

    def post(self, path, fields):
        """Send a form until there is an answer; a server that is being started again has none."""
        while True:
            try:
                return self.try_once(path, fields)
            except (OSError, http.client.HTTPException):
                time.sleep(0.2)

    def try_once(self, path, fields):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        body = urlencode({**fields, "csrfmiddlewaretoken": self.cookies["csrftoken"]})
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        for name, value in re.findall(
            r"(\w+)=([^;\n]*)", "\n".join(answer.headers.get_all("Set-Cookie", []))
        ):
            if name in {"csrftoken", "sessionid"}:
                self.cookies[name] = value
        connection.close()
        return answer.status

    def write(self, number):
        """Report earnings of an amount that nobody else reports; return it when it was acknowledged."""
        fields = {"request_key": secrets.token_hex(16), "month": MONTHS[number % len(MONTHS)]}
        status = self.post("/part/earnings/", {**fields, "net": f"{number // 100},{number % 100:02d}"})
        assert status == 302, status
        return number


def write_all(clients, writes):
    """Let every client write its share at the same time; return what was acknowledged."""
    acknowledged, failures = [], []

    def work(place, client):
        try:
            acknowledged.extend(client.write(number) for number in range(place, writes, len(clients)))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(place, client)) for place, client in enumerate(clients)]
    for thread in threads:
        thread.start()
    yield threads
    for thread in threads:
        thread.join()
    assert not failures, failures[0]
    yield acknowledged


def workers_of(server):
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(server.pid)], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in listed.stdout.split()]


def run(home, root, start_site, *, writes, clients, kills):
    """Write, kill, start again; return what was acknowledged."""
    port, chance = free_port(), random.Random(1)
    server = start_site(home, port)
    people = [Client(port, *sign_in) for sign_in in enter_people(home, root, clients)]
    writing = write_all(people, writes)
    threads = next(writing)
    for kill in range(kills):
        time.sleep(chance.uniform(0.5, 3))
        if kill == kills - 1:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
            server = start_site(home, port)
        elif any(thread.is_alive() for thread in threads):
            os.kill(chance.choice(workers_of(server)), signal.SIGKILL)
    return next(writing)


def check(home, acknowledged, writes):
    """Compare what was acknowledged with what is there."""
    assert sorted(acknowledged) == list(range(writes))
    assert amounts(home) == list(range(writes))
    for command in (["verify_journal"], ["rebuild_read_models", "--check"]):
        manage(home, *command)


def amounts(home):
    """Return the earnings that are in the database of a folder."""
    query = "SELECT json_extract(payload, '$.net_cents') FROM journal_entry WHERE kind = 'earnings_reported'"
    with sqlite3.connect(home / "opmaat.sqlite3") as database:
        return sorted(cents for (cents,) in database.execute(query))


def manage(home, *command, keys=None):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "opmaat.web.settings.serve",
        "OPMAAT_WEB_HOME": str(home),
        "OPMAAT_WEB_KEYS": str(keys or home / "keys"),
        "OPMAAT_WEB_LOCAL": "1",
    }
    subprocess.run([sys.executable, "-m", "django", *command], env=environment, check=True)


def test_nothing_is_lost_or_doubled_and_a_copy_is_whole(tmp_path, root, start_site):
    home, other = tmp_path / "home", tmp_path / "other"
    home.mkdir()
    other.mkdir()
    check(home, run(home, root, start_site, writes=150, clients=5, kills=2), 150)
    manage(home, "backup", other / "opmaat.sqlite3")
    assert amounts(other) == amounts(home)
    assert (other / "opmaat.sqlite3").stat().st_mode & 0o077 == 0
    manage(other, "verify_journal", keys=home / "keys")


@pytest.mark.slow
@pytest.mark.parametrize(("writes", "clients"), [(1_000, 10), (10_000, 50)])
def test_nothing_is_lost_or_doubled_among_many_writes_with_five_kills(
    tmp_path, root, start_site, writes, clients
):
    acknowledged = run(tmp_path, root, start_site, writes=writes, clients=clients, kills=5)
    check(tmp_path, acknowledged, writes)
