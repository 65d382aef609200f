"""The project lead's fieldwork: letters once, replies, waves, harms and pausing; counted without arms."""

import csv
import io
import json
import re
from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client

from opmaat.web.accounts.permissions import Role
from opmaat.web.gateway.events import kinds
from opmaat.web.journal.models import Access, Entry

KEY = "0123456789abcdef" * 2
STUDY = "/fieldwork/groningen-2017/"


def keyed(number):
    return f"{number:032x}"


@pytest.fixture
def filling(study):
    from opmaat.web.demonstration.people import Filling

    return Filling(study)


@pytest.fixture
def lead(staff_client):
    return staff_client(Role.PROJECT_LEAD)


@pytest.fixture
def to_invite(study, happened):
    """Return a function that enters households of one or two adults, who were drawn and not invited yet."""
    from opmaat.web.demonstration.people import made_up_identity
    from opmaat.web.people.actions import enter_person
    from opmaat.web.trial.actions import enter_household

    def build(sizes, *, first=1, round_name="", drawn=True):
        number, found = first, []
        for size in sizes:
            people = []
            for _ in range(size):
                people.append(
                    enter_person(municipality=study.municipality, identity=made_up_identity(number))
                )
                number += 1
            name = f"{number:064x}"
            enter_household(study=study, pseudonym=name, adults=tuple(people), round_name=round_name)
            if drawn:
                happened(study, name, kinds.Drawn(), day=date(2018, 11, 1))
            found.append((name, tuple(people)))
        return found

    return build


def do_jobs():
    from opmaat.web.jobs.running import do_waiting

    return do_waiting()


def send(lead, *, kind="invitation", most=10, key=1):
    answer = lead.post(f"{STUDY}letters/", {"kind": kind, "most": most, "request_key": keyed(key)})
    do_jobs()
    return answer


def merged(lead, number=1):
    answer = lead.post(f"{STUDY}letters/{number}/merge/")
    if answer.status_code != 200:
        return None
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def kinds_of(municipality):
    """Return what was written down, the draw aside."""
    found = Entry.objects.of(municipality).exclude(kind="drawn")
    return sorted(found.values_list("kind", flat=True))


def sign_in(row, born):
    client = Client()
    client.post("/sign-in/", {"letter_code": row["code"], "birth_date": born})
    return client


def test_a_batch_is_sent_once_and_its_codes_sign_in(lead, to_invite, municipality):
    from opmaat.web.demonstration.people import made_up_identity

    to_invite([1, 2, 1])
    assert send(lead).status_code == 302
    assert kinds_of(municipality) == ["invited"] * 3
    rows = merged(lead)
    assert len(rows) == 4
    born = {made_up_identity(n).name: made_up_identity(n).born for n in range(1, 5)}
    for row in rows:
        client = sign_in(row, born[row["name"]].strftime("%d-%m-%Y"))
        assert "uitgenodigd" in client.get("/part/").content.decode()
    exported = Access.objects.of(municipality).filter(thing="fieldwork", action="export")
    assert exported.count() == 4
    stored = json.dumps([entry.event() for entry in Entry.objects.of(municipality)])
    assert not any(row["code"] in stored or row["code"].replace("-", "") in stored for row in rows)


def test_the_same_request_makes_one_batch_and_files_are_fetched_once(lead, to_invite, municipality):
    to_invite([1, 1, 1])
    send(lead, most=2)
    send(lead, most=2)
    assert kinds_of(municipality) == ["invited"] * 2
    assert lead.post(f"{STUDY}letters/1/letters/").content[:5] == b"%PDF-"
    refused = lead.post(f"{STUDY}letters/1/letters/", follow=True).content.decode()
    assert "Een brief gaat niet twee keer uit" in refused
    assert "nog eens afdrukken" in refused
    assert merged(lead) is not None
    assert merged(lead) is None


