"""The preparation: from an empty installation to lots that were drawn and an experiment that started."""

from datetime import date

import pytest

STUDY = "/preparation/groningen-2017/"


@pytest.fixture(scope="module")
def preparing(load_helper):
    return load_helper("preparing")


@pytest.fixture
def studies(settings, tmp_path, monkeypatch):
    """Give the website an empty folder of studies, and a plan that costs no time."""
    from opmaat.web.jobs import registry

    settings.STUDIES = tmp_path / "studies"
    view = {"facts": [["Uitgenodigd", "9.000"]], "cautions": [], "questions": []}
    monkeypatch.setitem(registry._functions, "preparation.plan", lambda _: {"nl": view, "en": view})
    return settings.STUDIES


@pytest.fixture
def lead(studies, staff_client):
    return staff_client("project_lead")


@pytest.fixture(scope="module")
def register(preparing, root):
    return preparing.register_rows(root, 120)


@pytest.fixture
def prepared(preparing, lead, root, register):
    """A study with a frozen protocol and a register that was read in."""
    preparing.load(lead, root)
    lead.post(f"{STUDY}freeze/")
    preparing.read_in(lead, preparing.csv_of(*register))
    do_waiting()
    return lead


def do_waiting():
    from opmaat.web.jobs.running import do_waiting as work

    return work()


def text_of(answer):
    return answer.content.decode()


def problems_of(municipality, name):
    from opmaat.web.jobs.queries import latest_job

    job = latest_job(municipality, name)
    return job.state, [one["code"] for one in job.problems]


def counts(municipality):
    from opmaat.web.journal.models import Entry
    from opmaat.web.people.models import Person
    from opmaat.web.trial.models import Adult, Household

    tables = (Household, Adult, Person, Entry)
    return tuple(table.objects.of(municipality).count() for table in tables)


def test_from_an_empty_installation_to_lots_that_were_drawn(
    preparing, lead, root, register, municipality, studies
):
    assert "nog geen experiment" in text_of(lead.get("/preparation/"))
    assert preparing.load(lead, root).headers["Location"] == f"{STUDY}protocol/"
    assert "Niet na te gaan" in text_of(lead.get(f"{STUDY}protocol/"))
    do_waiting()
    assert "9.000" in text_of(lead.get(f"{STUDY}plan/"))
    lead.post(f"{STUDY}freeze/")
    assert (studies / "made-up/groningen-2017/protocol.lock").exists()
    assert preparing.read_in(lead, preparing.csv_of(*register)).status_code == 302
    do_waiting()
    households, adults, people, events = counts(municipality)
    assert 0 < households < adults == people < len(register[1])
    assert events == 0
    assert preparing.promise(lead).status_code == 302
    assert preparing.draw(lead).status_code == 302
    do_waiting()
    assert counts(municipality) == (households, adults, people, households)
    page = text_of(lead.get(f"{STUDY}-/draw/"))
    assert f"{households} huishoudens" in page
    record = lead.get(f"{STUDY}-/record/")
    assert record.headers["Content-Disposition"].startswith("attachment")
    assert "061352" in text_of(record)
    for address in (STUDY, f"{STUDY}protocol/", f"{STUDY}-/register/", f"{STUDY}start/"):
        for language in ("nl", "en"):
            assert lead.get(address, headers={"Accept-Language": language}).status_code == 200


def test_names_and_numbers_are_in_no_file_of_the_study(prepared, register, studies):
    number = register[1][0][6].encode()
    files = [file for file in studies.rglob("*") if file.is_file()]
    assert len(files) > 4
    for file in files:
        content = file.read_bytes()
        assert number not in content, file.name
        assert b"Verzonnen Persoon" not in content, file.name


