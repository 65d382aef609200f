"""A website that is served in a process of its own, for tests and timings that need a real one."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).parents[1]
STUDY, TODAY = ROOT / "studies/groningen-2017", "2018-11-12"


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(address):
    for _ in range(1500):  # five minutes, on a machine that has much else to do
        try:
            return urlopen(f"{address}/sign-in/", timeout=5)
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)


def _command(home, study, *options):
    """Return the command of a demonstration, and the environment that it is given in."""
    command = [Path(sys.executable).with_name("opmaat"), "serve", "--home", home, "--today", TODAY]
    mine = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO")}
    return [*command, "--demonstration", study, *options], mine


def prepare(home, study=STUDY):
    """Fill a demonstration, and do not start it."""
    command, environment = _command(home, study, "--only-prepare")
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)


def start(home, port, study=STUDY, *, workers=2, **environment):
    """Start the website in a group of processes of its own, so that all of it can be killed at once."""
    command, mine = _command(home, study, "--port", str(port), "--workers", str(workers))
    with (home / "log.txt").open("a") as log:
        server = subprocess.Popen(
            command, stdout=log, stderr=log, env=mine | environment, start_new_session=True
        )
    wait_for(f"http://127.0.0.1:{port}")
    return server


def kill(server):
    """Kill a website with all its processes, when it is still there."""
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGKILL)
    server.wait(timeout=20)


def environment_of(home, *, keys=None, study=STUDY, **environment):
    """Return the environment in which commands about a website are given."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "opmaat.web.settings.serve",
        "OPMAAT_WEB_HOME": str(home),
        "OPMAAT_WEB_KEYS": str(keys or home / "keys"),
        "OPMAAT_WEB_LOCAL": "1",
        "OPMAAT_WEB_STUDIES": str(study.parent),
        "OPMAAT_WEB_TODAY": TODAY,
        **environment,
    }


def manage(home, *command, **environment):
    """Give a command of Django about a website."""
    subprocess.run(
        [sys.executable, "-m", "django", *map(str, command)],
        env=environment_of(home, **environment),
        check=True,
    )


def ask(home, code, **environment):
    """Return what a piece of Python prints that has the website's own models."""
    code = f"import django\ndjango.setup()\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment_of(home, **environment),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout
