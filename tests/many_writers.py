"""Many people write at once while processes are killed; what was acknowledged is compared with what is there.

Every client enrols others, answers a page, or reports earnings, and sends a form again, with its key, when it
got no answer. A worker, the whole website, and the server of PostgreSQL are killed by turns.
"""

import http.client
import importlib.util
import json
import os
import random
import re
import secrets
import signal
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

_spec = importlib.util.spec_from_file_location("served", Path(__file__).with_name("served.py"))
served = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(served)

MONTHS = [f"2018-{month:02d}" for month in range(5, 12)]
# Of twenty writes one is an enrolment (four events), nine are pages of answers, and ten reports of earnings.
ENROLMENTS, ANSWERS = {0}, set(range(1, 10))
CONSENTS = ("participation", "questionnaires", "register_linking")
ENTER = """
from opmaat.web.demonstration.people import Filling
from opmaat.web.journal.models import Municipality
from opmaat.web.trial.models import Study
filling = Filling(Study.objects.of(Municipality.objects.get()).get(), first=100)
for who, times in (("arm 'control'", {clients}), ("invited", {invited})):
    for _ in range(times):
        for one in filling.enter(who):
            print(one.name, one.secret)
"""
TOLD = """
import json
from collections import Counter
from opmaat.web.journal.models import Entry, Municipality
from opmaat.web.surveys.models import Sheet
mine = Municipality.objects.get()
entries = Entry.objects.of(mine).filter(request_key__gt="")
reported = [one.payload["net_cents"] for one in entries.filter(kind="earnings_reported")]
signed = Counter(entries.filter(kind="signed_up").values_list("household", flat=True))
consented = Counter(
    (one.person, one.payload["purpose"]) for one in entries.filter(kind="consented")
)
print(json.dumps({
    "earnings": sorted(reported),
    "signed": len(signed), "signed_twice": sum(count > 1 for count in signed.values()),
    "consented_twice": sum(count > 1 for count in consented.values()), "consents": len(consented),
    "answered": entries.filter(kind="answered").count(),
    "answers": sorted(
        int(one.answers["job_interviews"]) for one in Sheet.objects.of(mine).filter(wave="midline")
    ),
    "finished": Sheet.objects.of(mine).exclude(finished_on=None).count(),
}))
"""


class Client:
    """One participant's browser, which sends a form again when it got no answer."""

    def __init__(self, port, born, code):
        self.port, self.went_to, self.cookies = port, "", {"csrftoken": secrets.token_hex(16)}
        while "sessionid" not in self.cookies:
            self.post("/sign-in/", {"letter_code": code, "birth_date": born})

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
        if answer.status >= 500:
            raise ConnectionError(answer.status)
        self.went_to = answer.headers.get("Location", "")
        return answer.status

    def send(self, path, **fields):
        """Send a form with a key of its own, which must be taken."""
        status = self.post(path, {"request_key": secrets.token_hex(16), **fields})
        assert status == 302, (path, status)

    def report(self, number):
        """Report earnings of an amount that nobody else reports."""
        net = f"{number // 100},{number % 100:02d}"
        self.send("/part/earnings/", month=MONTHS[number % len(MONTHS)], net=net)

    def answer(self, number):
        """Answer a page of the questionnaire, differently each time."""
        self.send("/part/questions/midline/1/", job_interviews=number, job_search_1=number % 5, later=1)

    def consent(self):
        """Sign up, with three consents."""
        self.send("/part/consent/", **dict.fromkeys(CONSENTS, "on"))

    def finish(self, number):
        """Go through the questionnaire and send it."""
        self.went_to = "/part/questions/midline/1/"
        while self.went_to != "/part/questions/":
            fields = {"job_interviews": number} if self.went_to.endswith("/1/") else {}
            self.send(self.went_to, **fields)


