"""Rehearsals: one on files, one replication without, and many people for many months; peak memory."""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does; here if numpy is not there yet
ROOT = Path(__file__).parents[1]
STUDY = ROOT / "studies/groningen-2017"

MANY = """
import resource, time
from dataclasses import replace
from pathlib import Path
import numpy as np
from opmaat.protocol.load import load_protocol
from opmaat.rehearse.lives.behaviour import live
from opmaat.rehearse.lives.months import person_months
from opmaat.rehearse.many.replicate import study_of
from opmaat.rehearse.people.chance import Chance
from opmaat.rehearse.people.people import draw_people

folder = Path("studies/groningen-2017")
made = replace(study_of(load_protocol(folder), folder=folder).setting, months=60)
start = time.perf_counter()
people = draw_people(43_900, made.reference_date, Chance(1))
arm = np.arange(people.households) % 5
months = person_months(live(people, made, arm, Chance(1)))
seconds = time.perf_counter() - start
print(people.count, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""

ON_FILES = """
import os, time
from pathlib import Path
from tempfile import TemporaryDirectory
from opmaat.protocol.load import load_protocol
from opmaat.rehearse.effects import NO_EFFECTS
from opmaat.rehearse.many.replicate import households_for, study_of
from opmaat.rehearse.play.finish import finish
from opmaat.rehearse.play.play import play

def now():
    return time.perf_counter(), sum(os.times()[:4])  # and of processor, of ended processes as well

study = Path("studies/groningen-2017")
households = households_for(study_of(load_protocol(study), folder=study))
with TemporaryDirectory() as place:
    out = Path(place) / "rehearsal"
    start, busy = now()
    play(study, out, effects=NO_EFFECTS, households=households, seed=1)
    played, used = now()
    finish(out, with_reports=False)
    whole, all_used = now()
    finish(out)
    print(played - start, used - busy, whole - start, all_used - busy, now()[0] - whole)
"""


def measure():
    """Return the rows of this file."""
    return [*on_files(), one_replication(), *many_people()]


def on_files():
    """Time the Groningen rehearsal from the register to the estimates, in a process of its own.

    The better of two runs, late imports included: the first compiles what it imports.
    """
    with TemporaryDirectory() as place:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": place}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        runs = [program(ON_FILES, environment) for _ in range(2)]
    played, used, whole, all_used, reported = min(runs, key=lambda run: run[2])
    detail = (
        f"files {played:.1f} s ({used:.1f} s of processor), with course and estimates {whole:.1f} s "
        f"({all_used:.1f} s of processor)"
    )
    yield row("Groningen on files, to the estimates: 5 s / ours", 5 / whole, 1, detail)
    again = f"reading, estimating and four reports {reported:.1f} s"
    yield row("Groningen on files, to the reports: 60 s / ours", 60 / (played + reported), 1, again)


def program(text, environment=None):
    """Run a program, and return the numbers that it prints."""
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return [float(number) for number in done.stdout.split()]


def one_replication():
    """Time one replication of the primary questions of Groningen without files."""
    from dataclasses import replace

    from opmaat.protocol.load import load_protocol
    from opmaat.rehearse.many.diagnose import one_replication as replicated
    from opmaat.rehearse.many.diagnosed import diagnosed
    from opmaat.rehearse.many.replicate import households_for, study_of

    study = study_of(load_protocol(STUDY), folder=STUDY)
    households = households_for(study)
    alone = replace(study, setting=replace(study.setting, protocol=diagnosed(study.protocol).protocol))
    replicated(alone, households, 1)
    seconds = []
    for seed in (2, 3, 4):
        start = time.perf_counter()
        replicated(alone, households, seed)
        seconds.append(time.perf_counter() - start)
    detail = f"ours {min(seconds):.2f} s: people, draw, lives, panel and 6 analyses with CR2 errors"
    return row("one replication of Groningen: 0.2 s / ours", 0.2 / min(seconds), 1, detail)


def many_people():
    """Time 50,000 claimants for 60 months, with their settlements, in a process of its own."""
    people, seconds, megabytes = program(MANY)
    detail = f"{people:,.0f} people, 60 months, settled: ours {seconds:.1f} s, {megabytes:.0f} MB"
    yield row("50,000 claimants, 60 months: 60 s / ours", 60 / seconds, 1, detail)
    yield row("50,000 claimants, 60 months: 2 GB / ours", 2048 / megabytes, 1, detail)


def row(what, ratio, aim, detail):
    return {"what": what, "ratio": round(ratio, 2), "aim": aim, "better": "higher", "detail": detail}