def test_who_is_drawn_can_be_found_by_name_and_number(prepared, register, municipality):
    from opmaat.web.people.queries import identity_of
    from opmaat.web.trial.models import Adult

    by_number = {row[6]: row for row in register[1]}
    for person in Adult.objects.of(municipality).values_list("person", flat=True)[:5]:
        identity = identity_of(municipality, person)
        row = by_number[identity.number]
        assert (identity.name, identity.address) == (row[-2], row[-1])
        assert identity.born == date(int(row[7][:4]), int(row[7][4:6]), int(row[7][6:]))


def test_all_that_is_wrong_in_a_protocol_stands_beside_its_line_and_nothing_is_kept(
    preparing, lead, root, municipality
):
    from opmaat.web.trial.models import Study

    def change(text):
        return text.replace("kind: control", "kind: contrl").replace("share: 1", "shares: 1", 1)

    page = text_of(preparing.load(lead, root, changed=change))
    assert "niet bewaard" in page
    assert page.count('class="marked"') >= 1
    assert "contrl" in page
    assert not Study.objects.of(municipality).exists()


def test_a_breach_of_the_law_is_told_with_its_article_and_stops_the_freeze(preparing, lead, root, studies):
    preparing.load(lead, root, changed=lambda text: text.replace("months: 24", "months: 48", 1))
    page = text_of(lead.get(f"{STUDY}protocol/"))
    assert "In strijd met de wet" in page
    assert "gelezen in" in page
    lead.post(f"{STUDY}freeze/")
    assert not (studies / "made-up/groningen-2017/protocol.lock").exists()


def test_a_protocol_that_was_changed_after_the_freeze_is_refused_with_what_differs(preparing, prepared, root):
    def change(text):
        return text.replace("municipality: Groningen", "municipality: Elders")

    page = text_of(preparing.load(prepared, root, changed=change, address=f"{STUDY}protocol/"))
    assert "na het bevriezen veranderd" in page
    assert "Elders" in page
    assert "Elders" not in text_of(prepared.get(f"{STUDY}protocol/"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda heads, rows: (heads, [["2017", "08", *row[2:]] for row in rows]), "wrong-month"),
        (lambda heads, rows: (heads, [[*row[:2], "0363", *row[3:]] for row in rows]), "wrong-city"),
        (lambda heads, rows: (heads, []), "no-rows"),
        (lambda heads, rows: ([head.replace("geboorte", "") for head in heads], rows), "unknown-column"),
        (lambda heads, rows: (heads, [[*row[:7], "20160101", *row[8:]] for row in rows]), "nobody-eligible"),
        (
            lambda heads, rows: (heads, [[*row[:6], "12", *row[7:]] for row in rows[:3]] + rows[3:]),
            "refused-rows",
        ),
    ],
)
def test_a_register_that_is_not_right_is_refused_and_leaves_nothing(
    preparing, lead, root, register, municipality, studies, change, code
):
    preparing.load(lead, root)
    before = counts(municipality)
    assert preparing.read_in(lead, preparing.csv_of(*change(*register))).status_code == 302
    do_waiting()
    state, codes = problems_of(municipality, "preparation.import_register")
    assert (state, codes[0]) == ("failed", code)
    assert counts(municipality) == before
    assert not [file for file in studies.rglob("uploads/*") if file.name != ".gitignore"]
    assert "wat u kunt doen" not in text_of(lead.get(f"{STUDY}-/register/"))


def test_refused_rows_can_be_taken_out_mended_and_read_in_again(
    preparing, lead, root, register, municipality
):
    heads, rows = register
    wrong = [[*row[:6], "12", *row[7:]] for row in rows[:3]] + rows[3:]
    preparing.load(lead, root)
    preparing.read_in(lead, preparing.csv_of(heads, wrong))
    do_waiting()
    file = text_of(lead.get(f"{STUDY}-/refused/"))
    assert file.count("\r\n") >= 4
    assert rows[0][6] not in file
    preparing.read_in(lead, preparing.csv_of(heads, wrong), set_aside="on")
    do_waiting()
    some = counts(municipality)[0]
    preparing.read_in(lead, preparing.csv_of(heads, rows))
    do_waiting()
    assert counts(municipality)[0] > some
    assert lead.get(f"{STUDY}-/refused/").status_code == 404


