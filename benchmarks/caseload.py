"""A register of 200,000 rows into a caseload, beside the least that must be done with it in plain Python."""

import csv
import hmac
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from opmaat.caseload.build import examine
from opmaat.caseload.read import read_register
from opmaat.protocol.load import load_protocol

STUDY = Path(__file__).parent.parent / "tests/spec/caseload/study"
DAY, KEY, ROWS, BAD = date(2026, 1, 1), bytes(32), 200_000, 123_456


def measure():
    """Return the rows of this file."""
    with TemporaryDirectory() as folder:
        register = Path(folder) / "register.csv"
        write(register)
        return [beside_plain_python(register)]


def beside_plain_python(register):
    protocol = load_protocol(STUDY)

    def ours():
        found = examine(protocol, read_register(protocol, register, folder=STUDY, day=DAY), key=KEY, day=DAY)
        assert [item.row for item in found.refused] == [BAD, BAD + 1]

    def peer():
        with register.open(encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream, delimiter=";"):
                for cell in row[:2]:
                    hmac.digest(KEY, cell.encode(), "sha256")
                [cell.strip() for cell in row]

    seconds, least = best(ours), best(peer)
    what = (
        "200,000 rows with one bad row, screened and told: ours / csv.reader with a keyed hash of who is who"
    )
    detail = f"ours {seconds:.2f} s, plain {least:.2f} s"
    return {"what": what, "ratio": round(seconds / least, 2), "aim": 5, "better": "lower", "detail": detail}


def write(register):
    """Write households of two persons, one of whom has a date that cannot be."""
    lines = ["bsn;nr;kind;born;started"]
    for at in range(ROWS):
        born = "1980-13-01" if at + 2 == BAD else "1980-01-01"
        lines.append(f"{at:09d};H{at // 2:05d};t;{born};01-02-2020")
    register.write_text("\n".join(lines), encoding="utf-8")


def best(work, times=3):
    """Return the shortest of several times, in seconds of the processor."""
    seconds = []
    for _ in range(times):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)
