"""A municipality with made-up people, and clients of every role."""

import os
import shutil
from contextlib import contextmanager
from datetime import date
from itertools import count
from secrets import token_hex

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

# A browser that another file's tests opened in this process keeps an event loop, and Django then refuses its
# database to be safe. Nothing here runs inside that loop.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]
ARGUMENTS = {
    "wave": "midline",
    "number": "1",
    "stage": "invited",
    "reference": "1-0001-8",
    "file": "merge",
    "which": "2018-10",
    "what": "contact",
    "decision": "1",
    "study": "groningen-2017",
    "turn": "first",
    "name": "1",
    "check": "journal",
}


@contextmanager
def in_use(settings):
    """Have the website go to another database, in this thread; closes it when it goes back."""
    from django.db import DEFAULT_DB_ALIAS, connections

    before = connections[DEFAULT_DB_ALIAS]
    settings["OPTIONS"].pop("pool", None)  # its threads would outlive the test
    connections.settings["other"] = connections.settings[DEFAULT_DB_ALIAS] | settings
    other = connections.create_connection("other")
    del connections.settings["other"]
    other.alias, connections[DEFAULT_DB_ALIAS] = DEFAULT_DB_ALIAS, other
    try:
        yield other
    finally:
        connections[DEFAULT_DB_ALIAS] = before
        other.close()


@pytest.fixture(scope="session")
def postgresql_server(start_postgresql):
    return start_postgresql()


@pytest.fixture(scope="session")
def postgresql(postgresql_server, django_db_blocker):
    """Return the settings of a PostgreSQL database that has all tables and no rows."""
    from django.core.management import call_command

    from opmaat.web.settings.databases import database_of

    settings = database_of(None, postgresql_server.make("opmaat"))
    with django_db_blocker.unblock(), in_use(settings):
        call_command("migrate", verbosity=0)
    return settings


@pytest.fixture(params=BOTH)
def database(request, django_db_setup, django_db_blocker):
    """Give every test of the website one database, and then the other."""
    if request.param == "sqlite":
        yield
    else:
        with django_db_blocker.unblock(), in_use(request.getfixturevalue("postgresql")):
            yield


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory, django_db_blocker):
    """Return the file of a SQLite database that has all tables and no rows."""
    from django.core.management import call_command

    from opmaat.web.settings.databases import database_of

    settings = database_of(tmp_path_factory.mktemp("tables"), None)
    with django_db_blocker.unblock(), in_use(settings):
        call_command("migrate", verbosity=0)
    return settings["NAME"]


@pytest.fixture(params=BOTH)
def new_database(request, tmp_path, django_db_blocker):
    """Return a function that gives the settings of a database, without tables or with them and no rows."""
    from opmaat.web.settings.databases import database_of

    names = count()

    def build(*, tables=False):
        if request.param == "sqlite":
            home = tmp_path / f"home-{next(names)}"
            home.mkdir()
            settings = database_of(home, None)
            if tables:
                shutil.copy(request.getfixturevalue("sqlite_with_tables"), settings["NAME"])
            return settings
        server, name = request.getfixturevalue("postgresql_server"), f"opmaat-{token_hex(4)}"
        if tables:
            request.getfixturevalue("postgresql")
        return database_of(None, server.make(name, *(["--template=opmaat"] if tables else [])))

    with django_db_blocker.unblock():
        yield build


@pytest.fixture(scope="session")
def use_database():
    return in_use


@pytest.fixture
def db(database, db):
    """Open the database: whatever asks for it is run on both."""
    return db


def pytest_collection_modifyitems(items):
    """Refuse the mark, which would open one database only."""
    wrong = [item.nodeid for item in items if item.get_closest_marker("django_db")]
    assert not wrong, f"ask for the fixture db instead of the mark django_db: {wrong}"


@pytest.fixture
def municipality(db):
    from opmaat.web.journal.models import Municipality

    return Municipality.objects.create(code="made-up", name="Verzonnen")


@pytest.fixture
def other_municipality(db):
    from opmaat.web.journal.models import Municipality

    return Municipality.objects.create(code="elsewhere", name="Elders")


@pytest.fixture
def enter(municipality):
    """Return a function that keeps a made-up person and gives a letter code."""
    from opmaat.web.people.actions import enter_person, give_letter_code
    from opmaat.web.people.sealing import Identity

    def build(number, *, born=date(1980, 12, 31), name="Verzonnen Persoon"):
        identity = Identity(name=name, born=born, number=number, address="Nergensstraat 1")
        person = enter_person(municipality=municipality, identity=identity)
        return person, give_letter_code(municipality=municipality, person=person)

    return build


