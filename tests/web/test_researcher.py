"""The researcher: counts and tables under pseudonyms, and no arm before the planned look, by any way."""

import csv
import io
import json
import re
import zipfile
from datetime import date

import pytest

from opmaat.web.gateway.events import kinds
from opmaat.web.gateway.research import ShownAs, planned_look, shown_as

STUDY = "/staff/research/groningen-2017/"
EXPORTS = f"{STUDY}exports/"
KEY = "ab" * 16
AFTER_LOOK = "2019-11-01"


@pytest.fixture
def trial(study, municipality):
    """Return a function that enters made-up households that were told their arm, with talks and answers."""
    from opmaat.web.demonstration.people import Filling
    from opmaat.web.surveys.models import Sheet
    from opmaat.web.trial.models import Adult, Standing

    def build():
        filling = Filling(study)
        found = {arm: filling.enter(f"arm '{arm}'") for arm in ("control", "guidance")}
        found["none"] = filling.enter("drawn, has not heard the arm")
        persons = {}
        for row in Standing.objects.of(municipality).exclude(arm=None):
            adult = Adult.objects.of(municipality).get(household__pseudonym=row.household)
            persons[row.arm] = (row.household, adult.person)
        for arm, (household, person) in persons.items():
            tell(study, household, person, kinds.Answered("midline"), date(2018, 11, 12))
            if arm == "guidance":
                tell(study, household, person, kinds.ContactHeld(30, "office"), date(2018, 10, 2))
                tell(study, household, person, kinds.ContactMissed(15, "office"), date(2018, 10, 9))
            answers = {"job_search_1": "3", "remarks": "Ik heet eigenlijk Piet"}
            Sheet(
                municipality=municipality,
                study=study.name,
                person=person,
                wave="midline",
                answers=answers,
                finished_on=date(2018, 11, 6),
            ).save()
        return found, persons

    return build


def tell(study, household, person, payload, day):
    from secrets import token_hex

    from opmaat.web.journal.actions import Fact, record

    fact = Fact(study=study.name, household=household, person=person, payload=payload, valid_from=day)
    record(fact, municipality=study.municipality, actor="caseworker:0000", request_key=token_hex(16))


@pytest.fixture
def outputs(settings, tmp_path):
    settings.OUTPUTS = tmp_path / "outputs"
    return settings.OUTPUTS


def do_work():
    from opmaat.web.jobs.running import do_waiting

    assert do_waiting() == 1
    return latest()


def latest():
    from opmaat.web.jobs.models import Job
    from opmaat.web.journal.models import Municipality

    return Job.objects.of(Municipality.objects.get(code="made-up")).order_by("-pk").first()


def unpacked(answer):
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.testzip() is None
    return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def rows_of(files, name):
    return list(csv.DictReader(io.StringIO(files[f"{name}.csv"].decode())))


def arms_in(text, study):
    from opmaat.web.trial.queries import study_protocol

    found = study_protocol(study).arms
    names = {name for name in found if name != "choice"} | {
        label for arm in found.values() for label in (arm.label.nl, arm.label.en)
    }
    return {word for word in names if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)}


def test_response_stands_under_letters_until_the_planned_look(trial, staff_client, study, settings):
    trial()
    client = staff_client("researcher")
    page = client.get(STUDY).content.decode()
    assert not arms_in(re.sub(r"<[^>]*>", " ", page), study)
    assert re.search(r"groep [A-E]<", page)
    assert "Groepen mogen worden vergeleken vanaf 1 november 2019" in page
    settings.TODAY = AFTER_LOOK
    assert "gewone aanpak" in client.get(STUDY).content.decode()


def test_letters_stay_the_same_and_are_not_in_the_order_of_the_protocol(trial, municipality, study):
    from opmaat.web.research.queries import response
    from opmaat.web.trial.queries import study_protocol

    trial()
    protocol = study_protocol(study)
    lettered = {
        row.arm: row.sent for row in response(study, protocol, ShownAs.LETTERS) if row.wave == "midline"
    }
    assert set(lettered) - {""} <= set("ABCDE")
    assert lettered == {
        row.arm: row.sent for row in response(study, protocol, ShownAs.LETTERS) if row.wave == "midline"
    }
    assert sum(count for arm, count in lettered.items() if arm) == lettered[""] == 2


