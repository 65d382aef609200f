"""The panel of a trial: who was drawn, and what registers and questionnaires say of them since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from opmaat.core.codes import Codes
from opmaat.panel.model import Panel, Variable
from opmaat.panel.months import PersonMonths
from opmaat.panel.outcomes import outcome_values
from opmaat.protocol.analyses import Intercurrent
from opmaat.protocol.data import Outcome
from opmaat.protocol.definitions import ScaleScore
from opmaat.protocol.model import Protocol
from opmaat.survey.score import Scores

NEVER = np.iinfo(np.int64).max
_Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """Who was drawn: every adult, in the order of :attr:`PersonMonths.persons`. Arrays have shape (persons,).

    Parameters
    ----------
    household
        The number of the household; its persons share arm, stratum and start.
    arm
        Codes into the arms of the protocol, in its order; nobody is missing.
    start_month
        The calendar month of the first month in the trial, as :attr:`opmaat.core.month.Month.index`. It must
        not depend on what happened after the draw.
    joined
        Who joined after the draw: the household started, and this adult did not stay out. Outside the
        control arm this stands for taking up what the arm offers: events do not tell that alike in all arms,
        as the control arm has talks too.
    stratum
        Codes into the strata of the draw, None where it had none.
    cluster
        The number of the cluster, where clusters were drawn.
    probability
        The probability of the own arm in the draw, None where everybody had the same chances.
    covariates
        What was known before the draw, by the protocol's name.
    intercurrent
        The calendar month, as index, in which each thing happened to each person; ``NEVER`` where it did not.
    sources
        The digest of each file that this was made of, by its logical name.

    Examples
    --------
    >>> two = np.array([0, 1])
    >>> enrolment = Enrolment(
    ...     household=two, arm=Codes(two, ("control", "guidance")), start_month=np.array([24216, 24216]),
    ...     joined=np.array([True, True]),
    ... )
    >>> enrolment.persons
    2
    """

    household: NDArray[np.int64]
    arm: Codes
    start_month: NDArray[np.int64]
    joined: NDArray[np.bool_]
    stratum: Codes | None = None
    cluster: NDArray[np.int64] | None = None
    probability: _Numbers | None = None
    covariates: Mapping[str, Variable] = field(default_factory=dict)
    intercurrent: Mapping[Intercurrent, NDArray[np.int64]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def persons(self) -> int:
        """Number of persons."""
        return len(self.arm.codes)


def build_trial_panel(
    protocol: Protocol, *, months: PersonMonths, scores: Iterable[Scores], enrolment: Enrolment
) -> Panel:
    """Return the panel of a trial: a row for every adult that was drawn, whatever came after.

    Parameters
    ----------
    protocol
        Every outcome of it has a definition, and every estimand a month.
    months
        What registers know of the persons.
    scores
        At most one for each scale and wave; who is not in them has no score.
    enrolment
        The same persons in the same order.

    Raises
    ------
    ValueError
        When months and enrolment are not about the same number of persons.
    MissingValueError
        When a legal amount that an outcome needs is not known.
    """
    if len(months.persons) != enrolment.persons:
        raise ValueError("the enrolment is about other persons than the months")
    reader = _Outcomes(protocol, months, scores, enrolment.start_month)
    start = enrolment.start_month
    return Panel(
        arm=enrolment.arm,
        outcomes={name: reader.outcome(name) for name in protocol.outcomes},
        baselines={
            name: reader.at(outcome, outcome.baseline.month)
            for name, outcome in protocol.outcomes.items()
            if outcome.baseline is not None and outcome.baseline.month is not None
        },
        covariates=enrolment.covariates,
        sources=enrolment.sources,
        stratum=enrolment.stratum,
        household=enrolment.household,
        cluster=enrolment.cluster,
        probability=_unequal_chances(enrolment),
        take_up=(enrolment.joined & (enrolment.arm.codes != _control(protocol, enrolment))) * 1.0,
        joined=enrolment.joined,
        intercurrent={
            what: np.where(happened == NEVER, np.inf, happened - start + 1.0)
            for what, happened in enrolment.intercurrent.items()
        },
    )


def _unequal_chances(enrolment: Enrolment) -> _Numbers | None:
    """Return everybody's probability of the own arm, None where it is one number for each arm."""
    probability, arm = enrolment.probability, enrolment.arm.codes
    if probability is None:
        return None
    of_arm = np.zeros(len(enrolment.arm.names))
    of_arm[arm] = probability
    return None if np.allclose(probability, of_arm[arm], rtol=1e-9, atol=0.0) else probability


def _control(protocol: Protocol, enrolment: Enrolment) -> int:
    """Return the code of the control arm."""
    return enrolment.arm.names.index(protocol.control)


class _Outcomes:
    """Reads outcomes of registers and of scores."""

    def __init__(
        self,
        protocol: Protocol,
        months: PersonMonths,
        scores: Iterable[Scores],
        start_month: NDArray[np.int64],
    ) -> None:
        self._protocol = protocol
        self._months = months
        self._start_month = start_month
        self._scores = {(item.scale, item.wave): item for item in scores}
        self._row = {person: row for row, person in enumerate(months.persons)} if self._scores else {}

    def outcome(self, name: str) -> dict[int | None, _Numbers]:
        """Return an outcome at every month that an estimand asks for."""
        outcome = self._protocol.outcomes[name]
        asked = {
            item.month for item in self._protocol.estimands if item.outcome == name and item.month is not None
        }
        return {month: self.at(outcome, month) for month in sorted(asked)}

    def at(self, outcome: Outcome, month: int) -> _Numbers:
        """Return an outcome in a month of the trial, in its unit."""
        if outcome.definition is None:
            raise ValueError("an outcome of a trial has a definition")
        if isinstance(outcome.definition, ScaleScore):
            values = self._score(outcome.definition.scale, month)
        else:
            values = outcome_values(outcome.definition, self._months, self._start_month, month)
        values = values * outcome.scale
        if outcome.transform == "log":
            values = np.log(np.where(values > 0, values, np.nan))
        return values

    def _score(self, scale: str, month: int) -> _Numbers:
        """Return the scores of the wave in a month, NaN for who has none."""
        found = np.full(len(self._months.persons), np.nan)
        waves = [wave.name for wave in self._protocol.waves if wave.month == month]
        for given in (self._scores[scale, wave] for wave in waves if (scale, wave) in self._scores):
            rows = np.array([self._row.get(person, -1) for person in given.persons], dtype=np.int64)
            found[rows[rows >= 0]] = given.values[rows >= 0]
        return found
