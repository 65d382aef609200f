"""Many people write at once while processes are killed; what was acknowledged is compared with what is there.

Participants sign up, answer a page or report earnings, caseworkers write talks down, and a lead has lots
drawn, letters sent and arms told as work in the background. Everyone sends a form again, with its key, when
it got no answer. A worker of the website, one of the work in the background, the whole website, and the
server of PostgreSQL are killed by turns.
"""

import csv
import http.client
import importlib.util
import io
import json
import os
import queue
import random
import re
import secrets
import shutil
import signal
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

_spec = importlib.util.spec_from_file_location("served", Path(__file__).with_name("served.py"))
served = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(served)

MONTHS = [f"2018-{month:02d}" for month in range(5, 12)]
# Of twenty writes one is an enrolment, eight are pages of answers, six talks, and five reports of earnings.
KINDS = ("enrolment", *("answers", "contact", "answers", "earnings") * 4, "contact", "earnings", "contact")
CONSENTS = ("participation", "questionnaires", "register_linking")
LETTERS, VALUE = f"/fieldwork/{served.STUDY.name}/letters/", "061352"
BATCHES = 5


class Client:
    """One browser, which sends a form again when it got no answer."""

    def __init__(self, port, session=""):
        self.port, self.went_to, self.body = port, "", b""
        self.cookies = {"csrftoken": secrets.token_hex(16), **({"sessionid": session} if session else {})}

    def sign_in(self, born, code):
        """Sign in with the code of a letter."""
        while "sessionid" not in self.cookies:
            self.ask("/sign-in/", {"letter_code": code, "birth_date": born})
        return self

    def ask(self, path, fields=None):
        """Send a form, or ask for a page, until there is an answer; a server being started again has none."""
        while True:
            try:
                return self.try_once(path, fields)
            except (OSError, http.client.HTTPException):
                time.sleep(0.2)

    def try_once(self, path, fields):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        body = fields and urlencode({**fields, "csrfmiddlewaretoken": self.cookies["csrftoken"]})
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
        connection.request("POST" if fields else "GET", path, body, headers)
        answer = connection.getresponse()
        self.body = answer.read()
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
        status = self.ask(path, {"request_key": secrets.token_hex(16), **fields})
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

    def talk(self, file, minutes):
        """Write a talk down in a file."""
        talk = {"minutes": minutes, "outcome": "held", "channel": "office", "day": "12-11-2018"}
        self.send(f"/staff/files/{file}/contact/", **talk)

    def finish(self, number):
        """Go through the questionnaire and send it."""
        self.went_to = "/part/questions/midline/1/"
        while self.went_to != "/part/questions/":
            fields = {"job_interviews": number} if self.went_to.endswith("/1/") else {}
            self.send(self.went_to, **fields)


