"""What a reader sees before the effects: who was drawn, who is missing, and how alike the arms were."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from opmaat.core.codes import Codes
from opmaat.evaluate.designs import covariate_columns
from opmaat.evaluate.model import Balance, BalanceNote, BalanceRow, Missing
from opmaat.evaluate.sample import Regressors, covariate_term, missing
from opmaat.panel.model import Panel, Variable
from opmaat.protocol.model import Protocol
from opmaat.stats.arrays import Floats
from opmaat.stats.balance import omnibus_test, standardised_difference
from opmaat.stats.design_matrix import DesignMatrix
from opmaat.stats.errors import NotEstimableError


def drawn_by_arm(panel: Panel) -> dict[str, int]:
    """Return how many participants were drawn into each arm."""
    return _count(panel, np.ones(panel.participants, dtype=bool))


def taken_up_by_arm(panel: Panel) -> dict[str, float] | None:
    """Return the share of each arm that took up, of those of whom it is known."""
    if panel.take_up is None:
        return None
    found = {}
    for code, arm in enumerate(panel.arm.names):
        values = panel.take_up[(panel.arm.codes == code) & ~np.isnan(panel.take_up)]
        if len(values):
            found[arm] = float(values.mean())
    return found


def missing_outcomes(protocol: Protocol, panel: Panel) -> tuple[Missing, ...]:
    """Return how many of each arm have no value, for every outcome and month."""
    drawn = drawn_by_arm(panel)
    return tuple(
        Missing(outcome=name, month=month, drawn=drawn, missing=_count(panel, np.isnan(values)))
        for name in protocol.outcomes
        for month, values in panel.outcomes[name].items()
    )


def _count(panel: Panel, which: NDArray[np.bool_]) -> dict[str, int]:
    """Count participants by arm."""
    return {arm: int((which & (panel.arm.codes == code)).sum()) for code, arm in enumerate(panel.arm.names)}


def baseline_balance(protocol: Protocol, panel: Panel) -> Balance | None:
    """Return the balance of all covariates before the start; None where the protocol has no covariates.

    The omnibus test treats participants as drawn one by one within strata. Where they were not, it is not
    done, and the note says why.
    """
    if not panel.covariates:
        return None
    rows = tuple(
        row for name, variable in panel.covariates.items() for row in _rows(protocol, panel, name, variable)
    )
    note = _reason_for_no_test(panel)
    if note:
        return Balance(rows=rows, statistic=None, df=None, p=None, note=note)
    covariates = {covariate_term(name): variable for name, variable in panel.covariates.items()}
    regressors = Regressors(arm=panel.arm.codes, arms=panel.arm.names, covariates=covariates)
    names, columns = zip(*covariate_columns(regressors, pairwise=False), strict=True)
    design = DesignMatrix(names, np.column_stack(columns))
    try:
        test = omnibus_test(
            panel.arm.codes, design, strata=None if panel.stratum is None else panel.stratum.codes
        )
    except NotEstimableError as error:
        why: BalanceNote = "no-variation" if error.code == "no-variation" else "no-residual-df"
        return Balance(rows=rows, statistic=None, df=None, p=None, note=why)
    return Balance(
        rows=rows, statistic=test.f, df=(test.df_numerator, test.df_denominator), p=test.p, note=""
    )


def _reason_for_no_test(panel: Panel) -> BalanceNote:
    """Return why the omnibus test would mislead, or nothing."""
    if panel.probability is not None and panel.stratum is None:
        return "unequal-chances"
    for units in (panel.cluster, panel.household):
        if units is not None and len(np.unique(units)) < panel.participants:
            return "drawn-together"
    return ""


def _rows(protocol: Protocol, panel: Panel, name: str, variable: Variable) -> Iterator[BalanceRow]:
    """Yield one row for numbers, and one per level for a categorical covariate."""
    hidden = missing(variable)
    levels: list[tuple[str | None, Floats]] = (
        [(level, (variable.values.codes == code) * 1.0) for code, level in enumerate(variable.values.names)]
        if isinstance(variable.values, Codes)
        else [(None, variable.values)]
    )
    for level, values in levels:
        by_arm = {
            arm: values[(panel.arm.codes == code) & ~hidden] for code, arm in enumerate(panel.arm.names)
        }
        yield BalanceRow(
            covariate=name,
            level=level,
            means={arm: float(known.mean()) for arm, known in by_arm.items() if len(known)},
            standardised=_standardised(by_arm, protocol.control),
            missing=_count(panel, hidden),
        )


def _standardised(by_arm: dict[str, Floats], control: str) -> dict[str, float]:
    """Return the standardised difference from control of every arm in which it is defined."""
    found = {}
    for arm, values in by_arm.items():
        if arm != control and len(values) > 1 and len(by_arm[control]) > 1:
            difference = standardised_difference(values, by_arm[control])[0]
            if np.isfinite(difference):
                found[arm] = float(difference)
    return found
