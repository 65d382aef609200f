"""What a participant does. Each is one transaction; done again, it writes nothing new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction

from opmaat.core.digest import digest_value
from opmaat.core.errors import Issue
from opmaat.core.month import Month
from opmaat.web.gateway.events import Payload, kinds
from opmaat.web.journal.actions import EventRefusedError, Fact, Turn
from opmaat.web.journal.models import Entry, Municipality
from opmaat.web.trial.models import Adult, ConsentShown, Household, ShownText, Study
from opmaat.web.trial.policies import all_signed, can_choose, can_join, consents_of, takes_part
from opmaat.web.trial.queries import Own, reported_earnings


@transaction.atomic
def enter_household(
    *,
    study: Study,
    pseudonym: str,
    adults: tuple[str, ...],
    round_name: str = "",
    cost_sharers: int = 0,
    youngest_child_age: int | None = None,
) -> Household:
    """Enter a household that can be invited, with its adults."""
    household = Household(
        municipality=study.municipality,
        study=study,
        pseudonym=pseudonym,
        round_name=round_name,
        kind="single" if len(adults) == 1 else "couple",
        cost_sharers=cost_sharers,
        youngest_child_age=youngest_child_age,
    )
    household.save()
    for person in adults:
        Adult(municipality=study.municipality, household=household, person=person).save()
    return household


@transaction.atomic
def consent(
    *, own: Own, given: Mapping[kinds.Purpose, bool], body: str, language: str, actor: str, request_key: str
) -> list[Entry]:
    """Write down what an adult consents to, with the text as it was shown; the last signature signs up.

    Only what differs from the last word is written. Taking back the consent to take part is :func:`stop`.
    """
    turn = Turn(own.municipality, own.past)
    before = consents_of(turn.history, own.person)
    shown = _shown(own.municipality, body, language)
    written = []
    for purpose, yes in given.items():
        if yes == before.get(purpose, False) or (purpose == "participation" and not yes):
            continue
        fact = _today(own, kinds.Consented(purpose, yes), person=own.person)
        entry = turn.write(fact, actor=actor, request_key=_key(request_key, purpose))
        ConsentShown(municipality=own.municipality, event_id=entry.event_id, text=shown).save()
        written.append(entry)
    if can_join(turn.history, own.on) and all_signed(turn.history, own.adults):
        fact = _today(own, kinds.SignedUp())
        written.append(turn.write(fact, actor=actor, request_key=_key(request_key, "signed")))
    return written


@transaction.atomic
def choose(*, own: Own, option: str, actor: str, request_key: str) -> Entry | None:
    """Write down a choice; None when the household had chosen this already."""
    turn = Turn(own.municipality, own.past)
    chosen = [payload.option for _, payload in turn.history.of(kinds.Chose)]
    if chosen and chosen[-1] == option:
        return None
    if not can_choose(turn.history, replace(own, past=turn.past).arm, own.on):
        raise _refused("choice-not-open", "There is nothing to choose now.")
    return turn.write(_today(own, kinds.Chose(option)), actor=actor, request_key=request_key)


@transaction.atomic
def report_earnings(*, own: Own, month: Month, net_cents: int, actor: str, request_key: str) -> Entry | None:
    """Write down what an adult earned in a month; another amount for the same month corrects the first."""
    turn = Turn(own.municipality, own.past)
    earlier = [one for one in reported_earnings(turn.history, own.person) if one.month == month]
    if earlier and earlier[0].net_cents == net_cents:
        return None
    fact = Fact(
        study=own.study.name,
        household=own.household.pseudonym,
        person=own.person,
        payload=kinds.EarningsReported(net_cents),
        valid_from=month.first_day,
        corrects=earlier[0].event_id if earlier else None,
    )
    return turn.write(fact, actor=actor, request_key=request_key)


@transaction.atomic
def stop(*, own: Own, keep_registers: bool, actor: str, request_key: str) -> list[Entry]:
    """Write down that an adult withdraws; of the household's last adult, that the household does.

    Without ``keep_registers`` the consent to link registers is taken back as well.
    """
    turn = Turn(own.municipality, own.past)
    history, facts = turn.history, {}
    if not keep_registers and consents_of(history, own.person).get("register_linking", False):
        payload = kinds.Consented("register_linking", given=False)
        facts["registers"] = _today(own, payload, person=own.person)
    takes = takes_part(history, own.person, own.on)
    if takes or can_join(history, own.on):
        others = [adult for adult in own.adults if adult != own.person and takes_part(history, adult, own.on)]
        if len(own.adults) > 1 and takes:
            facts["adult"] = _today(own, kinds.Withdrew(), person=own.person)
        if not others:
            facts["household"] = _today(own, kinds.Withdrew())
    return [
        turn.write(fact, actor=actor, request_key=_key(request_key, part)) for part, fact in facts.items()
    ]


def _today(own: Own, payload: Payload, *, person: str | None = None) -> Fact:
    """Return something of today about the household, or with a person about that adult."""
    return Fact(
        study=own.study.name,
        household=own.household.pseudonym,
        person=person,
        payload=payload,
        valid_from=own.on,
    )


def _key(request_key: str, part: str) -> str:
    """Return a key of its own for one event of several that a request leads to."""
    return digest_value(f"{request_key} {part}").removeprefix("sha256:")


def _shown(municipality: Municipality, body: str, language: str) -> ShownText:
    """Return the row of a text, made when it is shown for the first time."""
    digest = digest_value([language, body])
    found = ShownText.objects.of(municipality).filter(digest=digest).first()
    if found is None:
        found = ShownText(municipality=municipality, digest=digest, language=language, body=body)
        found.save()
    return found


def _refused(code: str, problem: str) -> EventRefusedError:
    """Say why something cannot be done now."""
    return EventRefusedError([Issue(code, "choice", problem, "Look at your part again.")])
