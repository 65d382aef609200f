"""The panel: one place per participant for everything that analyses use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from opmaat.core.codes import Codes
from opmaat.core.texts import Text
from opmaat.protocol.analyses import Intercurrent


@dataclass(frozen=True, slots=True)
class Variable:
    """A covariate: numbers (n,) with NaN for missing, or codes for a categorical one."""

    kind: Literal["binary", "continuous", "categorical"]
    values: NDArray[np.float64] | Codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """Rows of the file that the protocol keeps out, with the reason in the protocol's words."""

    reason: Text
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Everything about every participant that was drawn, in the order of the file.

    Arrays have one place per participant (n,). ``outcomes`` and ``baselines`` map an outcome to its values
    by month (None where the file has one row per participant), NaN where missing. ``probability`` is that of
    the arm the participant was drawn into. ``sources`` maps the logical name of each file to its digest.
    ``joined`` tells who joined the trial after the draw. ``intercurrent`` maps what may happen to someone on
    the way to the month of the trial in which it did, infinite where it did not.

    Examples
    --------
    >>> from pathlib import Path
    >>> import opmaat
    >>> study = Path("studies/nsw-1975")
    >>> panel = opmaat.read_panel(opmaat.load_protocol(study), study)
    >>> panel.participants, panel.arm.names
    (445, ('control', 'job'))
    """

    arm: Codes
    outcomes: Mapping[str, Mapping[int | None, NDArray[np.float64]]]
    baselines: Mapping[str, NDArray[np.float64]]
    covariates: Mapping[str, Variable]
    sources: Mapping[str, str]
    stratum: Codes | None = None
    household: NDArray[np.int64] | None = None
    cluster: NDArray[np.int64] | None = None
    probability: NDArray[np.float64] | None = None
    response_weight: NDArray[np.float64] | None = None
    take_up: NDArray[np.float64] | None = None
    joined: NDArray[np.bool_] | None = None
    intercurrent: Mapping[Intercurrent, NDArray[np.float64]] = field(default_factory=dict)
    excluded: tuple[Excluded, ...] = ()

    @property
    def participants(self) -> int:
        """Number of participants."""
        return len(self.arm.codes)
