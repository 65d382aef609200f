"""A million events of twenty thousand households: verified, and all read models made anew, on PostgreSQL.

The two commands of an installation run at once, as on two processors one would: neither waits for the other.
Seconds by the clock from the first that begins until both have ended, and of the processor, of copies of a
process as well; the start of the processes is left out.
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
COMMANDS, MOST = {"verified": "verify_journal", "replayed": "rebuild_read_models"}, 30
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
            begun(environment, "write").wait()
            served = seconds_of(server)
            both = {what: begun(environment, what) for what in COMMANDS}
            told = {what: json.loads(one.communicate()[0].splitlines()[-1]) for what, one in both.items()}
            return rows(told, seconds_of(server) - served)
        finally:
            server.stop()


def begun(environment, what):
    """Begin a part of this file in a process of its own."""
    return subprocess.Popen([sys.executable, __file__, what], env=environment, stdout=subprocess.PIPE)


def rows(told, served):
    """Return what was measured beside what was aimed at."""
    seconds = max(one["ended"] for one in told.values()) - min(one["begun"] for one in told.values())
    parts = [f"{seconds:.1f} s, {served:.1f} s of the processor at the server"] + [
        f"{what} {one['ended'] - one['begun']:.1f} s, {one['processor']:.1f} s of the processor, "
        f"a process at most {one['megabytes']} MB"
        for what, one in told.items()
    ]
    return [
        {
            "what": f"{50 * HOUSEHOLDS:,} events verified and replayed at once: seconds / {MOST}",
            "ratio": round(seconds / MOST, 2),
            "aim": 1,
            "better": "lower",
            "detail": "; ".join(parts),
        }
    ]


def timed(what):
    """Carry one command out, and print what it took."""
    from django.core.management import call_command

    moment, processor = time.time(), sum(os.times()[:4])
    call_command(COMMANDS[what], verbosity=0)
    of = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    measured = {
        "begun": moment,
        "ended": time.time(),
        "processor": sum(os.times()[:4]) - processor,
        "megabytes": max(resource.getrusage(one).ru_maxrss for one in of) // 1024,
    }
    print(json.dumps(measured))


def seconds_of(server):
    """Return the processor seconds of a server: of its first process, and of those that it ended."""
    number = (server.folder / "data/postmaster.pid").read_text().splitlines()[0]
    spent = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, spent[11:15])) / os.sysconf("SC_CLK_TCK")


def write(households):
    """Make the tables, and write fifty events for every household."""
    from django.core.management import call_command
    from django.db import connection

    from opmaat.web.journal.models import Entry, Municipality
    from opmaat.web.journal.queries import START, entry_digest
    from opmaat.web.trial.models import Study

    call_command("migrate", verbosity=0)
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
    import django

    django.setup()
    if sys.argv[1] == "write":
        write(HOUSEHOLDS)
    else:
        timed(sys.argv[1])
