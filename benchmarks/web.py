"""Sending a page of a questionnaire, beside a bare Django view that writes one row, in the same database.

Ours checks the session, the form, whose turn it is and which answers are asked, and keeps four answers; the
bare view has no middleware. Seconds are of the processor, with the database; network and server do not count.
"""

import os
import secrets
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
TIMES, ROUNDS = 40, 5


def measure():
    """Return the rows of this file."""
    with TemporaryDirectory() as home:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "opmaat.web.settings.serve",
            "OPMAAT_WEB_HOME": home,
            "OPMAAT_WEB_LOCAL": "1",
            "OPMAAT_WEB_STUDIES": str(ROOT / "studies"),
            "OPMAAT_WEB_TODAY": "2018-11-12",
            "OPMAAT_WEB_HOSTS": "testserver",
        }
        import django

        django.setup()
        from django.core.management import call_command

        for command in ("migrate", "createcachetable"):
            call_command(command, verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        return [beside_a_bare_view()]


def beside_a_bare_view():
    ours, bare = questionnaire_page(), bare_view()
    seconds = [(best(ours), best(bare)) for _ in range(ROUNDS)]
    mine, least = min(one for one, _ in seconds), min(one for _, one in seconds)
    detail = f"ours {1000 * mine:.1f} ms, bare {1000 * least:.1f} ms a request"
    what = "rate of sending a page of a questionnaire: ours / a bare view that writes one row"
    return {"what": what, "ratio": round(least / mine, 2), "aim": 0.33, "better": "higher", "detail": detail}


def questionnaire_page():
    """Return a function that sends a page with other answers each time, as a participant who is signed in."""
    from django.test import Client

    from opmaat.web.demonstration.people import Filling
    from opmaat.web.journal.models import Municipality
    from opmaat.web.trial.models import Study

    municipality = Municipality.objects.create(code="made-up", name="Verzonnen")
    study = Study(municipality=municipality, name="groningen-2017", folder="groningen-2017")
    study.save()
    (person,) = Filling(study).enter("arm 'control'")
    client = Client()
    client.post("/sign-in/", {"letter_code": person.secret, "birth_date": person.name})

    def send():
        answers = {f"job_search_{number}": secrets.choice("01234") for number in (1, 2, 3)}
        form = {"request_key": secrets.token_hex(16), "job_interviews": secrets.randbelow(20), "later": "1"}
        answer = client.post("/part/questions/midline/1/", {**form, **answers})
        assert answer.status_code == 302, answer.status_code

    return send


def bare_view():
    """Return a function that has one row written by a view without middleware."""
    from django.db import transaction
    from django.http import HttpResponse
    from django.test import Client
    from django.test.utils import override_settings
    from django.urls import path

    from opmaat.web.accounts.models import FailedSignIn

    @transaction.atomic
    def write(request):
        FailedSignIn(key=request.POST["key"], at=datetime.now(UTC)).save()
        return HttpResponse(status=204)

    class Addresses:
        urlpatterns = (path("write/", write),)

    with override_settings(ROOT_URLCONF=Addresses, MIDDLEWARE=[]):
        client = Client()
        client.post("/write/", {"key": "a"})

    def send():
        with override_settings(ROOT_URLCONF=Addresses):
            assert client.post("/write/", {"key": secrets.token_hex(16)}).status_code == 204

    return send


def best(work):
    """Return the shortest of two averages, in seconds of the processor."""
    found = []
    for _ in range(2):
        start = time.process_time()
        for _ in range(TIMES):
            work()
        found.append((time.process_time() - start) / TIMES)
    return min(found)
