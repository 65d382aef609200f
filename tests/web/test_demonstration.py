"""A demonstration is filled whole or not at all, and says what to do when it cannot be used."""

import pytest
from django.core.management import call_command

from opmaat.core.errors import UsageError
from opmaat.web.demonstration.management.commands import fill_demonstration
from opmaat.web.journal.models import Municipality


@pytest.fixture
def home(settings, tmp_path, db):
    settings.HOME = tmp_path
    return tmp_path


def test_a_filling_that_was_broken_off_is_done_anew(home, monkeypatch):
    def break_off(**_):
        raise KeyboardInterrupt

    with monkeypatch.context() as change:
        change.setattr(fill_demonstration, "give_caseloads", break_off)
        with pytest.raises(KeyboardInterrupt):
            call_command("fill_demonstration", "groningen-2017", verbosity=0)
    assert not Municipality.objects.exists()
    call_command("fill_demonstration", "groningen-2017", verbosity=0)
    signs = (home / "sign-ins.txt").read_text(encoding="utf-8")
    assert "arm 'choice'" in signs
    call_command("fill_demonstration", "groningen-2017", verbosity=0)
    assert (home / "sign-ins.txt").read_text(encoding="utf-8") == signs, "it is filled once"


def test_sign_ins_that_are_gone_are_told(home):
    Municipality.objects.create(code="made-up", name="Verzonnen")
    with pytest.raises(UsageError) as error:
        call_command("fill_demonstration", "groningen-2017", verbosity=0)
    (issue,) = error.value.issues
    assert str(home) in issue.fix
