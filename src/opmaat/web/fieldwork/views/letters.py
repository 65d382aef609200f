"""Pages of letters: batches to households, what became of them, and their files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from opmaat.core.errors import OpmaatError
from opmaat.web import clock
from opmaat.web.fieldwork import forms
from opmaat.web.fieldwork.actions import mailings
from opmaat.web.fieldwork.actions.mailings import Wanted
from opmaat.web.fieldwork.models import Fetched, LetterKind, Mailing, Printing
from opmaat.web.fieldwork.policies import last_day_to_fetch, may_fetch
from opmaat.web.fieldwork.queries.audience import count_for
from opmaat.web.fieldwork.queries.letters import Written, batch_of, merge_file, written_letters
from opmaat.web.fieldwork.queries.overview import (
    LettersNow,
    letters_counted,
    mailings_of,
    refusals_of,
    round_sizes,
)
from opmaat.web.fieldwork.views.parts import (
    exports,
    file_of,
    form_page,
    named,
    step,
    study_of,
    tell,
    with_names,
    writes,
)
from opmaat.web.fieldwork.work import SEND
from opmaat.web.gateway.letters import letters_pdf
from opmaat.web.jobs.actions import enqueue
from opmaat.web.jobs.models import Job
from opmaat.web.theme.words import words
from opmaat.web.trial.models import Study

_BY_ROUND = (LetterKind.INVITATION, LetterKind.REMINDER, LetterKind.ARM)
_FILES = ("letters", "merge")


@writes
@never_cache
@form_page
def letters(request: Any, study: str) -> HttpResponse:  # noqa: ANN401
    """Show the batches of letters, and let a new one be made."""
    found = study_of(request, study)
    rounds = list(round_sizes(found))
    form = forms.BatchForm(request.POST or None, rounds=rounds, initial={"most": 100})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        wanted = Wanted(
            kind=LetterKind(asked["kind"]),
            round_name=asked.get("round_name") or (rounds[0] if rounds else ""),
            most=asked["most"],
            request_key=asked["request_key"],
        )
        return make(request, found, wanted)
    made = list(mailings_of(found)[:100])
    counts = letters_counted(found.municipality, [one.pk for one in made])
    shown = {
        "form": form,
        "left": _left(found),
        "mailings": [(one, counts.get(one.pk, LettersNow())) for one in made],
    }
    return render(request, "fieldwork/letters.html", named(found, shown))


def _left(study: Study) -> list[tuple[str, int]]:
    """Return to how many households a letter of each kind can go now."""
    today = clock.today()
    return [(kind.value, count_for(study, kind, today=today)) for kind in _BY_ROUND]


def make(request: Any, study: Study, wanted: Wanted) -> HttpResponse:  # noqa: ANN401
    """Make a batch and lead to the job that sends it, or say why there is none."""
    try:
        mailing = mailings.make_mailing(study=study, wanted=wanted, actor=request.user.actor)
        job = send(request, study, mailing)
    except OpmaatError as error:
        tell(request, error)
        return redirect("fieldwork_letters", study=study.name)
    return redirect("job", number=job.pk)


def send(request: Any, study: Study, mailing: Mailing) -> Job:  # noqa: ANN401
    """Ask for the work that sends a batch; asked again it is the same work."""
    back = reverse("fieldwork_mailing", kwargs={"study": study.name, "number": mailing.number})
    return enqueue(
        municipality=study.municipality,
        name=SEND,
        key=str(mailing.pk),
        given={"mailing": mailing.pk},
        actor=request.user.actor,
        back=back,
    )


@writes
@never_cache
@form_page
def mailing(request: Any, study: str, number: int) -> HttpResponse:  # noqa: ANN401
    """Show a batch: how far it is, its files, and who had it printed again; print it again."""
    found = study_of(request, study)
    one = _mailing(found, number)
    form = forms.AgainForm(request.POST or None)
    if request.method == "POST" and "send" in request.POST:
        return redirect("job", number=send(request, found, one).pk)
    if request.method == "POST" and form.is_valid():
        return _again(request, one, form)
    mine = Printing.objects.of(found.municipality).filter(mailing=one).order_by("-number")
    printings = with_names(found.municipality, mine)
    taken = Fetched.objects.of(found.municipality).filter(printing__in=printings).order_by("at")
    fetched = with_names(found.municipality, taken)
    shown = {
        "mailing": one,
        "counts": letters_counted(found.municipality, [one.pk]).get(one.pk, LettersNow()),
        "refusals": [(_told_refusal(reason), count) for reason, count in refusals_of(one).items()],
        "form": form,
        "printings": [(row, [file for file in fetched if file.printing_id == row.pk]) for row in printings],
        "files": _files(printings, fetched),
        "until": last_day_to_fetch(printings[0].on) if printings else None,
    }
    return render(request, "fieldwork/mailing.html", named(found, shown))


def _told_refusal(reason: str) -> str:
    """Return why a letter could not be sent; what is not told apart does not fit where a household stands."""
    key = f"fieldwork.problems.{reason}"
    return words().say(key if words().knows(key) else "fieldwork.problems.contradiction")


def _files(printings: list[Printing], fetched: list[Fetched]) -> list[str]:
    """Return the files that can be fetched now."""
    if not printings or not may_fetch(printings[0].on, clock.today()):
        return []
    gone = {one.file for one in fetched if one.printing_id == printings[0].pk}
    return [file for file in _FILES if file not in gone]


def _again(request: Any, mailing: Mailing, form: forms.AgainForm) -> HttpResponse:  # noqa: ANN401
    """Let the files be fetched once more."""
    try:
        mailings.print_again(
            mailing=mailing,
            reason=form.cleaned_data["reason"],
            new_codes=form.cleaned_data["codes"] == "new",
            actor=request.user.actor,
            request_key=form.cleaned_data["request_key"],
        )
        messages.success(request, words().say("fieldwork.letters.made_again"))
    except OpmaatError as error:
        tell(request, error)
    return redirect("fieldwork_mailing", study=mailing.study.name, number=mailing.number)


@exports
@never_cache
@step
def file(request: Any, study: str, number: int, file: str) -> HttpResponse:  # noqa: ANN401
    """Give a file of a batch, once; that each person's name was taken out is written down."""
    found = study_of(request, study)
    one = _mailing(found, number)
    if file not in _FILES:
        raise Http404
    written = written_letters(one)
    try:
        content = _content(one, file, written, site=request.build_absolute_uri(reverse("sign_in")))
        mailings.fetch(
            mailing=one, file=file, actor=request.user.actor, persons=[letter.person for letter in written]
        )
    except OpmaatError as error:
        tell(request, error)
        return redirect("fieldwork_mailing", study=study, number=number)
    return content


def _content(mailing: Mailing, file: str, written: list[Written], *, site: str) -> HttpResponse:
    """Return a file of a batch, made now and kept nowhere."""
    name = f"{mailing.study.name}-{mailing.number}"
    if file == "merge":
        return file_of(merge_file(written, site=site), "text/csv; charset=utf-8", f"{name}.csv")
    return file_of(letters_pdf(batch_of(mailing, written, site=site)), "application/pdf", f"{name}.pdf")


def _mailing(study: Study, number: int) -> Mailing:
    """Return a batch of a study; raises Http404 when there is none of that number."""
    found = mailings_of(study).filter(number=number).first()
    if found is None:
        raise Http404
    found.study, found.municipality = study, study.municipality
    return found
