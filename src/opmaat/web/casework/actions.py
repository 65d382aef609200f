"""What a caseworker writes down and decides. Each is one transaction; done again, it writes nothing new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any

from django.db import transaction

from opmaat.core.digest import digest_value
from opmaat.core.errors import Issue, NotPermittedError
from opmaat.core.month import Month
from opmaat.web import clock
from opmaat.web.accounts.models import Account
from opmaat.web.casework.models import Cover, Decision, File, Note
from opmaat.web.casework.policies import NEEDS_CASEWORKER, can_cover, forbids_sanction, is_uncertain
from opmaat.web.casework.projection import rows_in
from opmaat.web.casework.queries import Dossier, histories_of_households
from opmaat.web.gateway.arms import DutyNow, duties_on
from opmaat.web.gateway.events import History, Payload, kinds
from opmaat.web.gateway.settlement import MonthShown, Settled, claim_cents
from opmaat.web.journal.actions import Fact, RequestUsedError, Turn, note_access
from opmaat.web.journal.models import Entry, Municipality
from opmaat.web.journal.queries import past_of
from opmaat.web.people.sealing import seal_text
from opmaat.web.trial import actions as trial


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who asks for something, and the key of the request."""

    actor: str
    request_key: str


class ArmForbidsError(NotPermittedError):
    """A duty may not be enforced on a day; ``duty`` says why."""

    def __init__(self, duty: DutyNow, day: date) -> None:
        problem = f"The duty of {duty.article} may not be enforced on {day}: {duty.answer.article}."
        super().__init__([Issue("duty-lifted", duty.duty.value, problem, "Look at what the arm lifts.")])
        self.duty, self.day = duty, day


class UncertainError(NotPermittedError):
    """Whether a duty may be enforced is not verified, and the caseworker did not say to have seen that."""

    def __init__(self, duty: DutyNow) -> None:
        problem = f"Whether {duty.article} may be enforced was not found."
        super().__init__([Issue("not-verified", duty.duty.value, problem, "Ask, or say that you saw this.")])
        self.duty = duty


class ChangedError(NotPermittedError):
    """What is confirmed is not what it comes to any more."""


@transaction.atomic
def write_down(
    *, file: Dossier, person: str | None, payload: Payload, day: date, by: By, note: str = ""
) -> Entry | None:
    """Write down one thing that happened, with a note beside it; None when it stands there already.

    The same thing about the same adult on the same day, by the same caseworker, is one thing: from two tabs,
    or typed twice.
    """
    turn = Turn(file.municipality, file.past)
    for event in turn.history.events:
        same = (event.person, event.payload, event.valid_from, event.actor)
        if same == (person, payload, day, by.actor):
            return None
    fact = _fact(file, payload, person=person, day=day)
    entry = turn.write(fact, actor=by.actor, request_key=by.request_key)
    if note.strip():
        _keep_note(file.municipality, entry, note.strip())
    return entry


@transaction.atomic
def decide(
    *, file: Dossier, person: str | None, payloads: Sequence[Payload], day: date, by: By
) -> list[Entry]:
    """Write down a decision that is several events, such as of one duty each; those that stand are left."""
    turn = Turn(file.municipality, file.past)
    known = {(event.person, event.payload) for event in turn.history.events}
    return [
        turn.write(
            _fact(file, payload, person=person, day=day),
            actor=by.actor,
            request_key=_key_of(by, repr(payload)),
        )
        for payload in payloads
        if (person, payload) not in known
    ]


@transaction.atomic
def sanction(
    *,
    file: Dossier,
    person: str,
    payload: kinds.Sanctioned,
    breach: date,
    first_day: date,
    seen: bool,
    by: By,
) -> Entry | None:
    """Write down a reduction of art. 18 for the breach of a duty.

    Raises ArmForbidsError when the duty may not be enforced on the day of the breach, or on the first day of
    the reduction; UncertainError when that was not found, and the caseworker has not ``seen`` so.
    """
    born, turn = file.adult(person).identity.born, Turn(file.municipality, file.past)
    for day in (breach, first_day):
        found = duties_on(turn.history, file.protocol, person, born=born, on=day)
        duty = next(one for one in found if one.duty == payload.duty)
        if forbids_sanction(duty):
            raise ArmForbidsError(duty, day)
        if is_uncertain(duty) and not seen:
            raise UncertainError(duty)
    return write_down(file=file, person=person, payload=payload, day=first_day, by=by)