def test_who_has_a_letter_is_not_written_to_again(lead, to_invite, municipality):
    to_invite([1, 1])
    send(lead, key=1)
    answer = lead.post(
        f"{STUDY}letters/", {"kind": "invitation", "most": 10, "request_key": keyed(2)}, follow=True
    )
    assert "Er is niemand die nu zo" in answer.content.decode()
    assert kinds_of(municipality) == ["invited"] * 2


@pytest.mark.parametrize(("codes", "old_works"), [("same", True), ("new", False)])
def test_printing_again_is_on_purpose_and_can_make_old_codes_useless(lead, to_invite, codes, old_works):
    from opmaat.web.demonstration.people import made_up_identity

    to_invite([1])
    send(lead)
    (old,) = merged(lead)
    wish = {"reason": "De post was kwijt", "codes": codes, "request_key": keyed(7)}
    assert "Vul dit in." in lead.post(f"{STUDY}letters/1/", {**wish, "reason": ""}).content.decode()
    lead.post(f"{STUDY}letters/1/", wish)
    lead.post(f"{STUDY}letters/1/", wish)
    (new,) = merged(lead)
    assert (old["code"] == new["code"]) is old_works
    born = made_up_identity(1).born.strftime("%d-%m-%Y")
    assert (sign_in(old, born).get("/part/").status_code == 200) is old_works
    assert sign_in(new, born).get("/part/").status_code == 200
    page = lead.get(f"{STUDY}letters/1/").content.decode()
    assert "De post was kwijt" in page
    assert page.count("Afdruk ") == 2


def test_where_the_plan_draws_first_nobody_is_invited_before(lead, to_invite, municipality):
    to_invite([1], drawn=False)
    send(lead)
    assert kinds_of(municipality) == []
    to_invite([1], first=5)
    send(lead, key=2)
    assert kinds_of(municipality) == ["invited"]


class KilledError(BaseException):
    """What a process that is killed looks like from within."""


def test_a_batch_that_was_killed_goes_on_and_sends_no_letter_twice(lead, to_invite, municipality, study):
    from opmaat.web.fieldwork.actions.mailings import Wanted, make_mailing
    from opmaat.web.fieldwork.actions.sending import send_mailing
    from opmaat.web.fieldwork.models import CodeSeed, LetterKind

    to_invite([1, 2, 1, 1])
    wanted = Wanted(kind=LetterKind.INVITATION, most=10, request_key=KEY)
    mailing = make_mailing(study=study, wanted=wanted, actor="project_lead:0a0b")

    def killed(done, total):
        if done >= 3:
            raise KilledError

    with pytest.raises(KilledError):
        send_mailing(mailing=mailing, actor="project_lead:0a0b", progress=killed)
    half = dict(CodeSeed.objects.of(municipality).values_list("person", "seed"))
    assert merged(lead) is None, "nothing can be fetched of a batch that is not whole"
    for _ in range(2):
        assert send_mailing(mailing=mailing, actor="project_lead:0a0b", progress=lambda *_: None) == 5
    assert kinds_of(municipality) == ["invited"] * 4
    whole = dict(CodeSeed.objects.of(municipality).values_list("person", "seed"))
    assert half.items() <= whole.items()
    assert len(whole) == 5
    call_command("rebuild_read_models", "--check", verbosity=0)


def test_a_name_that_cannot_be_printed_is_told_and_can_still_be_merged(lead, to_invite, municipality):
    from dataclasses import replace

    from opmaat.web.demonstration.people import made_up_identity
    from opmaat.web.people.models import Person
    from opmaat.web.people.sealing import seal

    ((_, (person,)),) = to_invite([1])
    odd = replace(made_up_identity(1), name="=1+1 \U0001f600 \u202e\u064a")
    sealed = seal(odd, municipality=municipality.code, pseudonym=person)
    Person.objects.of(municipality).filter(pseudonym=person).update(sealed=sealed)
    send(lead)
    page = lead.post(f"{STUDY}letters/1/letters/", follow=True).content.decode()
    assert "teken dat niet kan worden gedrukt" in page
    assert odd.name not in page
    assert merged(lead)[0]["name"] == f"'{odd.name}"


