"""Pages of a participant."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opmaat.core.month import Month
from opmaat.web.accounts.access import needs
from opmaat.web.accounts.permissions import Action, Thing
from opmaat.web.gateway.keep import Asked, KeepShown, MissingValueError, what_is_kept
from opmaat.web.journal.actions import EventRefusedError, note_access
from opmaat.web.journal.held import all_held
from opmaat.web.theme.words import words
from opmaat.web.trial import actions, forms
from opmaat.web.trial.policies import PURPOSES, can_choose, can_join, consents_of, takes_part
from opmaat.web.trial.queries import Own, own, reported_earnings
from opmaat.web.trial.telling import told_event

page = require_safe
form_page = require_http_methods(["GET", "HEAD", "POST"])


@needs(Thing.OWN_PART, Action.READ)
@never_cache
@page
def part(request: Any) -> HttpResponse:  # noqa: ANN401
    """Show where the household stands, and what can be done."""
    mine = own(request.user)
    return render(request, "trial/part.html", _state(mine))


@needs(Thing.OWN_PART, Action.READ)
@page
def study(request: Any) -> HttpResponse:  # noqa: ANN401
    """Show what the study is, and what it is not."""
    mine = own(request.user)
    arms = [
        (told.label.in_language(words().language), _described(told)) for told in mine.protocol.arms.values()
    ]
    return render(request, "trial/study.html", {**_state(mine), "arms": arms})


@needs(Thing.OWN_PART, Action.READ, post=Action.WRITE)
@never_cache
@form_page
def consent(request: Any) -> HttpResponse:  # noqa: ANN401
    """Ask an adult's consent, purpose by purpose."""
    mine = own(request.user)
    before = consents_of(mine.history, mine.person)
    signed = before.get("participation", False)
    form = forms.ConsentForm(request.POST or None, signed=signed, initial=before)
    if request.method == "POST" and form.is_valid():
        return _done(request, "trial.consent.saved", lambda: _consent(request, mine, form))
    return render(request, "trial/consent.html", {**_state(mine), "form": form, "signed": signed})


def _consent(request: Any, mine: Own, form: forms.ConsentForm) -> None:  # noqa: ANN401
    """Keep the answers with the words that were on the page."""
    say = words().say
    keys = ["trial.consent.intro"]
    for purpose in PURPOSES:
        keys += [f"trial.consent.{purpose}", f"trial.consent.{purpose}_help"]
    actions.consent(
        own=mine,
        given=form.given(),
        body="\n".join([_title(mine), *map(say, keys)]),
        language=words().language,
        actor=request.user.actor,
        request_key=form.cleaned_data["request_key"],
    )


@needs(Thing.OWN_PART, Action.READ)
@never_cache
@page
def arm(request: Any) -> HttpResponse:  # noqa: ANN401
    """Show what the own arm means: what one may, must, and keeps, from when to when."""
    mine = own(request.user)
    told = mine.arm
    if told is None:
        return render(request, "trial/arm_not_yet.html", _state(mine))
    language = words().language
    shown = {
        "label": told.arm.label.in_language(language),
        "description": _described(told.arm),
        "lifted": [one for one in told.duties if one.lifted is not None],
        "holds": [one for one in told.duties if one.lifted is None and one.answer.verdict == "yes"],
        "uncertain": [one for one in told.duties if one.answer.verdict == "unverified"],
    }
    return render(request, "trial/arm.html", {**_state(mine), "arm": told, **shown})


@needs(Thing.OWN_PART, Action.READ, post=Action.WRITE)
@never_cache
@form_page
def choice(request: Any) -> HttpResponse:  # noqa: ANN401
    """Let the household of a choice arm choose."""
    mine = own(request.user)
    told = mine.arm
    if told is None or not can_choose(mine.history, told, mine.on):
        return redirect("part")
    options = {name: mine.protocol.arms[name] for name in getattr(told.told, "options", ())}
    form = forms.ChoiceForm(request.POST or None, options=options)
    if request.method == "POST" and form.is_valid():
        return _done(
            request,
            "trial.choice.saved",
            lambda: actions.choose(
                own=mine,
                option=form.cleaned_data["option"],
                actor=request.user.actor,
                request_key=form.cleaned_data["request_key"],
            ),
        )
    shown = {"form": form, "may_change": getattr(told.told, "may_change", False)}
    return render(request, "trial/choice.html", {**_state(mine), **shown})


