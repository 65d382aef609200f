"""Who the experiment is about: the register, what is read from it, and who is kept out and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from annotated_types import Ge, Le, MinLen
from pydantic import Discriminator

from opmaat.core.texts import Text
from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS

Who = Literal["any", "all"]
Months = Annotated[int, Ge(1), Le(600)]
Bounds = tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Register:
    """Where the caseload comes from.

    ``layout`` is the name of a layout that Opmaat has (``bus``), or the path of a layout file of the study.
    ``only`` keeps the rows whose fields have one of the codes: a register also holds other benefits.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    layout: Annotated[str, MinLen(1)]
    encoding: Literal["utf-8", "windows-1252"] = "utf-8"
    separator: Literal[",", ";", "\t"] = ";"
    decimal: Literal[".", ","] = ","
    only: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Coded:
    """A field of the register as it stands; ``values`` gives codes a name, and joins those of one name."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    kind: Literal["coded"]
    field: str
    label: Text
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class YearsSince:
    """Whole years from a date in the register to the reference date, in bands where ``bands`` names them.

    ``of`` says which date counts for a household with several: the earliest or the latest. ``bands`` are the
    first years of the second and later bands: [2, 5] makes 0-1, 2-4 and 5+.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    kind: Literal["years_since"]
    field: str
    label: Text
    of: Literal["earliest", "latest"]
    bands: Bounds = ()


@dataclass(frozen=True, kw_only=True)
class Persons:
    """The number of persons in the household."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    kind: Literal["persons"]
    label: Text
    bands: Bounds = ()


Characteristic = Annotated[Coded | YearsSince | Persons, Discriminator("kind")]


@dataclass(frozen=True, kw_only=True)
class OwnCode:
    """A field of the person's own row of the register on the reference date.

    ``values`` gives codes a name, and joins those of one name. Persons of a household may differ in it.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    rule: Literal["own_code"]
    field: str
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class OwnYearsSince:
    """Whole years from a date in the person's own row to the reference date, in bands if given."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    rule: Literal["own_years_since"]
    field: str
    bands: Bounds = ()


OwnRow = Annotated[OwnCode | OwnYearsSince, Discriminator("rule")]


@dataclass(frozen=True, kw_only=True)
class _Exclusion:
    """What every rule has.

    ``who`` says whether one person or every person of a household must meet it.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    id: Annotated[str, MinLen(1)]
    reason: Text
    who: Who = "any"


@dataclass(frozen=True, kw_only=True)
class PensionAgeWithin(_Exclusion):
    """Reaches the state pension age (art. 7a AOW) within so many months of the reference date."""

    rule: Literal["pension_age_within"]
    months: Months
    field: str = "birth_date"


@dataclass(frozen=True, kw_only=True)
class YoungerThan(_Exclusion):
    """Is younger than so many years on the reference date."""

    rule: Literal["younger_than"]
    years: Annotated[int, Ge(1), Le(120)]
    field: str = "birth_date"


@dataclass(frozen=True, kw_only=True)
class StartedWithin(_Exclusion):
    """Has a date, such as the start of the benefit, less than so many months before the reference date."""

    rule: Literal["started_within"]
    months: Months
    field: str


@dataclass(frozen=True, kw_only=True)
class EndsWithin(_Exclusion):
    """Has a date, such as the end of a track, on the reference date or less than so many months later."""

    rule: Literal["ends_within"]
    months: Months
    field: str


@dataclass(frozen=True, kw_only=True)
class CodeIs(_Exclusion):
    """Has one of the codes."""

    rule: Literal["code_is"]
    field: str
    codes: Annotated[tuple[str, ...], MinLen(1)]


@dataclass(frozen=True, kw_only=True)
class CodeIsNot(_Exclusion):
    """Has another code than these, or none."""

    rule: Literal["code_is_not"]
    field: str
    codes: Annotated[tuple[str, ...], MinLen(1)]


Exclusion = Annotated[
    PensionAgeWithin | YoungerThan | StartedWithin | EndsWithin | CodeIs | CodeIsNot, Discriminator("rule")
]


@dataclass(frozen=True, kw_only=True)
class Population:
    """Who the experiment is about, and what is drawn: a household or a person.

    ``exclude`` is gone through in order: a household is counted under the first reason that applies. Those
    kept out for a reason in ``reference`` are the reference population: followed in registers, never drawn.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    description: Text
    unit: Literal["household", "person"] = "household"
    reference_date: date | None = None
    register: Register | None = None
    characteristics: Mapping[str, Characteristic] = dataclasses.field(default_factory=dict)
    exclude: tuple[Exclusion, ...] = ()
    reference: tuple[str, ...] = ()
