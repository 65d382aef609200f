"""What comes back: replies on paper, refusals, and who came to an information meeting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from django.db import transaction
from django.db.models import F

from opmaat.core.digest import digest_value
from opmaat.web.fieldwork.models import Attendance, Meeting
from opmaat.web.gateway.events import kinds
from opmaat.web.journal.actions import Fact, Turn
from opmaat.web.journal.models import Municipality
from opmaat.web.trial import actions as trial
from opmaat.web.trial.models import Study
from opmaat.web.trial.queries import Own


def reply_on_paper(
    *, own: Own, given: Mapping[kinds.Purpose, bool], body: str, language: str, actor: str, request_key: str
) -> None:
    """Write down what an adult ticked and signed on paper; the last signature signs the household up."""
    trial.consent(
        own=own, given=given, body=body, language=language, actor=actor, request_key=f"paper {request_key}"
    )


def refuse(*, own: Own, actor: str, request_key: str) -> None:
    """Write down that a household that was invited does not take part; no reason is asked."""
    trial.stop(own=own, keep_registers=True, actor=actor, request_key=f"refuse {request_key}")


@transaction.atomic
def plan_meeting(*, study: Study, day: date, at: time, place: str) -> Meeting:
    """Plan an information meeting; planned before at that time and place, it is the same one."""
    Municipality.objects.wait_for_turn(study.municipality)
    found = {"municipality": study.municipality, "study": study, "day": day, "time": at, "place": place}
    meeting = Meeting.objects.of(study.municipality).filter(**found).first()
    if meeting is None:
        meeting = Meeting(**found)
        meeting.save()
    return meeting


@transaction.atomic
def came_to_meeting(*, own: Own, meeting: Meeting, actor: str) -> bool:
    """Write down that an adult came to a meeting; tell whether that is new."""
    turn = Turn(own.municipality, own.past)
    mine = Attendance.objects.of(own.municipality)
    if mine.filter(meeting=meeting, person=own.person).exists():
        return False
    fact = Fact(
        study=own.study.name,
        household=own.household.pseudonym,
        person=own.person,
        payload=kinds.InformationMeeting(),
        valid_from=meeting.day,
    )
    key = digest_value(["meeting", meeting.pk, own.person]).removeprefix("sha256:")
    turn.write(fact, actor=actor, request_key=key)
    Attendance(municipality=own.municipality, meeting=meeting, person=own.person).save()
    Meeting.objects.of(own.municipality).filter(pk=meeting.pk).update(came=F("came") + 1)
    return True
