"""What a participant does. Each is one transaction; done again, it writes nothing new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction

from opmaat.core.digest import digest_value
from opmaat.core.errors import Issue
from opmaat.core.month import Month
from opmaat.web.gateway.events import History, Payload, kinds
from opmaat.web.journal.actions import EventRefusedError, Fact, record
from opmaat.web.journal.models import Entry, Municipality
from opmaat.web.journal.queries import household_history
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
    mine = _fresh(own)
    before = consents_of(mine, own.person)
    shown = _shown(own.municipality, body, language)
    written = []
    for purpose, yes in given.items():
        if yes == before.get(purpose, False) or (purpose == "participation" and not yes):
            continue
        entry = _write(
            own, kinds.Consented(purpose, yes), actor, f"{request_key} {purpose}", person=own.person
        )
        ConsentShown(municipality=own.municipality, event_id=entry.event_id, text=shown).save()
        written.append(entry)
    mine = _fresh(own)
    if can_join(mine, own.on) and all_signed(mine, own.adults):
        written.append(_write(own, kinds.SignedUp(), actor, f"{request_key} signed"))
    return written


@transaction.atomic
def choose(*, own: Own, option: str, actor: str, request_key: str) -> Entry | None:
    """Write down a choice; None when the household had chosen this already."""
    now = replace(own, history=_fresh(own))
    chosen = [payload.option for _, payload in now.history.of(kinds.Chose)]
    if chosen and chosen[-1] == option:
        return None
    if not can_choose(now.history, now.arm, own.on):
        raise _refused("choice-not-open", "There is nothing to choose now.")
    return _write(own, kinds.Chose(option), actor, request_key)


@transaction.atomic
def report_earnings(*, own: Own, month: Month, net_cents: int, actor: str, request_key: str) -> Entry | None:
    """Write down what an adult earned in a month; another amount for the same month corrects the first."""
    earlier = [one for one in reported_earnings(_fresh(own), own.person) if one.month == month]
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
    return record(fact, municipality=own.municipality, actor=actor, request_key=request_key)


@transaction.atomic
def stop(*, own: Own, keep_registers: bool, actor: str, request_key: str) -> list[Entry]:
    """Write down that an adult withdraws; of the household's last adult, that the household does.

    Without ``keep_registers`` the consent to link registers is taken back as well.
    """
    history = _fresh(own)
    written = []
    if not keep_registers and consents_of(history, own.person).get("register_linking", False):
        payload = kinds.Consented("register_linking", given=False)
        written.append(_write(own, payload, actor, f"{request_key} registers", person=own.person))
    if not takes_part(history, own.person, own.on) and not can_join(history, own.on):
        return written
    others = [adult for adult in own.adults if adult != own.person and takes_part(history, adult, own.on)]
    if len(own.adults) > 1 and takes_part(history, own.person, own.on):
        written.append(_write(own, kinds.Withdrew(), actor, f"{request_key} adult", person=own.person))
    if not others:
        written.append(_write(own, kinds.Withdrew(), actor, f"{request_key} household"))
    return written


def _fresh(own: Own) -> History:
    """Return the household's history as it is within this transaction."""
    Municipality.objects.wait_for_turn(own.municipality)
    return household_history(own.municipality, own.household.pseudonym)


def _write(own: Own, payload: Payload, actor: str, key: str, person: str | None = None) -> Entry:
    """Write one event of today about the household, or with a person about that adult."""
    fact = Fact(
        study=own.study.name,
        household=own.household.pseudonym,
        person=person,
        payload=payload,
        valid_from=own.on,
    )
    digest = digest_value(key).removeprefix("sha256:")
    return record(fact, municipality=own.municipality, actor=actor, request_key=digest)


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
