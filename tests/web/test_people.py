"""Who people are: sealed in the database, found by number, and nowhere else."""

import subprocess
import sys
from datetime import date

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection
from django.test import Client

from opmaat.web.people.models import Person
from opmaat.web.people.queries import identity_of, pseudonym_by_number

NUMBER, NAME = "999000018", "Aleida Verzonnen"


def everything_stored():
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {table}")
            yield from (
                str(bytes(cell) if isinstance(cell, memoryview) else cell) for row in cursor for cell in row
            )


def test_nothing_of_who_someone_is_stands_readable_in_the_database(enter, municipality):
    person, code = enter(NUMBER, name=NAME)
    stored = "\n".join(everything_stored())
    for secret in (NUMBER, NAME, "Nergensstraat", "1980-12-31", code, code.replace("-", "")):
        assert secret not in stored
    assert identity_of(municipality, person).name == NAME
    assert pseudonym_by_number(municipality, NUMBER) == person
    assert NAME not in repr(identity_of(municipality, person))


def test_a_sealed_text_belongs_to_its_row(enter, municipality):
    one, _ = enter(NUMBER)
    other, _ = enter("999000020")
    moved = Person.objects.of(municipality).get(pseudonym=one).sealed
    Person.objects.of(municipality).filter(pseudonym=other).update(sealed=moved)
    with pytest.raises(InvalidTag):
        identity_of(municipality, other)


def sign_in(client, code, born="31-12-1980"):
    return client.post("/sign-in/", {"letter_code": code, "birth_date": born})


def test_the_code_and_date_of_birth_sign_in_however_they_are_typed(enter):
    _, code = enter(NUMBER)
    response = sign_in(Client(), f" {code.lower().replace('-', ' ')} ", "31/12/1980")
    assert response.status_code == 302


def test_every_failure_looks_the_same_and_too_many_lock_also_the_right_answer(enter):
    _, code = enter(NUMBER)
    answers = {sign_in(Client(), code, "01-01-1980").content.decode().partition("<ul>")[2] for _ in range(4)}
    answers.add(sign_in(Client(), "AAAA-2222-BBBB").content.decode().partition("<ul>")[2])
    answers.add(sign_in(Client(), code, "01-01-1981").content.decode().partition("<ul>")[2])
    locked = sign_in(Client(), code)
    assert locked.status_code == 200
    answers.add(locked.content.decode().partition("<ul>")[2])
    assert len({answer.partition("</ul>")[0] for answer in answers}) == 1
    assert date(1980, 12, 31).isoformat() not in locked.content.decode()


KILLED = """
import os, signal, sys
from pathlib import Path
from opmaat.web.people.scratch import private_scratch
with private_scratch(Path(sys.argv[1])) as folder:
    (folder / "register.csv").write_text("999000012")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_unsealed_does_not_outlive_a_process_that_was_killed_for_long(tmp_path):
    from opmaat.web.people.scratch import private_scratch

    subprocess.run([sys.executable, "-c", KILLED, tmp_path], check=False)
    (left,) = tmp_path.glob("*/register.csv")
    with private_scratch(tmp_path) as mine:
        assert not left.exists()
        assert mine.stat().st_mode & 0o777 == 0o700
        (mine / "file").write_text("here")
        with private_scratch(tmp_path):
            assert (mine / "file").exists()
    assert list(tmp_path.iterdir()) == []
