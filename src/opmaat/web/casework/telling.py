"""What an arm means and what happened, in the words of a caseworker, each with its article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from opmaat.core.month import Month
from opmaat.pages.numbers import percentage
from opmaat.web.casework.actions import ArmForbidsError, UncertainError
from opmaat.web.casework.queries import Dossier, PersonShown
from opmaat.web.gateway.arms import DutyNow, OwnArm, Stretch, own_arm
from opmaat.web.gateway.casework import DueNow
from opmaat.web.gateway.events import kinds
from opmaat.web.theme.words import words
from opmaat.web.trial.telling import Told, told_event

_DISREGARD = "art. 31.2.n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmTold:
    """What the arm means for an adult on a day: its name, one line of what holds, and what is not certain."""

    person: PersonShown
    label: str
    line: str
    uncertain: tuple[str, ...]
    state_told: str


def told_arm(file: Dossier, person: PersonShown) -> ArmTold:
    """Return what the arm of a household means for one of its adults; before it was told, that it was not."""
    say, found = words(), _own_arm(file, person)
    adult = file.history.adults.get(person.person)
    state = "" if adult is None else say.say(f"casework.adult.{adult.on(file.on)}")
    if found is None:
        line = say.say("casework.arm.not_told")
        return ArmTold(person=person, label="", line=line, uncertain=(), state_told=state)
    label = found.told.label.in_language(say.language)
    if found.arm is not found.told:
        label = f"{label}: {found.arm.label.in_language(say.language)}"
    parts = list(_parts(file, person, found)) or [say.say("casework.arm.ordinary")]
    return ArmTold(
        person=person,
        label=label,
        line="; ".join(parts),
        uncertain=tuple(_uncertain(one) for one in found.duties if one.answer.verdict == "unverified"),
        state_told=state,
    )


def _own_arm(file: Dossier, person: PersonShown) -> OwnArm | None:
    return own_arm(file.history, file.protocol, person.person, born=person.identity.born, on=file.on)


def _parts(file: Dossier, person: PersonShown, found: OwnArm) -> Iterator[str]:
    """Yield what the arm gives, and what was restored."""
    say = words()
    for duty in found.duties:
        if duty.lifted is not None:
            yield _lifted(duty, duty.lifted)
    yield from _restored(file, person, found)
    if found.disregarded is not None and found.disregard is not None:
        stretch = found.disregarded
        if stretch.first_day <= file.on <= stretch.last_day:
            rate = percentage(found.disregard.rate_bp / 10_000, say.language, 0)
            what = say.say("casework.arm.disregard", rate=rate)
            yield _until(what, stretch, _DISREGARD, "trial")
    if found.contacts_per_month is not None:
        yield say.say("casework.arm.contacts", number=found.contacts_per_month)
    if found.must_choose:
        yield say.say("casework.arm.must_choose")


def _lifted(duty: DutyNow, stretch: Stretch) -> str:
    """Say which duty is lifted until when, by its article and the ground."""
    what = words().say(f"casework.arm.no.{duty.duty.value}")
    return _until(what, stretch, duty.article, "" if duty.ground is None else duty.ground.value)


def _until(what: str, stretch: Stretch, article: str, ground: str) -> str:
    """Say what holds up to and including which day, by which article and on which ground."""
    say = words()
    key = "casework.arm.until" if stretch.decided else "casework.arm.until_planned"
    return say.say(
        key,
        what=what,
        last=say.day(stretch.last_day),
        article=article,
        ground=say.say(f"casework.arm.ground.{ground}"),
    )


def _restored(file: Dossier, person: PersonShown, found: OwnArm) -> Iterator[str]:
    """Yield the duties that hold again, or will, by a decision."""
    say = words()
    article = {duty.duty.value: duty.article for duty in found.duties}
    for event, payload in file.history.of(kinds.DutyRestored, person.person):
        key = "casework.arm.again" if event.valid_from <= file.on else "casework.arm.again_later"
        what = say.say(f"casework.arm.has.{payload.duty}")
        yield say.say(key, what=what, first=say.day(event.valid_from), article=article[payload.duty])


def _uncertain(duty: DutyNow) -> str:
    """Say that it was not found whether a duty holds."""
    return words().say(f"casework.arm.uncertain.{duty.duty.value}", article=duty.article)


def told_refusal(error: ArmForbidsError) -> str:
    """Say that the arm forbids a sanction, with the ground and its article."""
    say, duty = words(), error.duty
    if duty.lifted is None:
        reason = duty.answer.reason.in_language(say.language)
        return say.say(
            "casework.refused.no_duty",
            day=say.day(error.day),
            reason=reason,
            article=duty.answer.article,
        )
    return say.say(
        "casework.refused.lifted",
        day=say.day(error.day),
        what=_lifted(duty, duty.lifted),
        ground=duty.answer.article,
    )


def told_uncertainty(error: UncertainError) -> str:
    """Say what was not found about a duty."""
    duty, say = error.duty, words()
    reason = duty.answer.reason.in_language(say.language)
    return say.say("casework.refused.uncertain", reason=reason, article=duty.answer.article)


def told_due(one: DueNow, people: Sequence[PersonShown], on: date) -> dict[str, Any]:
    """Return one thing that is due in words: what, for whom of several, since when, and if it is late."""
    say = words()
    detail = say.month(Month.parse(one.detail)) if one.detail else ""
    names = [person.name for person in people if len(people) > 1 and person.person == one.person]
    return {
        "what": ", ".join([say.say(f"casework.due.{one.what}", detail=detail), *names]),
        "is_late": one.on < on,
        "since": say.day(one.on),
        "detail": one.detail,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event of the history: what it says, about whom, and what was written beside it."""

    told: Told
    name: str
    note: str


def told_history(file: Dossier, *, most: int | None) -> list[Line]:
    """Return the events of a file in words, the last first; ``most`` is how many, None for all.

    What was corrected or taken back is left out: the history has what stands.
    """
    names = {one.person: one.name for one in file.people} if len(file.people) > 1 else {}
    events = file.history.events[::-1][:most]
    return [
        Line(
            told=told_event(event.as_dict(), file.protocol, kinds="casework.kinds"),
            name=names.get(event.person or "", ""),
            note=file.notes.get(event.id, ""),
        )
        for event in events
    ]
