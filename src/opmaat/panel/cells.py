"""Read a very large prepared file as sums per arm and combination of covariates, never as rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from opmaat.core.digest import digest_file
from opmaat.core.errors import Issue, ProtocolError
from opmaat.formats.layout import Layout
from opmaat.formats.parquet import group
from opmaat.panel.build import build, needed_columns
from opmaat.panel.columns import joined
from opmaat.panel.model import Codes, Panel, Variable
from opmaat.panel.read import data_path, source_name
from opmaat.protocol.analyses import Analysis, DifferenceInMeans, Estimand, Lin, Regression
from opmaat.protocol.model import Protocol
from opmaat.protocol.questions import adjustment
from opmaat.stats.cells import SufficientStats


@dataclass(frozen=True, slots=True)
class Cells:
    """What an analysis needs of a file: sums of the outcome per cell, and what every cell is.

    ``panel`` has one place per cell (c,), with its arm, stratum and covariates, and no outcomes; ``stats``
    has the outcome's sums, with the number of the cell as its key. Adding the cells of two files gives those
    of both together; neither needs the other's rows.
    """

    panel: Panel
    stats: SufficientStats

    def __add__(self, other: Cells) -> Cells:
        stats = SufficientStats(
            np.arange(len(self.stats.n) + len(other.stats.n))[:, None],
            np.concatenate([self.stats.n, other.stats.n]),
            np.concatenate([self.stats.mean, other.stats.mean]),
            np.concatenate([self.stats.centred_squares, other.stats.centred_squares]),
        )
        return Cells(_stacked(self.panel, other.panel), stats)


def read_cells(protocol: Protocol, analysis: str, study: Path, data: Path | None = None) -> Cells:
    """Read the Parquet file of a study as cells of one analysis with one estimand.

    The sums lose nothing for unweighted least squares with unclustered errors, whatever the covariates; they
    are small when covariates have few values.

    Parameters
    ----------
    protocol, study, data
        As in :func:`opmaat.panel.read.read_panel`; the file ends in .parquet.
    analysis
        Name of the analysis.

    Raises
    ------
    ProtocolError
        When sums cannot serve the analysis: weights, clusters, max-t, a transformed outcome, ANCOVA and such.
    DataFileError
        When the file cannot be read, or with everything in it that does not fit.
    """
    chosen = next((item for item in protocol.analyses if item.id == analysis), None)
    if chosen is None or protocol.data is None:
        problem = f"'{analysis}' is not an analysis of this protocol with data."
        raise ProtocolError([Issue("unknown-analysis", protocol.id, problem, "Name one of its analyses.")])
    estimand = _only_estimand(protocol, chosen)
    outcome = protocol.outcomes[estimand.outcome]
    adjust = adjustment(chosen)
    names = () if adjust is None else adjust.covariates
    covariates = {name: (protocol.covariates or {})[name] for name in names}
    narrow = replace(protocol, outcomes={}, covariates=covariates)
    keys = replace(protocol.data, participant=None, household=None, cluster=None, take_up=None)
    file = data_path(protocol.data.file, study, data)
    layout = Layout(missing=protocol.data.file.missing)
    grouped = group(file, needed_columns(narrow, keys), outcome.column or estimand.outcome, layout)
    sources = {source_name(protocol.data.file): digest_file(file)}
    panel = build(narrow, keys, grouped.keys, sources=sources)
    mean = (grouped.mean * outcome.scale)[:, None]
    squares = (grouped.centred_squares * outcome.scale**2)[:, None]
    return Cells(panel, SufficientStats(np.arange(len(mean))[:, None], grouped.n, mean, squares))


def _only_estimand(protocol: Protocol, analysis: Analysis) -> Estimand:
    """Return the estimand of an analysis that sums can serve, or say why they cannot."""
    estimands = {estimand.id: estimand for estimand in protocol.estimands}
    reasons = []
    if not isinstance(analysis, DifferenceInMeans | Regression | Lin):
        reasons.append(f"the method '{analysis.method}'")
    if analysis.weights:
        reasons.append("weights")
    if analysis.errors.startswith("cr"):
        reasons.append("clusters")
    if analysis.sample != "all_arms" or len(analysis.estimands) != 1:
        reasons.append("more than one fit")
    if analysis.multiplicity is not None:
        reasons.append("a family")
    if protocol.data is not None and (protocol.data.period is not None or protocol.data.include):
        reasons.append("periods or inclusion rules")
    estimand = estimands[analysis.estimands[0]]
    if protocol.outcomes[estimand.outcome].transform is not None:
        reasons.append("a transformed outcome")
    if reasons:
        problem = f"Sums per cell cannot serve '{analysis.id}': {', '.join(reasons)}."
        fix = "Use 'opmaat estimate', which reads every row."
        raise ProtocolError([Issue("sums-cannot-serve", protocol.id, problem, fix)])
    return estimand


def _stacked(first: Panel, second: Panel) -> Panel:
    """Return the cells of one file followed by those of another."""
    strata = [panel.stratum for panel in (first, second) if panel.stratum is not None]
    return replace(
        first,
        arm=joined([first.arm, second.arm]),
        stratum=joined(strata) if strata else None,
        covariates={
            name: Variable(variable.kind, _values(variable, second.covariates[name]))
            for name, variable in first.covariates.items()
        },
        sources={**first.sources, **second.sources},
    )


def _values(first: Variable, second: Variable) -> NDArray[np.float64] | Codes:
    """Return the values of one file followed by those of another."""
    if isinstance(first.values, Codes) and isinstance(second.values, Codes):
        return joined([first.values, second.values])
    return np.concatenate([first.values, second.values])
