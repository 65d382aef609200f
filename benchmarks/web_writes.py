"""Ten thousand writes by fifty people while workers, the website and the database are killed five times.

Participants sign up, answer and report earnings, caseworkers write talks down; meanwhile lots are drawn,
letters sent and arms told in the background (``tests/many_writers.py``). 1 when every acknowledged write is
there once and only once, the lots are balanced, nobody got a letter twice, and every job ended once; 0
otherwise. With nothing else to do a machine takes some minutes for each database.
"""

import importlib.util
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
WRITES, CLIENTS = 10_000, 50


def helper(name):
    """Return a file of helpers of the tests."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"tests/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure():
    """Return a row for each database."""
    postgresql = helper("postgresql_server")
    rows = [of("SQLite", None, ("worker", "work", "web", "work", "web"))]
    if postgresql.programs() is not None:
        server = postgresql.Server(durable=True)
        try:
            rows.append(of("PostgreSQL", server, ("worker", "work", "database", "web", "database")))
        finally:
            server.stop()
    return rows


def of(database, server, kills):
    """Return the row of one database."""
    writers = helper("many_writers")
    with TemporaryDirectory() as home:
        site = writers.Installation(Path(home), server)
        try:
            wrong, told = writers.run(site, writes=WRITES, clients=CLIENTS, kills=kills)
        finally:
            site.stop()
    detail = ", ".join(f"{name} {value}" for name, value in told.items())
    return {
        "what": f"{database}: {WRITES} writes of {CLIENTS} people, {len(kills)} kills: there / acknowledged",
        "ratio": 0.0 if wrong else 1.0,
        "aim": 1,
        "better": "higher",
        "detail": f"{detail}; wrong: {wrong}" if wrong else detail,
    }
