"""Check for whom estimands ask, and what they do with what happens on the way."""

from __future__ import annotations

from collections.abc import Iterator

from opmaat.protocol.analyses import Estimand
from opmaat.protocol.assignment import Recorded
from opmaat.protocol.data import Covariate
from opmaat.protocol.finding import Finding, KeyPath, unknown
from opmaat.protocol.model import Protocol
from opmaat.protocol.population import Coded, OwnCode

_LEVELS_OF_BINARY = ("0", "1")


def check_whom(protocol: Protocol, estimand: Estimand, path: KeyPath) -> Iterator[Finding]:
    """Yield every subgroup, every kind of people and every event that the study cannot tell apart.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> protocol = load_protocol(Path("studies/nsw-1975"))
    >>> list(check_whom(protocol, protocol.estimands[0], ("estimands", 0)))
    []
    """
    for name, level in estimand.subgroup.items():
        yield from _check_subgroup(protocol, name, level, path)
    if estimand.among == "joined":
        yield from _check_joined(protocol, path)
    if estimand.intercurrent and protocol.data is not None:
        problem = "A prepared file does not say who died, moved or reached pension age, and when."
        fix = "Leave out 'intercurrent'; the outcome in the file settles it."
        yield Finding((*path, "intercurrent"), "intercurrent-not-known", problem, fix)


def _check_subgroup(protocol: Protocol, name: str, level: str, path: KeyPath) -> Iterator[Finding]:
    """Check that a subgroup is a value that its covariate can have."""
    where = (*path, "subgroup", name)
    covariates = protocol.covariates or {}
    covariate = covariates.get(name)
    if covariate is None:
        yield unknown(where, "covariate", name, covariates)
        return
    if covariate.kind == "continuous":
        problem = f"'{name}' is a number, and nobody is a subgroup by one number."
        yield Finding(where, "subgroup-of-numbers", problem, "Name a covariate with bands or codes.")
        return
    known = _levels(protocol, name, covariate)
    if known and level not in known:
        problem = f"'{level}' is not a value of '{name}'."
        yield Finding(where, "unknown-level", problem, f"Use one of: {', '.join(known)}.")


def _levels(protocol: Protocol, name: str, covariate: Covariate) -> tuple[str, ...]:
    """Return the values that a covariate can have, as far as the protocol tells; none where it does not."""
    if covariate.kind == "binary":
        return _LEVELS_OF_BINARY
    characteristic = protocol.population.characteristics.get(covariate.column or name)
    read = covariate.definition or (characteristic if protocol.data is None else None)
    if isinstance(read, Coded | OwnCode):
        return tuple(dict.fromkeys(read.values.values()))
    return ()


def _check_joined(protocol: Protocol, path: KeyPath) -> Iterator[Finding]:
    """Check that people joined after the draw, and that it is known who."""
    if protocol.data is not None or isinstance(protocol.assignment, Recorded):
        problem = "A prepared file does not say who joined after the draw."
        fix = "Leave out 'among', and keep rows with 'include' only by what was known before the draw."
        yield Finding((*path, "among"), "joining-not-known", problem, fix)
    elif protocol.assignment.timing != "before_invitation":
        problem = "Everybody who is drawn joined before the draw, so nobody joined after it."
        yield Finding((*path, "among"), "joined-before-draw", problem, "Leave out 'among'.")
