"""Arms: what is offered to those drawn into them, as the protocol says it.

An arm is a tagged union on ``kind``. What an arm may change in the law is its rules; the arithmetic is done
by the stages that carry them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, MinLen
from pydantic import BeforeValidator, Discriminator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from opmaat.core.texts import Text
from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS, WRITTEN_BY_HAND

Duty = Literal["work", "reintegration", "service_in_return"]


def _basis_points(rate: object, info: ValidationInfo) -> object:
    """Read '50%' as 5000 basis points; only a lock, not a file that people write, holds basis points."""
    if isinstance(rate, str) and rate.endswith("%"):
        number = rate[:-1].strip()
        whole, _, decimals = number.partition(".")
        if whole.isdecimal() and len(decimals) <= 2 and (decimals.isdecimal() or not decimals):
            return int(whole) * 100 + int(decimals.ljust(2, "0"))
    if isinstance(rate, bool) or not isinstance(rate, int):
        raise PydanticCustomError("rate", "write a rate such as 50%")
    if WRITTEN_BY_HAND in (info.context or ()):
        raise PydanticCustomError("rate", "a rate is a percentage, so write {rate}%", {"rate": rate})
    return rate


RateBp = Annotated[
    int,
    Ge(0),
    Le(10_000),
    BeforeValidator(_basis_points),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d{1,2})?%$"}),
]
Months = Annotated[int, Ge(1), Le(120)]


@dataclass(frozen=True, kw_only=True)
class ExemptionRule:
    """Lifts duties of art. 9, first paragraph, for a number of months."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    duties: Annotated[tuple[Duty, ...], MinLen(1)]
    months: Months


@dataclass(frozen=True, kw_only=True)
class GuidanceRule:
    """Gives intensive guidance: planned contacts a month, with one caseworker or whoever is there."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    contacts_per_month: Annotated[float, Gt(0), Le(31)]
    fixed_caseworker: bool = False


@dataclass(frozen=True, kw_only=True)
class DisregardRule:
    """Leaves part of earnings out of account: a rate up to a cap a month, for a number of months.

    ``rate`` is a percentage, such as 50%. ``cap`` names a legal amount, or is one in euros a month; so is
    ``cap_couple``, the cap of a couple together: that of the experiments when it is left out.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    rate: RateBp
    cap: str
    months: Months
    cap_couple: str | None = None


@dataclass(frozen=True, kw_only=True)
class BonusRule:
    """Pays an amount in euros when a condition is met."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    amount: str
    condition: str


@dataclass(frozen=True, kw_only=True)
class PremiumRule:
    """Pays part of earnings on top of benefit: a rate, such as 50%, up to a cap in euros a month.

    Such a premium (art. 31.2.j) is no means, up to an amount a year, and so settlements do not know it.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    rate: RateBp
    cap: str


@dataclass(frozen=True, kw_only=True)
class _Arm:
    """What every arm has.

    ``share`` is its part of the draw relative to the others; it is left out when it is not known.
    ``elements`` names what is meant to make the arm work, as the catalogue calls it.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    label: Text
    share: float | None = None
    description: Text | None = None
    elements: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ControlArm(_Arm):
    """Ordinary treatment."""

    kind: Literal["control"]


@dataclass(frozen=True, kw_only=True)
class ExemptionArm(_Arm, ExemptionRule):
    """Exemption from duties."""

    kind: Literal["exemption"]


@dataclass(frozen=True, kw_only=True)
class GuidanceArm(_Arm, GuidanceRule):
    """Intensive guidance."""

    kind: Literal["guidance"]


@dataclass(frozen=True, kw_only=True)
class DisregardArm(_Arm, DisregardRule):
    """A wider earnings disregard."""

    kind: Literal["disregard"]


@dataclass(frozen=True, kw_only=True)
class ChoiceArm(_Arm):
    """The household chooses one of the other arms."""

    kind: Literal["choice"]
    options: Annotated[tuple[str, ...], MinLen(2)]
    may_change: bool = False


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rules of a combined arm; those not named do not apply."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    exemption: ExemptionRule | None = None
    guidance: GuidanceRule | None = None
    disregard: DisregardRule | None = None
    bonus: BonusRule | None = None


@dataclass(frozen=True, kw_only=True)
class CombinedArm(_Arm):
    """Several rules at once."""

    kind: Literal["combined"]
    rules: Rules


@dataclass(frozen=True, kw_only=True)
class OtherArm(_Arm):
    """An approach outside the Participation Act, such as a programme in another country."""

    kind: Literal["other"]


Arm = Annotated[
    ControlArm | ExemptionArm | GuidanceArm | DisregardArm | ChoiceArm | CombinedArm | OtherArm,
    Discriminator("kind"),
]
