"""What an evaluation gives out: estimates, and everything a reader needs to judge them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

from opmaat.core.digest import digest_value
from opmaat.core.receipt import Receipt
from opmaat.panel.model import Excluded
from opmaat.stats.design_matrix import Dropped
from opmaat.stats.error_kinds import Errors

Method = Literal["difference_in_means", "regression", "lin", "ancova", "difference_in_differences", "late"]
BalanceNote = Literal["", "unequal-chances", "drawn-together", "no-variation", "no-residual-df"]
BalanceUnit = Literal["participant", "household", "cluster"]
NoteCode = Literal["missing-outcome", "missing-baseline", "left-out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A confidence interval; ``confidence`` is 0.95 for 95%. Unbounded sides are None."""

    low: float | None
    high: float | None
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The fitted model behind an estimate.

    ``n_by_arm`` counts the participants in the model; ``rank`` is the number of coefficients that were
    estimated; ``dropped`` names each column that was left out and why; ``clusters`` is the number of clusters
    where the errors are clustered.
    """

    n: int
    n_by_arm: Mapping[str, int]
    rank: int
    df: float
    errors: Errors
    clusters: int | None = None
    dropped: tuple[Dropped, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStage:
    """How strongly the draw moved take-up: difference in take-up, and the F statistic of the instrument."""

    take_up_difference: float
    std_error: float
    f_statistic: float
    df: float
    anderson_rubin: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something a reader must know of an estimate, as a code that the report puts into words, and how many.

    All count participants who are not in the fit. ``missing-outcome``: the outcome is missing.
    ``missing-baseline``: the outcome is known, and the baseline measure that it is compared with is missing.
    ``left-out``: a covariate, take-up or a weight is missing.
    """

    code: NoteCode
    participants: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One contrast of one outcome, from one fitted model; there is none without a fit.

    ``contrast`` is (arm, compared with arm). ``point`` and ``std_error`` are in the outcome's unit.
    ``p_adjusted`` and ``simultaneous`` belong to the family, where the analysis names one;
    ``simultaneous`` exists for max-t only. ``notes`` say who is not in the fit.

    Examples
    --------
    >>> from pathlib import Path
    >>> import opmaat
    >>> study = Path("studies/nsw-1975")
    >>> protocol = opmaat.read_frozen(study).protocol
    >>> first = opmaat.estimate(protocol, opmaat.read_panel(protocol, study)).estimates[0]
    >>> first.contrast, round(first.point), round(first.std_error), first.fit.n
    (('job', 'control'), 1794, 671, 445)
    """

    analysis: str
    estimand: str
    outcome: str
    month: int | None
    contrast: tuple[str, str]
    method: Method
    primary: bool
    point: float
    std_error: float
    interval: Interval
    p: float
    fit: Fit
    means: Mapping[str, float]
    family: str | None = None
    adjustment: Literal["max_t", "holm", "benjamini_hochberg"] | None = None
    p_adjusted: float | None = None
    simultaneous: Interval | None = None
    first_stage: FirstStage | None = None
    notes: tuple[Note, ...] = ()

    @property
    def n_by_arm(self) -> Mapping[str, int]:
        """Participants in the model, by arm."""
        return self.fit.n_by_arm

    @property
    def df(self) -> float:
        """Degrees of freedom of the interval."""
        return self.fit.df


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRow:
    """One covariate (or level of one) at baseline: mean per arm and its difference from control.

    ``standardised`` is the difference from control by arm, in units of the root of the mean of the two arms'
    variances (Austin 2009, https://doi.org/10.1002/sim.3697).
    """

    covariate: str
    level: str | None
    means: Mapping[str, float]
    standardised: Mapping[str, float]
    missing: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Baseline balance, with one omnibus test over all covariates (None where it cannot be computed).

    ``unit`` is what was drawn, and so what the test counts: means over the participants of a household or
    cluster. ``note`` says why the test cannot be computed; it is empty where it was.
    """

    rows: tuple[BalanceRow, ...]
    statistic: float | None
    df: tuple[float, float] | None
    p: float | None
    note: BalanceNote
    unit: BalanceUnit = "participant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """How many of each arm have no value for what an estimand asks, of those whom it is about.

    Who has none by the estimand's own rule, such as from a death on, counts too.
    """

    estimand: str
    asked: Mapping[str, int]
    missing: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A planned question that the data of a trial cannot answer, with the reason as a code and in English."""

    analysis: str
    estimand: str
    contrasts: tuple[tuple[str, str], ...]
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """The answer to every planned analysis, and what is needed to judge it.

    ``unanswered`` are the questions of a trial that its data cannot answer. They are told, never passed over:
    a trial cannot be repeated, and a stratum without respondents must not hide what registers say. A prepared
    file that cannot answer a question is refused instead.

    Examples
    --------
    >>> from pathlib import Path
    >>> import opmaat
    >>> study = Path("studies/nsw-1975")
    >>> protocol = opmaat.read_frozen(study).protocol
    >>> estimates = opmaat.estimate(protocol, opmaat.read_panel(protocol, study))
    >>> estimates.protocol_id, estimates.drawn
    ('nsw-1975', {'control': 260, 'job': 185})
    """

    protocol_id: str
    estimates: tuple[Estimate, ...]
    drawn: Mapping[str, int]
    taken_up: Mapping[str, float] | None
    excluded: tuple[Excluded, ...]
    balance: Balance | None
    missing: tuple[Missing, ...]
    receipt: Receipt
    unanswered: tuple[Unanswered, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return everything as mappings, lists, texts, finite numbers and None, for JSON.

        A number that JSON does not have is written as ``"NaN"``, ``"Infinity"`` or ``"-Infinity"``. Nothing
        unanswered is not written.
        """
        content: dict[str, Any] = plain(self)
        if not self.unanswered:
            del content["unanswered"]
        return content


def estimates_digest(content: Mapping[str, Any]) -> str:
    """Return the digest of estimates by their content, which is every field but the receipt.

    ``content`` maps field names to values, as they are or as :meth:`Estimates.as_dict` gives them; a receipt
    in it is left out, so that the receipt itself can hold this digest as its output.

    >>> estimates_digest({"drawn": {"control": 3}})[:19]
    'sha256:b47ac1f6354e'
    """
    return digest_value({name: plain(value) for name, value in content.items() if name != "receipt"})


def plain(value: object) -> Any:  # noqa: ANN401
    """Return mappings, lists, texts, finite numbers and None only, as JSON has them.

    >>> plain(Interval(low=0.5, high=None, confidence=0.95))
    {'low': 0.5, 'high': None, 'confidence': 0.95}
    """
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value
