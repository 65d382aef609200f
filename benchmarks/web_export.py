"""Exporting 132,229 questionnaires of 507 answers from PostgreSQL as a data package, CSV and Parquet.

The export runs in a process of its own, as a worker does it; its peak of memory is the machine's count of it.
Beside it stands PostgreSQL's own copy of the same rows. Seconds are by the clock, with the database.
"""

import json
import os
import random
import resource
import subprocess
import sys
import time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
PEOPLE, ANSWERS, DISTINCT = 132_229, 507, 997
MOST_SECONDS, MOST_MEGABYTES = 60, 300
NAME = "ab" * 16


def measure():
    """Return the rows of this file."""
    spec = spec_from_file_location("postgresql_server", ROOT / "tests/postgresql_server.py")
    helper = module_from_spec(spec)
    spec.loader.exec_module(helper)
    server = helper.Server()
    try:
        with TemporaryDirectory() as home:
            settle(Path(home), server.make("opmaat"))
            run("fill")
            return rows_of(json.loads(run("export")), json.loads(run("copy")))
    finally:
        server.stop()


def rows_of(ours, copied):
    """Return what was measured beside what was aimed at."""
    megabytes = ours["bytes"] / 1e6
    detail = (
        f"{ours['rows']:,} rows x {ours['columns']} columns, {megabytes:.0f} MB of CSV and Parquet; "
        f"{ours['seconds']:.1f} s, processor {ours['processor']:.1f} s here, {ours['server']:.1f} s there"
    )
    beside = f"{detail}; PostgreSQL's own copy {copied['seconds']:.1f} s ({copied['server']:.1f} s)"
    return [
        {
            "what": "export: seconds as a share of the minute it may take",
            "ratio": round(ours["seconds"] / MOST_SECONDS, 2),
            "aim": 1,
            "better": "lower",
            "detail": beside,
        },
        {
            "what": "export: peak of memory as a share of 300 MB",
            "ratio": round(ours["peak_mb"] / MOST_MEGABYTES, 2),
            "aim": 1,
            "better": "lower",
            "detail": f"{ours['peak_mb']:.0f} MB, Django and the engine included",
        },
    ]


def settle(home, address):
    """Put a study with a long questionnaire into a folder, and say to those who come where everything is."""
    import shutil

    study = home / "studies/groningen-2017"
    shutil.copytree(ROOT / "studies/groningen-2017", study, ignore=shutil.ignore_patterns("results"))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "opmaat.web.settings.serve",
        "OPMAAT_WEB_HOME": str(home),
        "OPMAAT_WEB_DATABASE": address,
        "OPMAAT_WEB_LOCAL": "1",
        "OPMAAT_WEB_TODAY": "2018-11-12",
    }
    from opmaat.web.gateway.research import item_fields
    from opmaat.web.gateway.studies import questionnaire_of

    there = len(item_fields(questionnaire_of(study)))
    number_item = "{kind: number, lowest: 0, highest: 999, text: {nl: Verzonnen, en: Made up}}"
    with (study / "questionnaire.yaml").open("a", encoding="utf-8") as file:
        file.writelines(f"  made_up_{number}: {number_item}\n" for number in range(there, ANSWERS))


def run(part):
    """Run a part of this file in a process of its own, and return what it prints."""
    done = subprocess.run([sys.executable, __file__, part], check=True, capture_output=True, text=True)
    return done.stdout


def start():
    """Set Django up."""
    import django

    django.setup()


def fill():
    """Make the tables, and as many made-up sheets of answers as there are people."""
    start()
    from django.core.management import call_command
    from django.db import connection

    from opmaat.web.accounts.actions import make_staff_account
    from opmaat.web.accounts.permissions import Role
    from opmaat.web.gateway.research import item_fields
    from opmaat.web.gateway.studies import questionnaire_of
    from opmaat.web.journal.models import Municipality
    from opmaat.web.trial.models import Study
    from opmaat.web.trial.queries import study_folder

    call_command("migrate", verbosity=0)
    municipality = Municipality.objects.create(code="made-up", name="Verzonnen")
    study = Study(municipality=municipality, name="groningen-2017", folder="groningen-2017")
    study.save()
    make_staff_account(
        municipality=municipality,
        role=Role.RESEARCHER,
        email="r@made-up.example",
        password="long made-up word",
    )
    chance = random.Random(1)
    items = item_fields(questionnaire_of(study_folder(study)))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE made_up (number integer PRIMARY KEY, answers jsonb)")
        for number in range(DISTINCT):
            answers = {item.name: answer(item, chance) for item in items}
            cursor.execute("INSERT INTO made_up VALUES (%s, %s)", [number, json.dumps(answers)])
        cursor.execute(
            "INSERT INTO surveys_sheet "
            "(municipality_id, study, person, wave, page, finished_on, answers, edition) "
            "SELECT %s, %s, lpad(to_hex(g), 32, '0'), 'baseline', 1, date '2017-11-05', made_up.answers, 1 "
            "FROM generate_series(1, %s) g JOIN made_up ON made_up.number = g %% %s",
            [municipality.pk, study.name, PEOPLE, DISTINCT],
        )
        cursor.execute("DROP TABLE made_up")


def answer(item, chance):
    """Return a made-up answer to an item."""
    if item.labels:
        return chance.choice([*item.labels])
    return str(chance.randrange(1000)) if item.kind in {"integer", "number"} else ""


def export():
    """Make the export, and print what it took."""
    start()
    from opmaat.web.accounts.models import Account
    from opmaat.web.journal.models import Municipality
    from opmaat.web.research.actions import make_export
    from opmaat.web.research.queries import study_of

    study = study_of(Municipality.objects.get(), "groningen-2017")
    actor, steps = Account.objects.get(role="researcher").actor, []
    begun, processor, served = time.perf_counter(), time.process_time(), seconds_of_server()
    made = make_export(
        study=study, name=NAME, with_arms=False, actor=actor, progress=lambda *step: steps.append(step)
    )
    (answers,) = (table for table in made.tables if table["name"] == "answers")
    measured = {
        "seconds": time.perf_counter() - begun,
        "processor": time.process_time() - processor,
        "server": seconds_of_server() - served,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "rows": answers["rows"],
        "columns": answers["columns"],
        "bytes": answers["bytes"],
    }
    print(json.dumps(measured))


def seconds_of_server():
    """Return the processor seconds of the server's process that answers this one."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (number,) = cursor.fetchone()
    spent = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, spent[11:13])) / os.sysconf("SC_CLK_TCK")


def copy():
    """Have PostgreSQL copy the answers as they are kept, and print what that took."""
    start()
    from django.db import connection

    begun, served = time.perf_counter(), seconds_of_server()
    with (
        connection.connection.cursor() as cursor,
        cursor.copy("COPY surveys_sheet TO STDOUT (FORMAT csv)") as out,
    ):
        for _ in out:
            pass
    print(json.dumps({"seconds": time.perf_counter() - begun, "server": seconds_of_server() - served}))


if __name__ == "__main__":
    {"fill": fill, "export": export, "copy": copy}[sys.argv[1]]()
