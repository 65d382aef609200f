"""What an estimand asks in full: between which arms, and in which wave."""

from __future__ import annotations

from itertools import combinations

from opmaat.protocol.analyses import Estimand
from opmaat.protocol.model import Protocol

Pair = tuple[str, str]


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
