"""The key of a form that was sent already, sent again about someone else: nothing is written or shown."""

import pytest
from django.test import Client

from opmaat.web.casework.models import Cover, Decision
from opmaat.web.journal.models import Entry

KEY = "0123456789abcdef" * 2
TALK = {"request_key": KEY, "outcome": "held", "minutes": "45", "channel": "office", "note": ""}
EARNED = {"request_key": KEY, "month": "2018-10", "net": "250"}


@pytest.fixture
def count(municipality):
    return lambda: Entry.objects.of(municipality).count()


def is_told(answer):
    page = answer.content.decode()
    return answer.status_code == 409 and "laad de pagina opnieuw" in page and "Verzonnen Persoon" not in page


def decide(client, file, *, key):
    expected = client.get(f"{file}months/2018-10/").context["form"].initial["expected"]
    wish = {"request_key": key, "checked": "on", "confirm": "1", "expected": expected}
    return client.post(f"{file}months/2018-10/", wish)


def test_of_a_participant(participants, count):
    first, second = participants("arm 'control'"), participants("arm 'exemption'")
    assert first.post("/part/earnings/", EARNED).status_code == 302
    before = count()
    assert is_told(second.post("/part/earnings/", EARNED))
    assert count() == before
    other_device = Client()
    other_device.cookies = first.cookies
    assert other_device.post("/part/earnings/", EARNED).status_code == 302
    assert count() == before


def test_of_a_caseworker(desk, count):
    client, (mine, other) = desk("arm 'control'", "arm 'guidance'")
    talk = {**TALK, "day": "12-11-2018"}
    assert client.post(f"/staff/files/{mine}/contact/", talk, follow=True).status_code == 200
    before = count()
    assert is_told(client.post(f"/staff/files/{other}/contact/", talk))
    who = client.people[other][0][:4]
    assert is_told(client.post("/staff/files/", {**talk, "who": who}))
    assert is_told(client.post(f"/staff/files/{other}/earnings/", EARNED))
    assert count() == before


def test_of_a_decision_on_a_month(desk, municipality, count):
    client, (mine, other) = desk("arm 'control'", "arm 'control'")
    assert decide(client, f"/staff/files/{mine}/", key=KEY).status_code == 302
    before = count()
    assert is_told(decide(client, f"/staff/files/{other}/", key=KEY))
    assert (count(), Decision.objects.of(municipality).count()) == (before, 1)


def test_of_taking_over_files(desk, municipality, make_caseworker):
    client, _ = desk("arm 'control'")
    colleagues = [make_caseworker(f"colleague-{number}@made-up.example") for number in range(2)]
    wish = {"request_key": KEY, "reason": "Ziek", "last_day": "30-11-2018"}
    answers = [client.post("/staff/files/cover/", {**wish, "colleague": one.actor}) for one in colleagues]
    assert answers[0].status_code == 302
    assert is_told(answers[1])
    assert Cover.objects.of(municipality).get().colleague == colleagues[0].actor
