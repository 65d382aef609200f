"""Read models made anew: by halves where several can write, each whole or not at all; writers wait."""

import os
import subprocess
import sys
import threading
from datetime import date

import pytest
from django.db import connection, transaction

from opmaat.web.gateway.events import kinds
from opmaat.web.journal import replay
from opmaat.web.journal.actions import Fact, record
from opmaat.web.journal.models import Municipality
from opmaat.web.journal.projections import every_read_model
from opmaat.web.journal.replay import differences, rebuild
from opmaat.web.trial.models import Standing

HOUSEHOLDS = ("", "a1", "b2", "c3", "Zoë")
AS_INSTALLED = """
import os, sys
from pathlib import Path
import django
django.setup()
from django.core.management import call_command
from opmaat.web.journal import replay

made = replay._rebuild
def told(*place, **bounds):
    Path(sys.argv[1], str(os.getpid())).touch()
    made(*place, **bounds)
replay._rebuild = told
call_command("rebuild_read_models", verbosity=0)
"""


@pytest.fixture
def here(new_database, use_database, monkeypatch):
    """Return the municipality of a database in use, with some households; all is done in this process."""
    monkeypatch.setattr("opmaat.core.beside._can_copy", lambda: False)
    with use_database(new_database(tables=True)):
        yield begun()


def begun():
    """Return a municipality with households that began and had talks."""
    municipality = Municipality.objects.create(code="made-up", name="Verzonnen")
    arms = (kinds.Invited(), kinds.SignedUp(), kinds.Drawn(), kinds.Disclosed("control"), kinds.Started())
    for household in HOUSEHOLDS:
        for payload in arms:
            write(municipality, household, payload)
        for minutes in (30, 20):
            write(municipality, household, kinds.ContactHeld(minutes, "office"), person=f"p{household}")
    return municipality


def write(municipality, household, payload, person=None):
    fact = Fact(
        study="made-up",
        household=household,
        person=person,
        payload=payload,
        valid_from=date(2018, 1, 8),
        corrects=None,
    )
    record(fact, municipality=municipality, actor="system:0000", request_key=os.urandom(8).hex())


def wrong_everywhere(municipality):
    """Change and take away rows, and add rows of nobody."""
    Standing.objects.of(municipality).update(participation="invited")
    for name, other in (("a1", "a0"), ("c3", "zz")):
        row = Standing.objects.of(municipality).get(household=name)
        row.pk, row.household = None, other
        row.save()
    for read in every_read_model()[1:]:
        read.table.objects.of(municipality).filter(household__in=("", "b2")).delete()


def rows_from(municipality, household):
    """Return the rows of the households from one on."""
    rows = Standing.objects.of(municipality).filter(household__gte=household)
    return list(rows.order_by("pk").values())


def test_halves_together_say_what_the_events_say(here):
    wrong_everywhere(here)
    with transaction.atomic():
        assert len(list(differences(here))) > len(HOUSEHOLDS)
    rebuild(here)
    with transaction.atomic():
        assert list(differences(here)) == []
    rebuild(Municipality.objects.create(code="nobody", name="Niemand"))


def test_a_half_that_fails_leaves_its_rows_as_they_were(here, monkeypatch):
    wrong_everywhere(here)
    middle, project_new = replay._middle(here), replay.project_new
    assert middle in sorted(HOUSEHOLDS)[1:-1]
    before = rows_from(here, middle)

    def fails(municipality, told):
        project_new(municipality, told)
        if told[-1][1].household >= middle:  # as the database orders text
            raise OSError("no room")

    monkeypatch.setattr(replay, "project_new", fails)
    with pytest.raises(OSError, match="no room"):
        rebuild(here)
    assert rows_from(here, middle) == before
    monkeypatch.setattr(replay, "project_new", project_new)
    rebuild(here)
    with transaction.atomic():
        assert list(differences(here)) == []


def on_postgresql(postgresql_server, postgresql):
    """Return the address of a database with tables and no rows."""
    return postgresql_server.make(f"opmaat-{os.urandom(4).hex()}", "--template=opmaat")


def test_a_command_as_installed_makes_each_half_in_a_process(
    postgresql_server, postgresql, use_database, django_db_blocker, tmp_path
):
    from opmaat.web.settings.databases import database_of

    address = on_postgresql(postgresql_server, postgresql)
    with django_db_blocker.unblock(), use_database(database_of(None, address)):
        municipality = begun()
        wrong_everywhere(municipality)
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "opmaat.web.settings.serve",
            "OPMAAT_WEB_HOME": str(tmp_path),
            "OPMAAT_WEB_LOCAL": "1",
            "OPMAAT_WEB_DATABASE": address,
        }
        made_by = tmp_path / "made-by"
        made_by.mkdir()
        subprocess.run([sys.executable, "-c", AS_INSTALLED, made_by], env=environment, check=True)
        assert len(list(made_by.iterdir())) == min(2, len(os.sched_getaffinity(0)))
        with transaction.atomic():
            assert list(differences(municipality)) == []


def test_several_hold_writers_off_at_once(postgresql_server, postgresql, use_database, django_db_blocker):
    from opmaat.web.settings.databases import database_of

    address, order = on_postgresql(postgresql_server, postgresql), []
    reached = threading.Event()

    def apart(wait, name):
        def run():
            with use_database(database_of(None, address)), transaction.atomic():
                reached.set()
                wait(municipality)
                order.append(name)

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    with django_db_blocker.unblock(), use_database(database_of(None, address)):
        municipality = Municipality.objects.create(code="made-up", name="Verzonnen")
        with transaction.atomic():
            Municipality.objects.wait_for_writers(municipality)
            writer = apart(Municipality.objects.wait_for_turn, "writer")
            reached.wait(10)
            until_it_waits()
            apart(Municipality.objects.wait_for_writers, "other").join(10)
            order.append("first")
        writer.join(10)
    assert order == ["other", "first", "writer"]


def until_it_waits():
    """Wait until a connection waits for a lock."""
    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("nobody waits")
