"""A questionnaire page by page: what is skipped, saved, taken up again, sent once, and then stands."""

import csv
from datetime import date

import pytest
from pydantic import TypeAdapter

from opmaat.core.texts import Text
from opmaat.survey.items import Item
from opmaat.survey.model import Questionnaire
from opmaat.survey.read import read_answers
from opmaat.survey.schedule import Window
from opmaat.web.gateway.questions import asked_of, pages_of
from opmaat.web.gateway.studies import questionnaire_of
from opmaat.web.journal.models import Entry
from opmaat.web.surveys.forms import PageForm
from opmaat.web.surveys.models import Sheet

KEY = "0123456789abcdef" * 2
TEXT = {"nl": "tekst", "en": "text"}
YES_NO = {"kind": "choice", "choices": {"yes": TEXT, "no": TEXT}}
NOTE = {"kind": "note"}


def questionnaire(**items):
    """Return a questionnaire; an item that does not say what it is asks yes or no."""
    asked = {
        name: {"text": TEXT, **(item if "kind" in item else YES_NO | item)} for name, item in items.items()
    }
    read = TypeAdapter(dict[str, Item]).validate_python(asked)
    return Questionnaire(id="made-up", title=Text("a", "b"), waves=(), items=read, scales=())


def when(item, answer="yes"):
    return {"ask_when": [{"item": item, "answers": [answer]}]}


def test_what_depends_on_an_answer_stands_on_a_later_page():
    asked = questionnaire(works={}, hours=when("works"), health={}, wage=when("hours"))
    assert pages_of(asked) == (("works",), ("hours", "health"), ("wage",))


def test_a_page_is_never_long_and_a_note_begins_one():
    asked = questionnaire(**{f"q{number}": {} for number in range(12)})
    assert [len(page) for page in pages_of(asked)] == [5, 5, 2]
    assert pages_of(questionnaire(one={}, note=NOTE, two={})) == (("one",), ("note", "two"))


def test_what_follows_on_what_is_not_asked_is_not_asked():
    asked = questionnaire(works={}, hours=when("works"), wage=when("hours"))
    assert asked_of(asked, {"works": "yes", "hours": "yes"}) == ("works", "hours", "wage")
    assert asked_of(asked, {"works": "no", "hours": "yes"}) == ("works",)


def save(client, page, **answers):
    return client.post(f"/part/questions/midline/{page}/", {"request_key": KEY, "later": "1", **answers})


def stored(municipality):
    sheet = Sheet.objects.of(municipality).first()
    return {} if sheet is None else sheet.answers


def test_answers_are_saved_taken_up_again_and_can_be_taken_back(participants, municipality):
    client = participants("arm 'control'")
    save(client, 1, job_search_1="3", job_interviews="2")
    assert stored(municipality) == {"job_search_1": "3", "job_interviews": "2"}
    again = participants("arm 'control'").get("/part/questions/midline/1/").content.decode()
    assert 'value="3"' in again.partition("checked")[0].rpartition("<input")[2]
    save(client, 1, job_search_1="", job_interviews="2")
    assert stored(municipality) == {"job_interviews": "2"}


def test_an_answer_that_cannot_be_is_told_and_nothing_of_the_page_is_kept(participants, municipality):
    client = participants("arm 'control'")
    answer = save(client, 1, job_search_1="3", job_interviews="-4")
    assert answer.status_code == 200
    assert 'id="id_job_interviews_error"' in answer.content.decode()
    assert save(client, 1, job_search_1="9").status_code == 200
    assert stored(municipality) == {}


def finish(client):
    page = 1
    while True:
        answer = client.post(f"/part/questions/midline/{page}/", {"request_key": KEY, "next": "1"})
        if answer.headers["Location"] == "/part/questions/":
            return
        page = int(answer.headers["Location"].split("/")[-2])


def test_it_is_sent_once_and_stands(participants, municipality):
    client = participants("arm 'control'")
    save(client, 1, job_interviews="2")
    finish(client)
    finish(client)
    kinds = [entry.kind for entry in Entry.objects.of(municipality)]
    assert kinds.count("answered") == 1
    assert Sheet.objects.of(municipality).get().finished_on is not None
    save(client, 1, job_interviews="3")
    assert stored(municipality).get("job_interviews") != "3"


def test_what_was_answered_is_a_delivery_that_the_engine_takes(
    participants, municipality, study, root, tmp_path
):
    save(participants("arm 'control'"), 1, job_search_1="3", job_interviews="2")
    asked = questionnaire_of(root / "studies/groningen-2017")
    columns = ["person", "wave", "given_on", *asked.asked]
    row = {"person": "p1", "wave": "midline", "given_on": "2018-11-12", **stored(municipality)}
    with (tmp_path / "answers.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerow(row)
    sent = {("p1", "midline"): Window(date(2018, 11, 1), date(2018, 11, 28))}
    (found,) = read_answers(tmp_path / "answers.csv", asked, sent)
    assert (found.numbers["job_search_1"][0], found.numbers["job_interviews"][0]) == (3, 2)


def test_a_wave_that_is_closed_or_was_not_sent_cannot_be_filled_in(participants, municipality):
    client = participants("arm 'control'")
    for wave in ("baseline", "endline", "nothing"):
        address = f"/part/questions/{wave}/1/"
        assert (
            client.post(address, {"request_key": KEY, "job_interviews": "2"}).headers["Location"]
            == "/part/questions/"
        )
    assert not Sheet.objects.of(municipality).exists()
    assert client.get("/part/questions/midline/99/").status_code == 404


KINDS = {
    "mark": ({"kind": "rating", "lowest": 0, "highest": 10}, "10", "11"),
    "yes_no": (YES_NO, "no", "perhaps"),
    "several": ({**YES_NO, "kind": "several"}, ["yes", "no"], ["maybe"]),
    "hours": ({"kind": "number", "lowest": 0, "highest": 60}, "12,5", "61"),
    "children": ({"kind": "number", "lowest": 0, "highest": 9, "whole": True}, "2", "2,5"),
    "words": ({"kind": "text"}, "anders", "x" * 2001),
}
STORED = {"several": "yes no", "hours": "12.5"}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_item_takes_its_answers_and_no_others(name):
    item, right, wrong = KINDS[name]
    items = questionnaire(**{name: item}).items
    form = PageForm({"request_key": KEY, name: right}, items=items, answers={})
    assert form.is_valid(), form.errors
    assert form.answers() == {name: STORED.get(name, right)}
    assert not PageForm({"request_key": KEY, name: wrong}, items=items, answers={}).is_valid()
    empty = PageForm({"request_key": KEY}, items=items, answers={})
    assert empty.is_valid()
    assert empty.answers() == {name: ""}
