"""The journal: one chain, never changed, the same request once, each municipality apart."""

import json
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from opmaat.core.errors import DataFileError
from opmaat.web.gateway.events import kinds
from opmaat.web.journal.actions import EventRefusedError, Fact, record, record_delivery
from opmaat.web.journal.models import AppendOnlyError, Entry, UnscopedQueryError
from opmaat.web.journal.queries import entry_digest, past_of, verify_chain

DAY = date(2018, 1, 8)


def write(municipality, payload, key, household="h1", person=None, day=DAY, corrects=None):
    fact = Fact(
        study="made-up",
        household=household,
        person=person,
        payload=payload,
        valid_from=day,
        corrects=corrects,
    )
    return record(fact, municipality=municipality, actor="system:0000", request_key=key)


def test_a_request_sent_again_writes_nothing(municipality):
    first = write(municipality, kinds.Invited(), "a")
    assert write(municipality, kinds.Invited(), "a").pk == first.pk
    assert Entry.objects.of(municipality).count() == 1


def test_what_cannot_follow_is_refused_with_its_reason(municipality):
    with pytest.raises(EventRefusedError) as refused:
        write(municipality, kinds.Started(), "a")
    assert [issue.code for issue in refused.value.issues] == ["contradiction"]
    assert not Entry.objects.of(municipality).exists()


def test_rows_that_stand_for_good_cannot_be_changed_by_any_way(municipality):
    entry = write(municipality, kinds.Invited(), "a")
    with pytest.raises(AppendOnlyError):
        entry.save()
    with pytest.raises(AppendOnlyError):
        entry.delete()
    with pytest.raises(DatabaseError, match="stands for good"), transaction.atomic():
        Entry.objects.of(municipality).update(actor="system:1111")
    with pytest.raises(DatabaseError, match="stands for good"), transaction.atomic():
        Entry.objects.of(municipality).delete()


def test_a_change_behind_the_triggers_breaks_the_chain(municipality):
    for key in "abc":
        write(municipality, kinds.Invited(), key)
    assert verify_chain(municipality).is_whole
    call_command("verify_journal", verbosity=0)
    with connection.cursor() as cursor:
        of_table = "" if connection.vendor == "sqlite" else " ON journal_entry"
        cursor.execute(f"DROP TRIGGER journal_entry_no_update{of_table}")
        cursor.execute("UPDATE journal_entry SET valid_from = '2018-01-09' WHERE sequence = 2")
    assert verify_chain(municipality).broken_at == 2
    with pytest.raises(CommandError, match="Triggers are missing: journal_entry_no_update"):
        call_command("verify_journal", verbosity=0)


def test_every_municipality_has_its_own_chain_and_rows(municipality, other_municipality):
    write(municipality, kinds.Invited(), "a")
    write(other_municipality, kinds.Drawn(), "a")
    assert [entry.kind for entry in Entry.objects.of(other_municipality)] == ["drawn"]
    assert past_of(municipality, "h1").history.participation.on(DAY) == "invited"
    for careless in (Entry.objects.all, Entry.objects.count, lambda: Entry.objects.filter(pk=1)):
        with pytest.raises(UnscopedQueryError):
            careless()


def test_read_models_are_those_of_the_events(municipality):
    from opmaat.web.trial.models import Standing

    write(municipality, kinds.Invited(), "a")
    write(municipality, kinds.Consented("participation"), "b", person="p1")
    write(municipality, kinds.SignedUp(), "c")
    before = Standing.objects.of(municipality).values().get()
    assert (before["participation"], before["consents"]) == ("signed_up", {"p1": {"participation": True}})
    call_command("rebuild_read_models", "--check", verbosity=0)
    Standing.objects.of(municipality).update(participation="invited")
    with pytest.raises(CommandError, match="h1 differs"):
        call_command("rebuild_read_models", "--check", verbosity=0)
    call_command("rebuild_read_models", verbosity=0)
    assert {**Standing.objects.of(municipality).values().get(), "id": 0} == {**before, "id": 0}


