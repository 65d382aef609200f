"""What can happen: one small type per kind of event, with what must be known about it.

A payload's class is its kind. ``about`` says whether the event concerns the household, one adult, or either.
The order of :data:`KINDS` is the order in which events of one day are taken: who is talked to on the day of
withdrawing was talked to first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Le, MinLen

from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS

About = Literal["household", "person", "either"]
Name = Annotated[str, MinLen(1)]
Minutes = Annotated[int, Ge(0), Le(1440)]
Cents = Annotated[int, Ge(0)]
Channel = Literal["office", "home", "phone", "video", "outside"]
Purpose = Literal["participation", "questionnaires", "register_linking"]
LiftedDuty = Literal["work", "reintegration", "service_in_return"]
SanctionedDuty = Literal["work", "reintegration", "service_in_return", "uniform"]
LiftedOn = Literal["urgent_reasons", "child_under_five", "fully_unfit", "trial"]


@dataclass(frozen=True, slots=True)
class Payload:
    """What every kind of event has; never used by itself."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    kind: ClassVar[str]
    about: ClassVar[About]


@dataclass(frozen=True, slots=True)
class Invited(Payload):
    """A letter with the invitation to take part was sent."""

    kind = "invited"
    about = "household"


@dataclass(frozen=True, slots=True)
class InformationMeeting(Payload):
    """An adult attended an information meeting."""

    kind = "information_meeting"
    about = "person"
    minutes: Minutes = 0


@dataclass(frozen=True, slots=True)
class SignedUp(Payload):
    """The household applied: every adult signed."""

    kind = "signed_up"
    about = "household"


@dataclass(frozen=True, slots=True)
class Consented(Payload):
    """An adult gave consent for one purpose, or with ``given`` false took it back."""

    kind = "consented"
    about = "person"
    purpose: Purpose
    given: bool = True


@dataclass(frozen=True, slots=True)
class Drawn(Payload):
    """The household was drawn. The arm is not in the event: it stays concealed until it is disclosed."""

    kind = "drawn"
    about = "household"


@dataclass(frozen=True, slots=True)
class Disclosed(Payload):
    """The household was told its arm."""

    kind = "disclosed"
    about = "household"
    arm: Name


@dataclass(frozen=True, slots=True)
class Started(Payload):
    """The household's time in the trial began."""

    kind = "started"
    about = "household"


@dataclass(frozen=True, slots=True)
class CaseworkerAssigned(Payload):
    """The household got a caseworker, instead of the one before; ``worker`` is the actor of that role."""

    kind = "caseworker_assigned"
    about = "household"
    worker: Name


@dataclass(frozen=True, slots=True)
class Chose(Payload):
    """The household of a choice arm chose one of the options."""

    kind = "chose"
    about = "household"
    option: Name


@dataclass(frozen=True, slots=True)
class PartnerJoined(Payload):
    """An adult joined the household as partner."""

    kind = "partner_joined"
    about = "person"


@dataclass(frozen=True, slots=True)
class DisregardGranted(Payload):
    """The decision that the trial's disregard applies, from ``valid_from`` up to and with a last day."""

    kind = "disregard_granted"
    about = "household"
    last_day: date


@dataclass(frozen=True, slots=True)
class DisregardEnded(Payload):
    """The decision that the trial's disregard no longer applies from ``valid_from``."""

    kind = "disregard_ended"
    about = "household"


@dataclass(frozen=True, slots=True)
class DutyExempted(Payload):
    """The decision that lifts one duty of an adult, from ``valid_from`` up to and with a last day."""

    kind = "duty_exempted"
    about = "person"
    duty: LiftedDuty
    ground: LiftedOn
    last_day: date


@dataclass(frozen=True, slots=True)
class DutyRestored(Payload):
    """The decision that a duty rests on an adult again from ``valid_from``."""

    kind = "duty_restored"
    about = "person"
    duty: LiftedDuty


@dataclass(frozen=True, slots=True)
class ContactHeld(Payload):
    """A caseworker, who is the event's actor, talked with an adult."""

    kind = "contact_held"
    about = "person"
    minutes: Minutes
    channel: Channel


@dataclass(frozen=True, slots=True)
class ContactMissed(Payload):
    """An adult did not come to a contact that was planned; ``minutes`` are those kept free for it."""

    kind = "contact_missed"
    about = "person"
    minutes: Minutes
    channel: Channel


@dataclass(frozen=True, slots=True)
class DebtHelp(Payload):
    """An adult got help with debts: time of the municipality, and what was paid to others."""

    kind = "debt_help"
    about = "person"
    minutes: Minutes = 0
    cost_cents: Cents = 0


@dataclass(frozen=True, slots=True)
class PlanMade(Payload):
    """A plan of action was made or renewed with an adult."""

    kind = "plan_made"
    about = "person"


@dataclass(frozen=True, slots=True)
class LadderScored(Payload):
    """A caseworker placed an adult on a rung of the participation ladder, from 1 to 6."""

    kind = "ladder_scored"
    about = "person"
    rung: Annotated[int, Ge(1), Le(6)]


@dataclass(frozen=True, slots=True)
class Reviewed(Payload):
    """The effort of an adult in the exemption arm was reviewed."""

    kind = "reviewed"
    about = "person"
    effort_enough: bool


