"""Pages of signing out and of the start."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from opmaat.web.accounts.access import needs, open_to_all
from opmaat.web.accounts.permissions import PERMISSIONS, Action, Role, Thing


@open_to_all
@require_safe
def home(request: Any) -> HttpResponse:  # noqa: ANN401
    """Lead to the page where someone begins."""
    if not request.user.is_authenticated:
        return redirect("sign_in")
    return redirect("part" if request.user.role == Role.PARTICIPANT else "staff")


@open_to_all
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign_in")


@needs(Thing.STAFF_PAGE, Action.READ)
@require_safe
def staff(request: Any) -> HttpResponse:  # noqa: ANN401
    """Show a member of staff what there is for the own role."""
    return render(request, "accounts/staff.html", {"things": PERMISSIONS[Role(request.user.role)]})