class Writing:
    """All clients at work: what they had acknowledged, and what went wrong."""

    def __init__(self, clients, invited, writes):
        self.acknowledged, self.last_answer, self._failures = [], {}, []
        self._invited, self._writes, self._clients = iter(invited), writes, clients
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work, args=(place,)) for place in range(len(clients))]
        for thread in self._threads:
            thread.start()

    def wait(self, writes):
        """Wait until so many writes were acknowledged."""
        while len(self.acknowledged) < writes and not self._failures:
            time.sleep(0.02)

    def join(self):
        for thread in self._threads:
            thread.join()
        if self._failures:
            raise self._failures[0]

    def _work(self, place):
        client = self._clients[place]
        try:
            for number in range(place, self._writes, len(self._clients)):
                self.acknowledged.append((self._write(client, place, number), number))
            client.finish(self.last_answer.get(place, place))
        except BaseException as error:
            self._failures.append(error)

    def _write(self, client, place, number):
        turn = number // len(self._clients) % 20
        if turn in ENROLMENTS:
            with self._lock:
                born, code = next(self._invited)
            Client(client.port, born, code).consent()
            return "enrolment"
        if turn in ANSWERS:
            # Between 0 and 99, which is what the question takes.
            self.last_answer[place] = number % 100
            client.answer(number % 100)
            return "answers"
        client.report(number)
        return "earnings"


def workers_of(server):
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(server.pid)], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in listed.stdout.split()]


class Installation:
    """A website of four workers in a folder, on SQLite or on a durable PostgreSQL, that can be killed."""

    def __init__(self, home, postgresql=None):
        self.home, self.port, self._postgresql = home, served.free_port(), postgresql
        self.environment = {} if postgresql is None else {"OPMAAT_WEB_DATABASE": postgresql.make("opmaat")}
        self._start()

    def _start(self):
        self._server = served.start(self.home, self.port, workers=4, **self.environment)

    def kill(self, what, chance):
        """Kill one worker, the whole website, or the server of the database, and start it again."""
        if what == "worker":
            os.kill(chance.choice(workers_of(self._server)), signal.SIGKILL)
        elif what == "web":
            self.stop()
            self._start()
        else:
            self._postgresql.kill()
            self._postgresql.start()

    def stop(self):
        served.kill(self._server)

    def ask(self, code):
        return served.ask(self.home, code, **self.environment)

    def manage(self, *command):
        served.manage(self.home, *command, **self.environment)


def run(site, *, writes, clients, kills, seed=1):
    """Let clients write while things are killed; return what is wrong, and figures."""
    chance = random.Random(seed)
    invited = sum(number // clients % 20 in ENROLMENTS for number in range(writes))
    entered = site.ask(ENTER.format(clients=clients, invited=invited)).splitlines()
    people = [line.split() for line in entered]
    before = json.loads(site.ask(TOLD))
    started = time.monotonic()
    writing = Writing([Client(site.port, *one) for one in people[:clients]], people[clients:], writes)
    for moment, what in zip(sorted(chance.sample(range(writes), len(kills))), kills, strict=True):
        writing.wait(moment)
        site.kill(what, chance)
    writing.join()
    seconds = time.monotonic() - started
    counts = Counter(kind for kind, _ in writing.acknowledged)
    wrong = compare(writing, before, json.loads(site.ask(TOLD)), clients)
    for command in (["verify_journal"], ["rebuild_read_models", "--check"]):
        site.manage(*command)
    return wrong, {"writes": writes, "seconds": round(seconds), "killed": list(kills), **counts}


def compare(writing, before, found, clients):
    """Return what is there and was not acknowledged, or the other way round; empty when all is well."""
    enrolled = sum(kind == "enrolment" for kind, _ in writing.acknowledged)
    wanted = {
        "earnings": sorted(number for kind, number in writing.acknowledged if kind == "earnings"),
        "signed": before["signed"] + enrolled,
        "signed_twice": 0,
        "consented_twice": 0,
        "consents": before["consents"] + len(CONSENTS) * enrolled,
        "answered": clients,
        "finished": clients,
        "answers": sorted(writing.last_answer.get(place, place) for place in range(clients)),
    }
    return {name: (value, found[name]) for name, value in wanted.items() if found[name] != value}
