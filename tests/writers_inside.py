"""What is entered before many people write, and what is there afterwards: run inside the website.

A round is prepared up to the promise of its draw, from a made-up register, so that lots can be drawn, letters
sent and arms told while others write.
"""

import json
import time
from collections import Counter
from importlib import import_module

import preparing

STUDY, CASEWORKERS = "groningen-2017", 5
_STAFF = "allauth.account.auth_backends.AuthenticationBackend"


def enter(root, *, clients, households):
    """Enter participants, caseworkers and a lead, and a register with enough households; print all."""
    from opmaat.web.accounts.permissions import Role
    from opmaat.web.demonstration.people import Filling

    study = _study()
    filling = Filling(study, first=100)
    desks = [_staff(study.municipality, Role.CASEWORKER, number) for number in range(CASEWORKERS)]
    people = []
    for place in range(clients):
        account, session = desks[place % CASEWORKERS]
        [one] = filling.enter("arm 'control'")
        people.append([one.name, one.secret, _given_to(study, account), session])
    lead, session = _staff(study.municipality, Role.PROJECT_LEAD, CASEWORKERS)
    _promise_draw(root, lead, rows=60 + 4 * households)
    print(json.dumps({"people": people, "lead": session, "listed": _listed(study)}))


def told():
    """Print what the database has of all that was written by request, and what is wrong in itself."""
    from opmaat.web.fieldwork.models import Letter, Mailing, Printing
    from opmaat.web.gateway.draws import arms_of
    from opmaat.web.jobs.models import Job
    from opmaat.web.journal.models import Entry
    from opmaat.web.preparation.models import Step
    from opmaat.web.surveys.models import Sheet
    from opmaat.web.trial.queries import study_folder

    study = _study()
    mine = study.municipality
    rows = Entry.objects.of(mine).values_list("kind", "household", "person", "actor", "payload")
    happened = {kind: [] for kind in ("drawn", "invited", "signed_up", "disclosed", "consented")}
    earnings, contacts = [], []
    on_list = set(_on_list(study))
    for kind, household, person, actor, payload in rows.order_by("sequence"):
        if kind in happened and household in on_list:
            happened[kind].append((household, person, *map(str, payload.values())))
        elif kind == "earnings_reported" and actor.startswith("participant"):
            earnings.append(payload["net_cents"])
        elif kind == "contact_held" and actor.startswith("caseworker"):
            contacts.append(f"{household} {payload['minutes']}")
    letters = Letter.objects.of(mine)
    arms = arms_of(study_folder(study), "", sorted(on_list))
    jobs = Job.objects.of(mine).values_list("name", "state")
    sheets = Sheet.objects.of(mine).filter(wave="midline")
    print(
        json.dumps(
            {
                "earnings": sorted(earnings),
                "contacts": sorted(contacts),
                "twice": {kind: _repeated(found) for kind, found in happened.items()},
                "events": {kind: len(found) for kind, found in happened.items()},
                "not_drawn": len(set(arms) - {household for household, *_ in happened["drawn"]}),
                "told_another": sum(arms[household] != arm for household, _, arm in happened["disclosed"]),
                "unbalanced": _unbalanced(study),
                "letters": dict(Counter(letters.exclude(sent_on=None).values_list("subject", flat=True))),
                "letters_twice": _repeated(
                    letters.exclude(sent_on=None).values_list("person", "mailing__kind")
                ),
                "not_sent": letters.filter(sent_on=None, refused="").count(),
                "mailings": Mailing.objects.of(mine).count(),
                "printings": Printing.objects.of(mine).filter(number=1).count(),
                "jobs": dict(Counter(name for name, _ in jobs)),
                "jobs_not_done": [name for name, state in jobs if state != "done"],
                "draws": Step.objects.of(mine).filter(kind="drawn").count(),
                "answers": sorted(int(one.answers["job_interviews"]) for one in sheets),
                "finished": sheets.exclude(finished_on=None).count(),
            }
        )
    )


def _study():
    from opmaat.web.journal.models import Municipality
    from opmaat.web.trial.models import Study

    municipality = Municipality.objects.get()
    return Study.objects.of(municipality).select_related("municipality").get()


def _staff(municipality, role, number):
    """Return an account with a second factor, and the key of a session of it."""
    from allauth.mfa.models import Authenticator

    from opmaat.web.accounts.actions import make_staff_account

    email = f"writer-{number}@made-up.example"
    account = make_staff_account(
        municipality=municipality, role=role, email=email, password="long made-up word"
    )
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return account, _session(account)


def _session(account):
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(account.pk), account.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = _STAFF
    session.save()
    return session.session_key


def _given_to(study, account):
    """Give the household that was entered last to a caseworker, and return its number and pseudonym."""
    from opmaat.web.casework.actions import By, assign
    from opmaat.web.trial.models import Household

    household = Household.objects.of(study.municipality).latest("pk")
    by = By(actor="project_lead:0001", request_key=f"assign {household.pk}")
    given = {"municipality": study.municipality, "study": study.name, "worker": account.actor, "by": by}
    assign(household=household.pseudonym, **given)
    return household.pk, household.pseudonym


def _promise_draw(root, account, *, rows):
    """Freeze the protocol, read a register in, and promise the draw."""
    from django.test import Client

    lead = Client(SERVER_NAME="localhost")
    lead.force_login(account, backend=_STAFF)
    lead.post(f"/preparation/{STUDY}/freeze/")
    preparing.read_in(lead, preparing.csv_of(*preparing.register_rows(root, rows)))
    _await_jobs(account.municipality)
    assert preparing.promise(lead).status_code == 302


def _await_jobs(municipality):
    """Wait until all work in the background ended, whoever does it: the website works while this prepares."""
    from opmaat.web.jobs.models import Job, State
    from opmaat.web.jobs.running import do_waiting

    do_waiting()
    while Job.objects.of(municipality).filter(state__in=[State.WAITING, State.RUNNING]).exists():
        time.sleep(0.2)


def _on_list(study):
    """Return the households of the register that can be drawn."""
    from opmaat.web.gateway.ceremonies import drawn_households
    from opmaat.web.trial.queries import study_folder

    return drawn_households(study_folder(study), "")


def _listed(study):
    """Return birth date and household of everybody on the list, by name."""
    from opmaat.web.people.queries import identities_of
    from opmaat.web.trial.models import Adult

    rows = Adult.objects.of(study.municipality).filter(household__pseudonym__in=_on_list(study))
    household = dict(rows.values_list("person", "household__pseudonym"))
    found = identities_of(study.municipality, list(household))
    return {one.name: [f"{one.born:%d-%m-%Y}", household[person]] for person, one in found.items()}


def _repeated(found):
    return sum(count > 1 for count in Counter(found).values())


def _unbalanced(study):
    """Return the strata in which one arm was drawn more than once more often than another."""
    from opmaat.assign.ceremony.publish import Place, private_bytes
    from opmaat.assign.conceal import open_household
    from opmaat.core.secrets import read_secret
    from opmaat.web.trial.queries import study_folder, study_protocol

    folder, arms = study_folder(study), study_protocol(study).arms
    place = Place(folder, folder / "private", "")
    sealed, key = private_bytes(place.allocation), read_secret(place.draw_key)
    drawn = {}
    for household in _on_list(study):
        lot = open_household(sealed, key, household=household, study=study.name, round_name="")
        drawn.setdefault(lot.stratum, Counter(dict.fromkeys(arms, 0)))[lot.arm] += 1
    return [stratum for stratum, count in drawn.items() if max(count.values()) - min(count.values()) > 1]
