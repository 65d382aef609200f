"""Long work: asked for once, done once, taken up again when its worker died."""

import sqlite3
import threading
from datetime import timedelta

import pytest

from opmaat.core.errors import DataFileError, Issue

NAME = "preparation.import_register"


@pytest.fixture
def work(monkeypatch):
    """Make a function the work of a name, for one test."""
    from opmaat.web.jobs import registry

    return lambda function: monkeypatch.setitem(registry._functions, NAME, function)


@pytest.fixture
def ask(municipality):
    from opmaat.web.jobs.actions import enqueue

    def build(key="one", actor="project_lead:1", **given):
        return enqueue(
            municipality=municipality, name=NAME, key=key, given=given, actor=actor, back="/staff/"
        )

    return build


def state_of(job):
    from opmaat.web.jobs.models import Job

    found = Job.objects.of(job.municipality).get(pk=job.pk)
    return found.state, found.result, [one["code"] for one in found.problems]


def lose_hold(job):
    from opmaat.web.jobs.models import Job
    from opmaat.web.jobs.policies import real_now

    row = Job.objects.of(job.municipality).filter(pk=job.pk)
    row.update(held_until=real_now() - timedelta(seconds=1))


def test_the_same_work_asked_twice_is_one_job_and_is_done_once(work, ask):
    from opmaat.web.jobs.running import do_waiting

    done = []
    work(lambda one: done.append(one.given["upload"]) or {"households": 3})
    first, second = ask(upload=7), ask(upload=7)
    assert first.pk == second.pk
    assert do_waiting() == 1
    assert do_waiting() == 0
    assert ask(upload=7).pk == first.pk
    assert do_waiting() == 0
    assert (done, state_of(first)) == ([7], ("done", {"households": 3}, []))


def test_work_that_failed_tells_why_and_is_tried_again_when_asked_again(work, ask):
    from opmaat.web.jobs.running import do_waiting

    def fails(_):
        raise DataFileError([Issue("missing-column", "bus.csv", "There is no column 'bsn'.", "Add it.")])

    work(fails)
    job = ask()
    do_waiting()
    assert state_of(job) == ("failed", None, ["missing-column"])
    work(lambda _: {})
    ask()
    do_waiting()
    assert state_of(job) == ("done", {}, [])


@pytest.mark.parametrize(("number", "code"), [(28, "no-room"), (5, "unexpected")])
def test_a_full_disk_is_told_apart_from_what_nobody_had_thought_of(work, ask, number, code):
    from opmaat.web.jobs.running import do_waiting

    def fails(_):
        raise OSError(number, "as the machine says it", "/a/folder/of/the/machine")

    work(fails)
    job = ask()
    do_waiting()
    assert state_of(job) == ("failed", None, [code])


def test_a_full_disk_of_the_database_is_told_and_one_that_is_away_is_waited_for(work, ask):
    from django.db import OperationalError
    from psycopg.errors import AdminShutdown, DiskFull

    from opmaat.web.jobs.running import do_waiting

    in_sqlite = sqlite3.OperationalError("database or disk is full")
    in_sqlite.sqlite_errorcode = sqlite3.SQLITE_FULL
    for number, (told, state) in enumerate(
        [(in_sqlite, "failed"), (DiskFull(), "failed"), (AdminShutdown(), "running")]
    ):

        def fails(_, told=told):
            raise OperationalError from told

        work(fails)
        job = ask(key=f"work {number}")
        do_waiting()
        assert state_of(job) == (state, None, ["no-room"] if state == "failed" else [])


def test_what_goes_wrong_while_many_rows_are_inserted_is_an_error_of_the_database(municipality, db):
    from django.db import IntegrityError, transaction

    from opmaat.web.journal.bulk import insert
    from opmaat.web.people.models import Person

    row = {"municipality_id": municipality.pk, "pseudonym": "p", "sealed": b"s", "number_lookup": "n"}
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Person, [row, row])
    assert not Person.objects.of(municipality).exists()


def test_a_job_whose_worker_died_is_taken_up_by_another_and_ends_once(ask, work):
    from opmaat.web.jobs import actions

    work(lambda _: {})
    job = ask()
    dead = actions.claim(worker="dead")
    assert actions.claim(worker="other") is None
    lose_hold(job)
    assert actions.claim(worker="other").attempts == 2
    with pytest.raises(actions.NoLongerHeldError):
        actions.keep_hold(job=dead, worker="dead", done=1, total=2)
    actions.finish(job=dead, worker="dead", result={"by": "dead"})
    assert state_of(job)[0] == "running"
    actions.finish(job=job, worker="other", result={"by": "other"})
    assert state_of(job) == ("done", {"by": "other"}, [])


def test_a_job_that_kills_every_worker_is_given_up(ask, work):
    from opmaat.web.jobs import actions

    work(lambda _: {})
    job = ask()
    for _ in range(5):
        assert actions.claim(worker="dies") is not None
        lose_hold(job)
    assert actions.claim(worker="next") is None
    assert state_of(job) == ("failed", None, ["given-up"])


def test_a_worker_that_is_asked_to_stop_puts_its_job_back(ask, work):
    from opmaat.web.jobs import actions
    from opmaat.web.jobs.running import do

    stop = threading.Event()

    def begins(one):
        one.progress(1, 2)
        stop.set()
        one.progress(2, 2)
        raise AssertionError

    work(begins)
    job = ask()
    do(actions.claim(worker="stops"), "stops", stop)
    assert state_of(job)[0] == "waiting"
    assert actions.claim(worker="next").attempts == 1


def test_a_database_that_goes_away_leaves_the_job_to_another_try(ask, work):
    from django.db import OperationalError

    from opmaat.web.jobs.running import do_waiting

    def loses_database(_):
        raise OperationalError("server closed the connection")

    work(loses_database)
    job = ask()
    do_waiting()
    assert state_of(job)[0] == "running"
    lose_hold(job)
    work(lambda _: {})
    do_waiting()
    assert state_of(job)[0] == "done"


def test_pages_show_own_work_only_in_the_readers_language(ask, work, staff_client, municipality):
    from opmaat.web.accounts.models import Account
    from opmaat.web.jobs.actions import claim, keep_hold
    from opmaat.web.jobs.running import do_waiting

    work(lambda _: {"rows": 9100, "set_aside": 3, "eligible": 9000})
    lead, auditor = staff_client("project_lead"), staff_client("auditor")
    actor = Account.objects.get(email="project_lead@made-up.example").actor
    assert "nog geen werk" in lead.get("/jobs/").content.decode()
    job = ask(actor=actor)
    keep_hold(job=claim(worker="one"), worker="one", done=40, total=200)
    page = lead.get(f"/jobs/{job.pk}/", headers={"Accept-Language": "en"}).content.decode()
    assert "At work: 40 of 200" in page
    assert f'href="/jobs/{job.pk}/"' in lead.get("/jobs/").content.decode()
    assert auditor.get(f"/jobs/{job.pk}/").status_code == 404
    lose_hold(job)
    do_waiting()
    assert "9.000" in lead.get(f"/jobs/{job.pk}/").content.decode()