def test_a_later_register_takes_the_place_of_the_one_before(preparing, prepared, register, municipality):
    heads, rows = register
    before = counts(municipality)[0]
    preparing.read_in(prepared, preparing.csv_of(heads, rows[: len(rows) // 2]))
    do_waiting()
    assert counts(municipality)[0] < before
    preparing.read_in(prepared, preparing.csv_of(heads, rows))
    do_waiting()
    assert counts(municipality)[0] == before


def test_an_upload_that_is_too_large_or_of_another_kind_is_told_beside_the_field(
    preparing, lead, root, register, settings
):
    preparing.load(lead, root)
    content = preparing.csv_of(*register)
    assert "kan niet worden gelezen" in text_of(preparing.read_in(lead, content, name="register.docx"))
    settings.UPLOAD_MOST_BYTES = 1 << 10
    assert "te groot" in text_of(preparing.read_in(lead, content))


def test_a_full_disk_is_told_and_leaves_nothing(
    preparing, lead, root, register, municipality, studies, monkeypatch
):
    from opmaat.web.preparation import files

    def full(*_):
        raise OSError(28, "No space left on device")

    preparing.load(lead, root)
    monkeypatch.setattr(files.os, "fsync", full)
    page = text_of(preparing.read_in(lead, preparing.csv_of(*register)))
    assert "Maak ruimte op de schijf" in page
    assert not [file for file in studies.rglob("uploads/*") if file.name != ".gitignore"]
    assert counts(municipality)[0] == 0


def test_a_disk_that_is_full_when_the_list_is_kept_is_told_and_the_register_can_be_read_in_again(
    preparing, lead, root, register, municipality, monkeypatch
):
    def full(*_):
        raise OSError(28, "No space left on device")

    preparing.load(lead, root)
    do_waiting()
    preparing.read_in(lead, preparing.csv_of(*register))
    with monkeypatch.context() as disk:
        disk.setattr("os.fsync", full)
        do_waiting()
    assert problems_of(municipality, "preparation.import_register") == ("failed", ["cannot-write"])
    page = text_of(lead.get(f"{STUDY}-/register/"))
    assert "Maak ruimte op de schijf" in page
    assert str(root) not in page
    assert "groningen-2017/private" not in page
    assert counts(municipality) == (0, 0, 0, 0)
    preparing.read_in(lead, preparing.csv_of(*register))
    do_waiting()
    assert counts(municipality)[0] > 0


def test_work_that_was_killed_half_way_is_done_to_its_end_once(
    preparing, prepared, register, municipality, monkeypatch
):
    """Enter half of the households, lose the worker, and have another begin again; so too for the draw."""
    from opmaat.web.jobs.models import Job
    from opmaat.web.preparation import work

    class KilledError(BaseException):
        pass

    def dies_after(function, calls):
        done = []

        def one(**given):
            if len(done) == calls:
                raise KilledError
            done.append(1)
            return function(**given)

        return one

    def lose():
        Job.objects.of(municipality).filter(state="running").update(held_until="2001-01-01T00:00:00Z")

    before = counts(municipality)
    heads, rows = register
    monkeypatch.setattr(work, "_HOUSEHOLDS_IN_A_BLOCK", 10)
    monkeypatch.setattr(work, "_EVENTS_IN_A_BLOCK", 10)
    with monkeypatch.context() as killed:
        killed.setattr(work, "enter_households", dies_after(work.enter_households, 3))
        preparing.read_in(prepared, preparing.csv_of(heads, rows[::-1]))
        with pytest.raises(KilledError):
            do_waiting()
    assert preparing.promise(prepared).status_code == 302
    lose()
    do_waiting()
    assert counts(municipality) == before
    with monkeypatch.context() as killed:
        killed.setattr(work, "record_for", dies_after(work.record_for, 3))
        preparing.draw(prepared)
        with pytest.raises(KilledError):
            do_waiting()
    assert counts(municipality)[3] == 30
    lose()
    do_waiting()
    assert counts(municipality) == (*before[:3], before[0])


def test_a_round_is_drawn_once_and_of_two_leads_one_is_told(preparing, prepared, staff_client, municipality):
    from opmaat.web.accounts.models import Account

    Account.objects.filter(email="project_lead@made-up.example").update(email="first@made-up.example")
    colleague = staff_client("project_lead")
    preparing.promise(prepared)
    assert preparing.promise(colleague).status_code == 200
    assert "niet geschreven zoals beloofd" in text_of(preparing.draw(prepared, "6-1-3"))
    preparing.draw(prepared, "061352")
    told = colleague.post(f"{STUDY}-/draw/", {"value": "999999", "witness": "on"}, follow=True)
    assert "collega was u net voor" in text_of(told)
    do_waiting()
    events = counts(municipality)[3]
    preparing.draw(colleague, "999999")
    do_waiting()
    assert counts(municipality)[3] == events
    page = text_of(colleague.get(f"{STUDY}-/draw/"))
    assert "061352" in page
    assert "999999" not in page
    assert "ligt vast" in text_of(preparing.read_in(prepared, b"x"))


def test_no_page_file_or_row_tells_an_arm_before_its_time(preparing, prepared, municipality, studies):
    from opmaat.web.journal.models import Entry

    preparing.promise(prepared)
    preparing.draw(prepared)
    do_waiting()
    payloads = {str(one) for one in Entry.objects.of(municipality).values_list("payload", flat=True)}
    assert payloads == {"{}"}
    household = Entry.objects.of(municipality).first().household
    for file in (studies / "made-up/groningen-2017/draw").iterdir():
        assert household not in file.read_text(encoding="utf-8")
    assert household.encode() not in (studies / "made-up/groningen-2017/private/allocation.bin").read_bytes()


def test_a_start_needs_the_number_that_was_laid_down_and_happens_once(
    preparing, prepared, municipality, study_row, join
):
    preparing.promise(prepared)
    preparing.draw(prepared)
    do_waiting()
    join(3)
    start = {"first_day": "12-11-2018", "sure": "on", "request_key": "a" * 32}
    prepared.post(f"{STUDY}threshold/", {"number": "4", "request_key": "b" * 32})
    page = text_of(prepared.post(f"{STUDY}start/", start))
    assert "te weinig huishoudens" in page
    join(1)
    assert prepared.post(f"{STUDY}start/", start).status_code == 302
    prepared.post(f"{STUDY}start/", start)
    do_waiting()
    assert started(municipality) == 4
    join(2)
    prepared.post(f"{STUDY}start/", {**start, "request_key": "c" * 32})
    do_waiting()
    assert started(municipality) == 6


def started(municipality):
    from opmaat.web.trial.models import Standing

    return Standing.objects.of(municipality).filter(participation="taking_part").count()


@pytest.fixture
def study_row(municipality):
    from opmaat.web.trial.models import Study

    return lambda: Study.objects.of(municipality).get(name="groningen-2017")


@pytest.fixture
def join(study_row):
    """Return a function that has households invited, signed up and told their arm."""
    from opmaat.web.gateway.events import kinds
    from opmaat.web.preparation.actions import record_for
    from opmaat.web.trial.models import Household

    joined = []

    def build(number):
        study = study_row()
        names = (
            Household.objects.of(study.municipality).order_by("pseudonym").values_list("pseudonym", flat=True)
        )
        new = list(names)[len(joined) : len(joined) + number]
        joined.extend(new)
        payloads = (kinds.Invited(), kinds.SignedUp(), kinds.Disclosed("guidance"))
        for payload in payloads:
            day = date(2018, 11, 12)
            assert not record_for(study=study, households=new, payload=payload, day=day, actor="system:0000")

    return build