def test_arms_have_no_letters_where_the_plan_does_not_compare_them_or_numbers_would_tell(build_protocol):
    plain = build_protocol()
    assert planned_look(plain) is None
    assert shown_as(plain, on=date(2030, 1, 1)) == ShownAs.POOLED


def test_talks_are_counted_together_before_the_look(trial, staff_client, settings):
    trial()
    client = staff_client("researcher")
    page = client.get(STUDY).content.decode()
    assert re.search(r"oktober 2018</th>\s*<td[^>]*>1</td><td[^>]*>1</td><td[^>]*>45</td>", page)
    settings.TODAY = AFTER_LOOK
    assert "hulp op maat</td><td" in client.get(STUDY).content.decode()


def test_an_export_before_the_look_holds_pseudonyms_and_no_arm(trial, staff_client, study, outputs):
    found, persons = trial()
    client = staff_client("researcher")
    asked = client.post(EXPORTS, {"request_key": KEY, "with_arms": "on"})
    job = do_work()
    assert (asked.status_code, job.state) == (302, "done"), job.problems
    page = client.get(EXPORTS).content.decode()
    files = unpacked(client.get(f"{EXPORTS}{KEY}/"))
    assert {name.partition(".")[0] for name in files} == {
        "answers",
        "datapackage",
        "persons",
        "receipt",
        "waves",
    }
    everything = b"\n".join(files.values()).decode(errors="replace")
    for secret in ("Verzonnen Persoon", "Nergensstraat", "9990", "Piet"):
        assert secret not in everything
    for letters in [one.secret for group in found.values() for one in group]:
        assert letters not in everything
        assert letters.replace("-", "") not in everything
    assert not arms_in(everything, study)
    assert {row["person"] for row in rows_of(files, "answers")} == {person for _, person in persons.values()}
    assert [row["job_search_1"] for row in rows_of(files, "answers")] == ["3"] * 2
    totals = json.loads(files["datapackage.json"])["resources"][2]["controlTotals"]
    assert (totals["rows"], totals["sums"]["job_search_1"]) == (2, 6)
    assert files["receipt.json"]
    assert str(len(rows_of(files, "persons"))) in page


def test_who_took_an_export_out_is_kept(trial, staff_client, municipality, outputs):
    from opmaat.web.journal.queries import accesses

    trial()
    client = staff_client("researcher")
    client.post(EXPORTS, {"request_key": KEY})
    do_work()
    client.get(f"{EXPORTS}{KEY}/")
    kept = [(one.action, one.thing, one.about) for one in accesses(municipality)]
    assert kept[:2] == [("export", "trial_data", KEY), ("write", "trial_data", KEY)]


def test_from_the_look_on_an_export_can_hold_arms_and_talks(trial, staff_client, settings, outputs):
    _, persons = trial()
    settings.TODAY = AFTER_LOOK
    client = staff_client("researcher")
    client.post(EXPORTS, {"request_key": KEY, "with_arms": "on"})
    assert do_work().state == "done"
    files = unpacked(client.get(f"{EXPORTS}{KEY}/"))
    arms = {row["person"]: row["arm"] for row in rows_of(files, "persons") if row["arm"]}
    assert arms == {person: arm for arm, (_, person) in persons.items()}
    assert sorted(row["minutes"] for row in rows_of(files, "contacts")) == ["15", "30"]


def test_talks_of_all_together_are_those_of_the_arms(trial, study):
    from opmaat.web.research.queries import talks
    from opmaat.web.trial.queries import study_protocol

    trial()
    ((of_all,), (of_one,)) = (talks(study, study_protocol(study), by_arm=by_arm) for by_arm in (False, True))
    assert (of_all.arm, of_one.arm) == ("", "guidance")
    assert (of_all.held, of_all.missed, of_all.minutes) == (1, 1, 45)
    assert (of_one.held, of_one.missed, of_one.minutes) == (1, 1, 45)


