"""A bare Django view that writes one row, served like the website and in its database: a WSGI application.

With BARE=alone it has no middleware at all; otherwise those of a new Django project and a policy of contents,
and it knows who is signed in.
"""

import os
from datetime import UTC, datetime

STANDARD = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def build():
    """Return the application."""
    import django
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.urls import path

    django.setup(set_prefix=False)
    alone = os.environ.get("BARE") == "alone"

    def write(request):
        from django.db import transaction
        from django.http import HttpResponse

        from opmaat.web.accounts.models import FailedSignIn

        who = "nobody" if alone else str(request.user.pk)
        with transaction.atomic():
            FailedSignIn(key=f"{who} {request.POST['key']}", at=datetime.now(UTC)).save()
        return HttpResponse(status=302, headers={"Location": "/"})

    class Addresses:
        urlpatterns = (path("write/", write),)

    settings.ROOT_URLCONF = Addresses
    settings.MIDDLEWARE = [] if alone else STANDARD
    return WSGIHandler()


application = build()
