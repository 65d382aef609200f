"""How an outcome is made of registers or answers: one small type per rule, a tagged union on ``rule``.

Month t of a trial is the t-th month that someone takes part: month 1 is that of the first day. Month 0 is the
month before it. Registers hold an outcome for every month; answers only for the months of the waves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, MinLen
from pydantic import Discriminator

from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS

When = Literal["in_month", "by_month"]


@dataclass(frozen=True, kw_only=True)
class _State:
    """What every rule about a state has.

    ``when`` asks for the state in the month itself, or in any month from the first up to it. The state has to
    have held for ``sustained_months`` months on end.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    when: When = "in_month"
    sustained_months: Annotated[int, Ge(1), Le(60)] = 1


@dataclass(frozen=True, kw_only=True)
class OnBenefit(_State):
    """Receives social assistance in the month."""

    rule: Literal["on_benefit"]


@dataclass(frozen=True, kw_only=True)
class CbsExit(_State):
    """Left benefit for work: paid employment in the month after benefit ended, and no benefit in it.

    Who is back on benefit within a month did not leave. Definition of Statistics Netherlands,
    https://dashboards.cbs.nl/v5/Cohortonderzoek_uitstroom_bijstand_naar_werk/.
    """

    rule: Literal["cbs_exit"]


@dataclass(frozen=True, kw_only=True)
class Hours(_State):
    """Works more than so many hours a week, over the month: hours paid times 12, divided by 52."""

    rule: Literal["hours"]
    above_per_week: Annotated[float, Ge(0), Le(60)]


@dataclass(frozen=True, kw_only=True)
class EarningsBand(_State):
    """Has gross wages between two parts of the statutory minimum wage, the lower one included.

    ``at_least`` and ``below`` are parts: 0.7 is 70%. Without them the band is open at that side; an open
    lower side still asks for wages above zero.
    """

    rule: Literal["earnings_band"]
    at_least: Annotated[float, Ge(0), Le(5)] | None = None
    below: Annotated[float, Gt(0), Le(5)] | None = None


@dataclass(frozen=True, kw_only=True)
class WorksWithBenefit(_State):
    """Has wages in a month with benefit: part-time work beside benefit."""

    rule: Literal["works_with_benefit"]


@dataclass(frozen=True, kw_only=True)
class PermanentContract(_State):
    """Has a job with a permanent contract."""

    rule: Literal["permanent_contract"]


@dataclass(frozen=True, kw_only=True)
class SelfEmployed(_State):
    """Is self-employed."""

    rule: Literal["self_employed"]


@dataclass(frozen=True, kw_only=True)
class EarningsAboveBenefit(_State):
    """Has gross wages above the norm of the household."""

    rule: Literal["earnings_above_benefit"]


@dataclass(frozen=True, kw_only=True)
class Amount:
    """Euros of the month, or of all months up to it: gross wages, or the household's benefit."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    rule: Literal["amount"]
    of: Literal["wages", "benefit"]
    when: When = "in_month"


@dataclass(frozen=True, kw_only=True)
class MonthsOnBenefit:
    """The number of months with benefit, from the first month up to the month."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    rule: Literal["months_on_benefit"]


@dataclass(frozen=True, kw_only=True)
class ScaleScore:
    """The score on a scale, in the wave of the month."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    rule: Literal["scale"]
    scale: Annotated[str, MinLen(1)]


StateDefinition = (
    OnBenefit
    | CbsExit
    | Hours
    | EarningsBand
    | WorksWithBenefit
    | PermanentContract
    | SelfEmployed
    | EarningsAboveBenefit
)
RegisterDefinition = StateDefinition | Amount | MonthsOnBenefit
Definition = Annotated[RegisterDefinition | ScaleScore, Discriminator("rule")]