@dataclass(frozen=True, slots=True)
class NoticeGiven(Payload):
    """An adult in the exemption arm was told in writing that the effort is too small (aanzegging)."""

    kind = "notice_given"
    about = "person"


@dataclass(frozen=True, slots=True)
class EarningsReported(Payload):
    """Net earnings of an adult from one source, earned in the month of ``valid_from``."""

    kind = "earnings_reported"
    about = "person"
    net_cents: Cents


@dataclass(frozen=True, slots=True)
class BenefitPaid(Payload):
    """Benefit paid to the household for the month of ``valid_from``.

    ``set_off_cents`` is what was kept back of it because too much was paid for earlier months (art. 58.4).
    """

    kind = "benefit_paid"
    about = "household"
    paid_cents: Cents
    set_off_cents: Cents = 0


@dataclass(frozen=True, slots=True)
class OverpaymentFound(Payload):
    """The decision that the household was paid too much for the month of ``valid_from``, and how much."""

    kind = "overpayment_found"
    about = "household"
    excess_cents: Annotated[int, Ge(1)]


@dataclass(frozen=True, slots=True)
class Sanctioned(Payload):
    """A reduction of art. 18 for an adult's breach of a duty, from the month of ``valid_from``."""

    kind = "sanctioned"
    about = "person"
    duty: SanctionedDuty
    reduction_bp: Annotated[int, Ge(1), Le(10_000)]
    months: Annotated[int, Ge(1), Le(12)] = 1


@dataclass(frozen=True, slots=True)
class WaveSent(Payload):
    """The questionnaire of a wave was sent to an adult."""

    kind = "wave_sent"
    about = "person"
    wave: Name


@dataclass(frozen=True, slots=True)
class Answered(Payload):
    """An adult answered the questionnaire of a wave. The answers are kept elsewhere."""

    kind = "answered"
    about = "person"
    wave: Name


@dataclass(frozen=True, slots=True)
class Complained(Payload):
    """An adult complained; ``serious`` is the judgement of who handles complaints."""

    kind = "complained"
    about = "person"
    topic: Literal["treatment", "money", "privacy", "health", "other"]
    serious: bool = False


@dataclass(frozen=True, slots=True)
class ComplaintAnswered(Payload):
    """The last complaint of an adult was answered."""

    kind = "complaint_answered"
    about = "person"


@dataclass(frozen=True, slots=True)
class MovedAway(Payload):
    """The household moved out of the municipality: its part in the trial ends, its outcomes do not."""

    kind = "moved_away"
    about = "household"


@dataclass(frozen=True, slots=True)
class ReachedPensionAge(Payload):
    """An adult reached the state pension age."""

    kind = "reached_pension_age"
    about = "person"


@dataclass(frozen=True, slots=True)
class PartnerLeft(Payload):
    """An adult left the household, which goes on without this adult."""

    kind = "partner_left"
    about = "person"


@dataclass(frozen=True, slots=True)
class Died(Payload):
    """An adult died."""

    kind = "died"
    about = "person"


@dataclass(frozen=True, slots=True)
class Withdrew(Payload):
    """The household withdrew from the trial; with a person: that adult only. No reason is asked."""

    kind = "withdrew"
    about = "either"


@dataclass(frozen=True, slots=True)
class Removed(Payload):
    """The municipality ended the household's part in the trial."""

    kind = "removed"
    about = "household"
    reason: Literal["effort_not_improved", "not_eligible", "other"]


@dataclass(frozen=True, slots=True)
class Exited(Payload):
    """The household's benefit ended: ``valid_from`` is the first day without. An outcome, not attrition.

    ``reason`` is a code of :data:`opmaat.conduct.exits.EXIT_REASONS`.
    """

    kind = "exited"
    about = "household"
    reason: Name


@dataclass(frozen=True, slots=True)
class ReEntered(Payload):
    """The household is on benefit again from ``valid_from``; it keeps its arm."""

    kind = "re_entered"
    about = "household"


@dataclass(frozen=True, slots=True)
class Retracted(Payload):
    """The event named under ``corrects`` did not happen."""

    kind = "retracted"
    about = "either"
    reason: str = ""


KINDS: tuple[type[Payload], ...] = (
    Invited,
    InformationMeeting,
    SignedUp,
    Consented,
    Drawn,
    Disclosed,
    Started,
    CaseworkerAssigned,
    Chose,
    PartnerJoined,
    DisregardGranted,
    DisregardEnded,
    DutyRestored,
    DutyExempted,
    ContactHeld,
    ContactMissed,
    DebtHelp,
    PlanMade,
    LadderScored,
    Reviewed,
    NoticeGiven,
    EarningsReported,
    BenefitPaid,
    OverpaymentFound,
    Sanctioned,
    WaveSent,
    Answered,
    Complained,
    ComplaintAnswered,
    MovedAway,
    ReachedPensionAge,
    PartnerLeft,
    Died,
    Withdrew,
    Removed,
    Exited,
    ReEntered,
    Retracted,
)
BY_NAME: Mapping[str, type[Payload]] = MappingProxyType({kind.kind: kind for kind in KINDS})
RANK: Mapping[type[Payload], int] = MappingProxyType({kind: place for place, kind in enumerate(KINDS)})