@pytest.fixture
def staff_client(municipality):
    """Return a function that gives a client of a role, signed in, with a second factor."""
    from allauth.mfa.models import Authenticator

    from opmaat.web.accounts.actions import make_staff_account

    def build(role, *, second_factor=True):
        account = make_staff_account(
            municipality=municipality,
            role=role,
            email=f"{role}@made-up.example",
            password="long made-up word",
        )
        if second_factor:
            Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})
        client = Client()
        client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return build


@pytest.fixture
def study(municipality):
    from opmaat.web.trial.models import Study

    row = Study(municipality=municipality, name="groningen-2017", folder="groningen-2017")
    row.save()
    return row


@pytest.fixture
def happened(db):
    """Return a function that writes down what happened to a household, or to a person of it."""
    from secrets import token_hex

    from opmaat.web import clock
    from opmaat.web.journal.actions import Fact, record

    def write(study, household, payload, person=None, day=None):
        fact = Fact(
            study=study.name,
            household=household,
            person=person,
            payload=payload,
            valid_from=day or clock.today(),
        )
        record(fact, municipality=study.municipality, actor="system:0000", request_key=token_hex(16))

    return write


@pytest.fixture
def participants(study):
    """Return a function that gives a client signed in as a participant of the demonstration, by situation."""
    from opmaat.web.demonstration.people import Filling

    filling, entered = Filling(study), {}

    def sign_in(who, number=0):
        found = entered.setdefault(who, None) or filling.enter(who)
        entered[who] = found
        client = Client()
        wish = {"letter_code": found[number].secret, "birth_date": found[number].name}
        assert client.post("/sign-in/", wish).status_code == 302
        return client

    return sign_in


@pytest.fixture
def make_caseworker(municipality):
    """Return a function that makes a caseworker who can sign in."""
    from allauth.mfa.models import Authenticator

    from opmaat.web.accounts.actions import make_staff_account
    from opmaat.web.accounts.permissions import Role

    def build(email):
        account = make_staff_account(
            municipality=municipality, role=Role.CASEWORKER, email=email, password="long made-up word"
        )
        Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})
        return account

    return build


@pytest.fixture
def desk(study, municipality, make_caseworker):
    """Return a function that gives a caseworker's client and the numbers of files of some situations.

    ``client.people`` has the adults of each file.
    """
    from opmaat.web.casework.actions import By, assign
    from opmaat.web.demonstration.people import Filling
    from opmaat.web.trial.models import Adult

    filling, client = Filling(study, first=500), Client()
    client.account, client.people = make_caseworker("desk@made-up.example"), {}
    client.force_login(client.account, backend="allauth.account.auth_backends.AuthenticationBackend")

    def give(*situations, worker=None):
        numbers = []
        for who in situations:
            filling.enter(who)
            household = Adult.objects.of(municipality).latest("pk").household
            assign(
                municipality=municipality,
                study=study.name,
                household=household.pseudonym,
                worker=worker or client.account.actor,
                by=By(actor="project_lead:0001", request_key=f"assign {household.pk}"),
            )
            adults = Adult.objects.of(municipality).filter(household=household).order_by("pk")
            client.people[household.pk] = list(adults.values_list("person", flat=True))
            numbers.append(household.pk)
        return client, numbers

    return give


@pytest.fixture
def as_participant(municipality):
    """Return a function that gives a client signed in as an adult, by pseudonym."""
    from opmaat.web.accounts.models import Account

    def sign_in(person):
        client = Client()
        account = Account.objects.get(municipality=municipality, person=person)
        client.force_login(account, backend="opmaat.web.people.backends.LetterCode")
        return client

    return sign_in


@pytest.fixture(scope="session")
def addresses():
    """Every address of the website, with its name and its view, made-up parts filled in."""
    return sorted(all_addresses(get_resolver().url_patterns), key=lambda one: one[0])


def all_addresses(patterns, prefix=""):
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            for name, value in ARGUMENTS.items():
                here = here.replace(f"<str:{name}>", value).replace(f"<int:{name}>", value)
            assert "<" not in here, f"ARGUMENTS fills nothing in for {here}"
            yield f"/{here}", pattern.name, pattern.callback
        else:
            yield from all_addresses(pattern.url_patterns, here)
