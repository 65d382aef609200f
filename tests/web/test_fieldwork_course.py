"""The project lead through two years: waves and reminders, the flow, harms and pausing; counted by no arm."""

import json
import re
import shutil
from datetime import date, timedelta

import pytest
from django.core.management import call_command

from opmaat.web.accounts.permissions import Role
from opmaat.web.gateway.events import History, histories_of, kinds
from opmaat.web.journal.models import Entry

STUDY = "/fieldwork/groningen-2017/"
START = date(2017, 11, 1)


@pytest.fixture
def lead(staff_client):
    return staff_client(Role.PROJECT_LEAD)


@pytest.fixture
def filling(study):
    from opmaat.web.demonstration.people import Filling

    return Filling(study)


def household_of(study, code):
    """Return household and adult of a letter code."""
    from opmaat.web.accounts.models import Account
    from opmaat.web.people.codes import digest_of_code
    from opmaat.web.trial.queries import own_of

    person = Account.objects.get(letter_code=digest_of_code(code)).person
    return own_of(study.municipality, person).household.pseudonym, person


def flow_of_engine(study):
    from opmaat.conduct.flow import flows
    from opmaat.conduct.model import Journal

    events = [entry.event() for entry in Entry.objects.of(study.municipality).order_by("sequence")]
    histories: dict[str, History] = dict(histories_of(events))
    return flows(Journal(histories, ()), dict.fromkeys(histories, "all"), on=date.max)[0]


def test_the_flow_counted_by_the_database_is_that_of_the_engine(filling, study, lead, happened):
    from opmaat.web.demonstration.people import situations
    from opmaat.web.fieldwork.queries.flow import flow_now

    for who in situations(filling.protocol):
        entered = filling.enter(who)
    last, person = household_of(study, entered[0].secret)
    happened(study, last, kinds.Answered("midline"), person)
    happened(study, last, kinds.Exited("11"))
    gone, _ = household_of(study, filling.enter("arm 'guidance'")[0].secret)
    happened(study, gone, kinds.Withdrew())
    engine, ours = flow_of_engine(study), flow_now(study)
    assert ours.reached == {name: getattr(engine, name) for name in ours.reached}
    assert ours.ended["exited_work"] == engine.exited["work"] == 1
    assert ours.ended["withdrew"] == engine.withdrew == 1
    assert ours.ended["remaining"] == engine.remaining
    assert ours.waves["midline"] == (engine.answered["midline"], engine.sent["midline"])
    page = lead.get(f"{STUDY}flow/").content.decode()
    assert "Uit de bijstand door werk" in page
    assert "<svg" in page
    assert "style=" not in page
    call_command("rebuild_read_models", "--check", verbosity=0)


def asked_who(study, filling, many, happened):
    """Return households that started a year ago, and their adults, none of whom was sent the midline."""
    found = []
    for _ in range(many):
        household, person = household_of(study, filling.enter("drawn, has not heard the arm")[0].secret)
        happened(study, household, kinds.Disclosed("control"), day=START - timedelta(days=3))
        happened(study, household, kinds.Started(), day=START)
        found.append((household, person))
    return found


def send(lead, wave, turn, key):
    from opmaat.web.jobs.running import do_waiting

    lead.post(f"{STUDY}waves/", {"wave": wave, "turn": turn, "request_key": f"{key:032x}"})
    do_waiting()


def to_send(study, wave):
    from opmaat.web import clock
    from opmaat.web.fieldwork.queries.overview import waves_counted

    (found,) = [one for one in waves_counted(study, clock.today()) if one.name == wave]
    return found.to_send, dict(found.reminders)


