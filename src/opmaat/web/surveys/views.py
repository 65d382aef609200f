"""Pages of questionnaires."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opmaat.web.accounts.access import needs
from opmaat.web.accounts.permissions import Action, Thing
from opmaat.web.gateway.questions import Note, asked_of, pages_of
from opmaat.web.gateway.studies import Questionnaire
from opmaat.web.journal.actions import EventRefusedError
from opmaat.web.surveys import actions
from opmaat.web.surveys.forms import PageForm
from opmaat.web.surveys.policies import kept_answers
from opmaat.web.surveys.queries import questionnaire, sheet_of, waves
from opmaat.web.theme.words import words
from opmaat.web.trial.queries import Own, own


@needs(Thing.OWN_ANSWERS, Action.READ)
@never_cache
@require_safe
def questions(request: Any) -> HttpResponse:  # noqa: ANN401
    """Show the questionnaires that were sent, and where to go on."""
    mine = own(request.user)
    asked = questionnaire(mine)
    shown = []
    for wave in waves(mine):
        sheet = sheet_of(mine, wave.wave)
        shown.append({"wave": wave, "page": 1 if sheet is None else sheet.page, "begun": sheet is not None})
    title = "" if asked is None else asked.title.in_language(words().language)
    return render(request, "surveys/questions.html", {"waves": shown, "name": title})


@needs(Thing.OWN_ANSWERS, Action.READ, post=Action.WRITE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Any, wave: str, number: int) -> HttpResponse:  # noqa: ANN401
    """Show one page of a questionnaire, keep its answers, and go on to the next that asks something."""
    mine = own(request.user)
    asked = questionnaire(mine)
    if asked is None or not any(one.wave == wave and one.is_open for one in waves(mine)):
        return redirect("questions")
    pages, sheet = pages_of(asked), sheet_of(mine, wave)
    answers = {} if sheet is None else sheet.answers
    if not 1 <= number <= len(pages):
        raise Http404
    names = [name for name in pages[number - 1] if name in asked_of(asked, answers)]
    items = {name: asked.items[name] for name in names}
    form = PageForm(request.POST or None, items=items, answers=answers)
    if request.method == "POST" and form.is_valid():
        filled = actions.FilledPage(
            questionnaire=asked, wave=wave, page=number, answers=form.answers(), sheet=sheet
        )
        return _go_on(request, mine, filled, request_key=form.cleaned_data["request_key"])
    shown = {
        "form": form,
        "notes": [
            item.text.in_language(words().language) for item in items.values() if isinstance(item, Note)
        ],
        "number": number,
        "pages": len(pages),
        "wave": wave,
        "before": _asking(asked, answers, range(number - 1, 0, -1)),
        "is_last": _asking(asked, answers, range(number + 1, len(pages) + 1)) is None,
        "name": asked.title.in_language(words().language),
    }
    return render(request, "surveys/page.html", shown)


def _go_on(
    request: Any,  # noqa: ANN401
    mine: Own,
    filled: actions.FilledPage,
    *,
    request_key: str,
) -> HttpResponseRedirect:
    """Keep a page and lead to the next one, or send everything after the last."""
    asked, later = filled.questionnaire, "later" in request.POST
    before = {} if filled.sheet is None else filled.sheet.answers
    answers = kept_answers(asked, before, filled.answers)
    following = _asking(asked, answers, range(filled.page + 1, len(pages_of(asked)) + 1))
    try:
        if following is not None and not later:
            actions.save_page(own=mine, filled=filled)
            return redirect("questions_page", wave=filled.wave, number=following)
        if later:
            actions.save_page(own=mine, filled=filled)
        else:
            actions.send(own=mine, filled=filled, actor=request.user.actor, request_key=request_key)
        messages.success(request, words().say("surveys.kept" if later else "surveys.thanks"))
    except EventRefusedError:
        messages.error(request, words().say("surveys.closed"))
    return redirect("questions")


def _asking(asked: Questionnaire, answers: dict[str, str], numbers: range) -> int | None:
    """Return the first of some pages on which something is asked."""
    wanted, pages = set(asked_of(asked, answers)), pages_of(asked)
    return next((number for number in numbers if wanted & set(pages[number - 1])), None)
