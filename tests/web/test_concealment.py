"""Before its time an arm is found nowhere: not in a page, the database, a log line, or an error."""

import json
import logging
import re

import pytest
from django.test import Client

from opmaat.web.accounts.permissions import Role
from opmaat.web.journal.models import Entry
from opmaat.web.theme.logs import NobodyInLogs

NOT_TOLD = "drawn, has not heard the arm"
# Where everyone may read which arms there are, and after a choice was offered, which can be chosen.
TELLS_OF_ALL_ARMS = {"/part/study/"}


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
            yield address, client.get(address, headers={"Accept-Language": language}).content.decode()
        yield address, client.post(address).content.decode()


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
        NobodyInLogs().filter(record)
        message = record.getMessage()
        assert not any(secret in message for secret in secrets), message
        assert not words_in(message, arms), message