def test_reminders_are_the_same_for_who_has_not_begun_and_who_is_half_way(
    filling, study, lead, settings, happened
):
    from opmaat.web.fieldwork.models import Letter
    from opmaat.web.fieldwork.queries.letters import batch_of, written_letters
    from opmaat.web.fieldwork.queries.overview import mailings_of
    from opmaat.web.surveys.models import Sheet

    settings.TODAY = "2018-11-12"
    people = asked_who(study, filling, 3, happened)
    assert to_send(study, "midline") == (3, {})
    send(lead, "midline", 0, 1)
    send(lead, "midline", 0, 2)
    assert to_send(study, "midline") == (0, {})
    (_, half_way), (answering, answered) = people[0], people[1]
    Sheet(municipality=study.municipality, study=study.name, person=half_way, wave="midline", page=3).save()
    happened(study, answering, kinds.Answered("midline"), answered)
    days = {}
    for offset in range(1, 30, 4):
        settings.TODAY = (date(2018, 11, 12) + timedelta(days=offset)).isoformat()
        _, due = to_send(study, "midline")
        for turn, count in due.items():
            days[turn] = days.get(turn, settings.TODAY)
            assert count == 2, "who has not begun and who is half-way, on the same day"
            send(lead, "midline", turn, 100 + offset)
    assert days, "the questionnaire has reminders"
    reminded = Letter.objects.of(study.municipality).filter(subject__startswith="wave_reminder midline")
    by_person = {person: [] for _, person in people}
    for letter in reminded.order_by("pk"):
        by_person[letter.person].append((letter.subject, letter.sent_on))
    assert by_person[half_way] == by_person[people[2][1]] != []
    assert by_person[answered] == []
    mailing = mailings_of(study).filter(kind="wave_reminder").first()
    mailing.municipality, mailing.study = study.municipality, study
    batch = batch_of(mailing, written_letters(mailing), site="opmaat.example")
    assert len({tuple(letter.parts) for letter in batch.letters}) == 1


def test_nobody_who_said_no_to_questionnaires_or_left_is_sent_one(filling, study, settings, happened):
    settings.TODAY = "2018-11-12"
    (first, person), (second, _), _ = asked_who(study, filling, 3, happened)
    happened(study, first, kinds.Consented("questionnaires", given=False), person)
    happened(study, second, kinds.Withdrew())
    assert to_send(study, "midline")[0] == 1


def test_waves_and_overview_tell_no_arm_and_count_by_few_questions(
    filling, study, lead, django_assert_max_num_queries
):
    from opmaat.web.demonstration.people import situations

    for who in situations(filling.protocol):
        filling.enter(who)
    labels = {text for arm in filling.protocol.arms.values() for text in (arm.label.nl, arm.label.en)}
    for page in ("", "waves/", "flow/", "safety/", "letters/", "stuck/invited/"):
        for language in ("nl", "en"):
            text = lead.get(f"{STUDY}{page}", headers={"Accept-Language": language}).content.decode()
            visible = re.sub(r"<[^>]*>", " ", text)
            assert not {label for label in labels if re.search(rf"(?<!\w){label}(?!\w)", visible)}, page
    with django_assert_max_num_queries(12):
        lead.get(STUDY)


def test_harms_stand_under_letters_and_a_limit_is_told(filling, study, lead, happened):
    from opmaat.conduct.harms import harms
    from opmaat.conduct.model import Journal
    from opmaat.web.fieldwork.queries.safety import harm_counts

    for _ in range(3):
        household, person = household_of(study, filling.enter("arm 'guidance'")[0].secret)
        filling.enter("arm 'control'")
    for _ in range(2):
        happened(study, household, kinds.Complained("treatment", serious=True), person)
    events = [entry.event() for entry in Entry.objects.of(study.municipality).order_by("sequence")]
    assert harm_counts(study) == list(harms(Journal(histories_of(events), ()), on=date.max))
    limit = {"harm": "serious_complaint", "points": "30", "households": "1", "request_key": "0" * 32}
    assert "haalt de grens" not in lead.get(f"{STUDY}safety/").content.decode()
    lead.post(f"{STUDY}safety/", limit)
    page = lead.get(f"{STUDY}safety/").content.decode()
    assert len(re.findall(r"Aanpak [A-E] haalt de grens voor: ernstige klacht", page)) == 1