@transaction.atomic
def enter_earnings(*, file: Dossier, person: str, month: Month, net_cents: int, by: By) -> Entry | None:
    """Write down what an adult earned in a month, as the adult could; another amount corrects the first."""
    return trial.report_earnings(
        own=file.own(person),
        month=month,
        net_cents=net_cents,
        actor=by.actor,
        request_key=by.request_key,
    )


@transaction.atomic
def settle_month(*, file: Dossier, settled: Settled, month: Month, expected: str, by: By) -> Decision | None:
    """Decide on a month as it was shown; None when there is nothing to decide, or it was decided already.

    More than was paid: that is paid now, in the place of the earlier payment. Less: the difference was paid
    too much. Raises ChangedError when the month does not come to what was shown (``expected``) any more.
    """
    of_file = Entry.objects.of(file.municipality).filter(household=file.household.pseudonym)
    earlier = of_file.filter(request_key=by.request_key).first()
    if earlier is not None:
        return Decision.objects.of(file.municipality).filter(event_id=earlier.event_id).first()
    # The dossier was read before this transaction: it must still be what the journal says.
    turn = Turn(file.municipality, file.past)
    if turn.history.events != file.history.events or settled.digest(month) != expected:
        raise ChangedError([Issue("changed", str(month), "The month changed meanwhile.", "Look again.")])
    shown = settled.shown(month)
    if not shown.is_open:
        return None
    set_off = settled.figures(month)["set_off"]
    if set_off > claim_cents(file.history, month):
        raise ChangedError([Issue("claim", str(month), "More is kept back than may be.", "Look again.")])
    entry = _decided(turn, file, shown, set_off, by)
    decision = Decision(
        municipality=file.municipality,
        event_id=entry.event_id,
        household=file.household.pseudonym,
        month=str(month),
        decided_on=clock.today(),
        content=_content(settled, shown),
    )
    decision.save()
    return decision


def _decided(turn: Turn, file: Dossier, shown: MonthShown, set_off: int, by: By) -> Entry:
    """Write the event of a decision on a month: what is paid for it, or was paid too much."""
    fact = partial(_fact, file, person=None, day=shown.month.first_day)
    too_much = max(0, (shown.paid_cents or 0) - shown.comes_to_cents)
    found = _of_month(turn.history, kinds.OverpaymentFound, shown.month)
    if too_much:
        again = fact(kinds.OverpaymentFound(too_much), corrects=found)
        return turn.write(again, actor=by.actor, request_key=by.request_key)
    paid = _of_month(turn.history, kinds.BenefitPaid, shown.month)
    if found is not None:
        reason = kinds.Retracted("the month was settled again")
        retracted = fact(reason, corrects=found)
        turn.write(retracted, actor=by.actor, request_key=_key_of(by, repr(reason)))
    now = fact(kinds.BenefitPaid(shown.comes_to_cents, set_off_cents=set_off), corrects=paid)
    return turn.write(now, actor=by.actor, request_key=by.request_key)


def _of_month(history: History, kind: type[Payload], month: Month) -> str | None:
    """Return the id of the event of a kind that stands about a month."""
    found = [event.id for event, _ in history.of(kind) if Month.of(event.valid_from) == month]
    return found[-1] if found else None


def _content(settled: Settled, shown: MonthShown) -> dict[str, Any]:
    """Return what a letter tells of a month."""
    return {
        "figures": settled.figures(shown.month),
        "paid_before": shown.paid_cents,
        "excess_before": shown.excess_cents,
        "change": shown.change_cents,
        "told": {"nl": settled.told(shown.month, "nl"), "en": settled.told(shown.month, "en")},
        "steps": {"nl": settled.steps(shown.month, "nl"), "en": settled.steps(shown.month, "en")},
    }


