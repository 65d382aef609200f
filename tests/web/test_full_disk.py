"""A disk that is full while somebody waits for a page: plain words, and nothing is half done."""

import errno

from django.db import OperationalError
from psycopg.errors import DiskFull

from opmaat.web.accounts.permissions import Role
from opmaat.web.fieldwork.models import Fetched
from opmaat.web.gateway.events import kinds
from opmaat.web.journal.models import Entry

KEY = "0123456789abcdef" * 2
LETTERS = "/fieldwork/groningen-2017/letters/"


def is_told(answer):
    return answer.status_code == 507 and "De schijf van deze website is vol" in answer.content.decode()


def no_room_for_a_row(*_, **__):
    raise OperationalError from DiskFull()


def no_room_for_a_file(*_, **__):
    raise OSError(errno.ENOSPC, "as the machine says it", "/a/folder/of/the/machine")


def test_a_form_is_saved_when_there_is_room_again(participants, municipality, monkeypatch):
    client, earned = participants("arm 'control'"), {"request_key": KEY, "month": "2018-10", "net": "250"}
    before = Entry.objects.of(municipality).count()
    with monkeypatch.context() as full:
        full.setattr(Entry, "save", no_room_for_a_row)
        assert is_told(client.post("/part/earnings/", earned))
    assert Entry.objects.of(municipality).count() == before
    assert client.post("/part/earnings/", earned).status_code == 302
    assert Entry.objects.of(municipality).count() == before + 1


def test_letters_that_could_not_be_made_can_still_be_fetched(
    staff_client, study, municipality, happened, monkeypatch
):
    from opmaat.web.demonstration.people import made_up_identity
    from opmaat.web.jobs.running import do_waiting
    from opmaat.web.people.actions import enter_person
    from opmaat.web.trial.actions import enter_household

    person = enter_person(municipality=municipality, identity=made_up_identity(1))
    enter_household(study=study, pseudonym="f" * 64, adults=(person,))
    happened(study, "f" * 64, kinds.Drawn())
    lead = staff_client(Role.PROJECT_LEAD)
    lead.post(LETTERS, {"kind": "invitation", "most": 10, "request_key": KEY})
    do_waiting()
    with monkeypatch.context() as full:
        full.setattr("opmaat.web.fieldwork.views.letters.letters_pdf", no_room_for_a_file)
        assert is_told(lead.post(f"{LETTERS}1/letters/"))
    assert not Fetched.objects.of(municipality).exists()
    assert lead.post(f"{LETTERS}1/letters/").headers["Content-Type"] == "application/pdf"
