"""An installation as it is served: Django's own deployment check, headers and cookies."""

import os
import re
import subprocess
import sys
import tomllib

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


def test_every_test_that_the_page_on_security_names_is_there(root):
    page = (root / "SECURITY.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", page))
    assert len(named) > 10
    assert {name for name in named if not (root / name).is_file()} == set()
    rows = [line for line in page.splitlines() if line.startswith("|")][2:]
    assert [row for row in rows if "`tests/" not in row.split("|")[3]] == []


def test_every_app_is_served_and_held_to_the_layers(root, addresses):
    """A new app that is in no contract of imports, or has pages at no address, would escape other tests."""
    contracts = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    layers, door = (
        next(one for one in contracts["tool"]["importlinter"]["contracts"] if one["name"].startswith(name))
        for name in ("Inside an app", "The website reaches the engine")
    )
    served = {view.__module__.rpartition(".")[0] for _, _, view in addresses}
    for app in (name for name in base.INSTALLED_APPS if name.startswith("opmaat.web.")):
        folder = root / "src" / app.replace(".", "/")
        assert app in door["source_modules"], app
        if (folder / "models.py").exists():
            assert app in layers["containers"], app
        if (folder / "urls.py").exists():
            assert any(module.startswith(app) for module in served), app
