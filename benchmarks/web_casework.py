"""A caseworker's list and a file, in milliseconds of the processor and in queries, on SQLite in memory.

The list has forty households, or four hundred; the file has fifty events in each of thirty-six
months. A process of its own, the best of seven. All queries are counted: session, account, and the note that
someone looked.
"""

import json
import os
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from secrets import token_hex

ROOT = Path(__file__).parent.parent
MOST_MILLISECONDS, MOST_QUERIES, RUNS = 100, 5, 7
MONTHS, EVENTS_A_MONTH = 36, 50
START = date(2015, 11, 1)
ARMS = ("exemption", "guidance", "disregard", "control")


def measure():
    """Return the rows of this file."""
    found = []
    for name, files, events in (("forty files", 40, 45), ("four hundred files", 400, 10)):
        found += rows_of(name, "/staff/files/", asked(files, events))
    return found + rows_of("a file of 1,800 events", "/staff/files/1/", asked(1, MONTHS * EVENTS_A_MONTH))


def asked(files, events):
    """Ask the pages in a process of its own."""
    command = [sys.executable, __file__, str(files), str(events)]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "opmaat.web.settings.test"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, cwd=ROOT)
    return json.loads(done.stdout)


def rows_of(name, address, found):
    """Return what was measured beside what was aimed at."""
    milliseconds, queries = found[address]
    return [
        {
            "what": f"{name}: milliseconds as a share of {MOST_MILLISECONDS}",
            "ratio": round(milliseconds / MOST_MILLISECONDS, 2),
            "aim": 1,
            "better": "lower",
            "detail": f"{milliseconds:.0f} ms of the processor, {queries} queries",
        },
        {
            "what": f"{name}: queries as a share of {MOST_QUERIES}",
            "ratio": round(queries / MOST_QUERIES, 2),
            "aim": 1,
            "better": "lower",
            "detail": f"{queries} queries",
        },
    ]


class Filling:
    """Fills a municipality with the files of one caseworker."""

    def __init__(self):
        from allauth.mfa.models import Authenticator

        from opmaat.web.accounts.actions import make_staff_account
        from opmaat.web.accounts.permissions import Role
        from opmaat.web.journal.models import Municipality
        from opmaat.web.trial.models import Study

        self.municipality = Municipality.objects.create(code="made-up", name="Verzonnen")
        self.study = Study(municipality=self.municipality, name="groningen-2017", folder="groningen-2017")
        self.study.save()
        self.account = make_staff_account(
            municipality=self.municipality, role=Role.CASEWORKER, email="a@b.example", password=token_hex(16)
        )
        Authenticator.objects.create(user=self.account, type=Authenticator.Type.TOTP, data={"secret": "x"})
        self.events = []

    def enter(self, number, many):
        """Enter a household with one adult and so many events."""
        from opmaat.web.demonstration.people import made_up_identity
        from opmaat.web.gateway.events import kinds
        from opmaat.web.people.actions import enter_person
        from opmaat.web.trial.actions import enter_household

        household, person = token_hex(16), token_hex(16)
        enter_person(municipality=self.municipality, identity=made_up_identity(number), pseudonym=person)
        enter_household(study=self.study, pseudonym=household, adults=(person,))
        before = [kinds.Drawn(), kinds.Invited(), kinds.SignedUp(), kinds.Disclosed(ARMS[number % 4])]
        for payload in (*before, kinds.Started(), kinds.CaseworkerAssigned(self.account.actor)):
            self.add(household, payload, START)
        for place in range(many):
            day = START + timedelta(days=1 + place * 30 * MONTHS // many)
            talk = kinds.ContactHeld(30, "office") if place % 3 else kinds.ContactMissed(30, "phone")
            payload = kinds.EarningsReported(10_000 + place) if place % 10 == 9 else talk
            self.add(household, payload, day, person)

    def add(self, household, payload, day, person=None):
        """Add one event to the delivery."""
        from opmaat.web.gateway.events import plain_payload

        self.events.append(
            {
                "id": f"e{len(self.events)}",
                "household": household,
                "person": person,
                "kind": payload.kind,
                "valid_from": day.isoformat(),
                "recorded_at": f"{day}T09:00:00.{len(self.events):06d}+00:00",
                "actor": "system:0000",
                "payload": plain_payload(payload),
                "corrects": None,
            }
        )


def main(files, events):
    """Fill, and print milliseconds and queries by address."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from opmaat.web.journal.actions import record_delivery

    call_command("migrate", verbosity=0)
    filling = Filling()
    for number in range(1, files + 1):
        filling.enter(number, events)
    ordered = sorted(filling.events, key=lambda event: event["recorded_at"])
    record_delivery(ordered, municipality=filling.municipality, study=filling.study.name)
    client = Client()
    client.force_login(filling.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    print(json.dumps({address: best(client, address) for address in ("/staff/files/", "/staff/files/1/")}))


def best(client, address):
    """Return the fewest milliseconds of the processor, and the queries of the last time."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    taken = []
    for _ in range(RUNS):
        with CaptureQueriesContext(connection) as queries:
            begin = time.process_time()
            assert client.get(address).status_code == 200
            taken.append(time.process_time() - begin)
    return 1000 * min(taken), len(queries)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
