"""What a protocol means in full: what an estimand asks, and how an analysis treats strata and clusters."""

from __future__ import annotations

from itertools import combinations
from typing import Literal

from opmaat.protocol.analyses import Adjustment, Analysis, DifferenceInMeans, Estimand, StrataRule
from opmaat.protocol.assignment import Clustered, strata_of
from opmaat.protocol.model import Protocol

Pair = tuple[str, str]


def is_trial(protocol: Protocol) -> bool:
    """Tell whether outcomes are made of registers and answers, instead of read from a prepared file.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> is_trial(load_protocol(Path("studies/nsw-1975")))
    False
    """
    defined = any(outcome.definition is not None for outcome in protocol.outcomes.values())
    return protocol.data is None and defined


def contrast_pairs(protocol: Protocol, estimand: Estimand) -> tuple[Pair, ...]:
    """Return the pairs (arm, compared with arm) that an estimand asks for.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> protocol = load_protocol(Path("studies/nsw-1975"))
    >>> contrast_pairs(protocol, protocol.estimands[0])
    (('job', 'control'),)
    """
    others = [arm for arm in protocol.arms if arm != protocol.control]
    if estimand.contrast == "against_control":
        return tuple((arm, protocol.control) for arm in others)
    if estimand.contrast == "pairwise":
        ordered = [protocol.control, *others]
        return tuple((later, earlier) for earlier, later in combinations(ordered, 2))
    return (estimand.contrast,)


def wave_of(protocol: Protocol, estimand: Estimand) -> str | None:
    """Return the wave in an estimand's month, or the last wave when it has no month; None when there is none.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> protocol = load_protocol(Path("studies/nsw-1975"))
    >>> wave_of(protocol, protocol.estimands[0]) is None
    True
    """
    if estimand.month is None:
        last = max(protocol.waves, key=lambda wave: wave.month, default=None)
        return last.name if last else None
    return next((wave.name for wave in protocol.waves if wave.month == estimand.month), None)


def adjustment(analysis: Analysis) -> Adjustment | None:
    """Return the covariates of an analysis, None where it has none.

    >>> adjustment(DifferenceInMeans(id="A", estimands=("E",), method="difference_in_means")) is None
    True
    """
    return None if isinstance(analysis, DifferenceInMeans) else analysis.adjust


def strata_rule(protocol: Protocol, analysis: Analysis) -> StrataRule:
    """Return how an analysis treats strata: within them where there are any, unless it says otherwise.

    Strata are those of the prepared file, or without one those of the draw.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> protocol = load_protocol(Path("studies/nsw-1975"))
    >>> strata_rule(protocol, protocol.analyses[0])
    'ignored'
    """
    if analysis.strata is not None:
        return analysis.strata
    strata = strata_of(protocol.assignment) if protocol.data is None else protocol.data.strata
    return "within" if strata else "ignored"


def cluster_unit(protocol: Protocol, analysis: Analysis) -> Literal["household", "cluster"] | None:
    """Return on whom errors cluster, None for nobody: the unit of the draw unless the analysis says it.

    With a prepared file it is what the file has; without one every person has a household.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> protocol = load_protocol(Path("studies/nsw-1975"))
    >>> cluster_unit(protocol, protocol.analyses[0]) is None
    True
    """
    data = protocol.data
    if data is not None:
        column = cluster_column(protocol, analysis)
        if column is None:
            return None
        return "household" if column == data.household else "cluster"
    if not analysis.errors.startswith("cr"):
        return None
    return analysis.cluster or ("cluster" if isinstance(protocol.assignment, Clustered) else "household")


def cluster_column(protocol: Protocol, analysis: Analysis) -> str | None:
    """Return the column of a prepared file on which errors cluster, see :func:`cluster_unit`.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> protocol = load_protocol(Path("studies/nsw-1975"))
    >>> cluster_column(protocol, protocol.analyses[0]) is None
    True
    """
    data = protocol.data
    if data is None or not analysis.errors.startswith("cr"):
        return None
    if analysis.cluster is not None:
        return data.household if analysis.cluster == "household" else data.cluster
    if isinstance(protocol.assignment, Clustered):
        return data.cluster
    return data.household or data.cluster
