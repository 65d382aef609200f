"""The page on which participants sign in."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from opmaat.web.accounts.access import open_to_all
from opmaat.web.people.backends import LetterCode
from opmaat.web.people.forms import LetterCodeForm
from opmaat.web.theme.words import words

_BACKEND = "opmaat.web.people.backends.LetterCode"


@open_to_all
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with the code of a letter; whatever is wrong, the answer is the same."""
    form = LetterCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = LetterCode().authenticate(request, **form.cleaned_data)
        if account is not None:
            login(request, account, backend=_BACKEND)
            return redirect("home")
        form.add_error(None, words().say("people.wrong"))
    return render(request, "people/sign_in.html", {"form": form})
