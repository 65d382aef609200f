"""A million events of twenty thousand households: verified, and all read models made anew, on PostgreSQL.

Seconds by the clock and of the processor, and the most memory of the process; the aim is thirty seconds each.
"""

import importlib.util
import json
import os
import resource
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
HOUSEHOLDS = 20_000
AT_ONCE, STUDY = 2000, "groningen-2017"
STARTED = date(2017, 11, 1)


def measure():
    """Return the rows of this file."""
    spec = importlib.util.spec_from_file_location("server", ROOT / "tests/postgresql_server.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    server = module.Server(durable=True)
    with TemporaryDirectory() as home:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "opmaat.web.settings.serve",
            "OPMAAT_WEB_HOME": home,
            "OPMAAT_WEB_LOCAL": "1",
            "OPMAAT_WEB_STUDIES": str(ROOT / "studies"),
            "OPMAAT_WEB_TODAY": "2020-11-12",
            "OPMAAT_WEB_DATABASE": server.make("opmaat"),
        }
        try:
            done = subprocess.run(
                [sys.executable, __file__], env=environment, check=True, stdout=subprocess.PIPE
            )
        finally:
            server.stop()
    return json.loads(done.stdout.splitlines()[-1])


def timed():
    """Return a row for each command."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    events = write(HOUSEHOLDS)
    rows = []
    for what, command in (("verified", ["verify_journal"]), ("replayed", ["rebuild_read_models"])):
        clock, processor = time.perf_counter(), time.process_time()
        call_command(*command, verbosity=0)
        seconds, own = time.perf_counter() - clock, time.process_time() - processor
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        rows.append(
            {
                "what": f"{events} events {what} on PostgreSQL: seconds / 30",
                "ratio": round(seconds / 30, 2),
                "aim": 1,
                "better": "lower",
                "detail": f"{seconds:.1f} s, {own:.1f} s of the processor, at most {most} MB",
            }
        )
    return rows


def write(households):
    """Write fifty events for every household, and return how many."""
    from django.db import connection

    from opmaat.web.journal.models import Entry, Municipality
    from opmaat.web.journal.queries import START, entry_digest
    from opmaat.web.trial.models import Study

    here = Municipality.objects.create(code="made-up", name="Verzonnen")
    Study(municipality=here, name=STUDY, folder=STUDY).save()
    names, numbers, previous, batch = (
        [(token_hex(16), token_hex(16)) for _ in range(households)],
        count(1),
        START,
        [],
    )
    for person, kind, payload, day in course():
        for household, adult in names:
            entry = Entry(
                municipality=here,
                sequence=next(numbers),
                event_id=token_hex(16),
                request_key=token_hex(16),
                study=STUDY,
                household=household,
                person=adult if person else None,
                kind=kind,
                valid_from=day,
                recorded_at=datetime(2020, 1, 1, tzinfo=UTC) + timedelta(microseconds=len(batch)),
                actor="caseworker:3f09aaaa",
                payload=payload,
                previous=previous,
            )
            entry.digest = previous = entry_digest(entry)
            batch.append(entry)
            if len(batch) == AT_ONCE:
                Entry.objects.of(here).bulk_create(batch)
                batch = []
    Entry.objects.of(here).bulk_create(batch)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return next(numbers) - 1


def course():
    """Yield what happens to every household, in the order of its days."""
    yield False, "invited", {}, STARTED - timedelta(days=40)
    for purpose in ("participation", "questionnaires", "register_linking"):
        yield True, "consented", {"purpose": purpose, "given": True}, STARTED - timedelta(days=30)
    yield False, "signed_up", {}, STARTED - timedelta(days=30)
    yield False, "drawn", {}, STARTED - timedelta(days=20)
    yield False, "disclosed", {"arm": "guidance"}, STARTED - timedelta(days=5)
    yield False, "started", {}, STARTED
    for month in range(21):
        day = STARTED + timedelta(days=30 * month)
        yield True, "contact_held", {"minutes": 40, "channel": "office"}, day
        yield True, "earnings_reported", {"net_cents": 100 * month}, day


if __name__ == "__main__":
    print(json.dumps(timed()))
