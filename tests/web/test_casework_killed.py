"""Killed while a month is decided on: no decision, or one with its letter; sent again there is one."""

import os
import signal
from itertools import count

import pytest
from django.db import connections

from opmaat.web.casework.models import Decision
from opmaat.web.journal.models import Entry, Municipality
from opmaat.web.journal.queries import verify_chain

KEY = "0123456789abcdef" * 2


@pytest.fixture
def municipality(new_database, use_database):
    """Return a municipality of a database that another process can open too."""
    with use_database(new_database(tables=True)):
        yield Municipality.objects.create(code="made-up", name="Verzonnen")


def killed_before(number):
    """Return what kills its process, as ``kill -9`` does, before its statement of that number."""
    seen = count(1)

    def execute(run, *statement):
        if next(seen) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return run(*statement)

    return execute


def is_killed(send, *, before):
    """Send a form in a process of its own, and tell whether that was killed before it had an answer."""
    here = connections["default"]
    here.close()
    child = os.fork()
    if not child:
        try:
            connections["default"] = here  # while a browser runs, a copy would see the one of before the test
            with here.execute_wrapper(killed_before(before)):
                os._exit(send().status_code // 100)
        finally:
            os._exit(1)
    _, ended = os.waitpid(child, 0)
    assert os.WIFSIGNALED(ended) or os.WEXITSTATUS(ended) == 3
    return os.WIFSIGNALED(ended)


def test_a_decision_that_was_killed_is_made_once_with_its_letter(desk, municipality):
    client, (number,) = desk("arm 'control'")
    file = f"/staff/files/{number}/"
    month = f"{file}months/2018-10/"
    expected = client.get(month).context["form"].initial["expected"]
    wish = {"request_key": KEY, "checked": "on", "confirm": "1", "expected": expected}
    before, found = Entry.objects.of(municipality).count(), []
    # The last time it came through, but nobody got the answer.
    while is_killed(lambda: client.post(month, wish), before=len(found) + 1):
        decisions = Decision.objects.of(municipality).count()
        assert Entry.objects.of(municipality).count() - before == decisions
        found.append(decisions)
    assert found.count(0) > 10, "it was killed between any two statements"
    assert client.post(month, wish).status_code == 302
    assert Entry.objects.of(municipality).count() - before == 1
    (decision,) = Decision.objects.of(municipality)
    address = f"{file}letters/{decision.pk}/"
    assert client.get(address).content[:5] == b"%PDF-"
    assert client.get(f"{file}months/").content.decode().count(f'href="{address}"') == 1
    assert verify_chain(municipality).is_whole