@pytest.mark.parametrize("what", ["closed", "another role", "an earlier day"])
def test_who_may_hold_arms_is_asked_again_when_the_export_is_made(
    trial, staff_client, settings, outputs, municipality, what
):
    from opmaat.web.accounts.models import Account

    trial()
    settings.TODAY = AFTER_LOOK
    staff_client("researcher").post(EXPORTS, {"request_key": KEY, "with_arms": "on"})
    account = Account.objects.get(role="researcher")
    if what == "closed":
        account.is_active = False
    elif what == "another role":
        account.role = "auditor"
    else:
        settings.TODAY = "2019-10-31"
    account.save()
    job = do_work()
    assert (job.state, job.problems[0]["code"]) == ("failed", "arms-concealed")
    assert not outputs.exists()


def test_an_export_with_arms_is_not_given_to_who_may_not_have_them(trial, staff_client, settings, outputs):
    trial()
    settings.TODAY = AFTER_LOOK
    client = staff_client("researcher")
    client.post(EXPORTS, {"request_key": KEY, "with_arms": "on"})
    do_work()
    settings.TODAY = "2019-10-31"
    answer = client.get(f"{EXPORTS}{KEY}/")
    assert (answer.status_code, "mogen niet" in answer.content.decode()) == (403, True)


def test_answers_of_who_took_consent_back_stay_out(trial, staff_client, study, outputs):
    _, persons = trial()
    household, person = persons["control"]
    tell(study, household, person, kinds.Consented("questionnaires", given=False), date(2018, 11, 12))
    client = staff_client("researcher")
    client.post(EXPORTS, {"request_key": KEY})
    do_work()
    files = unpacked(client.get(f"{EXPORTS}{KEY}/"))
    assert person not in {row["person"] for row in rows_of(files, "answers")}
    assert person in {row["person"] for row in rows_of(files, "persons")}


def test_a_full_disk_leaves_nothing_and_says_what_to_do(trial, staff_client, outputs, monkeypatch):
    trial()
    client = staff_client("researcher")
    asked = client.post(EXPORTS, {"request_key": KEY})
    with monkeypatch.context() as full:
        full.setattr("opmaat.formats.data_package.write.os.fsync", no_room)
        assert do_work().state == "failed"
    page = client.get(asked.headers["Location"]).content.decode()
    assert "Maak ruimte op de schijf" in page
    assert str(outputs) not in page
    assert [file for file in outputs.rglob("*") if file.is_file() or file.suffix == ".draft"] == []
    client.post(EXPORTS, {"request_key": KEY})
    assert do_work().state == "done"


def no_room(_):
    raise OSError(28, "No space left on device")


def test_an_export_that_was_killed_before_it_was_kept_is_kept_once(trial, staff_client, study, outputs):
    from opmaat.web.research.actions import make_export
    from opmaat.web.research.models import Export

    trial()
    staff_client("researcher").post(EXPORTS, {"request_key": KEY})
    do_work()
    made = Export.objects.of(study.municipality)
    digest, actor = made.get().receipt, made.get().made_by
    folder = outputs / "exports" / study.municipality.code
    (folder / KEY).rename(folder / ("cd" * 16))  # as a worker leaves it that dies before it writes it down
    again = {"study": study, "with_arms": False, "actor": actor, "progress": lambda *_: None}
    second = make_export(name="cd" * 16, **again)
    assert (second.receipt, made.count()) == (digest, 2)
    assert make_export(name="cd" * 16, **again).pk == second.pk


def test_a_study_elsewhere_is_not_there(trial, staff_client, other_municipality):
    from opmaat.web.trial.models import Study

    Study(municipality=other_municipality, name="elsewhere-2018", folder="groningen-2017").save()
    client = staff_client("researcher")
    assert "elsewhere-2018" not in client.get("/staff/research/").content.decode()
    for part in ("", "exports/", "plan/"):
        assert client.get(f"/staff/research/elsewhere-2018/{part}").status_code == 404


def test_without_deliveries_the_plan_says_so(trial, staff_client, outputs):
    trial()
    client = staff_client("researcher")
    asked = client.post(f"{STUDY}plan/", {"request_key": KEY})
    assert do_work().problems[0]["code"] == "no-deliveries-yet"
    assert "nog geen leveringen" in client.get(asked.headers["Location"]).content.decode()
