"""Pages of a household's months: from earnings to settlement to letter."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from opmaat.core.errors import OpmaatError
from opmaat.core.money import cents_from_text
from opmaat.core.month import Month
from opmaat.core.texts import Language
from opmaat.pages.numbers import euros
from opmaat.web.accounts.access import needs
from opmaat.web.accounts.permissions import Action, Thing
from opmaat.web.casework import actions, forms
from opmaat.web.casework.actions import By, ChangedError
from opmaat.web.casework.letters import decision_letter, is_complete
from opmaat.web.casework.queries import Dossier, decisions_on
from opmaat.web.casework.views import about, form_page, note_looking, open_file
from opmaat.web.gateway.settlement import DataFileError, MissingValueError, MonthShown, Settled, claim_cents
from opmaat.web.theme.words import words


@needs(Thing.CASELOAD, Action.READ)
@never_cache
@require_safe
def months(request: Any, number: int) -> HttpResponse:  # noqa: ANN401
    """Show every month of a household: earnings, what was paid, and what it comes to now."""
    found = open_file(request, number)
    settled, problem = _settled(found, Month.of(found.on))
    shown = {
        **about(found),
        "months": [] if settled is None else [settled.shown(month) for month in settled.months],
        "problem": problem,
        "decisions": _told_decisions(found),
        "is_complete": is_complete(found),
    }
    return render(request, "casework/months.html", shown)


def _told_decisions(found: Dossier) -> list[dict[str, Any]]:
    """Return the decisions with the names of their letters."""
    say = words()
    return [
        {
            "pk": one.pk,
            "told": say.say(
                "casework.months.letter", month=say.month(Month.parse(one.month)), day=say.day(one.decided_on)
            ),
        }
        for one in decisions_on(found.municipality, found.household.pseudonym)
    ]


@needs(Thing.CASELOAD, Action.READ, post=Action.WRITE)
@never_cache
@form_page
def month(request: Any, number: int, which: str) -> HttpResponse:  # noqa: ANN401
    """Show what a month comes to, step by step, and decide on it once a caseworker has checked it."""
    found = open_file(request, number)
    asked = _asked_month(which, found)
    claim = claim_cents(found.history, asked)
    form = forms.SettleForm(request.POST or None, claim_cents=claim)
    is_right = request.method == "POST" and form.is_valid()
    kept_back = form.cleaned_data.get("set_off") if form.is_bound else None
    settled, problem = _settled(found, asked, set_off=kept_back)
    if settled is not None and is_right and "confirm" in request.POST:
        answer = _decide(request, found, settled, asked, form)
        if answer is not None:
            return answer
    title = words().say("casework.month.title", month=words().month(asked))
    shown = {**about(found), "title": title, "problem": problem, "claim": claim}
    if settled is not None:
        shown |= _shown(found, settled, asked, _again(request, form, settled.digest(asked), claim))
    return render(request, "casework/month.html", shown)


def _asked_month(which: str, found: Dossier) -> Month:
    """Return the month of an address; 404 for what is none, or lies ahead."""
    try:
        asked = Month.parse(which)
    except ValueError:
        raise Http404 from None
    start = found.history.started_on
    if start is None or not Month.of(start) <= asked <= Month.of(found.on):
        raise Http404
    return asked


def _settled(found: Dossier, until: Month, *, set_off: int | None = None) -> tuple[Settled | None, str]:
    """Return the months up to one, or what keeps them from being settled."""
    try:
        instead = None if set_off is None else (until, set_off)
        return found.settled(until=until, set_off=instead), ""
    except DataFileError as error:
        key = f"casework.month.{error.issues[0].code}"
        return None, words().say(key if words().knows(key) else "casework.month.cannot")
    except MissingValueError:
        return None, words().say("trial.keep.missing")


def _decide(
    request: Any,  # noqa: ANN401
    found: Dossier,
    settled: Settled,
    asked: Month,
    form: forms.SettleForm,
) -> HttpResponse | None:
    """Decide on a month, and lead to its letter; None when it is not what was shown any more."""
    typed = form.cleaned_data
    by = By(actor=request.user.actor, request_key=typed["request_key"])
    try:
        decision = actions.settle_month(
            file=found, settled=settled, month=asked, expected=typed["expected"], by=by
        )
    except ChangedError:
        form.add_error(None, words().say("casework.month.changed"))
        return None
    key = "casework.month.nothing" if decision is None else "casework.month.decided"
    messages.success(request, words().say(key, month=words().month(asked)))
    return redirect("months", number=found.household.pk)


def _again(request: Any, form: forms.SettleForm, digest: str, claim: int) -> forms.SettleForm:  # noqa: ANN401
    """Return the form for what is shown now, with what was typed and what is wrong."""
    if request.method != "POST":
        return forms.SettleForm(claim_cents=claim, initial={"expected": digest})
    typed = request.POST.copy()
    typed["expected"] = digest
    again = forms.SettleForm(typed, claim_cents=claim)
    only_shown = "confirm" not in request.POST
    again.full_clean()
    again.errors.update({} if only_shown else form.errors)
    if only_shown:
        again.errors.pop("checked", None)
    return again


def _shown(found: Dossier, settled: Settled, asked: Month, form: forms.SettleForm) -> dict[str, Any]:
    """Return what the page of a month shows."""
    say, shown = words(), settled.shown(asked)
    steps = settled.steps(asked, say.language)
    child = found.household.youngest_child_age
    told = (
        say.say("casework.month.no_child") if child is None else say.say("casework.month.years", number=child)
    )
    return {
        "shown": shown,
        "outcome": _outcome(shown),
        "steps": [step | {"cents": cents_from_text(step["amount"])} for step in steps],
        "home": say.say("casework.month.assumed_home", sharers=found.household.cost_sharers, child=told),
        "claimed": say.say("casework.month.claim", amount=euros(form.claim_cents, say.language)),
        "form": form,
    }


def _outcome(shown: MonthShown) -> str:
    """Say what a decision on a month would do."""
    say = words()
    if shown.paid_cents is None:
        return say.say("casework.month.first", amount=euros(shown.comes_to_cents, say.language))
    if not shown.is_open:
        return say.say("casework.month.same")
    before = euros(shown.paid_cents - shown.excess_cents, say.language)
    key = "casework.month.more" if shown.change_cents > 0 else "casework.month.less"
    return say.say(key, before=before, amount=euros(abs(shown.change_cents), say.language))


@needs(Thing.CASELOAD, Action.READ)
@never_cache
@require_safe
def letter(request: Any, number: int, decision: int) -> HttpResponse:  # noqa: ANN401
    """Give the letter of a decision as PDF, in Dutch or English."""
    found = open_file(request, number)
    mine = [one for one in decisions_on(found.municipality, found.household.pseudonym) if one.pk == decision]
    if not mine:
        raise Http404
    language: Language = "en" if request.GET.get("language") == "en" else "nl"
    try:
        content = decision_letter(found, mine[0], language)
    except OpmaatError:
        messages.error(request, words().say("casework.months.cannot_print"))
        return redirect("months", number=number)
    note_looking(request, "letter", found.household.pseudonym)
    name = f"decision-{mine[0].month}{'' if is_complete(found) else '-draft'}.pdf"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )
