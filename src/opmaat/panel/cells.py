"""Read a very large prepared file as sums per arm and combination of covariates, never as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from opmaat.core.codes import Codes, joined
from opmaat.core.digest import digest_file
from opmaat.core.errors import DataFileError, Issue, ProtocolError
from opmaat.formats.layout import Layout
from opmaat.formats.parquet import Allowed, Grouped, group
from opmaat.panel.build import build, needed_columns
from opmaat.panel.columns import RULES_OF_KIND
from opmaat.panel.model import Variable
from opmaat.panel.read import data_path, source_name
from opmaat.protocol.analyses import Analysis, DifferenceInMeans, Estimand, Lin, Regression
from opmaat.protocol.data import Data, OutcomeKind
from opmaat.protocol.model import Protocol
from opmaat.protocol.questions import adjustment
from opmaat.stats.cells import SufficientStats

_ALLOWED: Mapping[OutcomeKind, Allowed] = {"binary": "zero-or-one", "count": "count"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """What an analysis needs of a file: sums of the outcome per cell, and what every cell is.

    ``arm``, ``stratum`` and ``covariates`` have one place per cell (c,); ``stats`` has the outcome's sums,
    with the number of the cell as its key. ``sources`` maps the logical name of each file to its digest.
    Adding the cells of two files gives those of both together; neither needs the other's rows.
    """

    arm: Codes
    stratum: Codes | None
    covariates: Mapping[str, Variable]
    sources: Mapping[str, str]
    stats: SufficientStats

    def __add__(self, other: Cells) -> Cells:
        stats = SufficientStats(
            np.arange(len(self.stats.n) + len(other.stats.n))[:, None],
            np.concatenate([self.stats.n, other.stats.n]),
            np.concatenate([self.stats.mean, other.stats.mean]),
            np.concatenate([self.stats.centred_squares, other.stats.centred_squares]),
        )
        strata = [cells.stratum for cells in (self, other) if cells.stratum is not None]
        return Cells(
            arm=joined([self.arm, other.arm]),
            stratum=joined(strata) if strata else None,
            covariates={
                name: Variable(variable.kind, _values(variable, other.covariates[name]))
                for name, variable in self.covariates.items()
            },
            sources=_all_sources(self.sources, other.sources),
            stats=stats,
        )


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

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> import duckdb, opmaat
    >>> study, file = Path("studies/nsw-1975"), Path(mkdtemp()) / "made-up.parquet"
    >>> rows = duckdb.sql("SELECT i % 2 AS train, i % 7 AS re78 FROM range(40) AS r(i)")
    >>> rows.write_parquet(str(file))
    >>> protocol = opmaat.load_protocol(study)
    >>> cells = read_cells(protocol, "difference-hc2", study, file)
    >>> cells.arm.names, cells.stats.n
    (('control', 'job'), array([20, 20]))
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
    keys = Data(file=protocol.data.file, arm=protocol.data.arm, strata=protocol.data.strata)
    file = data_path(protocol.data.file, study, data)
    layout = Layout(missing=protocol.data.file.missing)
    measure = outcome.column or estimand.outcome
    grouped = group(
        file, needed_columns(narrow, keys), measure, layout, allowed=_ALLOWED.get(outcome.kind, "any")
    )
    if grouped.not_allowed:
        raise DataFileError([_not_allowed(outcome.kind, f"{file.name}, column '{measure}'", grouped)])
    sources = {source_name(protocol.data.file): digest_file(file)}
    panel = build(narrow, keys, grouped.keys, sources=sources)
    mean = (grouped.mean * outcome.scale)[:, None]
    squares = (grouped.centred_squares * outcome.scale**2)[:, None]
    return Cells(
        arm=panel.arm,
        stratum=panel.stratum,
        covariates=panel.covariates,
        sources=panel.sources,
        stats=SufficientStats(np.arange(len(mean))[:, None], grouped.n, mean, squares),
    )


def _not_allowed(kind: OutcomeKind, where: str, grouped: Grouped) -> Issue:
    """Return the issue that rows have a value that an outcome of this kind cannot have."""
    (rule,) = RULES_OF_KIND[kind]
    count = grouped.not_allowed
    rows = "1 row has" if count == 1 else f"{count} rows have"
    return Issue(rule.code, where, f"{rows} a value that {rule.problem}.", rule.fix)


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
    adjust = adjustment(analysis)
    if adjust is not None and adjust.missing == "exclude":
        reasons.append("who misses a covariate left out")
    estimand = estimands[analysis.estimands[0]]
    if protocol.outcomes[estimand.outcome].transform is not None:
        reasons.append("a transformed outcome")
    if estimand.subgroup:
        reasons.append("a subgroup")
    if reasons:
        problem = f"Sums per cell cannot serve '{analysis.id}': {', '.join(reasons)}."
        fix = "Use 'opmaat estimate', which reads every row."
        raise ProtocolError([Issue("sums-cannot-serve", protocol.id, problem, fix)])
    return estimand


def _all_sources(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, str]:
    """Return the files of both; of two with one name the second is told apart by its digest.

    >>> _all_sources({"data: p.parquet": "sha256:0a"}, {"data: p.parquet": "sha256:1b"})
    {'data: p.parquet': 'sha256:0a', 'data: p.parquet (sha256:1b)': 'sha256:1b'}
    """
    named = {
        f"{name} ({digest})" if first.get(name, digest) != digest else name: digest
        for name, digest in second.items()
    }
    return {**first, **named}


def _values(first: Variable, second: Variable) -> NDArray[np.float64] | Codes:
    """Return the values of one file followed by those of another."""
    if isinstance(first.values, Codes) and isinstance(second.values, Codes):
        return joined([first.values, second.values])
    return np.concatenate([first.values, second.values])
