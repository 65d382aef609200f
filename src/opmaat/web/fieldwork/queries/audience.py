"""Who a letter can go to now: households by stage, adults by wave. None of it looks at an arm.

The order is that of pseudonyms, which has nothing to do with who people are.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from opmaat.web.fieldwork.models import Letter, LetterKind, Member, Place, SentTo
from opmaat.web.fieldwork.policies import STAGE_OF, stuck_before, subject_of
from opmaat.web.gateway.fieldwork import Stage, drawn_before_invitation
from opmaat.web.gateway.studies import questionnaire_of
from opmaat.web.gateway.waves import reminder_due, wave_opens
from opmaat.web.trial.models import Adult, Household, Study
from opmaat.web.trial.queries import study_folder, study_protocol


def households_for(study: Study, kind: LetterKind, *, today: date, round_name: str | None = None) -> QuerySet:
    """Return the households to which a letter of invitation, reminder or arm can go, in order.

    They are those of one round, or without a name of all. Where the plan draws before it invites, who was
    not drawn yet is not invited.
    """
    found = Household.objects.of(study.municipality).filter(study=study)
    if round_name is not None:
        found = found.filter(round_name=round_name)
    here = {"household": OuterRef("pseudonym")}
    if _is_invited_undrawn(study, kind):
        other = Place.objects.of(study.municipality).filter(**here).exclude(stage=STAGE_OF[kind])
        found = found.filter(~Exists(other))
    else:
        found = found.filter(Exists(_places_for(study, kind, today=today).filter(**here)))
    return found.filter(~Exists(_open_letters(study, kind, household=OuterRef("pk")))).order_by("pseudonym")


def count_for(study: Study, kind: LetterKind, *, today: date) -> int:
    """Return how many households :func:`households_for` has in all rounds."""
    if _is_invited_undrawn(study, kind):
        return households_for(study, kind, today=today).count()
    # Households need not be looked at: who is at a stage has a place.
    letters = _open_letters(study, kind, household__pseudonym=OuterRef("household"))
    return _places_for(study, kind, today=today).filter(~Exists(letters)).count()


def _is_invited_undrawn(study: Study, kind: LetterKind) -> bool:
    """Tell whether a letter goes to households of which nothing happened yet, so that they have no place."""
    return kind == LetterKind.INVITATION and not drawn_before_invitation(study_protocol(study))


def _places_for(study: Study, kind: LetterKind, *, today: date) -> QuerySet:
    """Return the places from which a letter can be sent, whether or not one was."""
    found = Place.objects.of(study.municipality).filter(study=study.name, stage=STAGE_OF[kind])
    if kind == LetterKind.INVITATION:
        return found.filter(drawn=True)
    if kind == LetterKind.REMINDER:
        return found.filter(invited_on__lte=stuck_before(Stage.INVITED, today))
    return found


def _open_letters(study: Study, kind: LetterKind, **household: OuterRef) -> QuerySet:
    """Return the letters of a kind, sent or to be sent, to the household of the outer query."""
    letters = Letter.objects.of(study.municipality).filter(mailing__kind=kind.value, **household)
    return letters.filter(subject=subject_of(kind))


def adults_of(study: Study, households: list[int]) -> dict[int, list[str]]:
    """Return the pseudonyms of the adults of some households, by the key of the household."""
    found: dict[int, list[str]] = {}
    rows = Adult.objects.of(study.municipality).filter(household__in=households).order_by("person")
    for household, person in rows.values_list("household", "person"):
        found.setdefault(household, []).append(person)
    return found


def start_days(study: Study) -> list[date]:
    """Return the days on which adults started who can be sent questionnaires."""
    found = Member.objects.of(study.municipality).filter(study=study.name, is_asked=True)
    return list(found.exclude(started_on=None).values_list("started_on", flat=True).distinct())


def members_for(study: Study, wave: str, *, today: date, days: Iterable[date]) -> QuerySet:
    """Return the adults to whom a wave is to be sent now: asked, within the window, and not sent yet.

    ``days`` are those of :func:`start_days`.
    """
    asked = questionnaire_of(study_folder(study))
    starts = [day for day in days if asked is not None and wave_opens(asked, wave, day).covers(today)]
    sent = SentTo.objects.of(study.municipality).filter(person=OuterRef("person"), wave=wave)
    letter = _letters(study, subject_of(LetterKind.WAVE, wave))
    members = Member.objects.of(study.municipality).filter(study=study.name, is_asked=True)
    open_now = members.filter(started_on__in=starts)
    return open_now.filter(~Exists(sent), ~Exists(letter)).order_by("person")


def reminders_for(study: Study, wave: str, turn: int, *, today: date, days: Iterable[date]) -> QuerySet:
    """Return to whom the reminder ``turn`` of a wave is to be sent now: sent and not answered.

    It looks at the day of the start (``days`` are those of :func:`start_days`) and at nothing else: not at
    how far someone is in the questionnaire.
    """
    starts = [day for day in days if _reminder(study, wave, day, today=today) == turn]
    letter = _letters(study, subject_of(LetterKind.WAVE_REMINDER, wave, turn))
    member = Member.objects.of(study.municipality).filter(person=OuterRef("person"), is_asked=True)
    found = SentTo.objects.of(study.municipality).filter(study=study.name, wave=wave, answered_on=None)
    return found.filter(
        Exists(member),
        ~Exists(letter),
        started_on__in=starts,
        sent_on__lt=today,
    ).order_by("person")


def _letters(study: Study, subject: str) -> QuerySet:
    """Return the letters about a subject to the adult of the outer query."""
    return Letter.objects.of(study.municipality).filter(person=OuterRef("person"), subject=subject)


def _reminder(study: Study, wave: str, start: date, *, today: date) -> int:
    """Return the number of the reminder whose day has come; 0 before the first and after the last day."""
    asked = questionnaire_of(study_folder(study))
    return 0 if asked is None else reminder_due(asked, wave, start, today=today)
