"""What a participant can do, each once, however often it is sent."""

import json

import pytest

from opmaat.web.journal.models import Access, Entry
from opmaat.web.journal.queries import verify_chain

KEY = "0123456789abcdef" * 2


def kinds_of(municipality, after=0):
    entries = Entry.objects.of(municipality).filter(sequence__gt=after).order_by("sequence")
    return [entry.kind for entry in entries]


def count(municipality):
    return Entry.objects.of(municipality).count()


ALL = {"request_key": KEY, "participation": "on", "questionnaires": "on", "register_linking": "on"}


def test_a_household_joins_when_its_last_adult_signs(participants, municipality):
    first, second = participants("invited, a couple", 0), participants("invited, a couple", 1)
    before = count(municipality)
    first.post("/part/consent/", {"request_key": KEY, "participation": "on"})
    assert kinds_of(municipality, before) == ["consented"]
    assert "partner" in first.get("/part/").content.decode()
    other = KEY.replace("0", "f")
    second.post("/part/consent/", {**ALL, "request_key": other})
    second.post("/part/consent/", {**ALL, "request_key": other})
    assert kinds_of(municipality, before) == ["consented"] * 4 + ["signed_up"]
    assert "U doet mee" in first.get("/part/").content.decode()


def test_two_tabs_and_the_back_button_write_one_event(participants, municipality):
    client, before = participants("invited"), count(municipality)
    for key in (KEY, KEY, KEY.replace("0", "a")):
        client.post("/part/consent/", {**ALL, "request_key": key})
    assert kinds_of(municipality, before) == ["consented"] * 3 + ["signed_up"]


def test_the_text_of_a_consent_is_kept_as_it_was_shown(participants):
    client = participants("invited")
    page = client.get("/part/consent/", headers={"Accept-Language": "en"}).content.decode()
    client.post("/part/consent/", ALL, headers={"Accept-Language": "en"})
    events = json.loads(client.get("/part/data/download/").content)["events"]
    shown = {event["text_shown"] for event in events if event["kind"] == "consented"}
    assert len(shown) == 1
    lines = shown.pop().split("\n")
    assert "Yes, I take part in the study" in lines
    assert all(line.split("(")[0] in page for line in lines[1:])


def test_a_choice_is_made_once_where_the_protocol_says_once(participants, municipality):
    client, before = participants("arm 'choice'"), count(municipality)
    assert client.post("/part/choice/", {"request_key": KEY, "option": "control"}).status_code == 200
    client.post("/part/choice/", {"request_key": KEY, "option": "disregard"})
    assert client.get("/part/choice/").headers["Location"] == "/part/"
    client.post("/part/choice/", {"request_key": KEY.replace("0", "b"), "option": "guidance"})
    assert kinds_of(municipality, before) == ["chose"]
    assert "meer bijverdienen" in client.get("/part/arm/").content.decode()


def test_earnings_reported_again_take_the_place_of_the_first(participants, municipality):
    client, before = participants("arm 'disregard'"), count(municipality)
    for key, net in (("a", "400"), ("b", "400,00"), ("c", "€ 1.412,50")):
        client.post("/part/earnings/", {"request_key": KEY.replace("0", key), "month": "2018-10", "net": net})
    assert kinds_of(municipality, before) == ["earnings_reported"] * 2
    last = Entry.objects.of(municipality).order_by("-sequence").first()
    assert (last.payload, last.corrects is None) == ({"net_cents": 141_250}, False)
    page = client.get("/part/earnings/").content.decode()
    assert "1.412,50" in page
    assert "400,00" not in page


@pytest.mark.parametrize("net", ["", "-5", "veel", "1,2,3", "99.999.999", "1e3"])
def test_an_amount_that_cannot_be_is_told_beside_its_field_and_kept(participants, municipality, net):
    client, before = participants("arm 'control'"), count(municipality)
    answer = client.post("/part/earnings/", {"request_key": KEY, "month": "2018-10", "net": net})
    assert 'class="errorlist" id="id_net_error"' in answer.content.decode()
    assert f'value="{net}"' in answer.content.decode() or not net
    assert count(municipality) == before


def test_what_is_kept_is_what_the_law_says(participants):
    page = participants("arm 'disregard'").get("/part/keep/", {"earnings": "400"}).content.decode()
    assert "1.195,56" in page.replace("\xa0", " ") or "1.19" in page
    assert "zorgtoeslag" in page
    assert "<svg" in page
    assert "style=" not in page


def test_stopping_ends_taking_part_and_what_may_be_used(participants, municipality):
    client, before = participants("arm 'guidance'"), count(municipality)
    wish = {"request_key": KEY, "registers": "end", "sure": "on"}
    assert client.post("/part/stop/", {"request_key": KEY, "registers": "end"}).status_code == 200
    client.post("/part/stop/", wish)
    client.post("/part/stop/", wish)
    assert kinds_of(municipality, before) == ["consented", "withdrew"]
    assert "niet meer mee" in client.get("/part/").content.decode()
    assert "midline" not in client.get("/part/questions/").content.decode()


def test_one_of_two_adults_stops_alone(participants, municipality):
    first, second = participants("arm 'choice', a couple", 0), participants("arm 'choice', a couple", 1)
    before = count(municipality)
    first.post("/part/stop/", {"request_key": KEY, "registers": "keep", "sure": "on"})
    entry = Entry.objects.of(municipality).get(sequence=before + 1)
    assert (entry.kind, entry.person is None) == ("withdrew", False)
    assert "U doet mee" in second.get("/part/").content.decode()


def test_all_that_is_held_can_be_taken_along_and_that_is_written_down(participants, municipality):
    client = participants("arm 'exemption'")
    held = json.loads(client.get("/part/data/download/").content)
    assert set(held) == {"person", "household", "events", "answers", "notes", "decisions"}
    assert held["person"]["name"].startswith("Verzonnen")
    assert [one.action for one in Access.objects.of(municipality)] == ["export"]


def test_nobody_reaches_what_is_of_another(participants):
    one, other = participants("arm 'exemption'"), participants("arm 'guidance'")
    mine, others = (client.get("/part/data/download/").content.decode() for client in (one, other))
    assert json.loads(mine)["person"]["pseudonym"] not in others


def test_everything_ends_in_a_whole_chain(participants, municipality):
    participants("invited").post("/part/consent/", ALL)
    assert verify_chain(municipality).is_whole
