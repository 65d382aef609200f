"""The course of a trial, arm by arm: what was done and what was seen, without a test of any effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from opmaat.conduct.exits import ExitGroup
from opmaat.conduct.flow import Flow
from opmaat.core.receipt import Receipt
from opmaat.evaluate.integrity import Integrity
from opmaat.evaluate.model import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitMonth:
    """How many of the persons of an arm had left benefit by a month of the trial, and how many for work.

    ``known`` is the number of persons whose registers are known for the month. ``off_benefit`` counts those
    without benefit in the month; ``to_work`` those who are out for work by the definition of Statistics
    Netherlands (:class:`opmaat.protocol.definitions.CbsExit`); ``working`` those with wages, ``beside`` those
    of them who have benefit as well: part-time work beside benefit, which a disregard is about.
    """

    month: int
    known: int
    off_benefit: int
    to_work: int
    working: int
    beside: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitMonth:
    """What was paid in benefit to the households of an arm in a month of the trial, in eurocents.

    ``households`` is the number of households, on benefit or not, of which registers know the month.
    """

    month: int
    households: int
    paid_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidanceMonth:
    """What caseworkers delivered to an arm in a calendar month, written 2018-03; costs in eurocents."""

    month: str
    contacts: int
    missed: int
    minutes: int
    cost_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreOfWave:
    """The scores of an arm on a scale in a wave: persons with a score, their mean and standard deviation.

    ``mean`` is None without a score, ``sd`` with fewer than two.
    """

    scale: str
    wave: str
    n: int
    mean: float | None
    sd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """How many adults of an arm were sent the questionnaire of a wave, and how many answered."""

    wave: str
    sent: int
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmCourse:
    """The course of one arm, or in ``Course.reference`` of the reference population.

    ``households`` and ``persons`` count everyone who was drawn (or followed). ``chosen`` counts, in a choice
    arm, the households by the option that they have now. ``harms`` counts events by kind. ``reported`` counts
    the households that started and have reported earnings since; None where no event tells of earnings.
    """

    name: str
    households: int
    persons: int
    exits: tuple[ExitMonth, ...]
    exit_reasons: Mapping[ExitGroup, int] = field(default_factory=dict)
    flow: Flow | None = None
    guidance: tuple[GuidanceMonth, ...] = ()
    scores: tuple[ScoreOfWave, ...] = ()
    response: tuple[Response, ...] = ()
    chosen: Mapping[str, int] = field(default_factory=dict)
    harms: Mapping[str, int] = field(default_factory=dict)
    benefit: tuple[BenefitMonth, ...] = ()
    reported: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The course of a trial up to and with a month of it.

    ``known_at`` is the moment of what was known, in UTC (2018-06-30T23:59:59+00:00). ``arms`` stand in the
    order of the protocol. ``reference`` is never an arm: nobody in it was drawn. ``cents_per_hour`` is what
    an hour of a caseworker was taken to cost, an assumption. ``integrity`` has each round of the draw.
    """

    protocol_id: str
    title: Mapping[str, str]
    month: int
    first_month: str
    known_at: str
    arms: tuple[ArmCourse, ...]
    reference: ArmCourse | None
    receipt: Receipt
    cents_per_hour: int | None = None
    integrity: tuple[Integrity, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the course as plain values, for JSON."""
        content: dict[str, Any] = plain(self)
        return content
