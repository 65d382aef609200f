"""The caseworker's desk: whose files, what is due, what is written down, and what the arm forbids."""

import json
import re
from datetime import date

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opmaat.web.journal.models import Access, Entry

KEY = "0123456789abcdef" * 2
REST = {"outcome": "held", "minutes": "45", "channel": "office", "day": "12-11-2018", "note": ""}


def key(sign):
    return KEY.replace("0", sign)


def talk(sign="0", **changed):
    return {"request_key": key(sign), **REST, **changed}


def text_of(answer):
    page = re.sub(r"<[^>]*>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", page.replace("\xa0", " ").replace("&#x27;", "'"))


def english(client, address):
    return text_of(client.get(address, headers={"Accept-Language": "en"}))


def events_after(municipality, sequence):
    later = Entry.objects.of(municipality).filter(sequence__gt=sequence).order_by("sequence")
    return [(entry.kind, entry.valid_from.isoformat(), entry.payload) for entry in later]


def count(municipality):
    return Entry.objects.of(municipality).count()


def test_the_list_and_a_file_cost_five_queries_and_are_written_down(desk, municipality):
    client, (number, _) = desk("arm 'exemption'", "arm 'choice', a couple")
    client.get("/staff/files/")
    for address in ("/staff/files/", f"/staff/files/{number}/"):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        assert len(asked) <= 5, [one["sql"][:60] for one in asked]
    noted = [(one.action, one.thing) for one in Access.objects.of(municipality).order_by("pk")]
    assert noted == [("read_list", "caseload")] * 2 + [("read", "caseload")]
    assert client.account.pseudonym not in text_of(client.get("/staff/files/"))


def test_a_file_of_someone_else_is_as_if_it_were_not_there(desk):
    _, (theirs,) = desk("arm 'control'", worker="caseworker:0123456789abcdef")
    client, (mine,) = desk("arm 'control'")
    wrong = {}
    for number in (theirs, mine + 1_000):
        for page in ("", "contact/", "months/", "months/2018-10/", "letters/1/"):
            answer = client.get(f"/staff/files/{number}/{page}")
            wrong.setdefault(page, set()).add((answer.status_code, text_of(answer)))
        assert client.post(f"/staff/files/{number}/contact/", talk()).status_code == 404
    assert {page: [status for status, _ in found] for page, found in wrong.items()} == {
        page: [404] for page in wrong
    }
    assert "1 huishoudens" in text_of(client.get("/staff/files/"))


def test_before_an_arm_is_told_nothing_of_it_can_be_found_or_done(desk, municipality):
    from opmaat.web.trial.queries import protocol_in

    client, (number,) = desk("drawn, has not heard the arm")
    arms = protocol_in("groningen-2017").arms.values()
    words = {text for arm in arms for text in (arm.label.nl, arm.label.en)}
    before = count(municipality)
    for page in ("/staff/files/", f"/staff/files/{number}/", f"/staff/files/{number}/months/"):
        for shown in (text_of(client.get(page)), english(client, page)):
            assert not [word for word in words if word in shown], page
    assert client.get(f"/staff/files/{number}/contact/").status_code == 302
    who = {"who": client.get("/staff/files/").context["form"].people[0].code}
    assert "nog niet bekendgemaakt" in text_of(client.post("/staff/files/", talk(**who)))
    assert count(municipality) == before


def test_a_talk_is_written_down_from_the_list_once(desk, municipality):
    client, (number,) = desk("arm 'guidance'")
    person = client.get("/staff/files/").context["form"].people[0]
    assert "Gesprek voeren" in text_of(client.get("/staff/files/"))
    before = count(municipality)
    wish = talk(who=person.code, note="Zoekt werk in de zorg")
    for sign in ("0", "0", "a"):
        answer = client.post("/staff/files/", {**wish, "request_key": key(sign)})
        assert answer.headers["Location"] == "/staff/files/"
    assert events_after(municipality, before) == [
        ("contact_held", "2018-11-12", {"minutes": 45, "channel": "office"})
    ]
    assert "niets dubbel vastgelegd" in text_of(client.get("/staff/files/"))
    page = text_of(client.get(f"/staff/files/{number}/"))
    assert "Zoekt werk in de zorg" in page
    assert "Gesprek voeren" not in page
    client.post("/staff/files/", talk("b", who=person.name.upper(), outcome="missed", minutes="0"))
    assert [kind for kind, _, _ in events_after(municipality, before)] == ["contact_held", "contact_missed"]


def test_a_note_is_sealed_and_its_person_can_read_it(desk, as_participant, municipality):
    from opmaat.web.casework.models import Note

    client, (number,) = desk("arm 'guidance'")
    client.post(f"/staff/files/{number}/contact/", talk(note="Praat liever thuis"))
    sealed = bytes(Note.objects.of(municipality).get().sealed)
    assert b"thuis" not in sealed
    assert "thuis" not in json.dumps([one.event() for one in Entry.objects.of(municipality)])
    own = as_participant(client.people[number][0])
    assert "Praat liever thuis" in text_of(own.get("/part/data/"))
    assert [one["text"] for one in own.get("/part/data/download/").json()["notes"]] == ["Praat liever thuis"]


