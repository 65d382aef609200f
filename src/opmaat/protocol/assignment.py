"""How lots are drawn: one plan per procedure, a tagged union on ``method``.

Only what the protocol says stands here; :mod:`opmaat.assign` carries it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, Lt, MinLen
from pydantic import Discriminator

from opmaat.core.texts import Text
from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS

Names = Annotated[tuple[Annotated[str, MinLen(1)], ...], MinLen(1)]
Timing = Literal["before_invitation", "after_consent"]
Counted = Literal["joined", "answered"]


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """The draw was carried out elsewhere; its result stands in the data file."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    method: Literal["recorded"]
    description: Text


@dataclass(frozen=True, kw_only=True)
class _Draw:
    """What every draw of our own has.

    ``timing`` says whether households are drawn before they are invited or after they consented; ``rounds``
    names the lists that are drawn one after the other (none named: one list). What is looked at after the
    draw to see whether it was carried out as planned: ``balance`` names the characteristics on which the arms
    are compared, all when it is left out; ``sample_ratio`` says of whom the numbers per arm are tested
    against the shares, both when it is left out.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    timing: Timing | None = None
    rounds: tuple[Annotated[str, MinLen(1)], ...] = ()
    balance: tuple[str, ...] | None = None
    sample_ratio: tuple[Counted, ...] = ("joined", "answered")


@dataclass(frozen=True, kw_only=True)
class Simple(_Draw):
    """Every unit is drawn by itself, so that the arms get their shares only on average."""

    method: Literal["simple"]
    intake: Literal["closed", "rolling"] = "closed"


@dataclass(frozen=True, kw_only=True)
class Complete(_Draw):
    """Every unit has the same chance of each arm, and the arms get their exact shares."""

    method: Literal["complete"]


@dataclass(frozen=True, kw_only=True)
class Blocked(_Draw):
    """A complete draw within each stratum, or within blocks of random size in each stratum.

    ``block_sizes`` are the sizes among which the size of every next block is chosen, each with the same
    chance; with none a closed stratum is one block, and rolling intake is impossible.
    """

    method: Literal["blocked"]
    strata: Names
    block_sizes: tuple[Annotated[int, Ge(2), Le(1000)], ...] = ()
    intake: Literal["closed", "rolling"] = "closed"


@dataclass(frozen=True, kw_only=True)
class Clustered(_Draw):
    """Whole clusters are drawn, within strata of clusters where those are named."""

    method: Literal["clustered"]
    by: str
    strata: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Minimised(_Draw):
    """Each unit in turn goes, with probability ``p``, to the arm that balances the factors best.

    Pocock and Simon (1975), with unequal shares as in Kuznetsova and Tymofyeyev (2012).
    """

    method: Literal["minimised"]
    factors: Names
    p: Annotated[float, Gt(0), Lt(1)] = 0.8
    intake: Literal["closed", "rolling"] = "closed"


@dataclass(frozen=True, kw_only=True)
class Rerandomised(_Draw):
    """A complete draw, within strata where named, that is drawn again until it is balanced.

    ``bound`` is the largest standardised difference between any two arms that is accepted, for every
    characteristic of ``covariates`` (Morgan and Rubin 2012, with the bound on each difference).
    """

    method: Literal["rerandomised"]
    covariates: Names
    bound: Annotated[float, Gt(0), Le(1)]
    strata: tuple[str, ...] = ()


AssignmentPlan = Annotated[
    Recorded | Simple | Complete | Blocked | Clustered | Minimised | Rerandomised, Discriminator("method")
]


def strata_of(plan: AssignmentPlan) -> tuple[str, ...]:
    """Return the characteristics that make the strata of a plan.

    >>> strata_of(Blocked(method="blocked", strata=("kind",)))
    ('kind',)
    """
    return plan.strata if isinstance(plan, Blocked | Clustered | Rerandomised) else ()


def characteristics_of(plan: AssignmentPlan) -> dict[str, tuple[str, ...]]:
    """Return, for each key of a plan that names characteristics, the names it gives.

    >>> characteristics_of(Minimised(method="minimised", factors=("age",)))
    {'strata': (), 'by': (), 'factors': ('age',), 'covariates': (), 'balance': ()}
    """
    return {
        "strata": strata_of(plan),
        "by": (plan.by,) if isinstance(plan, Clustered) else (),
        "factors": plan.factors if isinstance(plan, Minimised) else (),
        "covariates": plan.covariates if isinstance(plan, Rerandomised) else (),
        "balance": () if isinstance(plan, Recorded) else plan.balance or (),
    }


def is_rolling(plan: AssignmentPlan) -> bool:
    """Tell whether households enter one after the other, instead of all on one list."""
    return isinstance(plan, Simple | Blocked | Minimised) and plan.intake == "rolling"
