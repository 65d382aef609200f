"""Work beside other work: what the copy returns and raises, and what happens where there is no copy."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from opmaat.core.beside import beside

AS_A_PROGRAM = """
import os, sys, time
from pathlib import Path
from opmaat.core.beside import beside
from opmaat.core.errors import DataFileError, Issue

one = Issue("wrong-value", "a.yaml:1", "It is wrong.", "Mend it.")

def wrong():
    raise DataFileError([one])

def dies():
    if os.getpid() != me:
        os._exit(1)
    return "done here"

def late(file):
    time.sleep(60)
    Path(file).touch()

me = os.getpid()
with beside(os.getpid) as other:
    assert os.getpid() == me
    assert other() != me
with beside(wrong) as told:
    try:
        told()
    except DataFileError as error:
        assert error.issues == (one,), error.issues
    else:
        raise AssertionError("nothing was raised")
with beside(dies) as again:
    assert again() == "done here"
start = time.monotonic()
try:
    with beside(lambda: late(sys.argv[1])):
        raise KeyboardInterrupt
except KeyboardInterrupt:
    assert time.monotonic() - start < 30
print("all of it")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux only")
def test_a_copy_returns_raises_dies_and_is_ended(tmp_path):
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("one processor: no copy is made")
    program = [sys.executable, "-c", AS_A_PROGRAM, tmp_path / "late"]
    done = subprocess.run(program, check=False, capture_output=True, text=True, timeout=60)
    assert done.stdout == "all of it\n", done.stderr
    assert not (tmp_path / "late").exists()


KILLED = """
import multiprocessing, time
from opmaat.core.beside import beside

with beside(lambda: time.sleep(60)):
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux only")
def test_a_copy_ends_when_the_first_process_is_killed():
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("one processor: no copy is made")
    with subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True) as first:
        status = Path(f"/proc/{int(first.stdout.readline())}/status")
        first.kill()
    until = time.monotonic() + 30
    while status.exists() and "zombie" not in status.read_text():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_beside_a_thread_the_work_is_done_here():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    here = []
    with beside(lambda: here.append(1)) as work:
        assert here == []
        work()
    stop.set()
    thread.join()
    assert here == [1]
