"""Pages on what comes back: replies on paper, and who came to an information meeting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from opmaat.core.errors import OpmaatError
from opmaat.web import clock
from opmaat.web.accounts.permissions import Action, Thing
from opmaat.web.fieldwork import forms
from opmaat.web.fieldwork.actions import replies
from opmaat.web.fieldwork.models import Letter, Meeting
from opmaat.web.fieldwork.views.parts import done, form_page, named, study_of, tell, writes
from opmaat.web.gateway.fieldwork import place_now
from opmaat.web.journal.actions import note_access
from opmaat.web.people.queries import identity_of
from opmaat.web.theme.words import words
from opmaat.web.trial.models import Study
from opmaat.web.trial.policies import can_join
from opmaat.web.trial.queries import own_of


@writes
@never_cache
@form_page
def reply(request: Any, study: str) -> HttpResponse:  # noqa: ANN401
    """Ask for the reference of a letter to which a reply came."""
    found = study_of(request, study)
    form = forms.ReferenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reference = form.cleaned_data["reference"]
        if _letter(found, reference) is not None:
            return redirect("fieldwork_reply_to", study=study, reference=reference)
        form.add_error("reference", words().say("fieldwork.reference.unknown"))
    return render(request, "fieldwork/reply.html", named(found, {"form": form}))


@writes
@never_cache
@form_page
def reply_to(request: Any, study: str, reference: str) -> HttpResponse:  # noqa: ANN401
    """Show to whom a letter went, which is written down, and take down the reply."""
    found = study_of(request, study)
    letter = _letter(found, reference)
    if letter is None:
        raise Http404
    own = own_of(found.municipality, letter.person)
    form = forms.PaperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return done(
            request,
            lambda: _take_down(request, letter.person, found, form),
            message="fieldwork.reply.saved",
            to=("fieldwork_reply", study),
        )
    note_access(
        municipality=found.municipality,
        actor=request.user.actor,
        action=Action.READ,
        thing=Thing.FIELDWORK,
        about=letter.person,
    )
    shown = {
        "reference": reference,
        "name": identity_of(found.municipality, letter.person).name,
        "stage": words().say(f"fieldwork.stages.{place_now(own.history).stage.value}"),
        "form": form,
        "is_open": can_join(own.history, own.on),
    }
    return render(request, "fieldwork/reply_to.html", named(found, shown))


def _take_down(request: Any, person: str, study: Study, form: forms.PaperForm) -> None:  # noqa: ANN401
    """Write down a yes with what goes with it, or a no."""
    own = own_of(study.municipality, person)
    common = {"own": own, "actor": request.user.actor, "request_key": form.cleaned_data["request_key"]}
    if form.cleaned_data["answer"] == "no":
        replies.refuse(**common)
    else:
        body = words().say("fieldwork.paper.body")
        replies.reply_on_paper(given=form.given(), body=body, language=words().language, **common)


@writes
@never_cache
@form_page
def meetings(request: Any, study: str) -> HttpResponse:  # noqa: ANN401
    """Show the information meetings, and plan one."""
    found = study_of(request, study)
    form = forms.MeetingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        return done(
            request,
            lambda: replies.plan_meeting(study=found, day=asked["day"], at=asked["at"], place=asked["place"]),
            message="fieldwork.meetings.planned",
            to=("fieldwork_meetings", study),
        )
    planned = Meeting.objects.of(found.municipality).filter(study=found).order_by("-day", "-time")[:100]
    return render(request, "fieldwork/meetings.html", named(found, {"form": form, "meetings": planned}))


@writes
@never_cache
@form_page
def meeting(request: Any, study: str, number: int) -> HttpResponse:  # noqa: ANN401
    """Show a meeting, and write down who came by the reference of the letter."""
    found = study_of(request, study)
    one = Meeting.objects.of(found.municipality).filter(study=found, pk=number).first()
    if one is None:
        raise Http404
    form = forms.ReferenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        letter = _letter(found, form.cleaned_data["reference"])
        if letter is not None:
            return _came(request, found, one, letter)
        form.add_error("reference", words().say("fieldwork.reference.unknown"))
    shown = {"meeting": one, "form": form, "has_been": one.day <= clock.today()}
    return render(request, "fieldwork/meeting.html", named(found, shown))


def _came(request: Any, study: Study, meeting: Meeting, letter: Letter) -> HttpResponse:  # noqa: ANN401
    """Write down that someone came, and go on with the next."""
    own = own_of(study.municipality, letter.person)
    try:
        is_new = replies.came_to_meeting(own=own, meeting=meeting, actor=request.user.actor)
        name = "came_saved" if is_new else "came_before"
        messages.success(request, words().say(f"fieldwork.meetings.{name}"))
    except OpmaatError as error:
        tell(request, error)
    return redirect("fieldwork_meeting", study=study.name, number=meeting.pk)


def _letter(study: Study, reference: str) -> Letter | None:
    """Return the letter of a study that has a reference; None where there is none."""
    mine = Letter.objects.of(study.municipality).filter(reference=reference, mailing__study=study)
    return mine.exclude(sent_on=None).first()
