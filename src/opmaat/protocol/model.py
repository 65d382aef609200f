"""The protocol: everything that was decided before the draw and before the outcomes were seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from annotated_types import MinLen

from opmaat.core.digest import digest_value
from opmaat.core.texts import Language, Text
from opmaat.protocol.analyses import Analysis, Estimand
from opmaat.protocol.arms import Arm, PremiumRule
from opmaat.protocol.assignment import AssignmentPlan
from opmaat.protocol.data import Covariate, Data, Outcome
from opmaat.protocol.planning import Planning
from opmaat.protocol.population import Population
from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS


@dataclass(frozen=True, kw_only=True)
class Wave:
    """A round of measurement, by its month after the start; ``label`` is what readers call it."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    name: Annotated[str, MinLen(1)]
    month: int
    label: Text | None = None

    def shown(self, language: Language) -> str:
        """Return what readers call it: the label, or the name of a wave without one."""
        return self.name if self.label is None else self.label.in_language(language)


@dataclass(frozen=True, kw_only=True)
class Period:
    """First and last day of the trial; ``later_rounds`` are the first days of rounds that start later."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    first_day: date
    last_day: date
    later_rounds: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """Everything that was decided before the draw, and before the outcomes were seen.

    ``premium`` is paid in every arm, control included, and so is no part of what is compared.

    Examples
    --------
    >>> from pathlib import Path
    >>> import opmaat
    >>> protocol = opmaat.load_protocol(Path("studies/nsw-1975"))
    >>> protocol.control, list(protocol.outcomes)
    ('control', ['earnings_1978'])
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    version: Literal[1]
    id: Annotated[str, MinLen(1)]
    title: Text
    legal_framework: Literal["experiments-2017", "ordinary-act", "none"]
    population: Population
    arms: Annotated[Mapping[str, Arm], MinLen(2)]
    assignment: AssignmentPlan
    outcomes: Annotated[Mapping[str, Outcome], MinLen(1)]
    estimands: Annotated[tuple[Estimand, ...], MinLen(1)]
    analyses: Annotated[tuple[Analysis, ...], MinLen(1)]
    municipality: str | None = None
    covariates: Mapping[str, Covariate] | None = None
    period: Period | None = None
    premium: PremiumRule | None = None
    waves: tuple[Wave, ...] = ()
    data: Data | None = None
    planning: Planning | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the protocol as plain values, leaving out what has its default value.

        Because defaults are left out, a later version of Opmaat that knows more keys gives the same digest.
        """
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self) if not _is_default(self, f)}

    def digest(self) -> str:
        """Return the digest of the protocol's content; the order and comments of the file do not matter."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        return digest_value(self.as_dict())

    def wave_shown(self, name: str, language: Language) -> str:
        """Return what readers call a wave; the name itself of what is no wave."""
        return next((wave.shown(language) for wave in self.waves if wave.name == name), name)

    @property
    def control(self) -> str:
        """Name of the control arm."""
        return next(name for name, arm in self.arms.items() if arm.kind == "control")


def _plain(value: object) -> object:
    """Return mappings, lists and scalars only."""
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value) if not _is_default(value, f)}
    if isinstance(value, Mapping):
        return _with_text_keys(value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def _with_text_keys(value: Mapping[Any, object]) -> dict[str, object]:
    """Return a mapping with its keys as text; two keys that are the same text cannot both be kept."""
    plain = {str(key): _plain(item) for key, item in value.items()}
    if len(plain) < len(value):
        raise ValueError("two keys of a mapping are the same text")
    return plain


def _is_default(owner: object, field: Field[Any]) -> bool:
    """Tell whether a field holds its default value."""
    value = getattr(owner, field.name)
    if field.default is not MISSING:
        return bool(value == field.default)
    return field.default_factory is not MISSING and value == field.default_factory()
