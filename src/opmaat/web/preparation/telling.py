"""What is found in a protocol, in the language of the request and beside its lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from opmaat.pages.numbers import number as number_of
from opmaat.web.gateway.preparation import Found, Lock
from opmaat.web.jobs.models import Job, State
from opmaat.web.preparation.queries import RoundState, Started, StudyState
from opmaat.web.theme.issues import ToldProblem, told_problem
from opmaat.web.theme.words import words

_PROTOCOL = "protocol.yaml"


@dataclass(frozen=True, slots=True)
class ToldFound:
    """One finding with its words."""

    found: Found
    told: ToldProblem
    weight: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file, with what is found at it."""

    number: int
    text: str
    found: tuple[ToldFound, ...]


def told_found(found: Sequence[Found]) -> list[ToldFound]:
    """Return findings with their words, in the order in which they weigh."""
    return [_told(one) for one in found]


def beside_lines(text: str, found: Sequence[Found]) -> list[Line]:
    """Return the lines of a protocol, each with what is found at it."""
    at: dict[int, list[ToldFound]] = {}
    for one in found:
        if one.file == _PROTOCOL and one.line is not None:
            at.setdefault(one.line, []).append(_told(one))
    return [
        Line(number, line, tuple(at.get(number, ())))
        for number, line in enumerate(text.splitlines(), start=1)
    ]


def round_label(name: str) -> str:
    """Return what a round is called; the only one has no name of its own."""
    return words().say("preparation.round", name=name) if name else words().say("preparation.only_round")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One step: its state (done, busy, open or later), what is told of it, and where it is taken."""

    name: str
    title: str
    state: str
    told: str = ""
    address: str = ""
    link: str = ""


def tasks_of(state: StudyState, start: Started, *, is_good: bool) -> list[Task]:
    """Return the steps of a study in their order, each with how far it is."""
    say, name = words().say, state.study.name
    tasks = [
        Task(
            name="protocol",
            title=say("preparation.protocol.title"),
            state="done" if is_good else "open",
            told="" if is_good else say("preparation.freeze.not_good"),
            address=reverse("preparation_protocol", args=[name]),
            link=say("preparation.protocol.found"),
        ),
        Task(
            name="plan",
            title=say("preparation.plan.short"),
            state=_state_of(state.planning),
            address=reverse("preparation_plan", args=[name]),
            link=say("preparation.plan.title"),
        ),
        Task(
            name="freeze",
            title=say("preparation.freeze.title"),
            state="done" if state.lock is not None else "open" if is_good else "later",
            told="" if state.lock is None else frozen_on(state.lock),
        ),
    ]
    for one in state.rounds:
        tasks += _round_tasks(state, one)
    return [*tasks, _start_task(name, start)]


def _round_tasks(state: StudyState, one: RoundState) -> list[Task]:
    """Return the register and the draw of a round."""
    say, where = words().say, [state.study.name, one.name or "-"]
    label = f": {round_label(one.name)}" if one.name else ""
    busy = one.importing is not None and not one.importing.has_ended
    read = "busy" if busy else "done" if one.is_entered else "open"
    number = "" if one.counts is None else number_of(one.counts["eligible"], 0, words().language)
    return [
        Task(
            name="register",
            title=say("preparation.register.title") + label,
            state=read,
            told=f"{say('preparation.register.eligible')}: {number}" if number else "",
            address=reverse("preparation_register", args=where),
            link=say("preparation.register.button"),
        ),
        Task(
            name="draw",
            title=say("preparation.draw.title") + label,
            state=_draw_state(state, one),
            told=drawn_told(one),
            address=reverse("preparation_draw", args=where),
            link=say("preparation.draw.title"),
        ),
    ]


def _draw_state(state: StudyState, one: RoundState) -> str:
    """Return how far a draw is."""
    if one.is_drawing:
        return "busy"
    if one.ceremony.drawn is not None:
        return "done"
    return "open" if state.lock is not None and one.is_entered else "later"


def _start_task(name: str, start: Started) -> Task:
    """Return the start."""
    say, number = words().say, number_of(start.taking_part, 0, words().language)
    return Task(
        name="start",
        title=say("preparation.start.title"),
        state="open" if start.to_start else "done" if start.taking_part else "later",
        told=f"{say('preparation.start.taking_part')}: {number}" if start.taking_part else "",
        address=reverse("preparation_start", args=[name]),
        link=say("preparation.start.title"),
    )


def _state_of(job: Job | None) -> str:
    """Return how far the work of a step is."""
    if job is None or not job.has_ended:
        return "open" if job is None else "busy"
    return "done" if job.state == State.DONE else "open"


def frozen_on(lock: Lock) -> str:
    """Say when a protocol was frozen."""
    return words().say("preparation.freeze.frozen", day=words().day(lock.frozen_on))


def drawn_told(one: RoundState) -> str:
    """Say when how many households were drawn; nothing before the draw."""
    drawn = one.ceremony.drawn
    if drawn is None:
        return ""
    last, say = drawn.entries[-1], words()
    number = number_of(last.households, 0, say.language)
    return say.say("preparation.draw.drawn", day=say.day(date.fromisoformat(last.drawn_on)), number=number)


def _told(one: Found) -> ToldFound:
    """Return one finding with its words; a rule of the law is told by what it says."""
    where = one.file if one.line is None else f"{one.file}:{one.line}"
    issue = {"code": one.code, "where": where, "problem": one.problem, "fix": one.fix}
    read = f"preparation.read_in.{one.read_in}"
    return ToldFound(
        found=one,
        told=told_problem(issue, "preparation", "jobs"),
        weight=words().say(f"preparation.weights.{one.weight}"),
        certainty=words().say(read) if one.read_in else "",
    )
