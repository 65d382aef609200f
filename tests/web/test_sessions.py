"""What someone sees whose session cannot be saved, though what was sent is."""

import pytest
from django.contrib.sessions.models import Session
from django.db import InterfaceError, OperationalError

from opmaat.web.journal.models import Entry

KEY = "0123456789abcdef" * 2
EARNED = {"request_key": KEY, "month": "2018-10", "net": "250"}


@pytest.fixture
def client(participants):
    """A participant whose session is saved with the next page."""
    found = participants("arm 'control'")
    session = found.session
    session["seen"] = session["seen"] - 100 if "seen" in session else 0
    session.save()
    found.raise_request_exception = False
    return found


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_is_away_is_an_error_of_the_server(client, municipality, monkeypatch, error):
    def is_away(*_, **__):
        raise error("the connection is closed")

    before = Entry.objects.of(municipality).count()
    with monkeypatch.context() as patched:
        patched.setattr(Session, "save", is_away)
        assert client.post("/part/earnings/", EARNED).status_code == 500
    assert client.post("/part/earnings/", EARNED).status_code == 302
    assert Entry.objects.of(municipality).count() == before + 1


def test_a_session_that_was_ended_elsewhere_says_what_to_do(client, monkeypatch):
    saved = Session.save

    def ended_meanwhile(session, **options):
        Session.objects.all().delete()
        saved(session, **options)

    monkeypatch.setattr(Session, "save", ended_meanwhile)
    answer = client.post("/part/earnings/", EARNED)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "op een ander scherm uitgelogd" in page
    assert "on another screen" in page