def test_while_a_study_is_paused_nobody_is_invited_and_its_history_stays(
    study, lead, enter, municipality, happened
):
    from opmaat.web.jobs.running import do_waiting
    from opmaat.web.trial.actions import enter_household

    person, _ = enter("999000018")
    enter_household(study=study, pseudonym="h1", adults=(person,))
    happened(study, "h1", kinds.Drawn())
    batch = {"kind": "invitation", "most": 10}
    refused = lead.post(f"{STUDY}safety/pause/", {"to": "paused", "reason": "", "request_key": "0" * 32})
    assert "Vul dit in." in refused.content.decode()
    for _ in range(2):
        lead.post(f"{STUDY}safety/pause/", {"to": "paused", "reason": "Klachten", "request_key": "0" * 32})
    page = lead.post(f"{STUDY}letters/", {**batch, "request_key": "1" * 32}, follow=True).content.decode()
    assert "Het onderzoek is stilgelegd" in page
    assert [entry.kind for entry in Entry.objects.of(municipality)] == ["drawn"]
    lead.post(f"{STUDY}safety/pause/", {"to": "resumed", "reason": "Opgelost", "request_key": "2" * 32})
    lead.post(f"{STUDY}letters/", {**batch, "request_key": "3" * 32})
    do_waiting()
    assert Entry.objects.of(municipality).latest("sequence").kind == "invited"
    page = lead.get(f"{STUDY}safety/").content.decode()
    assert page.count("Klachten") == 1
    assert page.count("Opgelost") == 1
    assert page.count("project_lead@made-up.example") == 2


def test_a_pause_holds_a_batch_that_was_asked_before(study, lead, enter, municipality, happened):
    from opmaat.web.jobs.running import do_waiting
    from opmaat.web.trial.actions import enter_household

    person, _ = enter("999000018")
    enter_household(study=study, pseudonym="h1", adults=(person,))
    happened(study, "h1", kinds.Drawn())
    lead.post(f"{STUDY}letters/", {"kind": "invitation", "most": 10, "request_key": "1" * 32})
    lead.post(f"{STUDY}safety/pause/", {"to": "paused", "reason": "Klachten", "request_key": "0" * 32})
    do_waiting()
    assert [entry.kind for entry in Entry.objects.of(municipality)] == ["drawn"]
    lead.post(f"{STUDY}safety/pause/", {"to": "resumed", "reason": "Opgelost", "request_key": "2" * 32})
    lead.post(f"{STUDY}letters/1/", {"send": "1"})
    do_waiting()
    assert Entry.objects.of(municipality).latest("sequence").kind == "invited"


@pytest.fixture(scope="module")
def rehearsed(root, tmp_path_factory):
    """Return a folder with a small rehearsal, drawn and with its deliveries."""
    from opmaat.rehearse.effects import NO_EFFECTS
    from opmaat.rehearse.play.play import play

    studies = tmp_path_factory.mktemp("studies")
    play(
        root / "studies/groningen-2017",
        studies / "groningen-2017",
        effects=NO_EFFECTS,
        households=120,
        seed=4,
        to_month=13,
    )
    return studies


@pytest.fixture
def played(rehearsed, study, tmp_path, settings):
    """Fill the website with the small rehearsal, in a copy of its own."""
    from opmaat.web.demonstration.rehearsed import fill_from_rehearsal

    shutil.copytree(rehearsed / "groningen-2017", tmp_path / "groningen-2017")
    settings.STUDIES = tmp_path
    fill_from_rehearsal(municipality=study.municipality, study=study)
    return study


@pytest.mark.parametrize("plan", ["drawn before invitation", "drawn after consent"])
def test_as_many_are_counted_as_a_letter_can_go_to(played, happened, monkeypatch, plan):
    from opmaat.web.fieldwork.actions.mailings import Wanted, make_mailing
    from opmaat.web.fieldwork.models import LetterKind
    from opmaat.web.fieldwork.queries import audience

    drawn_first, today = plan == "drawn before invitation", date(2018, 11, 12)
    monkeypatch.setattr(audience, "drawn_before_invitation", lambda _: drawn_first)
    of_household = (LetterKind.INVITATION, LetterKind.REMINDER, LetterKind.ARM)
    silent, joined = audience.households_for(played, LetterKind.INVITATION, today=today)[:2]
    happened(played, silent.pseudonym, kinds.Invited(), day=date(2018, 10, 1))
    happened(played, joined.pseudonym, kinds.Invited(), day=date(2018, 11, 1))
    happened(played, joined.pseudonym, kinds.SignedUp(), day=date(2018, 11, 2))
    for kind in of_household:
        for _ in range(2):
            waiting = len(audience.households_for(played, kind, today=today))
            assert waiting
            assert audience.count_for(played, kind, today=today) == waiting
            if waiting > 1:
                make_mailing(
                    study=played,
                    wanted=Wanted(kind=kind, most=1, request_key=f"{kind} {waiting}"),
                    actor="project_lead:0a0b",
                )


