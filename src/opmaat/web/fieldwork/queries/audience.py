"""Who a letter can go to now: households by stage, adults by wave. None of it looks at an arm.

The order is that of pseudonyms, which has nothing to do with who people are.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from opmaat.web.fieldwork.models import Letter, LetterKind, Member, Place, SentTo
from opmaat.web.fieldwork.policies import STAGE_OF, stuck_before, subject_of
from opmaat.web.gateway.fieldwork import Stage, drawn_before_invitation
from opmaat.web.gateway.studies import questionnaire_of
from opmaat.web.gateway.waves import reminder_due, wave_opens
from opmaat.web.trial.models import Adult, Household, Study
from opmaat.web.trial.queries import study_folder, study_protocol


def households_for(study: Study, kind: LetterKind, *, round_name: str, today: date) -> QuerySet:
    """Return the households to which a letter of invitation, reminder or arm can go, in order.

    Where the plan draws before it invites, who was not drawn yet is not invited.
    """
    place = Place.objects.of(study.municipality).filter(household=OuterRef("pseudonym"))
    open_letter = Letter.objects.of(study.municipality).filter(
        household=OuterRef("pk"), subject=subject_of(kind)
    )
    found = Household.objects.of(study.municipality).filter(study=study, round_name=round_name)
    if kind == LetterKind.INVITATION and not drawn_before_invitation(study_protocol(study)):
        found = found.filter(~Exists(place.exclude(stage=STAGE_OF[kind])))
    elif kind == LetterKind.INVITATION:
        found = found.filter(Exists(place.filter(stage=STAGE_OF[kind], drawn=True)))
    else:
        here = place.filter(stage=STAGE_OF[kind])
        if kind == LetterKind.REMINDER:
            here = here.filter(invited_on__lte=stuck_before(Stage.INVITED, today))
        found = found.filter(Exists(here))
    return found.filter(~Exists(open_letter)).order_by("pseudonym")


def adults_of(study: Study, households: list[int]) -> dict[int, list[str]]:
    """Return the pseudonyms of the adults of some households, by the key of the household."""
    found: dict[int, list[str]] = {}
    rows = Adult.objects.of(study.municipality).filter(household__in=households).order_by("person")
    for household, person in rows.values_list("household", "person"):
        found.setdefault(household, []).append(person)
    return found


def members_for(study: Study, wave: str, *, today: date) -> QuerySet:
    """Return the adults to whom a wave is to be sent now: asked, within the window, and not sent yet."""
    starts = list(_starts(study, wave, today=today))
    sent = SentTo.objects.of(study.municipality).filter(person=OuterRef("person"), wave=wave)
    letter = _letters(study, subject_of(LetterKind.WAVE, wave))
    members = Member.objects.of(study.municipality).filter(study=study.name, is_asked=True)
    places = Place.objects.of(study.municipality).filter(household=OuterRef("household"))
    asked = Exists(places.exclude(stage=Stage.WITHDREW.value))
    open_now = members.filter(asked, started_on__in=starts)
    return open_now.filter(~Exists(sent), ~Exists(letter)).order_by("person")


def reminders_for(study: Study, wave: str, turn: int, *, today: date) -> QuerySet:
    """Return to whom the reminder ``turn`` of a wave is to be sent now: sent and not answered.

    It looks at the day of the start and at nothing else: not at how far someone is in the questionnaire.
    """
    starts = [start for start in _days(study, wave) if _reminder(study, wave, start, today=today) == turn]
    letter = _letters(study, subject_of(LetterKind.WAVE_REMINDER, wave, turn))
    member = Member.objects.of(study.municipality).filter(person=OuterRef("person"), is_asked=True)
    places = Place.objects.of(study.municipality).filter(household=OuterRef("household"))
    found = SentTo.objects.of(study.municipality).filter(study=study.name, wave=wave, answered_on=None)
    return found.filter(
        Exists(member),
        Exists(places.exclude(stage=Stage.WITHDREW.value)),
        ~Exists(letter),
        started_on__in=starts,
        sent_on__lt=today,
    ).order_by("person")


def _letters(study: Study, subject: str) -> QuerySet:
    """Return the letters about a subject to the adult of the outer query."""
    return Letter.objects.of(study.municipality).filter(person=OuterRef("person"), subject=subject)


def _days(study: Study, wave: str) -> list[date]:
    """Return the days on which adults started to whom a wave was sent."""
    found = SentTo.objects.of(study.municipality).filter(study=study.name, wave=wave, answered_on=None)
    return list(found.exclude(started_on=None).values_list("started_on", flat=True).distinct())


def _starts(study: Study, wave: str, *, today: date) -> Iterator[date]:
    """Yield the days of start for which a wave is open."""
    found = Member.objects.of(study.municipality).filter(study=study.name, is_asked=True)
    asked = questionnaire_of(study_folder(study))
    for start in found.exclude(started_on=None).values_list("started_on", flat=True).distinct():
        if asked is not None and wave_opens(asked, wave, start).covers(today):
            yield start


def _reminder(study: Study, wave: str, start: date, *, today: date) -> int:
    """Return the number of the reminder whose day has come; 0 before the first and after the last day."""
    asked = questionnaire_of(study_folder(study))
    return 0 if asked is None else reminder_due(asked, wave, start, today=today)
