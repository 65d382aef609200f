"""The auditor: every trace can be found, taken out and counted; whatever was changed is found."""

import csv
import io
import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from opmaat.core.digest import digest_value
from opmaat.web.gateway.events import kinds

KEY = "ab" * 16
JOURNAL, CHECKS = "/staff/journal/", "/staff/journal/checks/"


@pytest.fixture
def looked(municipality):
    """Return a function that writes down that someone looked, some minutes after a first moment."""
    from opmaat.web.journal.models import Access

    def build(number, *, action="read", actor="caseworker:3f09", about="p1", municipality=municipality):
        at = datetime(2018, 11, 1, 12, tzinfo=UTC) + timedelta(minutes=number)
        Access(
            municipality=municipality, at=at, actor=actor, action=action, thing="caseload", about=about
        ).save()

    return build


@pytest.fixture
def outputs(settings, tmp_path):
    settings.OUTPUTS = tmp_path / "outputs"
    return settings.OUTPUTS


@pytest.fixture
def check(staff_client):
    """Return a function that asks for a check, does the work, and gives the page with what came of it."""
    from opmaat.web.jobs.running import do_waiting

    clients = []

    def ask(name, number=0):
        clients[:] = clients or [staff_client("auditor")]
        assert clients[0].post(f"{CHECKS}{name}/", {"request_key": f"{number:032x}"}).status_code == 302
        assert do_waiting() == 1
        return clients[0].get(CHECKS).content.decode()

    return ask


def tell(municipality, household, payload, *, person=None, key=None):
    from secrets import token_hex

    from opmaat.web import clock
    from opmaat.web.journal.actions import Fact, record

    fact = Fact(
        study="groningen-2017", household=household, person=person, payload=payload, valid_from=clock.today()
    )
    return record(fact, municipality=municipality, actor="system:0000", request_key=key or token_hex(16))


def rows_in(page):
    return re.findall(r"<tr><td", page)


def change(statement, *values):
    """Change what triggers protect, as someone with the keys of the database can."""
    with connection.cursor() as cursor:
        for table in ("journal_entry", "journal_access"):
            of_table = "" if connection.vendor == "sqlite" else f" ON {table}"
            for what in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{what}{of_table}")
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("what=read", 3),
        ("what=export", 1),
        ("what=write", 1),
        ("actor=caseworker:3f09", 3),
        ("about=p2", 1),
        ("about=h1", 1),
        ("first_day=02-11-2018&last_day=2018-11-02", 1),
        ("what=read&actor=auditor:1", 0),
        ("", 5),
    ],
)
def test_every_trace_is_found_by_what_who_about_and_day(municipality, looked, staff_client, sought, found):
    for number in (0, 1):
        looked(number)
    looked(24 * 60, actor="auditor:1", action="export")
    looked(2, about="p2")
    tell(municipality, "h1", kinds.Drawn())
    page = staff_client("dpo").get(f"{JOURNAL}?{sought}").content.decode()
    assert len(rows_in(page)) == found


def test_a_search_that_cannot_be_is_told_beside_the_field_and_keeps_what_was_typed(staff_client, looked):
    looked(0)
    page = staff_client("auditor").get(f"{JOURNAL}?first_day=03-11-2018&last_day=2018-11-01&actor=me")
    text = page.content.decode()
    assert "Deze dag ligt voor de eerste" in text
    assert 'value="me"' in text


