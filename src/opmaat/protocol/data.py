"""Prepared data: which column of which file holds what, in the protocol's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Annotated, Literal

from annotated_types import MinLen
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from opmaat.core.texts import Text
from opmaat.protocol.definitions import Definition
from opmaat.protocol.population import OwnRow
from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS

OutcomeKind = Literal["binary", "count", "continuous", "mostly_zero"]


def _cell(value: object) -> object:
    """Refuse what no cell of a file is read as: true, false, and numbers that are not finite."""
    if isinstance(value, bool) or (isinstance(value, float) and not isfinite(value)):
        wanted = "{value} is neither a text nor a number; write it in quotes, as it stands in the file"
        raise PydanticCustomError("cell", wanted, {"value": str(value).lower()})
    return value


Scalar = Annotated[str | int | float, BeforeValidator(_cell)]


@dataclass(frozen=True, kw_only=True)
class DataFile:
    """Where the file is and how it is written.

    ``path`` is relative to the protocol, or to the folder of an installed Python package that carries data.
    The format follows from the name: .csv (also .csv.gz, .csv.bz2), .parquet, .sav, .xlsx. ``missing`` names
    the codes that stand for a missing value, and what each means; an empty cell is always missing.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    path: Annotated[str, MinLen(1)]
    package: str | None = None
    encoding: Literal["utf-8", "windows-1252"] = "utf-8"
    separator: Literal[",", ";", "\t"] = ","
    decimal: Literal[".", ","] = "."
    missing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ArmColumn:
    """The column that holds the arm, and which of its values is which arm."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    column: str
    values: Annotated[Mapping[Scalar, str], MinLen(1)]


@dataclass(frozen=True, kw_only=True)
class Inclusion:
    """Keeps the rows in which a column, known before the draw, has one of these values."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    column: str
    values: Annotated[tuple[Scalar, ...], MinLen(1)]
    reason: Text


@dataclass(frozen=True, kw_only=True)
class Data:
    """A prepared file: one row per participant, or one per participant and period.

    Without ``participant`` the rows are numbered. ``probability`` is the probability with which the
    participant's arm was drawn. ``response_weight`` makes those who answered stand for those who did not.
    ``take_up`` is 1 for who took up what the arm offers.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    file: DataFile
    arm: ArmColumn
    participant: str | None = None
    period: str | None = None
    household: str | None = None
    cluster: str | None = None
    strata: tuple[str, ...] = ()
    probability: str | None = None
    response_weight: str | None = None
    take_up: str | None = None
    include: tuple[Inclusion, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Covariate:
    """Something known before the draw. ``column`` is needed when the column has another name.

    In a trial that reads a register it is the characteristic of that name, which persons of a household
    share, or with ``definition`` a trait that each person has alone.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    kind: Literal["binary", "continuous", "categorical"]
    label: Text
    column: str | None = None
    transform: Literal["log", "square"] | None = None
    definition: OwnRow | None = None


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """The same measure before the start: another column, or an earlier period."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    column: str | None = None
    month: int | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Something measured after the draw. ``scale`` multiplies the file's numbers into ``unit``.

    ``better`` says which way is an improvement; when it is left out, that is for the reader. ``definition``
    makes the outcome of registers or answers; without it the outcome is a column of a prepared file.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    kind: OutcomeKind
    label: Text
    unit: Text
    column: str | None = None
    scale: float = 1.0
    transform: Literal["log"] | None = None
    baseline: Baseline | None = None
    better: Literal["higher", "lower"] | None = None
    definition: Definition | None = None