def test_the_letter_that_tells_the_arm_tells_what_was_drawn_and_to_who_joined_only(
    played, staff_client, happened
):
    from opmaat.web.accounts.models import Account
    from opmaat.web.fieldwork.actions.mailings import Wanted, make_mailing
    from opmaat.web.fieldwork.actions.sending import send_mailing
    from opmaat.web.fieldwork.models import LetterKind
    from opmaat.web.fieldwork.queries.audience import households_for
    from opmaat.web.fieldwork.queries.letters import written_letters
    from opmaat.web.fieldwork.queries.overview import mailings_of
    from opmaat.web.gateway.draws import arms_of
    from opmaat.web.trial.models import Adult
    from opmaat.web.trial.queries import study_folder

    assert Account.objects.filter(role=Role.PROJECT_LEAD).exists()
    actor = "project_lead:0a0b"
    waiting = list(households_for(played, LetterKind.INVITATION, round_name="", today=date(2018, 11, 12))[:3])
    for household in waiting:
        (person,) = Adult.objects.of(played.municipality).filter(household=household)
        happened(played, household.pseudonym, kinds.Invited(), day=date(2018, 11, 9))
        happened(
            played,
            household.pseudonym,
            kinds.Consented("participation"),
            person.person,
            day=date(2018, 11, 10),
        )
        happened(played, household.pseudonym, kinds.SignedUp(), day=date(2018, 11, 10))
    wanted = Wanted(kind=LetterKind.ARM, most=100, request_key="1" * 32)
    mailing = make_mailing(study=played, wanted=wanted, actor=actor)
    assert send_mailing(mailing=mailing, actor=actor, progress=lambda *_: None) == 3
    drawn = arms_of(study_folder(played), "", [household.pseudonym for household in waiting])
    told = Entry.objects.of(played.municipality).filter(actor=actor, kind="disclosed")
    assert {entry.household: entry.payload["arm"] for entry in told} == drawn
    sent = mailings_of(played).get()
    sent.municipality, sent.study = played.municipality, played
    assert sorted(letter.arm for letter in written_letters(sent)) == sorted(drawn.values())


def test_who_is_in_no_draw_is_told_so_to_the_lead_and_not_offered_a_letter_again(played, lead, municipality):
    from opmaat.web.demonstration.people import Filling
    from opmaat.web.fieldwork.models import Letter
    from opmaat.web.jobs.running import do_waiting

    Filling(played, first=9000).enter("drawn, has not heard the arm")
    wish = {"kind": "arm", "most": 10}
    assert ("arm", 1) in lead.get(f"{STUDY}letters/").context["left"]
    lead.post(f"{STUDY}letters/", {**wish, "request_key": "1" * 32})
    do_waiting()
    page = lead.get(f"{STUDY}letters/1/").content.decode()
    assert "niet uitging: 1." in page
    assert "zit niet in de loting" in page
    assert ("arm", 0) in lead.get(f"{STUDY}letters/").context["left"]
    again = lead.post(f"{STUDY}letters/", {**wish, "request_key": "2" * 32}, follow=True)
    assert "Er is niemand die nu zo" in again.content.decode()
    assert Letter.objects.of(municipality).get(refused="not-drawn").sent_on is None


def test_a_progress_report_of_the_live_journal_describes_and_tests_nothing(played, lead, municipality):
    from opmaat.web.fieldwork.models import Progress
    from opmaat.web.jobs.models import Job
    from opmaat.web.jobs.running import do_waiting

    for _ in range(2):
        lead.post(f"{STUDY}reports/", {"month": "12", "request_key": "0" * 32})
        do_waiting()
    jobs = Job.objects.of(municipality).filter(name="fieldwork.progress")
    assert [(job.state, job.problems) for job in jobs] == [("done", [])]
    made = Progress.objects.of(municipality).get()
    assert made.month >= 10
    given = lead.post(f"{STUDY}reports/{made.pk}/")
    assert given.headers["Content-Disposition"].endswith('.html"')
    page = given.content.decode()
    assert "Opmaat" in page
    assert "p-waarde" not in page
    assert json.dumps(made.page)