def test_pages_follow_each_other_without_a_gap_also_at_one_moment(municipality, looked):
    from opmaat.web.audit.queries import PAGE, Sought, trail
    from opmaat.web.journal.models import Entry

    for number in range(2 * PAGE + 7):
        looked(number // 3)
        if number % 9 == 0:
            tell(municipality, f"h{number}", kinds.Drawn())
    moments = datetime(2018, 11, 1, 12, 1, tzinfo=UTC)
    change("UPDATE journal_entry SET recorded_at = %s", moments)
    seen, after = [], None
    while True:
        with CaptureQueriesContext(connection) as asked:
            page = trail(municipality, Sought(), after=after)
        assert len(asked) == 2
        seen += page[:PAGE]
        if len(page) <= PAGE:
            break
        after = page[PAGE - 1].place
    places = [(one.place.at, one.place.source, one.place.number) for one in seen]
    assert places == sorted(places, reverse=True)
    assert len(set(places)) == len(places) == 2 * PAGE + 7 + Entry.objects.of(municipality).count()


def test_the_trail_is_taken_out_whole_and_that_is_kept(municipality, looked, staff_client):
    for number in range(120):
        looked(number, about=f"p{number % 2}")
    client = staff_client("auditor")
    answer = client.post(f"{JOURNAL}file/", {"about": "p1"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert rows[0] == ["at", "actor", "what", "thing", "about"]
    assert {row[4] for row in rows[1:]} == {"p1"}
    assert len([row for row in rows if row[2] == "read"]) == 60
    page = client.get(f"{JOURNAL}?what=export").content.decode()
    assert "dit journaal" in page
    assert len(rows_in(page)) == 1


@pytest.mark.parametrize("typed", ["999000123", "99900012", "Verzonnen Persoon", "=1+1", "@A1", "-2"])
def test_a_name_or_a_citizen_service_number_is_not_sought_and_not_kept(
    municipality, looked, staff_client, typed
):
    from opmaat.web.journal.models import Access

    looked(0)
    client, before = staff_client("auditor"), Access.objects.of(municipality).count()
    page = client.get(JOURNAL, {"about": typed}).content.decode()
    assert "Geen naam en geen burgerservicenummer" in page
    assert client.post(f"{JOURNAL}file/", {"about": typed}).status_code == 302
    assert Access.objects.of(municipality).count() == before


def test_nothing_of_another_municipality_is_found(other_municipality, looked, staff_client):
    looked(0, about="theirs", municipality=other_municipality)
    tell(other_municipality, "their-household", kinds.Drawn())
    text = staff_client("auditor").get(JOURNAL).content.decode()
    assert "theirs" not in text
    assert "their-household" not in text


def test_a_decision_that_only_one_arm_knows_is_not_named(participants, staff_client, municipality):
    from opmaat.web.trial.models import Standing

    participants("arm 'disregard'")
    household = Standing.objects.of(municipality).get(arm="disregard").household
    tell(municipality, household, kinds.DisregardGranted(datetime(2019, 10, 31, tzinfo=UTC).date()))
    text = staff_client("auditor").get(f"{JOURNAL}?about={household}").content.decode()
    assert "een besluit over de regels van een groep" in text
    assert "disregard" not in text


def test_a_whole_journal_is_published_for_everybody_and_fits_what_was_published(municipality, looked, check):
    tell(municipality, "h1", kinds.Drawn())
    looked(0)
    page = check("journal")
    assert "Alles klopt" in page
    assert "De keten van 1 gebeurtenissen klopt" in page
    head = re.search(r"sha256:[0-9a-f]{64}", page)[0]
    looked(1)
    tell(municipality, "h2", kinds.Drawn())
    assert "Ze passen bij alle 1 standen" in check("journal", 1)
    assert head in Client().get("/journal-states/").content.decode()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE journal_entry SET actor = 'system:0001' WHERE sequence = 2", "gebeurtenis 2 past niet"),
        (
            "DELETE FROM journal_entry WHERE sequence = 3",
            "De gebeurtenissen zijn niet die op 12 november 2018",
        ),
        ("UPDATE journal_access SET about = 'p9'", "Wie wat heeft ingezien is niet wat op 12 november 2018"),
        ("DELETE FROM journal_access", "Wie wat heeft ingezien is niet wat op 12 november 2018"),
    ],
)
def test_a_changed_row_is_found_and_nothing_new_is_published(municipality, looked, check, statement, said):
    from opmaat.web.audit.queries import sealings

    for number in range(3):
        tell(municipality, f"h{number}", kinds.Drawn())
        looked(number)
    check("journal")
    change(statement)
    page = check("journal", 1)
    assert said in page
    assert "Laat de database zoals ze is" in page
    assert len(sealings(municipality)) == 1


def test_events_that_were_rewritten_with_their_digests_are_found(municipality, check):
    from opmaat.web.journal.models import Entry
    from opmaat.web.journal.queries import entry_digest

    tell(municipality, "h0", kinds.Drawn(), key="first")
    check("journal")
    entry = Entry.objects.of(municipality).get()
    entry.actor = "system:0001"
    change("UPDATE journal_entry SET actor = %s, digest = %s", entry.actor, entry_digest(entry))
    assert "De gebeurtenissen zijn niet die op" in check("journal", 1)


def test_a_draw_that_was_not_held_cannot_be_checked_yet(study, check):
    page = check("draws")
    assert "Er is nog geen loting die kan worden nagelopen" in page


@pytest.fixture
def reported(settings, tmp_path, root, municipality, outputs):
    """A study with its report, and an export, as the website keeps them."""
    import opmaat
    from opmaat.core.texts import Text
    from opmaat.report.estimates_files import write_estimates
    from opmaat.report.write import write_report
    from opmaat.web.gateway.research import Field, Package, Resource, csv_pieces, write_data_package
    from opmaat.web.trial.models import Study

    folder = tmp_path / "studies/nsw-1975"
    shutil.copytree(root / "studies/nsw-1975", folder, ignore=shutil.ignore_patterns("results"))
    settings.STUDIES = tmp_path / "studies"
    Study(municipality=municipality, name="nsw-1975", folder="nsw-1975").save()
    lock = opmaat.read_frozen(folder)
    estimates = opmaat.estimate(lock.protocol, opmaat.read_panel(lock.protocol, folder))
    write_estimates(estimates, folder / "results")
    write_report(lock, estimates, folder / "results/report.html")
    word = Text("woord", "word")
    person = Field(name="person", kind="string", title=word)
    table = Resource(name="persons", title=word, fields=(person,), key=("person",), rows=csv_pieces([("a",)]))
    package = Package(
        name="p", title=word, description=word, resources=(table,), made_of={}, protocol=digest_value("x")
    )
    write_data_package(package, outputs / "exports/made-up" / KEY)
    return folder / "results/report.html", outputs / "exports/made-up" / KEY / "persons.csv"


def test_reports_and_exports_are_walked_back_and_a_change_of_either_is_found(reported, check, tmp_path):
    page = check("receipts")
    assert "rapporten en exports: 2. Ze zijn wat hun ontvangstbewijs zegt" in page
    assert "Opnieuw geschreven is de pagina dezelfde" in page
    for number, file in enumerate(reported, start=1):
        file.write_bytes(file.read_bytes().replace(b"a", b"e", 1))
        page = check("receipts", number)
        assert f"Niet wat hun ontvangstbewijs zegt: {number}." in page
    assert "nsw-1975, report.html: Er klopt iets niet" in page
    assert f"nsw-1975, {KEY}: Er klopt iets niet" in page
    assert str(tmp_path) not in page


def test_asking_twice_with_one_form_is_one_check(staff_client, municipality):
    from opmaat.web.jobs.models import Job

    client = staff_client("auditor")
    for _ in range(2):
        client.post(f"{CHECKS}journal/", {"request_key": KEY})
    assert Job.objects.of(municipality).count() == 1
    assert client.post(f"{CHECKS}nothing/", {"request_key": KEY}).status_code == 404