def test_rows_of_read_models_come_change_and_go_with_the_events(municipality, settings):
    from opmaat.web.fieldwork.models import SentTo
    from opmaat.web.journal.replay import differences

    def sent_to():
        return list(SentTo.objects.of(municipality).values_list("wave", "answered_on"))

    begun = (kinds.Invited(), kinds.SignedUp(), kinds.Drawn(), kinds.Disclosed("control"), kinds.Started())
    for number, payload in enumerate(begun):
        write(municipality, payload, f"begun {number}")
        assert list(differences(municipality)) == []
    sent = write(municipality, kinds.WaveSent("midline"), "sent", person="p1")
    answered = write(municipality, kinds.Answered("midline"), "answered", person="p1")
    assert sent_to() == [("midline", DAY)]
    settings.TODAY = "2018-12-24"
    write(municipality, kinds.Retracted("a slip"), "a", person="p1", corrects=answered.event_id)
    assert sent_to() == [("midline", None)]
    assert list(differences(municipality)) == []
    write(municipality, kinds.Retracted("a slip"), "b", person="p1", corrects=sent.event_id)
    assert sent_to() == []
    assert list(differences(municipality)) == []


def delivered(number, kind, payload, day, person=None, corrects=None):
    return {
        "id": f"e{number}",
        "household": "h1",
        "person": person,
        "kind": kind,
        "valid_from": day,
        "recorded_at": f"2018-01-{number + 1:02d}T09:00:00+00:00",
        "actor": "register:0b05",
        "payload": payload,
        "corrects": corrects,
    }


def test_a_delivery_begins_a_journal_in_which_writing_goes_on(municipality):
    events = [
        delivered(1, "invited", {}, "2018-01-01"),
        delivered(2, "exited", {"reason": "98"}, "2018-01-02"),
        delivered(3, "exited", {"reason": "11"}, "2018-01-02", corrects="e2"),
    ]
    record_delivery(events, municipality=municipality, study="made-up")
    write(municipality, kinds.SignedUp(), "a")
    assert [entry.sequence for entry in Entry.objects.of(municipality).order_by("sequence")] == [1, 2, 3, 4]
    assert verify_chain(municipality).is_whole
    call_command("rebuild_read_models", "--check", verbosity=0)
    with pytest.raises(ValueError, match="not empty"):
        record_delivery(events, municipality=municipality, study="made-up")


def test_a_delivery_with_what_cannot_be_writes_nothing(municipality):
    events = [delivered(1, "started", {}, "2018-01-01"), delivered(2, "invited", {}, "2018-01-01")]
    with pytest.raises(DataFileError, match="cannot be"):
        record_delivery(events, municipality=municipality, study="made-up")
    assert not Entry.objects.of(municipality).exists()


AWKWARD = ("h1", 'Zoë "de" \\ \u2028 \x07', "")


def test_the_digest_is_that_of_the_canonical_text_on_the_way_in_and_out(municipality, db):
    """PostgreSQL keeps a payload in another order of keys, and both keep moments in a form of their own."""
    from opmaat.core.digest import digest_value
    from opmaat.web.journal.stored import by_household, digest_of, in_chain

    for number, household in enumerate(AWKWARD):
        payload = {"b": number, "a": {"z": None, "é": [True, 1.5]}}
        moment = datetime(2018, 1, 8, 9, 0, 0, number * 120_000, tzinfo=UTC)
        entry = Entry(
            municipality=municipality,
            sequence=number + 1,
            event_id=f"e{number}",
            request_key=f"k{number}",
            study=household,
            household=household,
            person=household or None,
            kind="invited",
            valid_from=DAY,
            recorded_at=moment,
            actor="system:0000",
            payload=payload,
            previous="",
        )
        plain = {
            "municipality": municipality.code,
            "sequence": entry.sequence,
            "request_key": entry.request_key,
            "study": entry.study,
            "previous": entry.previous,
            "event": entry.event(),
        }
        entry.digest = digest_value(plain)
        assert entry_digest(entry) == entry.digest
        entry.save()
    found = list(in_chain(municipality))
    assert len(found) == len(AWKWARD)
    assert all(digest_of(municipality.code, row) == row.digest for row in found)
    told = {row.event_id: row._asdict() for row in by_household(municipality)}
    for one in found:
        event = told.pop(one.event_id)
        assert json.loads(event.pop("payload")) == json.loads(one.payload)
        assert datetime.fromisoformat(event.pop("recorded_at")).isoformat() == one.recorded_at
        assert event.items() <= one._asdict().items()
    assert told == {}
