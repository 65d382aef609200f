"""Integrity of a trial: was the draw carried out as planned, and who joined and answered in each arm.

Every p-value comes from drawing again with the procedure of the draw (docs/adr/0006-evaluate-redraws.md),
which holds for blocked, clustered, minimised and re-randomised draws alike, where a chi-square distribution
does not. What is found describes the trial; it is no reason to draw again or to choose covariates.

Counts below ten, and differences that rest on them, are for researchers only: a report leaves them out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.assign.balance import (
    DrawBalance,
    RedrawTest,
    balance,
    declared_balance,
    sample_ratio,
    shares_in_strata,
)
from opmaat.assign.columns import numeric
from opmaat.assign.draw import redraw
from opmaat.assign.model import Allocation
from opmaat.assign.procedures.differences import standardised
from opmaat.assign.procedures.procedure import Labels
from opmaat.caseload.model import Caseload
from opmaat.core.digest import digest_value
from opmaat.core.errors import DataFileError, Issue
from opmaat.core.receipt import Receipt
from opmaat.core.version import __version__
from opmaat.evaluate.model import plain
from opmaat.protocol.assignment import Counted, Recorded
from opmaat.protocol.model import Protocol

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmNumbers:
    """Households of one arm: drawn, counted, and how many of those the draw gives reason to expect."""

    arm: str
    drawn: int
    counted: int
    expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRatio:
    """The sample-ratio test of those who joined, or of those who answered in a wave.

    The households that are counted are held fixed, and their arms drawn again. With everybody counted it says
    nothing of a draw that fixes the numbers per arm: its p is then 1.
    """

    counted: Counted
    wave: str | None
    arms: tuple[ArmNumbers, ...]
    test: RedrawTest


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedRow:
    """One characteristic, or one level of it: its mean among those of an arm who joined, and who did not.

    ``difference`` is in standard deviations of all who were drawn. None where nobody joined, or everybody.
    """

    characteristic: str
    level: str | None
    joined: float | None
    others: float | None
    difference: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedOfArm:
    """Who joined in one arm, beside those of the same arm who did not."""

    arm: str
    joined: int
    others: int
    rows: tuple[JoinedRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """What there is to see of the draw and of who took part, for one round.

    Parameters
    ----------
    drawn
        Households per arm.
    strata
        Whether the arms have their shares in every stratum.
    balance
        How alike the arms are that were drawn, on the characteristics of the plan; one omnibus test.
    joined_balance
        The same among those who joined: a small p says that other people joined in one arm than in another.
        None where nobody joined.
    joined
        Per arm, those who joined beside those who did not.
    ratios
        The sample-ratio tests that the plan declares.
    """

    study: str
    round: str
    drawn: Mapping[str, int]
    strata: RedrawTest
    balance: DrawBalance
    joined_balance: DrawBalance | None
    joined: tuple[JoinedOfArm, ...]
    ratios: tuple[SampleRatio, ...]
    receipt: Receipt

    def as_dict(self) -> dict[str, Any]:
        """Return everything as mappings, lists, texts, numbers and None, for JSON."""
        content: dict[str, Any] = plain(self)
        return content

    def digest(self) -> str:
        """Return the digest of everything but the receipt."""
        return digest_value({name: value for name, value in self.as_dict().items() if name != "receipt"})


def integrity(
    protocol: Protocol,
    caseload: Caseload,
    allocation: Allocation,
    *,
    joined: Collection[str],
    answered: Mapping[str, Collection[str]],
    seed: int,
    count: int = 999,
) -> Integrity:
    """Return the integrity of one round of a draw.

    Parameters
    ----------
    caseload, allocation
        The list of the round and what it was drawn into, see :func:`opmaat.assign.draw.draw`.
    joined
        Pseudonyms of the households that joined.
    answered
        For each wave of the protocol, pseudonyms of the households of which somebody answered.
    seed, count
        Seed of the analysis, which is not that of the draw, and number of re-draws.

    Raises
    ------
    ProtocolError
        ``nothing-to-draw`` when the protocol records a draw of elsewhere.
    DataFileError
        ``other-list`` when the allocation is of another list; ``not-drawn`` for households that joined and
        were not drawn; ``unknown-wave``; ``answered-without-joining``.

    Examples
    --------
    Forty households in two arms, of which those of the first arm stayed away:

    >>> from pathlib import Path
    >>> from opmaat.assign.draw import draw
    >>> from opmaat.caseload.model import Totals
    >>> from opmaat.protocol.assignment import Complete
    >>> from opmaat.protocol.load import load_protocol
    >>> study = load_protocol(Path("tests/spec/errors/study"))
    >>> protocol = replace(study, assignment=Complete(method="complete"))
    >>> names = tuple(f"{number:040x}" for number in range(40))
    >>> caseload = Caseload(
    ...     study="a", round="", reference_date="2026-01-01", households=names,
    ...     persons=tuple((name,) for name in names), kept_out=(None,) * 40, characteristics={},
    ...     screened=(), totals=Totals(40, 0, 0, 40, 40, 40, 40), reference=(),
    ...     receipt=Receipt(stage="caseload", inputs={}, output="", protocol="", version="0"),
    ... )
    >>> drawn = draw(protocol, caseload, bytes(32))
    >>> joined = [row.household for row in drawn if row.arm != "control"]
    >>> found = integrity(protocol, caseload, drawn, joined=joined, answered={}, seed=1)
    >>> found.strata.p, found.ratios[0].test.p
    (1.0, 0.001)
    """
    _require_known(protocol, caseload, allocation, joined=joined, answered=answered)
    redraws = redraw(protocol, caseload, seed=f"integrity {seed}".encode(), count=count)
    names, arms = declared_balance(protocol), len(allocation.arms)
    inside = _flags(allocation, joined)
    found = Integrity(
        study=allocation.study,
        round=allocation.round,
        drawn=allocation.totals(),
        strata=shares_in_strata(
            allocation.labels, _strata(allocation), allocation.chances.values, redraws=redraws
        ),
        balance=balance(caseload, allocation.labels, names=names, redraws=redraws, arms=arms),
        joined_balance=balance(
            caseload, allocation.labels, names=names, redraws=redraws, arms=arms, among=inside
        )
        if inside.any()
        else None,
        joined=tuple(_joined(caseload, allocation, names, inside)),
        ratios=tuple(_ratios(protocol, allocation, redraws, inside=inside, answered=answered)),
        receipt=_receipt(protocol, caseload, allocation, joined=joined, answered=answered, seed=seed),
    )
    return replace(found, receipt=replace(found.receipt, output=found.digest()))


def _receipt(
    protocol: Protocol,
    caseload: Caseload,
    allocation: Allocation,
    *,
    joined: Collection[str],
    answered: Mapping[str, Collection[str]],
    seed: int,
) -> Receipt:
    """Return what went in; the digest of what came out is still to be filled in."""
    waves = {f"answered: {wave}": digest_value(sorted(who)) for wave, who in answered.items()}
    return Receipt(
        stage="integrity",
        inputs={"caseload": caseload.digest(), "joined": digest_value(sorted(joined)), **waves},
        output="",
        protocol=protocol.digest(),
        version=__version__,
        seed=seed,
        previous=allocation.receipt.digest(),
    )


def _require_known(
    protocol: Protocol,
    caseload: Caseload,
    allocation: Allocation,
    *,
    joined: Collection[str],
    answered: Mapping[str, Collection[str]],
) -> None:
    """Refuse households that were not drawn, and waves that there are not."""
    issues = []
    if tuple(caseload.households[at] for at in caseload.eligible) != allocation.households:
        problem, fix = "The allocation is not of this list.", "Give the list that was drawn, as it was then."
        issues.append(Issue("other-list", "caseload", problem, fix))
    if strange := len(set(joined) - set(allocation.households)):
        problem, fix = f"{strange} households joined that were not drawn.", "Look at the round they are of."
        issues.append(Issue("not-drawn", "joined", problem, fix))
    waves = {wave.name for wave in protocol.waves}
    for wave, who in answered.items():
        if wave not in waves:
            problem, fix = f"The protocol has no wave '{wave}'.", "Name waves as the protocol does."
            issues.append(Issue("unknown-wave", f"answered: {wave}", problem, fix))
        if strange := len(set(who) - set(joined)):
            problem, fix = f"{strange} households answered that did not join.", "Look at how they are coded."
            issues.append(Issue("answered-without-joining", f"answered: {wave}", problem, fix))
    if issues:
        raise DataFileError(issues)


def _ratios(
    protocol: Protocol,
    allocation: Allocation,
    redraws: Labels,
    *,
    inside: Flags,
    answered: Mapping[str, Collection[str]],
) -> Iterator[SampleRatio]:
    """Yield the sample-ratio tests that the plan declares."""
    plan = protocol.assignment
    declared: Sequence[Counted] = () if isinstance(plan, Recorded) else plan.sample_ratio
    if "joined" in declared:
        yield _ratio(allocation, redraws, inside, counted="joined", wave=None)
    for wave in protocol.waves:
        if "answered" in declared and wave.name in answered:
            flags = _flags(allocation, answered[wave.name])
            yield _ratio(allocation, redraws, flags, counted="answered", wave=wave.name)


def _ratio(
    allocation: Allocation, redraws: Labels, inside: Flags, *, counted: Counted, wave: str | None
) -> SampleRatio:
    """Return the sample-ratio test of the households inside."""
    number = len(allocation.arms)
    drawn = np.bincount(allocation.labels, minlength=number)
    found = np.bincount(allocation.labels[inside], minlength=number)
    expected = allocation.chances.values[inside].sum(axis=0)
    arms = tuple(
        ArmNumbers(
            arm=arm, drawn=int(drawn[at]), counted=int(found[at]), expected=round(float(expected[at]), 9)
        )
        for at, arm in enumerate(allocation.arms)
    )
    test = sample_ratio(allocation.labels, inside, redraws, number)
    return SampleRatio(counted=counted, wave=wave, arms=arms, test=test)


def _joined(
    caseload: Caseload, allocation: Allocation, names: Sequence[str], inside: Flags
) -> Iterator[JoinedOfArm]:
    """Yield, per arm, those who joined beside those who did not."""
    columns = numeric(caseload, names, caseload.eligible)
    scaled = standardised(columns.values)
    for code, arm in enumerate(allocation.arms):
        own = allocation.labels == code
        sides = (own & inside, own & ~inside)
        both = all(side.any() for side in sides)
        rows = tuple(
            JoinedRow(
                characteristic=name,
                level=level,
                joined=_mean(columns.values[sides[0], at]),
                others=_mean(columns.values[sides[1], at]),
                difference=float(scaled[sides[0], at].mean() - scaled[sides[1], at].mean()) if both else None,
            )
            for at, (name, level) in enumerate(columns.names)
        )
        yield JoinedOfArm(arm=arm, joined=int(sides[0].sum()), others=int(sides[1].sum()), rows=rows)


def _mean(values: NDArray[np.float64]) -> float | None:
    """Return a mean, or None of nobody."""
    return float(values.mean()) if len(values) else None


def _flags(allocation: Allocation, who: Collection[str]) -> Flags:
    """Return for every household that was drawn whether it is one of these."""
    known = set(who)
    return np.array([household in known for household in allocation.households], dtype=np.bool_)


def _strata(allocation: Allocation) -> NDArray[np.int64]:
    """Return the number of each household's stratum; one for all where there are none."""
    if allocation.strata is None:
        return np.zeros(len(allocation.households), dtype=np.int64)
    return np.unique(np.array(allocation.strata), return_inverse=True)[1].astype(np.int64)