@transaction.atomic
def cover(*, account: Account, colleague: str, last_day: date, reason: str, by: By) -> Cover | None:
    """Take a colleague's files over from today on, and write down that it was done; None when sent again."""
    today = clock.today()
    municipality = account.municipality
    earlier = Cover.objects.of(municipality).filter(request_key=by.request_key).first()
    if earlier is not None and (earlier.actor, earlier.colleague) != (by.actor, colleague):
        raise RequestUsedError
    if earlier is not None:
        return None
    if not can_cover(today, last_day):
        raise NotPermittedError(
            [Issue("cover-too-long", "last_day", "A month at most.", "Give an earlier day.")]
        )
    row = Cover(
        municipality=municipality,
        request_key=by.request_key,
        actor=by.actor,
        colleague=colleague,
        first_day=today,
        last_day=last_day,
        reason=reason,
    )
    row.save()
    note_access(
        municipality=municipality,
        actor=by.actor,
        action="cover",
        thing="caseload",
        about=colleague.rpartition(":")[2],
    )
    return row


@transaction.atomic
def assign(*, municipality: Municipality, study: str, household: str, worker: str, by: By) -> Entry | None:
    """Give a household a caseworker; None when it has this one already."""
    turn = Turn(municipality, past_of(municipality, household))
    workers = [payload.worker for _, payload in turn.history.of(kinds.CaseworkerAssigned)]
    if workers and workers[-1] == worker:
        return None
    fact = Fact(
        study=study,
        household=household,
        person=None,
        payload=kinds.CaseworkerAssigned(worker),
        valid_from=clock.today(),
    )
    return turn.write(fact, actor=by.actor, request_key=by.request_key)


@transaction.atomic
def divide(*, municipality: Municipality, giver: str, worker: str, most: int, by: By) -> int:
    """Give a caseworker files of another, or with an empty ``giver`` of nobody; return how many.

    They are taken in the order of their pseudonyms, which has nothing to do with their arms.
    """
    Municipality.objects.wait_for_turn(municipality)
    rows = File.objects.of(municipality).filter(worker=giver, participation__in=NEEDS_CASEWORKER)
    given = 0
    for file in rows.order_by("household")[:most]:
        one = By(actor=by.actor, request_key=_key_of(by, file.household))
        entry = assign(
            municipality=municipality, study=file.study, household=file.household, worker=worker, by=one
        )
        given += entry is not None
    return given


@transaction.atomic
def bring_up_to_date(*, municipality: Municipality, households: list[str], on: date) -> None:
    """Work out what is due on a day for the files of some households, last worked out on another."""
    old = list(File.objects.of(municipality).filter(household__among=households))
    histories = histories_of_households(municipality, households)
    rows_of = cache(partial(rows_in, municipality))
    for file in old:
        (row,) = rows_of(file.study)(histories[file.household], on)
        for name, value in row.items():
            setattr(file, name, value)
    names = ["day", "worker", "participation", "arm", "option", "last_contact", "due"]
    File.objects.of(municipality).bulk_update(old, names, batch_size=100)


def _fact(
    file: Dossier, payload: Payload, *, person: str | None, day: date, corrects: str | None = None
) -> Fact:
    """Return what happened to the household, or to one of its adults."""
    return Fact(
        study=file.household.study.name,
        household=file.household.pseudonym,
        person=person,
        payload=payload,
        valid_from=day,
        corrects=corrects,
    )


def _key_of(by: By, part: str) -> str:
    """Return a key of its own for one event of several."""
    return digest_value([by.request_key, part]).removeprefix("sha256:")


def _keep_note(municipality: Municipality, entry: Entry, text: str) -> None:
    """Keep what was written beside an event; of a request that was sent again the first."""
    if not Note.objects.of(municipality).filter(event_id=entry.event_id).exists():
        sealed = seal_text(text, municipality=municipality.code, about=entry.event_id)
        Note(municipality=municipality, event_id=entry.event_id, sealed=sealed).save()
