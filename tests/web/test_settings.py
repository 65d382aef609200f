"""An installation as it is served: Django's own deployment check, headers and cookies."""

import os
import subprocess
import sys

import pytest
from django.test import Client

from opmaat.web.settings import base


def test_the_deployment_check_finds_nothing(tmp_path):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "opmaat.web.settings.serve",
        "OPMAAT_WEB_HOME": str(tmp_path),
        "OPMAAT_WEB_HOSTS": "opmaat.example",
    }
    del environment["DJANGO_ALLOW_ASYNC_UNSAFE"]  # of these tests alone
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "INFO"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {file.stat().st_mode & 0o077 for file in (tmp_path / "keys").iterdir()} <= {0, 0o044}
    assert (tmp_path / "keys/people.key").stat().st_mode & 0o077 == 0


def test_no_migration_is_missing(db):
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_nothing_but_the_websites_own_files_may_be_loaded(db):
    policy = Client().get("/sign-in/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for rule in base.CONTENT_SECURITY_POLICY["DIRECTIVES"].values():
        assert set(rule) <= {"'none'", "'self'", "data:"}


@pytest.mark.parametrize("address", ["/sign-in/", "/staff/sign-in/"])
def test_pages_have_no_script_and_no_style_of_their_own(db, address):
    page = Client().get(address).content.decode()
    assert "<script" not in page
    assert "style=" not in page
    assert "<style" not in page


def test_cookies_cannot_be_read_or_sent_in_the_clear(participants):
    cookies = participants("invited").cookies
    session = cookies["sessionid"]
    assert (session["httponly"], session["secure"], session["samesite"]) == (True, True, "Lax")
