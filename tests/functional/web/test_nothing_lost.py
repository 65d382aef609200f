"""Many write at once while processes are killed: what was acknowledged is there, and nothing twice.

Ten thousand writes of fifty people with five kills are a benchmark (``benchmarks/web_writes.py``). This
one takes minutes, for the website is started again after every kill; what CI runs has a step for it.
"""

import pytest

pytestmark = pytest.mark.slow

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]


@pytest.fixture
def install(tmp_path, load_helper, start_postgresql):
    """Return a function that starts an installation on a database, which is killed after the test."""
    started = []

    def build(database):
        server = start_postgresql(durable=True) if database == "postgresql" else None
        started.append(load_helper("many_writers").Installation(tmp_path, server))
        return started[-1]

    yield build
    for one in started:
        one.stop()


@pytest.mark.parametrize("database", BOTH)
def test_nothing_is_lost_or_doubled(install, load_helper, database):
    site = install(database)
    kills = ("work", "database" if database == "postgresql" else "web")
    wrong, _ = load_helper("many_writers").run(site, writes=80, clients=4, kills=kills)
    assert wrong == {}
