"""Traces and checks in the words of the reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from opmaat.web.audit.queries import EVENTS, Trace
from opmaat.web.gateway.audit import slug_of
from opmaat.web.jobs.models import Job, State
from opmaat.web.theme.issues import ToldProblem, told_problem
from opmaat.web.theme.words import words

_KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class ToldTrace:
    """One trace: when, who, what, and about whom."""

    at: datetime
    actor: str
    what: str
    thing: str
    about: str


def told_trace(trace: Trace) -> ToldTrace:
    """Return a trace in words; what has none stands as it is kept."""
    room = "kinds" if trace.place.source == EVENTS else "things"
    return ToldTrace(
        trace.place.at,
        trace.actor,
        _said(f"audit.what.{trace.what}", trace.what),
        _said(f"audit.{room}.{trace.thing}", trace.thing),
        trace.about,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldItem:
    """A round, report or export that was checked."""

    subject: str
    verdict: str
    is_right: bool
    holds: tuple[tuple[str, str], ...]
    fails: tuple[tuple[str, str], ...]
    problems: tuple[ToldProblem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldCheck:
    """What came of the last check of a kind, in sentences; ``key`` is for the form that asks again."""

    name: str
    key: str
    title: str
    explained: str
    job: Job | None
    state: str
    verdict: str
    items: tuple[ToldItem, ...]
    problems: tuple[ToldProblem, ...]


def told_check(name: str, job: Job | None) -> ToldCheck:
    """Return what came of a check, from its last job."""
    check, say = name.partition(".")[2], words().say
    done = job is not None and job.state == State.DONE
    result: dict[str, Any] = job.result if done and job is not None else {}
    return ToldCheck(
        name=check,
        key=token_hex(_KEY_BYTES),
        title=say(f"audit.jobs.{check}"),
        explained=say(f"audit.explained.{check}"),
        job=job,
        state="never" if job is None else _state(job, result),
        verdict=_verdict(check, result) if result else "",
        items=tuple(_item(one) for one in result.get("items", ())),
        problems=() if job is None else tuple(told_problem(one, "audit", "jobs") for one in job.problems),
    )


def _state(job: Job, result: dict[str, Any]) -> str:
    """Return whether a check is at work, failed, found all right, or found something wrong."""
    if not result:
        return str(job.state)
    return "right" if result["is_right"] else "wrong"


def _verdict(check: str, result: dict[str, Any]) -> str:
    """Return what was found, in sentences."""
    say = words().say
    if check != "journal":
        key = "right" if result["is_right"] else "wrong"
        key = "nothing" if not result["checked"] and result["is_right"] else key
        return say(f"audit.verdict.{check}_{key}", checked=result["checked"], wrong=result["wrong"])
    counted = {name: result[name] for name in ("events", "accesses", "published")}
    if result["is_right"]:
        key = "journal_right" if result["published"] else "journal_first"
        return say(f"audit.verdict.{key}", **counted)
    found = []
    if result["broken_at"] is not None:
        found.append(say("audit.verdict.broken_at", place=result["broken_at"]))
    since = words().day(datetime.fromisoformat(result["since"]).date()) if result["since"] else ""
    if result["events_changed"]:
        found.append(say("audit.verdict.events_changed", day=since))
    if result["accesses_changed"]:
        found.append(say("audit.verdict.accesses_changed", day=since))
    return " ".join([*found, say("audit.verdict.what_now")])


def _item(item: dict[str, Any]) -> ToldItem:
    """Return one thing that was checked."""
    verdict = "waits" if item["waits"] else "right" if item["is_right"] else "wrong"
    named = [part for part in (item["study"], item["subject"]) if part]
    return ToldItem(
        subject=", ".join(named),
        verdict=verdict,
        is_right=item["is_right"],
        holds=tuple(_line(what) for what in item["holds"]),
        fails=tuple(_line(what) for what in item["fails"]),
        problems=tuple(told_problem(issue, "audit", "jobs") for issue in item["issues"]),
    )


def _line(what: str) -> tuple[str, str]:
    """Return a check in words with their language; where there are none, the engine's own, in English."""
    key = f"audit.checks.{slug_of(what)}"
    return (words().say(key), words().language) if words().knows(key) else (what, "en")


def _said(key: str, otherwise: str) -> str:
    """Return a text, or what stands for it."""
    return words().say(key) if words().knows(key) else otherwise
