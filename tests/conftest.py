"""What tests need from outside Python, and what happens when it is not there.

`@pytest.mark.needs("chromium")` skips a test with the reason when Chromium is absent. With CI set nothing
may be absent: the test then fails instead. `.ci/run` installs what is named here.
"""

import fcntl
import importlib.util
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
# The first is Chromium without the parts around a page that nobody sees here; a test costs half with it.
CHROMIUM = [Path(f"/usr/bin/{name}") for name in ("chromium-headless-shell", "chromium")]
R_PACKAGES = ("AER", "clubSandwich", "estimatr", "jsonlite", "multcomp", "mvtnorm", "pwr", "sandwich")


@cache
def r_is_there() -> bool:
    if shutil.which("Rscript") is None:
        return False
    ask = "; ".join(f"stopifnot(requireNamespace('{name}', quietly=TRUE))" for name in R_PACKAGES)
    return subprocess.run(["Rscript", "-e", ask], capture_output=True, check=False).returncode == 0


def import_helper(name):
    """Import a file of helpers that stands in this folder."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"tests/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def chromium_is_there() -> bool:
    return any(program.is_file() for program in CHROMIUM)


def postgresql_is_there() -> bool:
    return import_helper("postgresql_server").programs() is not None


NEEDS = {
    "axe": ((ROOT / "node_modules/axe-core/axe.min.js").is_file, "axe-core: npm ci"),
    "chromium": (chromium_is_there, "Chromium: apt-get install chromium-headless-shell"),
    "oracles": ((ROOT / ".venv-oracles/.oracles").is_file, "outside Python packages: make oracles"),
    "postgresql": (postgresql_is_there, "the server of PostgreSQL: apt-get install postgresql"),
    "r": (r_is_there, "R: apt-get install r-base-core and the packages in .ci/run"),
    "shared": ((SHARED / "data").is_dir, "the data of real experiments in ../shared"),
}


def pytest_runtest_setup(item):
    for marker in item.iter_markers("needs"):
        for name in marker.args:
            is_there, what = NEEDS[name]
            if is_there():
                continue
            if os.environ.get("CI"):
                pytest.fail(f"needs {what}; with CI set this may not be skipped", pytrace=False)
            pytest.skip(f"needs {what}")


@pytest.fixture(scope="session")
def chromium_program():
    """Return the Chromium of this machine."""
    return next(program for program in CHROMIUM if program.is_file())


@pytest.fixture(scope="session")
def load_helper():
    """Return a function that imports a file of helpers of the folder of the tests."""
    return import_helper


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """Return a function that has a folder made once for all processes of a run, and gives a copy of it."""
    mine = tmp_path_factory.getbasetemp()
    kept = (mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine) / "made-once"
    kept.mkdir(exist_ok=True)

    def copy(name, make):
        whole, half = kept / name, kept / f"{name}-half"
        with (kept / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not whole.exists():
                shutil.rmtree(half, ignore_errors=True)
                half.mkdir()
                make(half)
                half.rename(whole)
        return shutil.copytree(whole, tmp_path_factory.mktemp("copy") / name)

    return copy


@pytest.fixture(scope="session")
def start_postgresql():
    """Return a function that starts a PostgreSQL server, which is stopped after the last test."""
    servers = []

    def start(*, durable=False):
        servers.append(import_helper("postgresql_server").Server(durable=durable))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def shared():
    return SHARED


@pytest.fixture(scope="session")
def studies():
    return ROOT / "studies"


@pytest.fixture(scope="session")
def oracle_python():
    return ROOT / ".venv-oracles/bin/python"


TEXT = {"nl": "tekst", "en": "text"}


@pytest.fixture(scope="session")
def build_protocol():
    """Return a function that makes a protocol of a few lines, with other top-level keys as they are given."""
    from opmaat.protocol.load import type_adapter

    def build(**content):
        plain = {
            "version": 1,
            "id": "made-up",
            "title": TEXT,
            "legal_framework": "none",
            "population": {"unit": "person", "description": TEXT},
            "arms": {
                "control": {"kind": "control", "label": TEXT},
                "guidance": {"kind": "other", "label": TEXT},
            },
            "assignment": {"method": "recorded", "description": TEXT},
            "outcomes": {"hours": {"kind": "continuous", "label": TEXT, "unit": TEXT}},
            "estimands": [{"id": "E", "outcome": "hours", "contrast": "against_control"}],
            "analyses": [{"id": "A", "method": "difference_in_means", "estimands": ["E"]}],
        }
        return type_adapter().validate_python(plain | content)

    return build
