"""Done in the environment of a rehearsed website: staff of every role leave something to show on their pages.

Prints who there is, each with the key of a session, and addresses that no page links to.
"""

import os
from importlib import import_module
from pathlib import Path
from time import time

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest
from django.test import Client
from django.test.utils import setup_test_environment

from opmaat.web.accounts.models import Account
from opmaat.web.accounts.permissions import Role
from opmaat.web.demonstration.people import Filling
from opmaat.web.fieldwork.models import Letter
from opmaat.web.jobs.running import do_waiting
from opmaat.web.journal.models import Municipality
from opmaat.web.people.codes import digest_of_code
from opmaat.web.trial.models import Study

# As if who is signed in typed the password in an hour, so that it is not asked for again.
HOUR = 3600
LETTER, PASSWORD = settings.AUTHENTICATION_BACKENDS
# The last is a member of staff on the first day, without a second step.
PARTICIPANTS = {
    "choosing": "arm 'choice', a couple",
    "invited": "invited, a couple",
    "guided": "arm 'guidance'",
}
FIELDWORK, PREPARATION, RESEARCH = "/fieldwork/groningen-2017/", "/preparation/", "/staff/research/"
NEW = f"{PREPARATION}made-up-study/"
files = Path(os.environ["MADE_UP_FILES"])
municipality = Municipality.objects.get()
study = Study.objects.of(municipality).get()


def client_of(account):
    found = Client(SERVER_NAME="localhost")
    found.force_login(account, backend=LETTER if account.role == Role.PARTICIPANT else PASSWORD)
    return found


def send(client, address, *, to=None, **typed):
    """Send the form of a page as it stands, with what is typed, and do the work that is asked for."""
    form = client.get(address).context["form"]
    standing = {field.html_name: field.value() for field in form if field.value() is not None}
    answer = client.post(to or address, standing | typed)
    assert answer.status_code == 302, (address, answer.content.decode())
    do_waiting()


def run_the_fieldwork(lead):
    send(lead, f"{FIELDWORK}letters/", kind="invitation", most="3")
    send(lead, f"{FIELDWORK}meetings/", day="01-11-2018", at="14:30", place="Stadhuis")
    for month in ("2018-10", "2018-09"):
        with (settings.STUDIES / "groningen-2017/deliveries/bus-2018-10.csv").open("rb") as file:
            send(lead, f"{FIELDWORK}deliveries/", kind="benefits", month=month, file=file)
    send(lead, f"{FIELDWORK}reports/")


def prepare_another(lead):
    """Load a protocol, freeze it, and read in a register with a row that is refused."""
    with (files / "protocol.yaml").open("rb") as protocol, (files / "register.yaml").open("rb") as layout:
        send(lead, PREPARATION, protocol=protocol, layout=layout)
    assert lead.post(f"{NEW}freeze/").status_code == 302
    with (files / "register.csv").open("rb") as register:
        send(lead, f"{NEW}-/register/", file=register, city="9999", set_aside="on")


def decide_on_a_month(caseworker):
    for row in caseworker.get("/staff/files/").context["rows"]:
        address = f"/staff/files/{row['file'].number}/months/2018-09/"
        page = caseworker.get(address)
        if page.status_code == 200 and getattr(page.context.get("shown"), "is_open", False):
            send(caseworker, address, checked="on", confirm="1")
            return
    raise AssertionError("no month is open")


def check_everything(auditor):
    for check in auditor.get("/staff/journal/checks/").context["checks"]:
        auditor.post(f"/staff/journal/checks/{check.name}/", {"request_key": check.key})
    do_waiting()


def session_of(account):
    """Return the key of a session that began with a password just now."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(account.pk), account.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = LETTER if account.role == Role.PARTICIPANT else PASSWORD
    request = HttpRequest()
    request.session = session
    record_authentication(request, account, method="password", at=time() + HOUR, reauthenticated=True)
    session.save()
    return session.session_key


setup_test_environment()  # answers tell what they were made of
filling, accounts = Filling(study, first=9000), {}
for name, who in PARTICIPANTS.items():
    (first, *_) = filling.enter(who)
    accounts[name] = Account.objects.get(letter_code=digest_of_code(first.secret))
for role in Role:
    if role != Role.PARTICIPANT:
        accounts[role.value] = Account.objects.filter(role=role).earliest("pk")
        Authenticator.objects.create(user=accounts[role], type=Authenticator.Type.TOTP, data={"secret": "x"})
RecoveryCodes.activate(accounts["researcher"])
accounts["new"] = Account.objects.filter(role=Role.CASEWORKER).latest("pk")
lead = client_of(accounts["project_lead"])
run_the_fieldwork(lead)
prepare_another(lead)
decide_on_a_month(client_of(accounts["caseworker"]))
researcher = client_of(accounts["researcher"])
for page in ("exports/", "plan/"):
    send(researcher, f"{RESEARCH}groningen-2017/{page}")
check_everything(client_of(accounts["auditor"]))
for name, account in accounts.items():
    print("session", name, account.role, session_of(account))
reference = Letter.objects.of(municipality).exclude(sent_on=None).latest("pk").reference
print("page", "project_lead", f"{FIELDWORK}reply/{reference}/", "-")
for number in (2, 8):
    print("page", "guided", f"/part/questions/midline/{number}/", "-")