@needs(Thing.OWN_PART, Action.READ)
@page
def keep(request: Any) -> HttpResponse:  # noqa: ANN401
    """Show what is kept of earnings, with a picture, and what is not in it."""
    mine = own(request.user)
    form = forms.KeepForm(request.GET or None)
    shown, missing = None, False
    if form.is_bound and form.is_valid():
        try:
            shown = _kept(mine, form.cleaned_data["earnings"])
        except MissingValueError:
            missing = True
    return render(
        request, "trial/keep.html", {**_state(mine), "form": form, "shown": shown, "missing": missing}
    )


def _kept(mine: Own, earnings_cents: int) -> KeepShown:
    """Ask what is kept of an amount."""
    told = mine.arm
    asked = Asked(
        earnings_cents=earnings_cents,
        month=Month.of(mine.on),
        couple=mine.household.kind == "couple",
        age=mine.on.year - mine.born.year - ((mine.on.month, mine.on.day) < (mine.born.month, mine.born.day)),
        youngest_child_age=mine.household.youngest_child_age,
        cost_sharers=mine.household.cost_sharers,
        arm_label=None if told is None else told.arm.label,
        trial=None if told is None else told.disregard,
    )
    return what_is_kept(asked, words().language)


@needs(Thing.OWN_PART, Action.READ, post=Action.WRITE)
@never_cache
@form_page
def earnings(request: Any) -> HttpResponse:  # noqa: ANN401
    """Let an adult report earnings, and show what was reported."""
    mine = own(request.user)
    form = forms.EarningsForm(request.POST or None, this_month=Month.of(mine.on))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        return _done(
            request,
            "trial.earnings.saved",
            lambda: actions.report_earnings(
                own=mine,
                month=Month.parse(asked["month"]),
                net_cents=asked["net"],
                actor=request.user.actor,
                request_key=asked["request_key"],
            ),
            to="earnings",
        )
    reported = reported_earnings(mine.history, mine.person)
    return render(request, "trial/earnings.html", {**_state(mine), "form": form, "reported": reported})


@needs(Thing.OWN_PART, Action.READ, post=Action.WRITE)
@never_cache
@form_page
def stop(request: Any) -> HttpResponse:  # noqa: ANN401
    """Let an adult stop, after showing what happens to the data."""
    mine = own(request.user)
    form = forms.StopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _done(
            request,
            "trial.stop.saved",
            lambda: actions.stop(
                own=mine,
                keep_registers=form.cleaned_data["registers"] == "keep",
                actor=request.user.actor,
                request_key=form.cleaned_data["request_key"],
            ),
        )
    return render(request, "trial/stop.html", {**_state(mine), "form": form})


@needs(Thing.OWN_DATA, Action.READ)
@never_cache
@page
def data(request: Any) -> HttpResponse:  # noqa: ANN401
    """Show all that is held on the participant."""
    mine, held = own(request.user), all_held(request.user)
    events = [told_event(event, mine.protocol) for event in held["events"]]
    return render(request, "trial/data.html", {"held": held, "events": events, "born": mine.born})


@needs(Thing.OWN_DATA, Action.EXPORT)
@never_cache
@page
def download(request: Any) -> HttpResponse:  # noqa: ANN401
    """Give all that is held on the participant as one file, and write down that it was taken out."""
    account = request.user
    held = json.dumps(all_held(account), ensure_ascii=False, indent=2)
    note_access(
        municipality=account.municipality,
        actor=account.actor,
        action=Action.EXPORT,
        thing=Thing.OWN_DATA,
        about=account.person,
    )
    return HttpResponse(
        held,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
    )


def _state(mine: Own) -> dict[str, Any]:
    """Return what every page of a participant shows or decides on."""
    told = mine.arm
    before = consents_of(mine.history, mine.person)
    return {
        "own": mine,
        "told": told,
        "title": _title(mine),
        "participation": mine.history.participation.on(mine.on),
        "can_join": can_join(mine.history, mine.on),
        "has_signed": before.get("participation", False),
        "takes_part": takes_part(mine.history, mine.person, mine.on),
        "can_choose": can_choose(mine.history, told, mine.on),
        "knows_arm": told is not None,
        "has_partner": len(mine.adults) > 1,
    }


def _title(mine: Own) -> str:
    """Return the title of the study in the language of the request."""
    return mine.protocol.title.in_language(words().language)


def _described(told: Any) -> str:  # noqa: ANN401
    """Return the description of an arm in the language of the request, or nothing."""
    return "" if told.description is None else told.description.in_language(words().language)


def _done(request: Any, message: str, action: Any, *, to: str = "part") -> HttpResponseRedirect:  # noqa: ANN401
    """Do what was asked and say so; or say that it can not be done now."""
    try:
        action()
    except EventRefusedError:
        messages.error(request, words().say("trial.not_now"))
    else:
        messages.success(request, words().say(message))
    return redirect(to)
