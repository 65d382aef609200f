"""Deliveries of benefits and wages: looked at against what stood, and taken in by a person with a reason."""

import csv
import io
import shutil
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from opmaat.web.accounts.permissions import Role

STUDY = "/fieldwork/groningen-2017/"
BENEFITS = [
    "statistiekjaar",
    "statistiekmaand",
    "gemeentecode",
    "registratienummer uitkering",
    "statistiekcode",
    "leefvorm",
    "aantal kostendelers",
    "bedrag norm/grondslag",
    "vermindering n.a.v. afstemming",
    "bedrag inkomsten uitkering",
    "betaalbaar gesteld",
    "burgerservicenummer",
    "geboortedatum",
    "geslacht",
    "huisvesting",
    "aanvangsdatum uitkering persoon",
    "einddatum uitkering persoon",
    "ontheffing arbeidsverplichting",
    "einddatum ontheffing",
    "reden beëindiging ontheffing/opschorting",
    "uitvoering tegenprestatie",
    "reden vermindering",
    "aanvang vermindering",
    "einde vermindering",
    "reden beëindiging uitkering persoon",
    "migratieachtergrond",
]
WAGES = [
    "burgerservicenummer",
    "loonheffingennummer",
    "inkomstenverhouding",
    "aanvang periode",
    "einde periode",
    "brutoloon",
    "verloonde uren",
    "arbeidscontract",
    "soort inkomsten",
]
NUMBERS = [f"99000{n:04d}" for n in (10, 21, 32, 43)]


