"""Pages of a caseworker: the list, a file, what is written down, and the files of a colleague."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opmaat.web import clock
from opmaat.web.accounts.access import needs
from opmaat.web.accounts.permissions import Action, Thing
from opmaat.web.casework import actions, forms
from opmaat.web.casework.actions import ArmForbidsError, By, UncertainError
from opmaat.web.casework.policies import first_possible_day, offered
from opmaat.web.casework.queries import (
    Dossier,
    Listed,
    NotYoursError,
    caseloads,
    colleagues,
    covers_of,
    dossier,
    files_of,
    listed,
)
from opmaat.web.casework.steps import STEP_OF_DUE, STEPS, Step
from opmaat.web.casework.telling import told_arm, told_due, told_history, told_refusal, told_uncertainty
from opmaat.web.journal.actions import EventRefusedError, note_access
from opmaat.web.theme.words import words

form_page = require_http_methods(["GET", "HEAD", "POST"])
_ON_A_PAGE = 50
_LATEST = 50


@needs(Thing.CASELOAD, Action.READ, post=Action.WRITE)
@never_cache
@form_page
def files(request: Any) -> HttpResponse:  # noqa: ANN401
    """Show whose files a caseworker has and what is due; write a talk down without opening one."""
    account, on = request.user, clock.today()
    rows = files_of(account, on)
    old = [row.household for row in rows if row.day != on]
    if old:
        actions.bring_up_to_date(municipality=account.municipality, households=old, on=on)
        rows = files_of(account, on)
    found = listed(account, rows, on)
    people = [person for one in found for person in one.people]
    form = forms.QuickContactForm(request.POST or None, people=people, first=on.min, today=on)
    if request.method == "POST" and form.is_valid() and _wrote_talk(request, form, found):
        return redirect("files")
    note_looking(request, "read_list", account.pseudonym)
    only_due = request.GET.get("show") == "due"
    with_due = [one for one in found if one.read.due]
    wanted = with_due if only_due else found
    page = Paginator(wanted, _ON_A_PAGE).get_page(request.GET.get("page"))
    shown = {
        "rows": [_row(one) for one in page],
        "page": page,
        "all": len(found),
        "with_due": len(with_due),
        "late": sum(one.since < on for one in found),
        "only_due": only_due,
        "form": form,
        "labels": [person.label for person in people],
    }
    return render(request, "casework/files.html", shown)


def _row(one: Listed) -> dict[str, Any]:
    """Return one row of the list in words."""
    on, language = clock.today(), words().language
    arms = [one.protocol.arms[name] for name in (one.read.arm, one.read.option) if name in one.protocol.arms]
    return {
        "file": one,
        "arm": ": ".join(arm.label.in_language(language) for arm in arms),
        "state": words().say(f"casework.state.{one.read.participation}"),
        "due": [told_due(due, one.people, on) for due in one.due],
    }


def _wrote_talk(request: Any, form: forms.QuickContactForm, found: list[Listed]) -> bool:  # noqa: ANN401
    """Write a talk of the list down; what cannot be is said in the form."""
    who = form.cleaned_data["who"]
    number = next(one.number for one in found if who in one.people)
    file = dossier(request.user, number, clock.today())
    if form.day < first_possible_day(file.history):
        form.add_error("day", _too_early(file))
        return False
    by = By(actor=request.user.actor, request_key=form.cleaned_data["request_key"])
    try:
        entry = actions.write_down(
            file=file, person=who.person, payload=form.payload(), day=form.day, by=by, note=form.note
        )
    except EventRefusedError:
        form.add_error("who", words().say("casework.refused.contradiction"))
        return False
    _say_saved(request, entry, who.name)
    return True


def _too_early(file: Dossier) -> str:
    """Say that a day is before the household was told its arm."""
    first = first_possible_day(file.history)
    if first > file.on:
        return words().say("casework.refused.not_begun")
    return words().say("casework.day_before", first=words().day(first))


def _say_saved(request: Any, written: object, name: str) -> None:  # noqa: ANN401
    """Say what was written down, or that it stood there already."""
    key = "casework.saved" if written else "casework.stood_already"
    messages.success(request, words().say(key, name=name))


@needs(Thing.CASELOAD, Action.READ)
@never_cache
@require_safe
def file(request: Any, number: int) -> HttpResponse:  # noqa: ANN401
    """Show one file: what the arm means today, what is due, and what happened."""
    found = open_file(request, number)
    everything = request.GET.get("history") == "all"
    shown = {
        **about(found),
        "arms": [told_arm(found, person) for person in found.people],
        "due": [
            {**told_due(one, found.people, found.on), "step": STEP_OF_DUE.get(one.what)} for one in found.due
        ],
        "offered": offered(found.history, found.protocol, found.on),
        "lines": told_history(found, most=None if everything else _LATEST),
        "has_more": not everything and len(found.history.events) > _LATEST,
        "is_covered": found.worker != request.user.actor,
    }
    return render(request, "casework/file.html", shown)


@needs(Thing.CASELOAD, Action.READ, post=Action.WRITE)
@never_cache
@form_page
def step(request: Any, number: int, what: str) -> HttpResponse:  # noqa: ANN401
    """Ask what is to be written down about a household, and write it down."""
    found = open_file(request, number)
    if what not in STEPS:
        raise Http404
    chosen = STEPS[what]
    if what not in offered(found.history, found.protocol, found.on) and request.method != "POST":
        messages.error(request, words().say("casework.refused.not_now"))
        return redirect("file", number=number)
    form = chosen.form(
        request.POST or None,
        people=found.people,
        first=min(first_possible_day(found.history), found.on),
        today=found.on,
        initial=_initial(chosen, found),
    )
    if request.method == "POST" and form.is_valid() and _wrote(request, found, chosen, form):
        return redirect("file", number=number)
    arms = [told_arm(found, person) for person in found.people]
    return render(request, "casework/step.html", {**about(found), "what": what, "form": form, "arms": arms})


def _initial(chosen: Step, found: Dossier) -> dict[str, str]:
    """Return the day that a form begins with, where it is another than today."""
    day = chosen.first_day(found)
    return {} if day is None else {"day": f"{day:%d-%m-%Y}"}


def _wrote(request: Any, found: Dossier, chosen: Step, form: forms.StepForm) -> bool:  # noqa: ANN401
    """Write down what a form says; what cannot be is said in the form."""
    by = By(actor=request.user.actor, request_key=form.cleaned_data["request_key"])
    try:
        written = chosen.write(found, form, by)
    except ArmForbidsError as error:
        form.add_error("duty", told_refusal(error))
    except UncertainError as error:
        form.add_error("seen", told_uncertainty(error))
    except EventRefusedError as error:
        form.add_error(None, _refused(error))
    else:
        name = found.adult(form.chosen).name
        _say_saved(request, written, name)
        return True
    return False


def _refused(error: EventRefusedError) -> str:
    """Say why an event cannot follow on what stands."""
    keys = [f"casework.refused.{issue.code}" for issue in error.issues]
    known = next((key for key in keys if words().knows(key)), "casework.refused.contradiction")
    return words().say(known)


@needs(Thing.CASELOAD, Action.READ, post=Action.WRITE)
@never_cache
@form_page
def cover(request: Any) -> HttpResponse:  # noqa: ANN401
    """Take over the files of a colleague for some days, which is written down."""
    account, on = request.user, clock.today()
    others = colleagues(account)
    form = forms.CoverForm(request.POST or None, colleagues=others, today=on)
    if request.method == "POST" and form.is_valid():
        actions.cover(
            account=account,
            colleague=form.cleaned_data["colleague"],
            last_day=form.cleaned_data["last_day"],
            reason=form.cleaned_data["reason"],
            by=By(actor=account.actor, request_key=form.cleaned_data["request_key"]),
        )
        messages.success(request, words().say("casework.cover.saved"))
        return redirect("files")
    now = [
        {"who": others.get(one.colleague, one.colleague), "row": one, "until": words().day(one.last_day)}
        for one in covers_of(account, on)
    ]
    return render(request, "casework/cover.html", {"form": form, "now": now, "others": others})


@needs(Thing.FIELDWORK, Action.READ, post=Action.WRITE)
@never_cache
@form_page
def divide(request: Any) -> HttpResponse:  # noqa: ANN401
    """Show how many files every caseworker has, and give someone more; without any name."""
    account = request.user
    workers, held = caseloads(account.municipality)
    form = forms.DivideForm(request.POST or None, workers=workers, held=held)
    if request.method == "POST" and form.is_valid():
        given = actions.divide(
            municipality=account.municipality,
            giver=form.cleaned_data["giver"],
            worker=form.cleaned_data["worker"],
            most=form.cleaned_data["most"],
            by=By(actor=account.actor, request_key=form.cleaned_data["request_key"]),
        )
        messages.success(request, words().say("casework.divide.saved", number=given))
        return redirect("divide")
    shown = [{"email": email, "held": held[actor]} for actor, email in workers.items()]
    return render(request, "casework/divide.html", {"form": form, "workers": shown, "nobody": held[""]})


def open_file(request: Any, number: int) -> Dossier:  # noqa: ANN401
    """Return a file of the caseworker, and write down that it was looked into; 404 for every other."""
    try:
        found = dossier(request.user, number, clock.today())
    except NotYoursError:
        raise Http404 from None
    action = "read" if found.worker == request.user.actor else "read_covered"
    note_looking(request, action, found.household.pseudonym)
    return found


def note_looking(request: Any, action: str, what: str) -> None:  # noqa: ANN401
    """Write down that a caseworker looked at a household, or at the list of an own caseload."""
    account = request.user
    note_access(
        municipality=account.municipality,
        actor=account.actor,
        action=action,
        thing=Thing.CASELOAD,
        about=what,
    )


def about(found: Dossier) -> dict[str, Any]:
    """Return what every page of a file shows."""
    return {
        "file": found,
        "number": found.household.pk,
        "names": words().listed([person.name for person in found.people]),
        "state": words().say(f"casework.state.{found.history.participation.on(found.on)}"),
        "today": words().day(found.on),
    }