WRONG = {
    "a day ahead": ({"day": "13-11-2018"}, "day"),
    "before the arm was told": ({"day": "1-1-2017"}, "day"),
    "no day": ({"day": "31-2-2018"}, "day"),
    "minutes below zero": ({"minutes": "-5"}, "minutes"),
    "minutes of a week": ({"minutes": "10000"}, "minutes"),
    "minutes in words": ({"minutes": "een uur"}, "minutes"),
    "a talk of no time": ({"minutes": "0"}, "minutes"),
    "a channel that is none": ({"channel": "duif"}, "channel"),
    "nobody": ({"who": "zzzz"}, "who"),
    "several": ({"who": "persoon"}, "who"),
}


def test_what_cannot_be_is_said_beside_its_field_and_what_was_typed_stays(desk, municipality):
    client, _ = desk("arm 'guidance'", "arm 'control'")
    code = client.get("/staff/files/").context["form"].people[0].code
    before = count(municipality)
    for name, (wrong, field) in WRONG.items():
        wish = talk(**{"who": code, "note": "Belde twee keer", **wrong})
        answer = client.post("/staff/files/", wish)
        page = answer.content.decode()
        assert f'class="errorlist" id="id_{field}_error"' in page, name
        assert "Belde twee keer" in page, name
        typed = wish[field]
        assert f'value="{typed}"' in page or field == "channel", name
    assert count(municipality) == before


def test_an_exemption_from_its_decision_to_restored_duties(desk, municipality):
    client, (number,) = desk("arm 'exemption'")
    file, before = f"/staff/files/{number}/", count(municipality)
    planned = "no application duty up to and including 31 October 2019, art. 9.1.a, experiment"
    assert f"{planned} (not decided yet)" in english(client, file)
    assert "Ontheffing verlenen te laat, sinds 1 november 2017" in text_of(client.get(file))
    client.post(f"{file}exempt/", {"request_key": key("1"), "day": "1-11-2017"})
    page = english(client, file)
    assert f"{planned}; no duty to take part" in page
    assert "Not verified: whether the uniform duties (art. 18.4)" in page
    assert "geen sollicitatieplicht tot en met 31 oktober 2019, art. 9.1.a, experiment" in text_of(
        client.get(file)
    )
    assert "te laat, sinds 1 mei 2018" in text_of(client.get(file))
    step = {"request_key": key("2"), "day": "2-5-2018", "enough": "too_little"}
    client.post(f"{file}review/", step)
    assert "Aanzeggen dat de inzet te klein is" in text_of(client.get(file))
    client.post(f"{file}notice/", {"request_key": key("3"), "day": "4-5-2018"})
    client.post(f"{file}review/", {**step, "request_key": key("4"), "day": "5-11-2018"})
    assert "Ontheffing beëindigen te laat, sinds 4 november 2018" in text_of(client.get(file))
    assert 'value="04-11-2018"' in client.get(f"{file}restore/").content.decode()
    for sign in "56":
        client.post(f"{file}restore/", {"request_key": key(sign), "day": "4-11-2018"})
    page = english(client, file)
    assert "application duty again since 4 November 2018, art. 9.1.a" in page
    assert "no application duty" not in page.split("What happened")[0]
    happened = [kind for kind, _, _ in events_after(municipality, before)]
    assert (
        happened == ["duty_exempted"] * 3 + ["reviewed", "notice_given", "reviewed"] + ["duty_restored"] * 3
    )


def sanction(sign, **changed):
    return {
        "request_key": key(sign),
        "duty": "work",
        "breach": "1-11-2018",
        "percent": "30",
        "month": "2018-12",
        "months": "1",
        **changed,
    }


def test_a_sanction_that_the_arm_forbids_is_refused_with_its_ground(desk, municipality):
    client, (exempt, control) = desk("arm 'exemption'", "arm 'control'")
    file, before = f"/staff/files/{exempt}/", count(municipality)
    page = text_of(client.post(f"{file}sanction/", sanction("1")))
    assert "Deze plicht mag op 1 november 2018 niet worden afgedwongen: geen sollicitatieplicht" in page
    assert "Grond: Tijdelijk besluit experimenten Participatiewet, art. 2.1" in page
    uniform = sanction("2", duty="uniform", percent="100")
    page = text_of(client.post(f"{file}sanction/", uniform))
    assert "Niet geverifieerd." in page
    assert "art. 18.4" in page
    assert count(municipality) == before
    client.post(f"{file}sanction/", {**uniform, "seen": "on"})
    other = f"/staff/files/{control}/"
    assert "art. 18.5" in text_of(client.post(f"{other}sanction/", sanction("3", duty="uniform")))
    client.post(f"{other}sanction/", sanction("4"))
    assert [payload for _, _, payload in events_after(municipality, before)] == [
        {"duty": "uniform", "reduction_bp": 10_000, "months": 1},
        {"duty": "work", "reduction_bp": 3_000, "months": 1},
    ]


def test_plan_ladder_debts_and_a_complaint_until_its_answer(desk, municipality):
    client, (number,) = desk("arm 'choice', a couple")
    file, before = f"/staff/files/{number}/", count(municipality)
    person = client.people[number][1]
    day = {"person": person, "day": "12-11-2018"}
    client.post(f"{file}plan/", {"request_key": key("1"), **day})
    client.post(f"{file}ladder/", {"request_key": key("2"), "rung": "4", **day})
    client.post(f"{file}debt/", {"request_key": key("3"), "minutes": "20", "cost": "1.234,56", **day})
    client.post(f"{file}complaint/", {"request_key": key("4"), "topic": "money", **day})
    page = text_of(client.get(file))
    assert "Klacht beantwoorden, Verzonnen Persoon 501 vandaag" in page
    client.post(f"{file}answer/", {"request_key": key("5"), **day})
    assert "Klacht beantwoorden" not in text_of(client.get(file))
    entries = Entry.objects.of(municipality).filter(sequence__gt=before).order_by("sequence")
    assert {entry.person for entry in entries} == {person}
    assert [(entry.kind, entry.payload) for entry in entries] == [
        ("plan_made", {}),
        ("ladder_scored", {"rung": 4}),
        ("debt_help", {"minutes": 20, "cost_cents": 123_456}),
        ("complained", {"topic": "money", "serious": False}),
        ("complaint_answered", {}),
    ]


def test_with_who_stopped_no_talk_is_written_down(desk, as_participant, municipality, settings):
    client, (number,) = desk("arm 'guidance'")
    own = as_participant(client.people[number][0])
    own.post("/part/stop/", {"request_key": KEY, "registers": "keep", "sure": "on"})
    before, settings.TODAY = count(municipality), "2018-11-13"
    assert client.get(f"/staff/files/{number}/contact/").status_code == 302
    answer = client.post(f"/staff/files/{number}/contact/", talk("1", day="13-11-2018", note="Kwam langs"))
    assert "kan niet volgen op wat er al vastligt" in text_of(answer)
    assert "Kwam langs" in answer.content.decode()
    assert count(municipality) == before
    assert "gestopt met het onderzoek" in text_of(client.get("/staff/files/"))


def test_a_colleagues_files_open_only_by_a_deliberate_act_that_is_written_down(
    desk, municipality, make_caseworker, settings
):
    colleague = make_caseworker("colleague@made-up.example")
    client, (number,) = desk("arm 'control'", worker=colleague.actor)
    file = f"/staff/files/{number}/"
    wish = {"request_key": KEY, "colleague": colleague.actor, "reason": "Ziek", "last_day": "30-11-2018"}
    assert client.get(file).status_code == 404
    for wrong in ({"last_day": "30-12-2018"}, {"reason": " "}, {"colleague": client.account.actor}):
        assert 'class="errorlist"' in client.post("/staff/files/cover/", wish | wrong).content.decode()
    assert client.get(file).status_code == 404
    for _ in range(2):
        client.post("/staff/files/cover/", wish)
    assert "U neemt hier waar" in text_of(client.get(file))
    assert "waarneming" in text_of(client.get("/staff/files/"))
    noted = Access.objects.of(municipality).order_by("pk").values_list("action", "about")
    assert noted[0] == ("cover", colleague.pseudonym)
    assert [action for action, _ in noted[1:]] == ["read_covered", "read_list"]
    settings.TODAY = "2018-12-01"
    assert client.get(file).status_code == 404


def test_what_is_due_follows_the_day_and_the_read_model_the_events(desk, municipality, settings):
    from opmaat.web.casework.models import File

    client, (number,) = desk("arm 'guidance'")
    client.post(f"/staff/files/{number}/contact/", talk("1"))
    assert "Er hoeft nu niets te gebeuren" in text_of(client.get(f"/staff/files/{number}/"))
    call_command("rebuild_read_models", "--check", verbosity=0)
    settings.TODAY = "2018-12-05"
    call_command("rebuild_read_models", "--check", verbosity=0)
    assert "Gesprek voeren te laat, sinds 1 december 2018" in text_of(client.get("/staff/files/?show=due"))
    assert File.objects.of(municipality).get().day == date(2018, 12, 5)
    call_command("rebuild_read_models", "--check", verbosity=0)


def test_the_project_lead_divides_files_that_have_no_caseworker(desk, staff_client, make_caseworker):
    colleague = make_caseworker("colleague@made-up.example")
    client, _ = desk("arm 'control'", "arm 'guidance'", "invited")
    lead = staff_client("project_lead")
    assert "zonder klantmanager: 0" in text_of(lead.get("/staff/caseloads/"))
    wish = {"request_key": KEY, "giver": client.account.actor, "worker": colleague.actor, "most": "1"}
    for _ in range(2):
        lead.post("/staff/caseloads/", wish)
    assert "1 huishoudens" in text_of(client.get("/staff/files/"))
    same = {**wish, "request_key": key("1"), "worker": client.account.actor}
    assert 'class="errorlist"' in lead.post("/staff/caseloads/", same).content.decode()