def table(heads, rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, heads, delimiter=";", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def benefits(numbers, *, month="10", city="9999", paid="900,00", ends=()):
    rows = [
        {
            "statistiekjaar": "2018",
            "statistiekmaand": month,
            "gemeentecode": city,
            "registratienummer uitkering": f"1000{place}",
            "statistiekcode": "01",
            "leefvorm": "1",
            "bedrag norm/grondslag": "986,52",
            "betaalbaar gesteld": paid,
            "burgerservicenummer": number,
            "geboortedatum": "19810630",
            "geslacht": "1",
            "huisvesting": "1",
            "aanvangsdatum uitkering persoon": "20101122",
            "einddatum uitkering persoon": "20181031" if number in ends else "",
            "reden beëindiging uitkering persoon": "11" if number in ends else "",
            "ontheffing arbeidsverplichting": "2",
            "uitvoering tegenprestatie": "3",
            "migratieachtergrond": "1",
        }
        for place, number in enumerate(numbers)
    ]
    return table(BENEFITS, rows)


def wages(numbers, *, first="20181001", last="20181031", pay="400,00"):
    rows = [
        {
            "burgerservicenummer": number,
            "loonheffingennummer": "000000006L01",
            "inkomstenverhouding": "1",
            "aanvang periode": first,
            "einde periode": last,
            "brutoloon": pay,
            "verloonde uren": "40,00",
            "arbeidscontract": "B",
            "soort inkomsten": "1",
        }
        for number in numbers
    ]
    return table(WAGES, rows)


@pytest.fixture
def people(study, root, tmp_path, settings):
    """Enter four made-up adults under the pseudonyms that registers know them by, in a folder of its own."""
    from opmaat.caseload.pseudonym import pseudonyms
    from opmaat.core.secrets import read_secret
    from opmaat.web.people.actions import enter_person
    from opmaat.web.people.sealing import Identity
    from opmaat.web.trial.actions import enter_household

    settings.STUDIES = tmp_path
    shutil.copytree(root / "studies/groningen-2017", tmp_path / "groningen-2017")
    key = read_secret(tmp_path / "groningen-2017/private/pseudonym.key", make=True)
    for number, name in zip(NUMBERS, pseudonyms(key, "person", NUMBERS), strict=True):
        identity = Identity(name="Verzonnen", born=date(1981, 6, 30), number=number, address="Nergens 1")
        enter_person(municipality=study.municipality, identity=identity, pseudonym=name)
        enter_household(study=study, pseudonym=name[::-1], adults=(name,))
    return NUMBERS


@pytest.fixture
def lead(staff_client, people):
    return staff_client(Role.PROJECT_LEAD)


def deliver(lead, content, *, kind="benefits", month="2018-10", name="bus.csv"):
    """Deliver a file, let it be looked at, and return its page."""
    from opmaat.web.fieldwork.models import Delivery
    from opmaat.web.jobs.running import do_waiting

    given = {"kind": kind, "month": month, "request_key": "0" * 32, "file": SimpleUploadedFile(name, content)}
    answer = lead.post(f"{STUDY}deliveries/", given)
    assert answer.status_code == 302, answer.content.decode()
    do_waiting()
    (municipality,) = {one.municipality for one in Delivery._base_manager.select_related("municipality")}
    return f"{STUDY}deliveries/{Delivery.objects.of(municipality).latest('pk').pk}/"


def decide(lead, page, decision, reason=""):
    return lead.post(page, {"decision": decision, "reason": reason, "request_key": "1" * 32}, follow=True)


def text(lead, page, language="nl"):
    return lead.get(page, headers={"Accept-Language": language}).content.decode()


def counted(lead, page):
    """Return the report of a delivery."""
    from opmaat.web.fieldwork.models import Delivery

    return Delivery._base_manager.get(pk=int(page.strip("/").rpartition("/")[2])).report


def test_a_wrong_delivery_is_corrected_by_a_later_one(lead, people):
    first = deliver(lead, benefits(people))
    assert counted(lead, first)["persons"] == 4
    assert "Voor deze maand was er nog niets" in text(lead, first)
    assert "Aangenomen" in decide(lead, first, "accept").content.decode()
    wrong = deliver(lead, benefits(people[:3], paid="950,00"))
    found = counted(lead, wrong)
    assert (found["new"], found["changed"], found["gone"], found["removes"]) == (0, 3, 1, 1)
    assert "haalt 1 deelnemers weg" in text(lead, wrong)
    assert "Schrijf op waarom" in decide(lead, wrong, "accept").content.decode()
    decide(lead, wrong, "accept", "Volgens het register klopt dit")
    right = deliver(lead, benefits(people, paid="950,00"))
    found = counted(lead, right)
    assert (found["new"], found["changed"], found["gone"], found["removes"]) == (1, 0, 0, 0)
    decide(lead, right, "accept")
    assert "Volgens het register klopt dit" in text(lead, wrong)


class KilledError(BaseException):
    """What a process that is killed looks like from within."""


@pytest.mark.parametrize("end", [KilledError(), OSError(28, "No space left on device")])
def test_a_look_that_broke_off_changes_nothing_and_is_taken_again(lead, people, monkeypatch, end):
    from opmaat.web.fieldwork import work
    from opmaat.web.fieldwork.models import Delivery
    from opmaat.web.jobs.models import Job
    from opmaat.web.jobs.running import do_waiting

    def breaks_off(*_, **__):
        raise end

    with monkeypatch.context() as machine, suppress(KilledError):
        machine.setattr(work, "difference_with", breaks_off)
        deliver(lead, benefits(people))
    assert list(Delivery._base_manager.values_list("state", "report")) == [("waiting", None)]
    if isinstance(end, OSError):
        assert [one["code"] for one in Job._base_manager.get().problems] == ["no-room"]
        deliver(lead, benefits(people))
    else:
        Job._base_manager.update(held_until=datetime(2018, 1, 1, tzinfo=UTC))
        assert do_waiting() == 1
    found = Delivery._base_manager.get()
    assert (found.state, found.report["persons"]) == ("checked", 4)


def test_who_disappears_since_the_month_before_asks_for_a_reason_unless_the_benefit_ended(lead, people):
    decide(lead, deliver(lead, benefits(people, month="09"), month="2018-09"), "accept")
    fine = deliver(lead, benefits(people, ends=[people[3]]))
    assert counted(lead, fine)["removes"] == 0
    decide(lead, fine, "accept")
    gone = deliver(lead, benefits(people[:2], month="11"), month="2018-11")
    assert counted(lead, gone)["gone_since"] == 1


def test_wages_tell_which_months_a_change_touches(lead, people):
    four_weeks = wages(people, first="20180917", last="20181014")
    decide(lead, deliver(lead, four_weeks, kind="wages"), "accept")
    page = deliver(lead, wages(people, first="20180917", last="20181014", pay="500,00"), kind="wages")
    assert counted(lead, page)["months"] == ["2018-09", "2018-10"]
    assert "september 2018, oktober 2018" in text(lead, page)


@pytest.mark.parametrize(
    ("content", "kind", "code", "words"),
    [
        (lambda people: benefits(people, month="08"), "benefits", "wrong-month", "van een andere maand"),
        (lambda _: benefits(["990009999"]), "benefits", "nobody-known", "Niemand in dit bestand doet mee"),
        (wages, "benefits", "unknown-column", "ontbreekt een kolom"),
        (lambda _: b"\x00\x01", "benefits", "", ""),
        (lambda _: b"", "benefits", "", ""),
        (lambda people: benefits(people)[:-40], "benefits", "", ""),
    ],
)
def test_a_faulty_file_says_what_to_do_and_changes_nothing(lead, people, content, kind, code, words):
    from opmaat.web.fieldwork.models import Delivery

    body = content(people)
    if not body:
        given = {"kind": kind, "month": "2018-10", "file": SimpleUploadedFile("bus.csv", b"")}
        page = lead.post(f"{STUDY}deliveries/", {**given, "request_key": "0" * 32}).content.decode()
        assert "leeg" in page
        return
    page = deliver(lead, body, kind=kind)
    row = Delivery._base_manager.get()
    assert row.state == "faulty"
    assert any(problem["code"].startswith(code) for problem in row.problems)
    assert words in text(lead, page)
    refused = decide(lead, page, "accept").content.decode()
    assert "al besloten" in refused
    assert Delivery._base_manager.get().state == "faulty"
    assert not any(number in text(lead, page) for number in people)


def test_another_city_is_found_beside_what_stands(lead, people):
    decide(lead, deliver(lead, benefits(people, month="09"), month="2018-09"), "accept")
    page = deliver(lead, benefits(people, city="0014"))
    assert "van een andere gemeente" in text(lead, page)
    assert "another municipality" in text(lead, page, "en")


def test_a_file_looked_at_beside_another_than_stands_now_is_looked_at_again(lead, people):
    first, second = deliver(lead, benefits(people)), deliver(lead, benefits(people[:3]))
    assert counted(lead, second)["removes"] == 0
    decide(lead, first, "accept")
    assert "Intussen is een ander bestand" in decide(lead, second, "accept").content.decode()
    from opmaat.web.jobs.running import do_waiting

    lead.post(second, {"look": "1"})
    do_waiting()
    assert counted(lead, second)["removes"] == 1


def test_the_same_file_twice_is_one_delivery_and_its_rows_stand_sealed(lead, people):
    from opmaat.web.fieldwork.models import Delivery, DeliveryPart

    first = deliver(lead, benefits(people))
    assert deliver(lead, benefits(people)) == first
    assert Delivery._base_manager.count() == 1
    stored = b"".join(bytes(part.sealed) for part in DeliveryPart._base_manager.all())
    assert stored
    assert not any(number.encode() in stored for number in people)


def test_a_month_to_come_is_refused_at_once(lead, people):
    from opmaat.core.errors import NotPermittedError
    from opmaat.core.month import Month
    from opmaat.web.fieldwork.actions.deliveries import receive
    from opmaat.web.trial.models import Study

    study = Study._base_manager.select_related("municipality").get()
    with pytest.raises(NotPermittedError, match="still to come"):
        receive(
            study=study,
            kind="wages",
            month=Month(2018, 12),
            file_name="a.csv",
            chunks=[b"x"],
            actor="project_lead:0a0b",
        )
