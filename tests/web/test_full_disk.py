"""A disk that is full while somebody waits for a page: plain words, and nothing is half done."""

import errno

import pytest
from django.db import OperationalError
from psycopg.errors import DiskFull

from opmaat.web.accounts.permissions import Role
from opmaat.web.demonstration.people import made_up_identity
from opmaat.web.fieldwork.models import Fetched, Letter
from opmaat.web.gateway.events import kinds
from opmaat.web.jobs.models import Job
from opmaat.web.jobs.running import do_waiting
from opmaat.web.journal.models import Entry
from opmaat.web.people.actions import enter_person
from opmaat.web.trial.actions import enter_household

KEY = "0123456789abcdef" * 2
LETTERS = "/fieldwork/groningen-2017/letters/"
INVITE = {"kind": "invitation", "most": 10, "request_key": KEY}


def is_told(answer):
    return answer.status_code == 507 and "De schijf van deze website is vol" in answer.content.decode()


def no_room_for_a_row(*_, **__):
    raise OperationalError from DiskFull()


def no_room_for_a_file(*_, **__):
    raise OSError(errno.ENOSPC, "as the machine says it", "/a/folder/of/the/machine")


@pytest.fixture
def lead(staff_client, study, municipality, happened):
    """Return the client of a project lead who can invite three households."""
    for number in range(1, 4):
        person = enter_person(municipality=municipality, identity=made_up_identity(number))
        enter_household(study=study, pseudonym=f"{number:064x}", adults=(person,))
        happened(study, f"{number:064x}", kinds.Drawn())
    return staff_client(Role.PROJECT_LEAD)


def test_a_form_is_saved_when_there_is_room_again(participants, municipality, monkeypatch):
    client, earned = participants("arm 'control'"), {"request_key": KEY, "month": "2018-10", "net": "250"}
    before = Entry.objects.of(municipality).count()
    with monkeypatch.context() as full:
        full.setattr(Entry, "save", no_room_for_a_row)
        assert is_told(client.post("/part/earnings/", earned))
    assert Entry.objects.of(municipality).count() == before
    assert client.post("/part/earnings/", earned).status_code == 302
    assert Entry.objects.of(municipality).count() == before + 1


def test_letters_that_the_disk_broke_off_are_each_sent_once(lead, municipality, monkeypatch):
    saved, save = [], Entry.save

    def room_for_two(entry, *given, **named):
        saved.append(entry)
        return save(entry, *given, **named) if len(saved) <= 2 else no_room_for_a_row()

    lead.post(LETTERS, INVITE)
    with monkeypatch.context() as full:
        full.setattr(Entry, "save", room_for_two)
        do_waiting()
    job = Job.objects.of(municipality).get()
    assert "Er is geen ruimte op de schijf" in lead.get(f"/jobs/{job.pk}/").content.decode()
    letters, invited = Letter.objects.of(municipality), Entry.objects.of(municipality).filter(kind="invited")
    assert (letters.exclude(sent_on=None).count(), invited.count()) == (2, 2)
    assert lead.post(f"{LETTERS}1/", {"send": "1"}).status_code == 302
    do_waiting()
    assert Job.objects.of(municipality).get().state == "done"
    assert (letters.exclude(sent_on=None).count(), invited.count()) == (3, 3)
    assert invited.values("household").distinct().count() == 3


def test_letters_that_could_not_be_made_can_still_be_fetched(lead, municipality, monkeypatch):
    lead.post(LETTERS, INVITE)
    do_waiting()
    with monkeypatch.context() as full:
        full.setattr("opmaat.web.fieldwork.views.letters.letters_pdf", no_room_for_a_file)
        assert is_told(lead.post(f"{LETTERS}1/letters/"))
    assert not Fetched.objects.of(municipality).exists()
    assert lead.post(f"{LETTERS}1/letters/").headers["Content-Type"] == "application/pdf"