def test_who_changed_meanwhile_gets_no_letter(lead, to_invite, municipality, study, happened):
    from opmaat.web.fieldwork.actions.mailings import Wanted, make_mailing
    from opmaat.web.fieldwork.actions.sending import send_mailing
    from opmaat.web.fieldwork.models import LetterKind

    ((household, _), _) = to_invite([1, 1])
    wanted = Wanted(kind=LetterKind.INVITATION, most=10, request_key=KEY)
    mailing = make_mailing(study=study, wanted=wanted, actor="project_lead:0a0b")
    happened(study, household, kinds.MovedAway(), day=date(2018, 11, 11))
    assert send_mailing(mailing=mailing, actor="project_lead:0a0b", progress=lambda *_: None) == 1
    page = lead.get(f"{STUDY}letters/1/").content.decode()
    assert "niet uitging: 1." in page
    assert "waar het huishouden nu staat" in page


def test_replies_on_paper_sign_a_couple_up_and_a_no_is_a_no(lead, to_invite, municipality):
    to_invite([2, 1])
    send(lead)
    rows = {row["name"]: row["reference"] for row in merged(lead)}
    couple = [reference for name, reference in rows.items() if name[-1] in "12"]
    (single,) = [reference for name, reference in rows.items() if name[-1] == "3"]
    paper = {"answer": "yes", "questionnaires": "on", "request_key": keyed(1)}
    lead.post(f"{STUDY}reply/{couple[0]}/", paper)
    assert kinds_of(municipality).count("signed_up") == 0
    overview = lead.get(STUDY).content.decode()
    assert re.search(r"Wacht op partner</dt><dd>1<", overview)
    for _ in range(2):
        lead.post(f"{STUDY}reply/{couple[1]}/", {**paper, "request_key": keyed(2)})
    assert kinds_of(municipality).count("signed_up") == 1
    lead.post(f"{STUDY}reply/{single}/", {"answer": "no", "request_key": keyed(3)})
    overview = lead.get(STUDY).content.decode()
    assert re.search(r"Zei nee</dt><dd>1<", overview)
    assert re.search(r"Moet nog beginnen</dt><dd>1<", overview)
    looked = Access.objects.of(municipality).filter(thing="fieldwork", action="read")
    lead.get(f"{STUDY}reply/{single}/")
    assert looked.count() == 1


def test_a_reference_with_a_slip_is_told_beside_the_field(lead, to_invite):
    to_invite([1])
    send(lead)
    (row,) = merged(lead)
    wrong = row["reference"][:-1] + str((int(row["reference"][-1]) + 1) % 10)
    page = lead.post(f"{STUDY}reply/", {"reference": wrong}).content.decode()
    assert "Dit kenmerk klopt niet" in page
    assert wrong in page
    found = lead.post(f"{STUDY}reply/", {"reference": row["reference"]})
    assert found.headers["Location"].endswith(f"{row['reference']}/")


def test_who_came_to_a_meeting_is_counted_once(lead, to_invite, municipality):
    to_invite([1])
    send(lead)
    (row,) = merged(lead)
    plan = {"day": "12-11-2018", "at": "14:30", "place": "Buurthuis", "request_key": KEY}
    for _ in range(2):
        lead.post(f"{STUDY}meetings/", plan)
    (number,) = set(re.findall(r"meetings/(\d+)/", lead.get(f"{STUDY}meetings/").content.decode()))
    for _ in range(2):
        page = lead.post(f"{STUDY}meetings/{number}/", {"reference": row["reference"]}, follow=True)
    assert "al opgeschreven" in page.content.decode()
    assert "Aantal mensen dat er was: 1" in page.content.decode()
    assert kinds_of(municipality).count("information_meeting") == 1
