"""Before its time an arm is found nowhere: not in a page, the database, a log line, or an error."""

import json
import logging
import re
import subprocess
import sys

import pytest
from django.test import Client

from opmaat.web.accounts.permissions import Role
from opmaat.web.journal.models import Entry
from opmaat.web.theme.logs import NobodyInLogs

NOT_TOLD = "drawn, has not heard the arm"
# Where it is told which arms there are, and never who is in which: to people who take part, and as the plan.
TELLS_OF_ALL_ARMS = {
    "/part/study/",
    "/preparation/groningen-2017/plan/",
    "/preparation/groningen-2017/protocol/",
}


@pytest.fixture
def arms(study):
    from opmaat.web.trial.queries import study_protocol

    found = study_protocol(study).arms
    return {name for name in found if name != "choice"} | {
        text for arm in found.values() for text in (arm.label.nl, arm.label.en)
    }


def pages(client, addresses):
    """Yield every page that a client may open, in both languages, forms sent empty as well."""
    for address, name, _ in addresses:
        if name in {"sign_out", "account_logout", "set_language"}:
            continue
        for language in ("nl", "en"):
            yield address, text_of(client.get(address, headers={"Accept-Language": language}))
        yield address, text_of(client.post(address))


def text_of(response):
    return (b"".join(response) if response.streaming else response.content).decode(errors="replace")


def words_in(text, wanted):
    visible = re.sub(r"<[^>]*>", " ", text)
    return {word for word in wanted if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", visible)}


def test_who_was_not_told_finds_no_arm_in_any_page_or_download(participants, addresses, arms):
    client = participants(NOT_TOLD)
    for address, text in pages(client, addresses):
        if address not in TELLS_OF_ALL_ARMS:
            assert not words_in(text, arms), address


def test_the_database_holds_no_arm_of_who_was_not_told(participants, municipality, arms):
    participants(NOT_TOLD)
    stored = json.dumps([entry.event() for entry in Entry.objects.of(municipality)])
    assert not words_in(stored, arms)


@pytest.mark.parametrize("role", [Role.PROJECT_LEAD, Role.RESEARCHER, Role.AUDITOR, Role.DPO])
def test_staff_without_that_permission_find_no_arm_even_after_it_was_told(
    role, participants, staff_client, addresses, arms
):
    participants("arm 'exemption'").get("/part/data/download/")
    for address, text in pages(staff_client(role), addresses):
        if address not in TELLS_OF_ALL_ARMS:
            assert not words_in(text, arms), address


def test_logs_and_errors_tell_nobodys_arm_name_number_or_code(participants, addresses, arms, caplog):
    caplog.set_level(logging.DEBUG)
    client = participants("arm 'exemption'")
    held = json.loads(client.get("/part/data/download/").content)["person"]
    client.raise_request_exception = False
    for _ in pages(client, addresses):
        pass
    Client().post("/sign-in/", {"letter_code": "AAAA-BBBB-CCCC", "birth_date": held["born"]})
    secrets = {held["name"], held["number"], held["born"], held["address"], "AAAA-BBBB-CCCC"}
    # SQL is logged at DEBUG with its parameters by Django itself in debug mode only; here it may not be.
    for record in caplog.records:
        message = NobodyInLogs().format(record)
        assert not any(secret in message for secret in secrets), message
        assert not words_in(message, arms), message


WHO = ("999000018", "9990.00.018", "999 000 018", "iemand@made-up.example")


@pytest.mark.parametrize("who", WHO)
def test_an_error_with_someone_in_it_is_logged_without(who):
    """An error of a database has its rows in its message, and an address has what was typed into it."""
    born = "1980-12-31"
    try:
        raise ValueError(f"duplicate key\nDETAIL:  Key (born, who)=({born}, {who}) already exists.")
    except ValueError:
        told = sys.exc_info()
    record = logging.LogRecord("django.request", 40, "", 0, "Not found: /people/%s/", (who,), told)
    text = NobodyInLogs().format(record)
    assert "Not found" in text
    assert "Traceback" in text
    assert who not in text
    assert born not in text


def test_every_logger_of_a_served_website_writes_through_that_form(tmp_path, load_helper):
    """The server's own log and Django's own handlers are taken over."""
    code = """
import logging
from django.conf import settings
for name in ("django", "django.request", "django.db.backends", "gunicorn.error", "gunicorn.access", "other"):
    logging.getLogger(name).error("999000018")
"""
    served = load_helper("served")
    written = subprocess.run(
        [sys.executable, "-c", f"import django\ndjango.setup(){code}"],
        env=served.environment_of(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert written.stderr.split() == ["[number]"] * 6
