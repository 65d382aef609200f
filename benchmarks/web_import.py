"""Reading a register of 200,000 rows in on PostgreSQL, as a worker of the website does it.

From the upload to everyone on the list with name and address: sealed, screened and entered; some rows are
wrong and set aside. Seconds are by the clock, with the database. Beside it stands the engine's own command on
the same file, which makes the list under pseudonyms and enters nobody.
"""

import importlib.util
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
ROWS, WRONG_EVERY, BORN = 200_000, 10_000, 7
MOST_SECONDS = 60
STUDY, CITY = "groningen-2017", "9999"


def helper(name):
    """Return a file of helpers of the tests."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"tests/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure():
    """Return the rows of this file."""
    server = helper("postgresql_server").Server(durable=True)
    try:
        with TemporaryDirectory() as home:
            os.environ |= {
                "DJANGO_SETTINGS_MODULE": "opmaat.web.settings.serve",
                "OPMAAT_WEB_HOME": home,
                "OPMAAT_WEB_LOCAL": "1",
                "OPMAAT_WEB_TODAY": "2017-10-02",
                "OPMAAT_WEB_DATABASE": server.make("opmaat"),
            }
            run(home, "write")
            done = run(home, "read")
            return [told(json.loads(done.splitlines()[-1]), engine_seconds(Path(home)))]
    finally:
        server.stop()


def run(home, part):
    """Run a part of this file in a process of its own, and return what it prints."""
    command = [sys.executable, __file__, part, home]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def told(ours, engine):
    """Return what was measured beside what was aimed at."""
    detail = (
        f"{ours['seconds']:.1f} s, processor {ours['processor']:.1f} s here, {ours['server']:.1f} s there; "
        f"at most {ours['peak_mb']:.0f} MB; {ours['adults']:,} people entered, {ours['refused']} rows "
        f"refused; progress told {ours['told']} times. `opmaat caseload` on the same file: {engine:.1f} s"
    )
    return {
        "what": f"{ROWS:,} rows of a register read in on PostgreSQL: seconds / {MOST_SECONDS}",
        "ratio": round(ours["seconds"] / MOST_SECONDS, 2),
        "aim": 1,
        "better": "lower",
        "detail": detail,
    }


def write(home):
    """Write a made-up register, in which a row has a day of birth that cannot be now and then."""
    preparing = helper("preparing")
    heads, rows = preparing.register_rows(ROOT, ROWS)
    rows = rows[:ROWS]
    for at in range(0, ROWS, WRONG_EVERY):
        rows[at][BORN] = "19801301"
    (home / "register.csv").write_bytes(preparing.csv_of(heads, rows))


def read(home):
    """Read the register in, and print what that took."""
    import django
    from django.core.management import call_command

    place = home / "studies" / STUDY
    shutil.copytree(ROOT / "studies" / STUDY, place, ignore=shutil.ignore_patterns("results"))
    django.setup()
    call_command("migrate", verbosity=0)
    from opmaat.web.jobs import actions as jobs
    from opmaat.web.jobs.running import do_waiting
    from opmaat.web.trial.models import Adult

    study = asked(home)
    kept, beats = jobs.keep_hold, []
    jobs.keep_hold = lambda **given: (beats.append(given), kept(**given))
    begun, processor, served = time.perf_counter(), time.process_time(), seconds_of_server()
    do_waiting()
    measured = {
        "seconds": time.perf_counter() - begun,
        "processor": time.process_time() - processor,
        "server": seconds_of_server() - served,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "adults": Adult.objects.of(study.municipality).count(),
        "refused": ROWS // WRONG_EVERY,
        "told": len(beats),
    }
    state = jobs.Job.objects.of(study.municipality).get()
    assert state.state == "done", state.problems
    print(json.dumps(measured))


def asked(home):
    """Make a study with a frozen protocol, and ask for the register to be read in."""
    from datetime import date

    from opmaat.web.journal.models import Municipality
    from opmaat.web.preparation import actions
    from opmaat.web.preparation.files import keep_upload
    from opmaat.web.trial.models import Study

    municipality = Municipality.objects.create(code="made-up", name="Verzonnen")
    study = Study(municipality=municipality, name=STUDY, folder=STUDY)
    study.save()
    actions.freeze(study=study, actor="project_lead:0000")
    content = (home / "register.csv").read_bytes()
    chunks = (content[at : at + (1 << 16)] for at in range(0, len(content), 1 << 16))
    actions.ask_import(
        study=study,
        round_name="",
        upload=keep_upload(study=study, chunks=chunks, ending=".csv"),
        day=date(2017, 9, 1),
        city=CITY,
        set_aside=True,
        actor="project_lead:0000",
        back="",
    )
    return study


def seconds_of_server():
    """Return the processor seconds of the server's process that answers this one."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (number,) = cursor.fetchone()
    spent = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, spent[11:13])) / os.sysconf("SC_CLK_TCK")


def engine_seconds(home):
    """Return the seconds that the engine's own command takes for the same file."""
    study = home / "alone"
    shutil.copytree(ROOT / "studies" / STUDY, study, ignore=shutil.ignore_patterns("results"))
    opmaat = Path(sys.executable).with_name("opmaat")
    subprocess.run([opmaat, "freeze", study], check=True, stdout=subprocess.DEVNULL)
    begun = time.perf_counter()
    register = ["--register", home / "register.csv", "--set-aside"]
    subprocess.run([opmaat, "caseload", study, *register], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


if __name__ == "__main__":
    {"write": write, "read": read}[sys.argv[1]](Path(sys.argv[2]))
