"""Pages of an installation with a million participants on PostgreSQL: milliseconds by the clock, and queries.

The database fills its tables itself (``web_lists.sql``): a million households of one adult each, as many
letters, events, talks and looks, and twice as many questionnaires that were sent. One caseworker has a
thousand files. A page is asked for through the whole of the website, the best of five. A list or a search is
to take 200 ms, the list of a thousand files at most three queries beside those about the request itself
(session, account, and the note that someone looked); a page that counts everybody is to take a second.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
PEOPLE, FILES, RUNS = 1_000_000, 1_000, 5
MOST_QUERIES = 3
STUDY, TODAY = "groningen-2017", "2018-11-12"
FIELDWORK, RESEARCH = f"/fieldwork/{STUDY}/", f"/staff/research/{STUDY}/"
LIST = "/staff/files/"
ABOUT_THE_REQUEST = (
    'FROM "django_session"',
    'FROM "accounts_account" INNER JOIN "journal_municipality"',
    'INTO "journal_access"',
    "BEGIN",
    "COMMIT",
    "SAVEPOINT",
)
# For each role its pages, with the milliseconds that each may take.
PAGES = {
    "caseworker": {LIST: 200, f"{LIST}?page=20": 200},
    "project_lead": {
        f"{FIELDWORK}stuck/invited/": 200,
        f"{FIELDWORK}stuck/invited/?page=200": 200,
        f"{FIELDWORK}letters/10/": 200,
        FIELDWORK: 1000,
        f"{FIELDWORK}flow/": 1000,
        f"{FIELDWORK}letters/": 1000,
        f"{FIELDWORK}waves/": 1000,
        f"{FIELDWORK}safety/": 1000,
        "/staff/caseloads/": 1000,
        f"/preparation/{STUDY}/": 1000,
        f"/preparation/{STUDY}/start/": 1000,
    },
    "researcher": {RESEARCH: 1000},
    "auditor": {
        "/staff/journal/": 200,
        "/staff/journal/?what=export": 200,
        "/staff/journal/?actor=caseworker:7": 200,
        "/staff/journal/?actor=nobody": 200,
        "/staff/journal/?first_day=01-03-2018&last_day=01-03-2018": 200,
        "/staff/journal/?about={person}": 200,
        "/staff/journal/?what=export&actor=caseworker:7&first_day=01-01-2018": 200,
    },
}


def measure():
    """Return the rows of this file."""
    spec = importlib.util.spec_from_file_location("server", ROOT / "tests/postgresql_server.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    server = module.Server()
    try:
        with TemporaryDirectory() as home:
            shutil.copytree(ROOT / "studies" / STUDY, Path(home) / "studies" / STUDY)
            environment = os.environ | {
                "DJANGO_SETTINGS_MODULE": "opmaat.web.settings.serve",
                "OPMAAT_WEB_HOME": home,
                "OPMAAT_WEB_LOCAL": "1",
                "OPMAAT_WEB_TODAY": TODAY,
                "OPMAAT_WEB_DATABASE": server.make("opmaat"),
            }
            command = [sys.executable, __file__]
            done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
    finally:
        server.stop()
    return rows_of(json.loads(done.stdout.splitlines()[-1]))


def rows_of(found):
    """Return a row for the queries of the list of a thousand files, and one for each page."""
    own = found[LIST]["own"]
    rows = [
        {
            "what": f"a list of {FILES:,} out of {PEOPLE:,} participants: queries / {MOST_QUERIES}",
            "ratio": round(own / MOST_QUERIES, 2),
            "aim": 1,
            "better": "lower",
            "detail": f"{own} queries beside those about the request",
        }
    ]
    for address, one in found.items():
        detail = f"{one['milliseconds']:.0f} ms, {one['database']:.0f} of them of the database"
        rows.append(
            {
                "what": f"{address}: milliseconds / {one['most']}",
                "ratio": round(one["milliseconds"] / one["most"], 2),
                "aim": 1,
                "better": "lower",
                "detail": f"{detail}; {one['all']} queries, {one['own']} beside those about the request",
            }
        )
    return rows


def main():
    """Fill the tables, ask for every page, and print what each took."""
    import django
    from django.core.management import call_command

    django.setup()
    for command in (["migrate"], ["createcachetable"], ["collectstatic", "--no-input"]):
        call_command(*command, verbosity=0)
    from opmaat.web.journal.models import Municipality
    from opmaat.web.trial.models import Study

    municipality = Municipality.objects.create(code="made-up", name="Verzonnen")
    study = Study(municipality=municipality, name=STUDY, folder=STUDY)
    study.save()
    accounts = {role: member(municipality, role) for role in PAGES}
    from opmaat.web.preparation.actions import freeze

    freeze(study=study, actor=accounts["project_lead"].actor)
    fill(municipality, study, accounts)
    person = sealed_people(municipality)
    found = {}
    for role, addresses in PAGES.items():
        named = {one.format(person=person): most for one, most in addresses.items()}
        found |= asked(accounts[role], named)
    print(json.dumps(found))


def member(municipality, role):
    """Return a member of staff who has a second step."""
    from allauth.mfa.models import Authenticator

    from opmaat.web.accounts.actions import make_staff_account
    from opmaat.web.accounts.permissions import Role

    account = make_staff_account(
        municipality=municipality, role=Role(role), email=f"{role}@a.example", password=token_hex(16)
    )
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return account


def fill(municipality, study, accounts):
    """Have the database fill its tables."""
    from django.db import connection

    query = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    keys = {"here": municipality.pk, "study": study.pk, "worker": accounts["caseworker"].actor}
    with connection.cursor() as cursor:
        cursor.execute(query.format(people=PEOPLE, files=FILES, today=TODAY, **keys))
        cursor.execute("VACUUM ANALYZE")


def sealed_people(municipality):
    """Seal who the people of the thousand files are, and return the pseudonym of one."""
    from django.db.models import F

    from opmaat.web.demonstration.people import made_up_identity
    from opmaat.web.people.models import Person
    from opmaat.web.people.sealing import seal
    from opmaat.web.trial.models import Adult

    adults = Adult.objects.of(municipality).filter(household__lte=FILES)
    for number, person in adults.values_list(F("household_id"), "person"):
        sealed = seal(made_up_identity(number), municipality=municipality.code, pseudonym=person)
        Person.objects.of(municipality).filter(pseudonym=person).update(sealed=sealed)
    return person


def asked(account, addresses):
    """Ask for pages as a member of staff, and return what each took."""
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return {address: {"most": most, **best(client, address)} for address, most in addresses.items()}


def best(client, address):
    """Return the fewest milliseconds, those of the database, and the queries of the last time."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    taken = []
    for _ in range(RUNS):
        with CaptureQueriesContext(connection) as queries:
            begin = time.perf_counter()
            answer = client.get(address)
            taken.append(1000 * (time.perf_counter() - begin))
        assert answer.status_code == 200, (address, answer.status_code)
    told = queries.captured_queries
    own = [one for one in told if not any(word in one["sql"] for word in ABOUT_THE_REQUEST)]
    database = 1000 * sum(float(one["time"]) for one in told)
    return {"milliseconds": min(taken), "database": database, "all": len(told), "own": len(own)}


if __name__ == "__main__":
    main()
