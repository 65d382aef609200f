"""Forms of the website beside a bare Django view that writes one row: rates of one server, with equal means.

Each is served by gunicorn with two workers of four threads, on one database, written through to disk, and it
is sent forms by eight participants who are signed in, by turns of a few seconds; the best turn counts.
The bare view has the middleware of a new Django project (session, who is signed in, CSRF, messages) and a
policy of contents; what it does without any is told too. Milliseconds are those of the server's processor.
"""

import http.client
import importlib.util
import os
import secrets
import subprocess
import sys
import threading
import time
from contextlib import closing
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

ROOT = Path(__file__).parent.parent
PEOPLE, SECONDS, TURNS, WARM = 8, 3.0, 4, 8
TICKS = os.sysconf("SC_CLK_TCK")
ENTER = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from opmaat.web.accounts.models import Account
from opmaat.web.demonstration.people import Filling
from opmaat.web.journal.models import Municipality
from opmaat.web.trial.models import Study
municipality = Municipality.objects.create(code="made-up", name="Verzonnen")
study = Study(municipality=municipality, name="groningen-2017", folder="groningen-2017")
study.save()
filling = Filling(study)
for _ in range({people}):
    filling.enter("arm 'control'")
for account in Account.objects.all():
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(account.pk), account.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "opmaat.web.people.backends.LetterCode"
    session.save()
    print(session.session_key)
"""


def helper(name):
    """Return a file of helpers of the tests."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"tests/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure():
    """Return the rows of this file, for both databases where both are there."""
    rows = beside_a_bare_view("SQLite", {})
    postgresql = helper("postgresql_server")
    if postgresql.programs() is not None:
        server = postgresql.Server(durable=True)
        try:
            rows += beside_a_bare_view("PostgreSQL", {"OPMAAT_WEB_DATABASE": server.make("opmaat")})
        finally:
            server.stop()
    return rows


def beside_a_bare_view(database, environment):
    """Return a row for a page of answers and one for a form with an event."""
    served = helper("served")
    with TemporaryDirectory() as folder:
        home = Path(folder)
        for command in (["migrate", "-v0"], ["createcachetable"], ["collectstatic", "-v0", "--no-input"]):
            served.manage(home, *command, **environment)
        sessions = served.ask(home, ENTER.format(people=PEOPLE), **environment).split()
        told = served.environment_of(home, **environment)
        ours = Served("opmaat.web.wsgi:application", told, sessions)
        bare = Served("web_bare:application", told, sessions)
        alone = Served("web_bare:application", told | {"BARE": "alone"}, sessions)
        try:
            found = in_turns(
                {"page": (ours, page), "event": (ours, event), "bare": (bare, row), "alone": (alone, row)}
            )
        finally:
            for one in (ours, bare, alone):
                one.stop()
    return [told_row(database, what, found[what], found) for what in ("page", "event")]


def told_row(database, what, mine, found):
    """Return a row of results."""
    names = {"page": "a page of a questionnaire", "event": "reported earnings, with event and read models"}
    rates = ", ".join(
        f"{name} {rate:.0f} ({1000 * seconds:.1f} ms)" for name, (rate, seconds) in found.items()
    )
    bare, alone = found["bare"], found["alone"]
    return {
        "what": f"{database}, rate of {names[what]}: ours / a bare view that writes one row",
        "ratio": round(mine[0] / bare[0], 2),
        "aim": 0.33,
        "better": "higher",
        "detail": f"a second, with ms of the server's processor for each: {rates}; by processor time "
        f"{bare[1] / mine[1]:.2f}; beside a view without middleware {mine[0] / alone[0]:.2f}",
    }


def in_turns(sides):
    """Return for each side the best rate, and the least seconds of the processor for one form."""
    found = {name: [] for name in sides}
    for server, send in sides.values():
        server.turn(send, WARM)
    for _ in range(TURNS):
        for name, (server, send) in sides.items():
            found[name].append(server.turn(send, SECONDS))
    return {
        name: (max(rate for rate, _ in turns), min(seconds for _, seconds in turns))
        for name, turns in found.items()
    }


def page(number):
    """Return a page of answers, other than the one before."""
    answers = {f"job_search_{place}": secrets.choice("01234") for place in (1, 2, 3)}
    return "/part/questions/midline/1/", {"job_interviews": number % 100, "next": "1", **answers}


def event(number):
    """Return earnings that were not reported before."""
    return "/part/earnings/", {"month": f"2018-{5 + number % 6:02d}", "net": f"{number}"}


def row(_):
    """Return what the bare view writes."""
    return "/write/", {"key": secrets.token_hex(16)}


class Served:
    """A server, and the participants who send it forms."""

    def __init__(self, application, environment, sessions):
        self._port, self._sessions, self._numbers = helper("served").free_port(), sessions, count(1)
        command = [sys.executable, "-m", "gunicorn", application, "--preload", "--no-control-socket"]
        options = [
            "--threads",
            "4",
            "--workers",
            "2",
            "--bind",
            f"127.0.0.1:{self._port}",
            "--log-level",
            "error",
        ]
        path = f"{ROOT / 'benchmarks/peers'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
        self._server = subprocess.Popen([*command, *options], env=environment | {"PYTHONPATH": path})
        while self._server.poll() is None:
            try:
                # A page is not asked for: the bare view has one address, and none for who only looks.
                with closing(self._connect()) as connection:
                    connection.connect()
                return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError(f"{application} did not start")

    def stop(self):
        """End the server."""
        self._server.terminate()
        self._server.wait()

    def turn(self, send, seconds):
        """Return the rate of forms and the seconds of the processor for each, over some seconds."""
        end, taken, started = time.monotonic() + seconds, [], self._processor()
        threads = [
            threading.Thread(target=self._send_on, args=(send, key, end, taken)) for key in self._sessions
        ]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(taken) / (time.monotonic() - begun), (self._processor() - started) / max(1, len(taken))

    def _send_on(self, send, key, end, taken):
        connection, token = self._connect(), secrets.token_hex(16)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"sessionid={key}; csrftoken={token}",
        }
        while time.monotonic() < end:
            address, fields = send(next(self._numbers))
            body = {"csrfmiddlewaretoken": token, "request_key": secrets.token_hex(16), **fields}
            connection.request("POST", address, urlencode(body), headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 302, (address, answer.status)
            taken.append(None)

    def _connect(self):
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)

    def _processor(self):
        """Return the seconds of the processor that the workers used."""
        children = Path(f"/proc/{self._server.pid}/task/{self._server.pid}/children").read_text().split()
        ticks = (Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split() for child in children)
        return sum(int(one[11]) + int(one[12]) for one in ticks) / TICKS