class Lead:
    """A project lead: has lots drawn, letters sent batch by batch, and arms told to whoever signed up."""

    def __init__(self, client, listed, households):
        self.jobs, self.households, self.ended = Counter(), queue.SimpleQueue(), threading.Event()
        self._client, self._listed, self._wanted = client, listed, households

    def work(self):
        """Do everything, until the last letter is out."""
        self._draw()
        handed_out, most = 0, -(-len(self._listed) // BATCHES)
        while handed_out < len(self._listed):
            number = self._do("invitation", LETTERS, {"kind": "invitation", "most": most})
            handed_out += self._hand_out(f"{LETTERS}{number}/") if number else 0
        while self._do("arm", LETTERS, {"kind": "arm", "most": self._wanted}) or not self.ended.is_set():
            self.ended.wait(2)
        # Who signed up last may have done so after the last letters were asked for.
        self._do("arm", LETTERS, {"kind": "arm", "most": self._wanted})

    def _draw(self):
        """Have lots drawn; who got no answer finds a draw that was held."""
        page = f"/preparation/{served.STUDY.name}/-"
        while self._client.ask(f"{page}/record/") != 200:
            self._do("draw", f"{page}/draw/", {"value": VALUE, "witness": "on"})

    def _do(self, what, path, fields):
        """Ask for work, wait for its end, and return the number of the batch; None when there is nothing."""
        status = self._client.ask(path, {**fields, "request_key": secrets.token_hex(16)})
        if status != 302 or "/jobs/" not in self._client.went_to:
            time.sleep(0.5)
            return None
        self.jobs[what] += 1
        job = self._client.went_to
        while b'data-ended="yes"' not in self._client.body:
            self._client.ask(job)
            time.sleep(0.2)
        batch = re.search(rf"{LETTERS}(\d+)/".encode(), self._client.body)
        return batch and int(batch[1])

    def _hand_out(self, mailing):
        """Give the codes of a batch to whole households, who sign up; return how many codes."""
        ask, again = self._client.ask, {"reason": "lost", "codes": "same"}
        while ask(f"{mailing}merge/", {"fetch": "on"}) != 200:
            ask(mailing, {**again, "request_key": secrets.token_hex(16)})
        households = {}
        for row in csv.reader(io.StringIO(self._client.body.decode("utf-8-sig")), delimiter=";"):
            if row[1] in self._listed:
                born, household = self._listed[row[1]]
                households.setdefault(household, []).append((born, row[3]))
        for adults in households.values():
            self.households.put(adults)
        return sum(map(len, households.values()))


class Writing:
    """All at work: what they had acknowledged, and what went wrong."""

    def __init__(self, port, entered, writes):
        self.acknowledged, self.last_answer, self.enrolled, self._failures = [], {}, [], []
        self._port, self._writes, self._people = port, writes, entered["people"]
        self.kinds = [KINDS[sum(divmod(number, self.clients)) % 20] for number in range(writes)]
        wanted = self.kinds.count("enrolment")
        self.lead = Lead(Client(port, entered["lead"]), entered["listed"], wanted)
        self._threads = [threading.Thread(target=self._work, args=(place,)) for place in range(self.clients)]
        self._leading = threading.Thread(target=self._guarded, args=(self.lead.work,))
        for thread in (*self._threads, self._leading):
            thread.start()

    @property
    def clients(self):
        return len(self._people)

    def wait(self, writes):
        """Wait until so many writes were acknowledged."""
        while len(self.acknowledged) < writes and not self._failures:
            time.sleep(0.02)

    def join(self):
        """Wait until everybody is ready; raises the first error of one."""
        for thread in self._threads:
            thread.join()
        self.lead.ended.set()
        self._leading.join()
        if self._failures:
            raise self._failures[0]

    def _guarded(self, do, *given):
        try:
            do(*given)
        except BaseException as error:
            self._failures.append(error)

    def _work(self, place):
        self._guarded(self._write_on, place)

    def _write_on(self, place):
        """Write one after the other, and send the questionnaire at the end."""
        born, code, (file, household), session = self._people[place]
        client, desk = Client(self._port).sign_in(born, code), Client(self._port, session)
        for number in range(place, self._writes, self.clients):
            kind, told = self.kinds[number], number
            if kind == "enrolment":
                self._enrol()
            elif kind == "contact":
                minutes = 1 + number // self.clients
                desk.talk(file, minutes)
                told = f"{household} {minutes}"
            elif kind == "answers":
                # Between 0 and 99, which is what the question takes.
                self.last_answer[place] = number % 100
                client.answer(number % 100)
            else:
                client.report(number)
            self.acknowledged.append((kind, told))
        client.finish(self.last_answer.get(place, place))

    def _enrol(self):
        """Let all adults of the next household sign up."""
        adults = self.lead.households.get(timeout=600)
        for born, code in adults:
            Client(self._port).sign_in(born, code).consent()
        self.enrolled.append(len(adults))


def workers_of(folder, *, of_work):
    """Return the processes that serve the website in a folder, or do its work in the background."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
            mine = f"OPMAAT_WEB_HOME={folder}".encode() in (process / "environ").read_bytes().split(b"\0")
            parent = Path(f"/proc/{(process / 'stat').read_text().rpartition(')')[2].split()[1]}/cmdline")
            serves = b"gunicorn" in command and b"gunicorn" in parent.read_bytes().split(b"\0")
        except OSError:
            continue
        if mine and (b"--one" in command if of_work else serves):
            found.append(int(process.name))
    return found


class Installation:
    """A website of four workers in a folder, on SQLite or on a durable PostgreSQL, that can be killed."""

    def __init__(self, home, postgresql=None):
        self.home, self.port, self._postgresql = home, served.free_port(), postgresql
        self._study = home / "studies" / served.STUDY.name
        shutil.copytree(served.STUDY, self._study, ignore=shutil.ignore_patterns("private", "public"))
        self.environment = {} if postgresql is None else {"OPMAAT_WEB_DATABASE": postgresql.make("opmaat")}
        self._start()

    def _start(self):
        self._server = served.start(self.home, self.port, self._study, workers=4, **self.environment)

    def kill(self, what, chance):
        """Kill one process, the whole website, or the server of the database, and start it again."""
        if what in {"worker", "work"}:
            found = workers_of(self.home, of_work=what == "work")
            if found:
                os.kill(chance.choice(found), signal.SIGKILL)
        elif what == "web":
            self.stop()
            self._start()
        else:
            self._postgresql.kill()
            self._postgresql.start()

    def stop(self):
        served.kill(self._server)

    def inside(self, call):
        """Return what a function of ``writers_inside`` prints, as values."""
        here = str(Path(__file__).parent)
        code = f"import sys; sys.path.insert(0, {here!r}); import writers_inside; writers_inside.{call}"
        return json.loads(served.ask(self.home, code, study=self._study, **self.environment))

    def manage(self, *command):
        served.manage(self.home, *command, study=self._study, **self.environment)


def run(site, *, writes, clients, kills, seed=1):
    """Let clients write while things are killed; return what is wrong, and figures."""
    chance = random.Random(seed)
    root = f"__import__('pathlib').Path({str(served.ROOT)!r})"
    entered = site.inside(f"enter({root}, clients={clients}, households={-(-writes // 20)})")
    started = time.monotonic()
    writing = Writing(site.port, entered, writes)
    for moment, what in zip(sorted(chance.sample(range(writes), len(kills))), kills, strict=True):
        writing.wait(moment)
        site.kill(what, chance)
    writing.join()
    seconds = time.monotonic() - started
    counts = Counter(kind for kind, _ in writing.acknowledged)
    found = site.inside("told()")
    for command in (["verify_journal"], ["rebuild_read_models", "--check"]):
        site.manage(*command)
    told = {"writes": writes, "seconds": round(seconds), "killed": list(kills), **counts}
    return compare(writing, found), {**told, "letters": found["letters"], "jobs": found["jobs"]}


def compare(writing, found):
    """Return what is there and was not acknowledged, or the other way round; empty when all is well."""
    counts, lead = Counter(kind for kind, _ in writing.acknowledged), writing.lead
    enrolled, adults = counts["enrolment"], sum(writing.enrolled)
    written = {
        kind: sorted(told for of, told in writing.acknowledged if of == kind)
        for kind in ("earnings", "contact")
    }
    batches = lead.jobs["invitation"] + lead.jobs["arm"]
    listed = {household for _, household in lead._listed.values()}
    wanted = {
        "earnings": written["earnings"],
        "contacts": written["contact"],
        "twice": dict.fromkeys(found["twice"], 0),
        "events": {
            "drawn": len(listed),
            "invited": len(listed),
            "signed_up": enrolled,
            "disclosed": enrolled,
            "consented": len(CONSENTS) * adults,
        },
        "not_drawn": 0,
        "told_another": 0,
        "unbalanced": [],
        "letters": {"invitation": len(lead._listed), "arm": adults},
        "letters_twice": 0,
        "not_sent": 0,
        "mailings": batches,
        "printings": batches,
        "jobs": {"preparation.import_register": 1, "preparation.draw": 1, "fieldwork.send": batches},
        "jobs_not_done": [],
        "draws": 1,
        "answers": sorted(writing.last_answer.get(place, place) for place in range(writing.clients)),
        "finished": writing.clients,
    }
    return {name: (value, found[name]) for name, value in wanted.items() if found[name] != value}
