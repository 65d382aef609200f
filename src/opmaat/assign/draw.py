"""Draw a caseload as the protocol says, and draw it again for inference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opmaat.assign.columns import combined, numeric
from opmaat.assign.model import Allocation
from opmaat.assign.procedures.blocked import BlockedDraw
from opmaat.assign.procedures.blocks import BlockSequence
from opmaat.assign.procedures.clustered import ClusteredDraw
from opmaat.assign.procedures.differences import standardised
from opmaat.assign.procedures.minimised import MinimisedDraw
from opmaat.assign.procedures.procedure import Labels, Procedure
from opmaat.assign.procedures.rerandomised import RerandomisedDraw
from opmaat.assign.procedures.simple import SimpleDraw
from opmaat.assign.procedures.stream import Stream
from opmaat.caseload.model import Caseload
from opmaat.core.codes import Codes
from opmaat.core.digest import digest_bytes
from opmaat.core.errors import DataFileError, Issue, ProtocolError
from opmaat.core.receipt import Receipt
from opmaat.core.version import __version__
from opmaat.protocol.assignment import (
    Blocked,
    Clustered,
    Complete,
    Minimised,
    Recorded,
    Rerandomised,
    Simple,
    is_rolling,
    strata_of,
)
from opmaat.protocol.checks.draw import parts
from opmaat.protocol.model import Protocol

LIST = "caseload"


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that a draw needs: the eligible households, the arms, and the procedure of the protocol."""

    arms: tuple[str, ...]
    households: tuple[str, ...]
    strata: tuple[str, ...] | None
    procedure: Procedure


def draw(protocol: Protocol, caseload: Caseload, seed: bytes) -> Allocation:
    """Draw every eligible household of a caseload.

    Parameters
    ----------
    seed
        The seed of the ceremony, 32 bytes. The receipt does not hold it: it is sealed until all is due.

    Raises
    ------
    ProtocolError
        ``nothing-to-draw`` when the protocol records a draw of elsewhere.
    DataFileError
        When nobody is eligible, or when a cluster lies in two strata.
    CheckFailedError
        When no draw meets the balance bound.
    """
    found = drawing(protocol, caseload)
    labels = found.procedure.draws(_stream(caseload, seed), 1)[0]
    return Allocation(
        study=caseload.study,
        round=caseload.round,
        arms=found.arms,
        households=found.households,
        labels=labels,
        strata=found.strata,
        chances=found.procedure.chances(),
        plan=protocol.assignment,
        receipt=Receipt(
            stage="draw",
            inputs={LIST: caseload.digest()},
            output=digest_bytes(labels.tobytes()),
            protocol=protocol.digest(),
            version=__version__,
            previous=caseload.receipt.digest(),
        ),
    )


def redraw(protocol: Protocol, caseload: Caseload, *, seed: bytes, count: int) -> Labels:
    """Draw a caseload again and again by the same procedure, for inference by randomisation.

    Parameters
    ----------
    seed
        A seed of the analysis, not that of the draw.
    count
        Number of re-draws.

    Returns
    -------
    Number of the arm of every eligible household, in the order of the protocol's arms, (count, households).
    """
    return drawing(protocol, caseload).procedure.draws(_stream(caseload, seed).child("re-draws"), count)


def require_drawable(protocol: Protocol, caseload: Caseload) -> None:
    """Refuse a list that cannot be drawn as the protocol says, before anything is promised.

    Raises what :func:`draw` raises, and CheckFailedError ``bound-too-tight`` also for a bound that can be met
    so rarely that the day of the draw would not be enough.
    """
    procedure = drawing(protocol, caseload).procedure
    if isinstance(procedure, RerandomisedDraw):
        procedure.require_reachable()


def drawing(protocol: Protocol, caseload: Caseload) -> Drawing:
    """Return the procedure of a protocol for the eligible households of a caseload."""
    if isinstance(protocol.assignment, Recorded):
        raise _recorded(protocol)
    arms, eligible = tuple(protocol.arms), caseload.eligible
    if not len(eligible):
        problem, fix = "Nobody on the list is eligible.", "Look at the counts of 'opmaat caseload'."
        raise DataFileError([Issue("nobody-eligible", "caseload", problem, fix)])
    shares = np.array([arm.share or 0.0 for arm in protocol.arms.values()], dtype=np.float64)
    households = tuple(map(caseload.households.__getitem__, eligible.tolist()))
    names = strata_of(protocol.assignment)
    strata = combined(caseload, names, eligible) if names else None
    procedure = _procedure(protocol, caseload, eligible, shares / shares.sum(), strata)
    return Drawing(arms, households, _names(strata), procedure)


def _names(strata: Codes | None) -> tuple[str, ...] | None:
    """Return the name of each unit's stratum."""
    return None if strata is None else tuple(map(strata.names.__getitem__, strata.codes.tolist()))


def _procedure(
    protocol: Protocol,
    caseload: Caseload,
    eligible: NDArray[np.int64],
    shares: NDArray[np.float64],
    strata: Codes | None,
) -> Procedure:
    """Return the procedure of the plan, with the households in canonical order."""
    plan, one = protocol.assignment, np.zeros(len(eligible), dtype=np.int64)
    within = BlockedDraw(one if strata is None else strata.codes, shares)
    match plan:
        case Recorded():
            problem, fix = (
                "The protocol records a draw that was carried out elsewhere.",
                "Name another method.",
            )
            raise ProtocolError([Issue("nothing-to-draw", protocol.id, problem, fix)])
        case Simple():
            return SimpleDraw(len(eligible), shares)
        case Complete():
            return within
        case Blocked():
            names = () if strata is None else strata.names
            return (
                BlockSequence(within, names, plan.block_sizes, is_rolling(plan))
                if plan.block_sizes
                else within
            )
        case Clustered():
            return _clustered(combined(caseload, (plan.by,), eligible), within.stratum, shares)
        case Minimised():
            levels = [combined(caseload, (name,), eligible).codes for name in plan.factors]
            ratio = parts([arm.share or 0.0 for arm in protocol.arms.values()])
            return MinimisedDraw(np.stack(levels, axis=1), ratio, plan.p)
        case Rerandomised():
            values = numeric(caseload, plan.covariates, eligible).values
            return RerandomisedDraw(within, standardised(values), plan.bound)


def _clustered(clusters: Codes, stratum: NDArray[np.int64], shares: NDArray[np.float64]) -> ClusteredDraw:
    """Return a draw of clusters; a cluster whose households lie in two strata is an issue."""
    first = np.unique(clusters.codes, return_index=True)[1]
    of_cluster = stratum[first]
    torn = np.unique(clusters.codes[of_cluster[clusters.codes] != stratum])
    if len(torn):
        fix = "Draw within strata that whole clusters belong to."
        raise DataFileError(
            Issue(
                "cluster-in-two-strata",
                "caseload",
                f"The cluster '{clusters.names[code]}' lies in two strata.",
                fix,
            )
            for code in torn
        )
    return ClusteredDraw(BlockedDraw(of_cluster, shares), clusters.codes)


def _recorded(protocol: Protocol) -> ProtocolError:
    """Say that there is nothing to draw."""
    problem, fix = "The protocol records a draw that was carried out elsewhere.", "Name another method."
    return ProtocolError([Issue("nothing-to-draw", protocol.id, problem, fix)])


def _stream(caseload: Caseload, seed: bytes) -> Stream:
    """Return the stream of a round."""
    return Stream(seed).child(f"round {caseload.round}")
