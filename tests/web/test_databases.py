"""What each of the two databases has to do by itself: refuse, be copied, be put back, and be migrated."""

import threading
from datetime import date

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from opmaat.web.gateway.events import kinds
from opmaat.web.journal.actions import Fact, record
from opmaat.web.journal.models import Entry, Municipality
from opmaat.web.journal.queries import verify_chain
from opmaat.web.journal.triggers import missing_triggers
from opmaat.web.settings.databases import database_of


def fill(municipality, numbers):
    """Invite a household for every number."""
    for number in numbers:
        fact = Fact(
            study="made-up",
            household=f"h{number}",
            person=None,
            payload=kinds.Invited(),
            valid_from=date(2018, 1, 8),
        )
        record(fact, municipality=municipality, actor="system:0000", request_key=f"k{number}")


@pytest.fixture
def filled(new_database, use_database):
    """Return the settings of a database that is in use and has ten events, and its municipality."""
    settings = new_database(tables=True)
    with use_database(settings):
        municipality = Municipality.objects.create(code="made-up", name="Verzonnen")
        fill(municipality, range(10))
        yield settings, municipality


def test_a_copy_made_while_others_write_is_whole_and_can_be_put_back(
    filled, new_database, use_database, tmp_path
):
    settings, municipality = filled
    stop = threading.Event()

    def write_on():
        with use_database(settings):
            for number in range(10, 10_000):
                fill(municipality, [number])
                if stop.is_set():
                    return

    writer, copy = threading.Thread(target=write_on), tmp_path / "copy"
    writer.start()
    while Entry.objects.of(municipality).count() < 12:
        pass
    call_command("backup", copy, verbosity=0)
    stop.set()
    writer.join()
    assert copy.stat().st_mode & 0o077 == 0
    written = Entry.objects.of(municipality).count()
    with use_database(new_database()):
        call_command("restore", copy, verbosity=0)
        assert 12 <= Entry.objects.of(municipality).count() <= written
        assert missing_triggers() == []
        fill(municipality, [20_000])
        assert verify_chain(municipality).is_whole


def test_a_copy_is_never_written_over_something(filled, tmp_path):
    file = tmp_path / "copy"
    call_command("backup", file, verbosity=0)
    with pytest.raises(CommandError, match="File exists"):
        call_command("backup", file, verbosity=0)
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", file, verbosity=0)
    with pytest.raises(CommandError, match="no such file"):
        call_command("restore", tmp_path / "nothing", verbosity=0)


def test_what_is_no_copy_leaves_the_database_empty(new_database, use_database, tmp_path):
    (tmp_path / "letter").write_text("this is no copy of any database" * 100)
    with use_database(new_database()):
        with pytest.raises(CommandError, match=r"no copy|failed"):
            call_command("restore", tmp_path / "letter", verbosity=0)
        assert connection.introspection.table_names() == []


def test_a_protection_that_was_taken_away_is_noticed_and_made_again(filled):
    _, municipality = filled
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER journal_entry_no_delete")
        else:
            cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER journal_entry_no_delete")
    assert missing_triggers() == ["journal_entry_no_delete"]
    call_command("migrate", verbosity=0)
    assert missing_triggers() == []
    with pytest.raises(DatabaseError, match="stands for good"), transaction.atomic():
        Entry.objects.of(municipality).delete()


def test_a_table_that_stands_for_good_cannot_be_emptied_at_once(filled):
    _, municipality = filled
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            statement = "DELETE FROM journal_entry"
        else:
            cursor.execute("SET session_replication_role = replica")
            statement = "TRUNCATE journal_entry CASCADE"
        with pytest.raises(DatabaseError, match="stands for good"):
            cursor.execute(statement)
    assert Entry.objects.of(municipality).count() == 10


def test_answers_of_before_stand_on_their_sheets_after_migrating(new_database, use_database):
    from django.db.migrations.executor import MigrationExecutor

    from opmaat.web.surveys.models import Sheet

    with use_database(new_database()) as other:
        executor = MigrationExecutor(other)
        last = executor.loader.graph.leaf_nodes()
        old = executor.migrate([("surveys", "0001_initial"), ("trial", "0001_initial")]).apps
        here = old.get_model("journal", "Municipality").objects.create(code="made-up", name="Verzonnen")
        for person, answers in (("p1", {"a": "1", "b": "2"}), ("p2", {})):
            sheet = old.get_model("surveys", "Sheet").objects.create(
                municipality=here, study="made-up", person=person, wave="midline"
            )
            for item, value in answers.items():
                old.get_model("surveys", "Answer").objects.create(
                    municipality=here, sheet=sheet, item=item, value=value
                )
        MigrationExecutor(other).migrate(last)
        municipality = Municipality.objects.get()
        found = dict(Sheet.objects.of(municipality).values_list("person", "answers"))
        assert found == {"p1": {"a": "1", "b": "2"}, "p2": {}}
        fill(municipality, range(3))
        assert verify_chain(municipality).is_whole


@pytest.mark.parametrize(
    "address",
    ["mysql://me:geheim@host/name", "postgresql://me:geheim@host", "postgresql://me:geheim@[host/name"],
)
def test_an_address_that_is_none_is_refused_without_repeating_its_password(address, tmp_path):
    with pytest.raises(ImproperlyConfigured) as refused:
        database_of(tmp_path, address)
    assert "OPMAAT_WEB_DATABASE" in str(refused.value)
    assert "geheim" not in f"{refused.value}{refused.value.__cause__}"
