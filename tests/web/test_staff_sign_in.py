"""Staff sign in with a password and a second factor, which is set up at the first sign-in."""

import re
import time

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from opmaat.web.accounts.actions import make_staff_account
from opmaat.web.accounts.permissions import Role

EMAIL, PASSWORD = "auditor@made-up.example", "long made-up word"


@pytest.fixture
def account(municipality):
    return make_staff_account(municipality=municipality, role=Role.AUDITOR, email=EMAIL, password=PASSWORD)


def code_of(secret):
    left = 30 - time.time() % 30
    if left < 3:  # the code must last until it is sent
        time.sleep(left)
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def sign_in(client, password=PASSWORD):
    return client.post("/staff/sign-in/", {"login": EMAIL, "password": password})


def test_the_first_sign_in_sets_up_the_second_factor_and_the_next_asks_for_it(account):
    first = Client()
    assert sign_in(first).status_code == 302
    assert first.get("/staff/").headers["Location"] == "/staff/second-factor/totp/activate/"
    page = first.get("/staff/second-factor/totp/activate/").content.decode()
    secret = re.search(r"<code>(\w+)</code>", page)[1]
    assert first.post("/staff/second-factor/totp/activate/", {"code": "000000"}).status_code == 200
    assert first.post("/staff/second-factor/totp/activate/", {"code": code_of(secret)}).status_code == 302
    assert first.get("/staff/journal/").status_code == 200
    second = Client()
    assert sign_in(second).headers["Location"] == "/staff/second-factor/authenticate/"
    assert second.get("/staff/journal/").headers["Location"] == "/sign-in/"
    assert "Tweede stap" in second.get("/staff/second-factor/authenticate/").content.decode()


def test_wrong_passwords_lock_without_telling_why(account):
    from django.core.cache import cache

    cache.clear()
    texts = set()
    for _ in range(12):
        answer = sign_in(Client(), "wrong")
        texts.add(answer.status_code)
    locked = sign_in(Client())
    assert locked.status_code != 302
    assert "@" not in "".join(re.findall(r"<li>(.*?)</li>", locked.content.decode()))
    cache.clear()


def test_nobody_makes_an_account_for_themselves(db):
    for address in ("/accounts/signup/", "/staff/sign-up/", "/staff/signup/"):
        assert Client().get(address).status_code == 404


def test_a_first_account_is_made_on_the_server_with_a_password_that_is_told_once(db, capsys):
    from django.core.management import CommandError, call_command

    with pytest.raises(CommandError, match="give its --name"):
        call_command("add_staff", "nieuw", "auditor", EMAIL)
    call_command("add_staff", "nieuw", "auditor", EMAIL, name="Nieuwstad")
    told, password = capsys.readouterr().out.strip().split(": ")
    assert told == EMAIL
    assert sign_in(Client(), password).status_code == 302
    with pytest.raises(CommandError, match="already"):
        call_command("add_staff", "nieuw", "dpo", EMAIL)


def test_who_lost_the_phone_gets_a_new_password_and_sets_the_second_factor_up_anew(account, capsys):
    from django.core.management import CommandError, call_command

    auditor = Client()
    sign_in(auditor)
    secret = re.search(
        r"<code>(\w+)</code>", auditor.get("/staff/second-factor/totp/activate/").content.decode()
    )[1]
    auditor.post("/staff/second-factor/totp/activate/", {"code": code_of(secret)})
    assert auditor.get("/staff/journal/").status_code == 200
    with pytest.raises(CommandError, match="no account"):
        call_command("reset_staff", "nobody@made-up.example")
    call_command("reset_staff", EMAIL)
    password = capsys.readouterr().out.strip().removeprefix(f"{EMAIL}: ")
    assert auditor.get("/staff/journal/").headers["Location"] == "/sign-in/"
    assert sign_in(Client()).status_code == 200
    again = Client()
    assert sign_in(again, password).status_code == 302
    assert again.get("/staff/journal/").headers["Location"] == "/staff/second-factor/totp/activate/"
    secret = re.search(
        r"<code>(\w+)</code>", again.get("/staff/second-factor/totp/activate/").content.decode()
    )[1]
    again.post("/staff/second-factor/totp/activate/", {"code": code_of(secret)})
    page = again.get("/staff/journal/?what=reset").content.decode()
    assert "inlog opnieuw ingesteld" in page
    assert account.pseudonym in page
