"""Doors: what every request passes before a view is called."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import time
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from opmaat.web.accounts.access import Open, needed_by
from opmaat.web.accounts.permissions import Role, may
from opmaat.web.accounts.policies import has_second_factor
from opmaat.web.full_disk import is_disk_full
from opmaat.web.journal.actions import RequestUsedError

Respond = Callable[[HttpRequest], HttpResponse]
_SECONDS_BETWEEN = 60
_NOT_SO, _CONFLICT, _NO_ROOM = 405, 409, 507
_log = logging.getLogger(__name__)

# Pages of allauth: open before one is signed in, or for every member of staff who is.
OPEN_PAGES = frozenset({"account_login", "account_logout", "account_inactive", "mfa_authenticate"})
STAFF_PAGES = frozenset(
    {
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_generate_recovery_codes",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_view_recovery_codes",
    }
)


class SessionLimit:
    """Ends a session that nobody used for a while, or that is older than its longest age."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def __call__(self, request: Any) -> HttpResponse:  # noqa: ANN401
        """Pass the request on, signed out when the session is over."""
        if request.user.is_authenticated:
            _age(request)
        return self._respond(request)


def _age(request: Any) -> None:  # noqa: ANN401
    """Sign out when it is time; otherwise remember, at most once a minute, that the session is used."""
    now, session = int(time()), request.session
    since, seen = session.setdefault("since", now), session.get("seen", 0)
    who = "participant" if request.user.role == Role.PARTICIPANT else "staff"
    idle = seen and now - seen > settings.IDLE_SECONDS[who]
    if idle or now - since > settings.SESSION_COOKIE_AGE:
        logout(request)
    elif now - seen > _SECONDS_BETWEEN:
        session["seen"] = now


class DenyByDefault:
    """Lets a request through to a view only when the table of permissions says so."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self._respond(request)

    def process_view(
        self,
        request: Any,  # noqa: ANN401
        view: Callable[..., Any],
        *_: Any,  # noqa: ANN401
    ) -> HttpResponse | None:
        """Refuse, ask to sign in, or let through (None)."""
        wanted, name, account = needed_by(view), request.resolver_match.url_name, request.user
        if isinstance(wanted, Open) or name in OPEN_PAGES:
            return None
        if not account.is_authenticated:
            return redirect("sign_in")
        is_staff = account.role != Role.PARTICIPANT
        if name in STAFF_PAGES and is_staff:
            return None
        if wanted is None or not may(account.role, wanted.thing, wanted.on(request.method)):
            raise PermissionDenied
        if is_staff and not _has_second_factor(request):
            return redirect("mfa_activate_totp")
        return None


class PlainAnswers:
    """Tells in plain words what to do where nothing was written: a view was not let begin, or left.

    Only a button leads to a page, a form's key was used for something else, or a disk is full.
    """

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; say that only a button leads here where that is so."""
        answer = self._respond(request)
        if answer.status_code != _NOT_SO:
            return answer
        page = render(request, "405.html", status=_NOT_SO)
        page.headers["Allow"] = answer.headers["Allow"]
        return page

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Show the page of what went wrong; None for everything else."""
        if isinstance(error, RequestUsedError):
            return render(request, "409.html", status=_CONFLICT)
        if is_disk_full(error):
            _log.error("no room on a disk, at %s", request.path)
            return render(request, "507.html", status=_NO_ROOM)
        return None


def _has_second_factor(request: Any) -> bool:  # noqa: ANN401
    """Tell whether a member of staff has a second factor; once it is there it is not asked for again."""
    session = request.session
    if not session.get("has_second_factor") and has_second_factor(request.user):
        session["has_second_factor"] = True
    return bool(session.get("has_second_factor"))
