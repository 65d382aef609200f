"""Two tabs, a double click, a form sent again, two adults: at the same moment, on both databases."""

import threading
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.test import Client

from opmaat.web.journal.models import Entry, Municipality
from opmaat.web.journal.queries import verify_chain
from opmaat.web.surveys.models import Sheet

KEY, OTHER = "0123456789abcdef" * 2, "fedcba9876543210" * 2
ALL = {"participation": "on", "questionnaires": "on", "register_linking": "on"}


@pytest.fixture
def here(new_database, use_database):
    """Return the settings of a database in use with a municipality, a study and nobody in it."""
    from opmaat.web.trial.models import Study

    settings = new_database(tables=True)
    with use_database(settings):
        municipality = Municipality.objects.create(code="made-up", name="Verzonnen")
        Study(municipality=municipality, name="groningen-2017", folder="groningen-2017").save()
        yield settings, municipality


@pytest.fixture
def enter(here):
    """Return a function that enters made-up people in a situation, and gives a client of each."""
    from opmaat.web.demonstration.people import Filling
    from opmaat.web.trial.models import Study

    filling = Filling(Study.objects.of(here[1]).get())

    def build(who):
        return [sign_in(one.secret, one.name) for one in filling.enter(who)]

    return build


def sign_in(code, born):
    client = Client()
    assert client.post("/sign-in/", {"letter_code": code, "birth_date": born}).status_code == 302
    return client


@pytest.fixture
def together(here, use_database):
    """Return a function that has forms sent at one moment, each on a connection of its own."""

    def send(*forms):
        ready, answers = threading.Barrier(len(forms)), {}

        def one(place, client, address, fields):
            with use_database(here[0]), signed_in_as(client) as copy:
                ready.wait()
                answers[place] = copy.post(address, fields).status_code

        threads = [threading.Thread(target=one, args=(place, *form)) for place, form in enumerate(forms)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [answers[place] for place in range(len(forms))]

    return send


@contextmanager
def signed_in_as(client):
    """Give another browser window of the same person."""
    copy = Client()
    copy.cookies.update(client.cookies)
    yield copy


def kinds_of(municipality, after):
    entries = Entry.objects.of(municipality).filter(sequence__gt=after).order_by("sequence")
    return [entry.kind for entry in entries]


def count(municipality):
    return Entry.objects.of(municipality).count()


def test_a_double_click_and_two_tabs_sign_up_once(here, enter, together):
    (client,), municipality = enter("invited"), here[1]
    before = count(municipality)
    forms = [(client, "/part/consent/", {**ALL, "request_key": key}) for key in (KEY, KEY, OTHER, OTHER)]
    assert together(*forms) == [302] * 4
    assert kinds_of(municipality, before) == ["consented"] * 3 + ["signed_up"]
    assert verify_chain(municipality).is_whole


def test_two_adults_who_sign_at_one_moment_sign_their_household_up_once(here, enter, together):
    (first, second), municipality = enter("invited, a couple"), here[1]
    before = count(municipality)
    together(
        (first, "/part/consent/", {**ALL, "request_key": KEY}),
        (second, "/part/consent/", {**ALL, "request_key": OTHER}),
    )
    assert sorted(kinds_of(municipality, before)) == ["consented"] * 6 + ["signed_up"]


def test_a_choice_that_can_be_made_once_is_made_once(here, enter, together):
    (client,), municipality = enter("arm 'choice'"), here[1]
    before = count(municipality)
    options = [("exemption", KEY), ("guidance", OTHER), ("disregard", "a" * 32)]
    forms = [(client, "/part/choice/", {"option": option, "request_key": key}) for option, key in options]
    assert together(*forms) == [302] * 3
    assert kinds_of(municipality, before) == ["chose"]


def test_earnings_of_two_tabs_correct_each_other_in_one_line(here, enter, together):
    (client,), municipality = enter("arm 'control'"), here[1]
    forms = [
        (client, "/part/earnings/", {"month": "2018-10", "net": net, "request_key": key})
        for net, key in (("100", KEY), ("100", KEY), ("200", OTHER), ("300", "b" * 32))
    ]
    together(*forms)
    reported = list(Entry.objects.of(municipality).filter(kind="earnings_reported").order_by("sequence"))
    assert len(reported) == 3
    assert [one.corrects for one in reported] == [None, reported[0].event_id, reported[1].event_id]
    call_command("rebuild_read_models", "--check", verbosity=0)


def test_answers_of_two_tabs_are_both_kept_and_sent_once(here, enter, together):
    (client,), municipality = enter("arm 'control'"), here[1]
    page = "/part/questions/midline/{}/"
    together(
        (client, page.format(1), {"job_interviews": "3", "later": "1", "request_key": KEY}),
        (client, page.format(8), {"later": "1", "request_key": OTHER}),
        (
            client,
            page.format(1),
            {"job_interviews": "3", "job_search_1": "2", "later": "1", "request_key": KEY},
        ),
    )
    assert Sheet.objects.of(municipality).get().answers["job_interviews"] == "3"
    before = count(municipality)
    together(*[(client, page.format(8), {"request_key": key}) for key in (KEY, KEY, OTHER)])
    assert kinds_of(municipality, before) == ["answered"]
    assert Sheet.objects.of(municipality).get().finished_on is not None


def test_who_stops_while_signing_up_ends_in_one_of_the_two(here, enter, together):
    (client,), municipality = enter("invited"), here[1]
    together(
        (client, "/part/consent/", {**ALL, "request_key": KEY}),
        (client, "/part/stop/", {"registers": "end", "sure": "on", "request_key": OTHER}),
    )
    assert verify_chain(municipality).is_whole
    call_command("rebuild_read_models", "--check", verbosity=0)
