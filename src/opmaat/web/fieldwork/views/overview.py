"""Pages on how far everybody is: the overview, who is stuck, and the flow."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from opmaat.pages.numbers import number
from opmaat.pages.tables import Column, Table
from opmaat.web import clock
from opmaat.web.fieldwork.policies import DAYS_TO_ANSWER, PATIENCE
from opmaat.web.fieldwork.queries.flow import REACHED, FlowNow, flow_now
from opmaat.web.fieldwork.queries.overview import (
    references_of,
    rounds_now,
    stuck_at,
    stuck_now,
    waves_late,
)
from opmaat.web.fieldwork.views.parts import named, page, reads, study_of
from opmaat.web.gateway.fieldwork import ENDED, EXIT_GROUPS, Stage, flow_picture
from opmaat.web.theme.words import words
from opmaat.web.trial.models import Study
from opmaat.web.trial.queries import study_protocol

_ON_A_PAGE = 50
_NOW = (*(f"exited_{group}" for group in EXIT_GROUPS), *ENDED)


@reads
@page
def studies(request: Any) -> HttpResponse:  # noqa: ANN401
    """Show the studies of the municipality, or the only one at once."""
    found = list(Study.objects.of(request.user.municipality).order_by("name"))
    if len(found) == 1:
        return redirect("fieldwork_study", study=found[0].name)
    shown = [(one, study_protocol(one).title.in_language(words().language)) for one in found]
    return render(request, "fieldwork/studies.html", {"studies": shown})


@reads
@never_cache
@page
def study(request: Any, study: str) -> HttpResponse:  # noqa: ANN401
    """Show how far every round is, who is stuck where, and what to do."""
    found, today = study_of(request, study), clock.today()
    rounds = rounds_now(found, today)
    joined = sum(one.signed_up for one in rounds)
    late = waves_late(found, today)
    shown = {
        "rounds": rounds,
        "joined": joined,
        "threshold": found.start_threshold,
        "left": max(0, (found.start_threshold or 0) - joined),
        "stuck": stuck_now(rounds),
        "late": [
            (study_protocol(found).wave_shown(name, words().language), count)
            for name, count in sorted(late.items())
        ],
        "days_to_answer": DAYS_TO_ANSWER,
    }
    return render(request, "fieldwork/study.html", named(found, shown))


@reads
@never_cache
@page
def stuck(request: Any, study: str, stage: str) -> HttpResponse:  # noqa: ANN401
    """Show the households that are stuck at a stage, by the reference of their letter; never by name."""
    found = study_of(request, study)
    if stage not in {one.value for one in PATIENCE}:
        raise Http404
    asked = request.GET.get("page", "1")
    place = int(asked) if asked.isdecimal() and 0 < int(asked) < 10**6 else 1
    first = (place - 1) * _ON_A_PAGE
    rows = list(stuck_at(found, Stage(stage), clock.today())[first : first + _ON_A_PAGE + 1])
    references = references_of(found.municipality, [row.household for row in rows])
    shown = {
        "stage": stage,
        "days": PATIENCE[Stage(stage)],
        "rows": [(row.since, references.get(row.household, "")) for row in rows[:_ON_A_PAGE]],
        "page": place,
        "next": place + 1 if len(rows) > _ON_A_PAGE else None,
    }
    return render(request, "fieldwork/stuck.html", named(found, shown))


@reads
@never_cache
@page
def flow(request: Any, study: str) -> HttpResponse:  # noqa: ANN401
    """Show the flow of all households together, as a picture and as a table."""
    found = study_of(request, study)
    now = flow_now(found)
    parts = _parts(now, found)
    say = words()
    boxes = [
        [say.say("fieldwork.flow.line", label=label, count=count) for label, count in part] for part in parts
    ]
    picture = flow_picture(
        boxes,
        title=say.say("fieldwork.flow.figure"),
        alt=say.say(
            "fieldwork.flow.alt",
            drawn=_count(now.reached["drawn"]),
            started=_count(now.reached["started"]),
            remaining=_count(now.ended.get("remaining", 0)),
        ),
    )
    table = Table(
        say.say("fieldwork.flow.table"),
        (Column(say.say("fieldwork.flow.stage"), "text"), Column(say.say("fieldwork.flow.count"))),
        tuple(row for part in parts for row in part),
    )
    shown = {"figure": picture, "table": table, "is_empty": not any(now.reached.values())}
    return render(request, "fieldwork/flow.html", named(found, shown))


def _parts(now: FlowNow, study: Study) -> list[list[tuple[str, str]]]:
    """Return the boxes of the flow, each a few labels with counts; an empty box is left out."""
    say, protocol = words(), study_protocol(study)
    waves = [
        (
            say.say("fieldwork.flow.wave", wave=protocol.wave_shown(wave.name, say.language)),
            say.say("fieldwork.flow.wave_of", answered=_count(answered), sent=_count(sent)),
        )
        for wave in protocol.waves
        for answered, sent in [now.waves.get(wave.name, (0, 0))]
        if sent
    ]
    reached = [(say.say(f"fieldwork.flow.{name}"), _count(now.reached[name])) for name in REACHED]
    ended = [
        (say.say(f"fieldwork.flow.{name}"), _count(now.ended[name])) for name in _NOW if name in now.ended
    ]
    return [part for part in (reached, ended, waves) if part]


def _count(count: int) -> str:
    """Return a count in the language of the request."""
    return number(count, 0, words().language)
