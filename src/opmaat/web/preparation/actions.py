"""Steps of the preparation. Each is one transaction; taken again, it writes nothing new."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from secrets import token_hex
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet

from opmaat.core.digest import digest_value
from opmaat.core.errors import Issue, NotPermittedError
from opmaat.web import clock
from opmaat.web.gateway.ceremonies import Commitment, ceremony_of, promise_draw, require_value
from opmaat.web.gateway.events import Payload, kinds
from opmaat.web.gateway.preparation import Lock, check_study, freeze_study, is_drawn_after_consent
from opmaat.web.gateway.registers import HouseholdRead, PersonRead
from opmaat.web.jobs.actions import enqueue
from opmaat.web.jobs.models import Job
from opmaat.web.journal.actions import Fact
from opmaat.web.journal.blocks import record_block
from opmaat.web.journal.bulk import insert
from opmaat.web.journal.models import Entry, Municipality
from opmaat.web.people.actions import enter_people
from opmaat.web.people.sealing import Identity
from opmaat.web.preparation.models import Kind, Step
from opmaat.web.preparation.policies import against_first_day, against_start
from opmaat.web.preparation.queries import joined_households, round_key, round_state, start_state
from opmaat.web.trial.models import Adult, Household, Study
from opmaat.web.trial.queries import is_paused, study_folder, study_protocol

_IN_A_BLOCK = 500


@transaction.atomic
def note_step(
    *, study: Study, kind: Kind, key: str, actor: str, details: Mapping[str, Any], round_name: str = ""
) -> Step:
    """Write down that a step was taken; with a key of before it is the step of then."""
    Municipality.objects.wait_for_turn(study.municipality)
    found = Step.objects.of(study.municipality).filter(request_key=key).first()
    if found is not None:
        return found
    step = Step(
        municipality=study.municipality,
        study=study,
        round_name=round_name,
        kind=kind.value,
        request_key=key,
        actor=actor,
        at=clock.now(),
        details=dict(details),
    )
    step.save()
    return step


@transaction.atomic
def freeze(*, study: Study, actor: str) -> Lock:
    """Freeze the protocol of a study.

    Raises NotPermittedError while a fault or a breach of the law is found in it, and ProtocolError when it
    was changed after an earlier freeze.
    """
    Municipality.objects.wait_for_turn(study.municipality)
    folder = study_folder(study)
    if not check_study(folder, "en").is_good:
        problem, fix = (
            "Something in the protocol has to be mended first.",
            "Look at the page of the protocol.",
        )
        raise NotPermittedError([Issue("not-good", "protocol.yaml", problem, fix)])
    lock = freeze_study(folder, today=clock.today())
    details = {"digest": lock.digest}
    note_step(study=study, kind=Kind.FROZEN, key=f"frozen {study.pk}", actor=actor, details=details)
    return lock


@transaction.atomic
def set_threshold(*, study: Study, threshold: int | None, actor: str, request_key: str) -> None:
    """Say how many households must have joined before the start; raises NotPermittedError after the start."""
    if start_state(study).taking_part:
        problem, fix = "The experiment has started.", "Nothing needs to be done."
        raise NotPermittedError([Issue("has-started", "start", problem, fix)])
    Study.objects.of(study.municipality).filter(pk=study.pk).update(start_threshold=threshold)
    details = {"threshold": threshold}
    note_step(study=study, kind=Kind.THRESHOLD, key=request_key, actor=actor, details=details)


@transaction.atomic
def promise(*, study: Study, round_name: str, source: str, form: str, due: date, actor: str) -> Commitment:
    """Publish the commitment to the list of a round.

    Raises NotPermittedError when not everyone on the list was entered yet, or it was committed to before;
    ProtocolError when the protocol is not frozen or was changed.
    """
    Municipality.objects.wait_for_turn(study.municipality)
    state = round_state(study, round_name)
    if not state.is_entered:
        problem, fix = "The register of this round was not read in to its end.", "Read the register in first."
        raise NotPermittedError([Issue("list-not-entered", "register", problem, fix)])
    after_consent = is_drawn_after_consent(study_protocol(study))
    found = promise_draw(
        study_folder(study),
        round_name,
        source=source,
        form=form,
        due=due,
        today=clock.today(),
        joined=joined_households(study, round_name) if after_consent else None,
    )
    note_step(
        study=study,
        round_name=round_name,
        kind=Kind.PROMISED,
        key=f"promised {study.pk} {round_name}",
        actor=actor,
        details={"digest": found.digest(), "households": found.households},
    )
    return found


@dataclass(frozen=True, slots=True)
class AskedDraw:
    """The job of a draw, and whether it is the one that was asked for now: a colleague can be first."""

    job: Job
    is_own: bool


@transaction.atomic
def ask_draw(*, study: Study, round_name: str, public_value: str, actor: str, back: str) -> AskedDraw:
    """Have lots drawn with the public value; of two who ask at the same time one is first.

    Raises UsageError for a value that is not spelled as was promised, and NotPermittedError before the
    promise and after the draw.
    """
    require_value(study_folder(study), round_name, public_value)
    given = {"study": study.pk, "round": round_name, "public_value": public_value}
    job = enqueue(
        municipality=study.municipality,
        name="preparation.draw",
        key=f"{round_key(study, round_name)}draw",
        given=given,
        actor=actor,
        back=back,
    )
    return AskedDraw(job, is_own=job.asked_by == actor and job.given == given)


@transaction.atomic
def ask_start(*, study: Study, first_day: date, actor: str, request_key: str, back: str) -> Job:
    """Have every household start that was told its approach; raises NotPermittedError when it may not be."""
    Municipality.objects.wait_for_turn(study.municipality)
    fresh = Study.objects.of(study.municipality).get(pk=study.pk)
    now = start_state(study)
    issues = [
        *against_start(
            joined=now.joined,
            to_start=now.to_start,
            threshold=fresh.start_threshold,
            has_started=bool(now.taking_part),
            paused=is_paused(study),
        ),
        *against_first_day(first_day, today=clock.today(), drawn_on=_first_draw(study)),
    ]
    if issues:
        raise NotPermittedError(issues)
    return enqueue(
        municipality=study.municipality,
        name="preparation.start",
        key=f"{study.pk} {request_key}",
        given={"study": study.pk, "first_day": first_day.isoformat()},
        actor=actor,
        back=back,
    )


def _first_draw(study: Study) -> date:
    """Return the day on which the first lots of a study were drawn, by the journal."""
    drawn = Entry.objects.of(study.municipality).filter(study=study.name, kind=kinds.Drawn.kind)
    first = drawn.order_by("valid_from").values_list("valid_from", flat=True).first()
    return first or date.min


@transaction.atomic
def enter_households(*, study: Study, round_name: str, households: Sequence[HouseholdRead]) -> None:
    """Enter the households of a list and who their adults are; those that are there are left as they are."""
    municipality = study.municipality
    identities = {
        one.pseudonym: Identity(name=one.name, born=one.born, number=one.number, address=one.address)
        for household in households
        for one in household.persons
    }
    enter_people(municipality=municipality, identities=identities)
    mine = Household.objects.of(municipality)
    there = mine.filter(pseudonym__among=[one.pseudonym for one in households])
    known = dict(there.values_list("pseudonym", "round_name"))
    if set(known.values()) - {round_name}:
        _move_to_round(municipality, there, round_name)
    new = {one.pseudonym: one for one in households if one.pseudonym not in known}
    # Entering people took the turn of the municipality: what comes after the last household is ours.
    last = mine.aggregate(last=Max("pk"))["last"] or 0
    insert(Household, [_household_row(study, round_name, one) for one in new.values()])
    keys = dict(mine.filter(pk__gt=last).values_list("pseudonym", "pk"))
    _enter_adults(municipality, {keys[name]: one.persons for name, one in new.items()})


def _move_to_round(municipality: Municipality, there: QuerySet, round_name: str) -> None:
    """Move households to the round whose list they are on now; who was drawn in an earlier round stays."""
    drawn = Entry.objects.of(municipality).filter(
        kind=kinds.Drawn.kind, household__in=there.values("pseudonym")
    )
    moved = there.exclude(round_name=round_name).exclude(pseudonym__in=drawn.values("household"))
    moved.update(round_name=round_name)


def _household_row(study: Study, round_name: str, household: HouseholdRead) -> dict[str, Any]:
    """Return the row of a household that is entered."""
    return {
        "municipality_id": study.municipality_id,
        "study_id": study.pk,
        "pseudonym": household.pseudonym,
        "round_name": round_name,
        "kind": "single" if len(household.persons) == 1 else "couple",
        "youngest_child_age": None,
        "cost_sharers": 0,
    }


def _enter_adults(municipality: Municipality, households: Mapping[int, Sequence[PersonRead]]) -> None:
    """Enter the adults of households that were just entered; who belongs to another household stays there."""
    household_of = {one.pseudonym: key for key, persons in households.items() for one in persons}
    everyone = Adult.objects.of(municipality)
    there = set(everyone.filter(person__among=household_of).values_list("person", flat=True))
    insert(
        Adult,
        [
            {"municipality_id": municipality.pk, "household_id": key, "person": person}
            for person, key in household_of.items()
            if person not in there
        ],
    )


@transaction.atomic
def leave_out(*, study: Study, round_name: str, listed: Collection[str]) -> int:
    """Take households out that an earlier list of the round had and this one has not; return how many.

    Who has a history in the journal stays.
    """
    municipality = study.municipality
    mine = Household.objects.of(municipality).filter(study=study, round_name=round_name)
    gone = set(mine.values_list("pseudonym", flat=True)) - set(listed)
    if not gone:
        return 0
    known = Entry.objects.of(municipality).filter(study=study.name).values("household")
    stale = [
        row for row in mine.exclude(pseudonym__in=known).only("pk", "pseudonym") if row.pseudonym in gone
    ]
    for start in range(0, len(stale), _IN_A_BLOCK):
        keys = [row.pk for row in stale[start : start + _IN_A_BLOCK]]
        Adult.objects.of(municipality).filter(household__in=keys).delete()
        Household.objects.of(municipality).filter(pk__in=keys).delete()
    return len(stale)


def record_for(*, study: Study, households: Sequence[str], payload: Payload, day: date, actor: str) -> int:
    """Write one event for each of some households, once; return for how many it cannot follow."""
    facts = {
        _event_key(study, household, payload): Fact(
            study=study.name, household=household, person=None, payload=payload, valid_from=day
        )
        for household in households
    }
    return len(record_block(facts, municipality=study.municipality, actor=actor))


def _event_key(study: Study, household: str, payload: Payload) -> str:
    """Return the key under which an event of the preparation is written once."""
    return digest_value(["preparation", study.name, household, payload.kind]).removeprefix("sha256:")


@transaction.atomic
def ask_import(
    *,
    study: Study,
    round_name: str,
    upload: str,
    day: date,
    city: str,
    set_aside: bool,
    actor: str,
    back: str,
) -> Job:
    """Have a register read in; raises NotPermittedError when the list of the round was committed to."""
    if ceremony_of(study_folder(study), round_name).commitment is not None:
        problem = "The list of this round was committed to, and is closed."
        fix = "Later households are drawn in a round of their own."
        raise NotPermittedError([Issue("closed-list", "register", problem, fix)])
    given = {
        "study": study.pk,
        "round": round_name,
        "upload": upload,
        "day": day.isoformat(),
        "city": city,
        "set_aside": set_aside,
    }
    before = Step.objects.of(study.municipality).filter(
        study=study, round_name=round_name, kind=Kind.IMPORTED.value
    )
    digest = digest_value([given, before.count()]).removeprefix("sha256:")
    return enqueue(
        municipality=study.municipality,
        name="preparation.import_register",
        key=f"{round_key(study, round_name)}{digest[:40]}",
        given=given,
        actor=actor,
        back=back,
    )


def note_taken_out(*, study: Study, round_name: str, what: str, actor: str) -> None:
    """Write down that a file of the preparation was taken out."""
    note_step(
        study=study,
        round_name=round_name,
        kind=Kind.TAKEN_OUT,
        key=f"taken out {token_hex(16)}",
        actor=actor,
        details={"what": what},
    )
