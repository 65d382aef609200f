"""What someone sees whom the website cannot help: words that say what to do, in the looks of the website."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

LINKED = ("theme/tokens.css", "theme/site.css", 'href="/"')


@pytest.mark.parametrize(
    ("language", "told"), [("nl", "U komt hier alleen met een knop"), ("en", "Only a button")]
)
def test_an_address_that_only_a_button_leads_to_says_so(staff_client, language, told):
    answer = staff_client("caseworker").get("/sign-out/", headers={"Accept-Language": language})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert told in answer.content.decode()


def test_who_tries_to_sign_in_too_often_is_told_how_long_to_wait(db, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    client, wish = Client(), {"login": "someone@made-up.example", "password": "a wrong word"}
    client.post("/staff/sign-in/", wish)
    answer = client.post("/staff/sign-in/", wish)
    assert answer.status_code == 429
    assert "Wacht een kwartier" in answer.content.decode()


@pytest.mark.parametrize("page", ["400.html", "500.html"])
def test_a_page_that_knows_nothing_looks_like_the_others(page):
    shown = render_to_string(page)
    assert [part for part in LINKED if part not in shown] == []
    assert shown.count('lang="en"') == 3
