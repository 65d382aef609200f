"""Every role at every address: what the one table says, and nothing else."""

import pytest
from django.test import Client

from opmaat.web.accounts.access import Needs, Open, needed_by
from opmaat.web.accounts.middleware import OPEN_PAGES, STAFF_PAGES
from opmaat.web.accounts.permissions import PERMISSIONS, Action, Role, Thing, may


def expected(role, name, view, method):
    """Return whether the table lets a role in; None for nobody means that anyone is asked to sign in."""
    needs = needed_by(view)
    if isinstance(needs, Open) or name in OPEN_PAGES:
        return True
    if name in STAFF_PAGES:
        return role != Role.PARTICIPANT
    return isinstance(needs, Needs) and may(role, needs.thing, needs.on(method))


@pytest.mark.parametrize("role", list(Role))
def test_every_address_opens_to_whom_the_table_names(role, addresses, participants, staff_client):
    client = participants("arm 'choice'") if role == Role.PARTICIPANT else staff_client(role)
    client.raise_request_exception = True
    wrong = []
    for address, name, view in addresses:
        if name in {"sign_out", "account_logout"}:
            continue
        for method in ("GET", "POST"):
            status = client.generic(method, address).status_code
            if (status == 403) == expected(role, name, view, method):
                wrong.append((method, address, status))
    assert wrong == []


def test_who_is_not_signed_in_is_asked_to(addresses, db):
    for address, name, view in addresses:
        if isinstance(needed_by(view), Open) or name in OPEN_PAGES:
            continue
        answer = Client().get(address)
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/sign-in/"), address


def test_a_view_that_says_nothing_is_closed_to_everybody(addresses, staff_client):
    unsaid = [name for _, name, view in addresses if needed_by(view) is None]
    assert set(unsaid) - OPEN_PAGES - STAFF_PAGES == {
        "mfa_deactivate_totp",
        "mfa_download_recovery_codes",
    }
    assert staff_client("auditor").get("/staff/second-factor/totp/deactivate/").status_code == 403


def test_staff_without_a_second_factor_reach_nothing_but_its_setting_up(staff_client):
    client = staff_client("auditor", second_factor=False)
    for address in ("/staff/", "/staff/journal/"):
        assert client.get(address).headers["Location"] == "/staff/second-factor/totp/activate/"


def test_no_role_of_staff_may_do_anything_with_what_is_a_participants_own():
    own = {Thing.OWN_ANSWERS, Thing.OWN_DATA, Thing.OWN_PART}
    for role, things in PERMISSIONS.items():
        assert role == Role.PARTICIPANT or not own & set(things)
    assert not may(Role.CASEWORKER, Thing.OWN_ANSWERS, Action.READ)


def test_a_session_ends_when_nobody_used_it(participants, settings):
    client = participants("invited")
    assert client.get("/part/").status_code == 200
    session = client.session
    session["seen"] -= settings.IDLE_SECONDS["participant"] + 1
    session.save()
    assert client.get("/part/").headers["Location"] == "/sign-in/"


def test_a_form_from_elsewhere_is_refused(participants):
    client = participants("invited")
    client.handler.enforce_csrf_checks = True
    answer = client.post("/part/consent/", {"participation": "on"})
    assert answer.status_code == 403
    assert "Stuur het formulier opnieuw" in answer.content.decode()
