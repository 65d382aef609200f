"""Check the covariates of a trial that reads a register: each is read from it, as what it is called."""

from __future__ import annotations

from collections.abc import Iterator

from opmaat.protocol.data import Covariate
from opmaat.protocol.finding import Finding, KeyPath, unknown
from opmaat.protocol.model import Protocol
from opmaat.protocol.population import Characteristic, Coded, OwnCode, OwnRow


def check_covariates(protocol: Protocol) -> Iterator[Finding]:
    """Yield every covariate that the register does not give, or gives as something else.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> list(check_covariates(load_protocol(Path("studies/nsw-1975"))))
    []
    """
    for name, covariate in (protocol.covariates or {}).items():
        path: KeyPath = ("covariates", name)
        if covariate.definition is not None:
            yield from _check_definition(protocol, covariate, covariate.definition, path)
        elif _reads_register(protocol):
            yield from _check_characteristic(protocol, covariate, path)


def _reads_register(protocol: Protocol) -> bool:
    """Tell whether covariates come from a register; those of a prepared file are columns of it."""
    return protocol.data is None and protocol.population.register is not None


def _check_definition(
    protocol: Protocol, covariate: Covariate, own: OwnRow, path: KeyPath
) -> Iterator[Finding]:
    """Check that there is a register to read the trait from, and that its bands go up."""
    if not _reads_register(protocol) or covariate.column is not None:
        problem = f"'{path[-1]}' is read from the persons' own rows of a register, and from nothing else."
        fix = "Name a register, and neither 'data' nor 'column', or leave out 'definition'."
        yield Finding((*path, "definition"), "no-register-for-definition", problem, fix)
    if not isinstance(own, OwnCode) and list(own.bands) != sorted(set(own.bands)):
        problem = f"The bands of '{path[-1]}' do not go up."
        where = (*path, "definition", "bands")
        yield Finding(where, "bands-not-ascending", problem, "Write them from low to high, each once.")
    yield from _check_kind(covariate, own, path)


def _check_characteristic(protocol: Protocol, covariate: Covariate, path: KeyPath) -> Iterator[Finding]:
    """Check that a covariate without a definition is a characteristic of the household."""
    known = protocol.population.characteristics
    name = covariate.column or str(path[-1])
    if name not in known:
        yield unknown(path, "characteristic", name, known)
        return
    yield from _check_kind(covariate, known[name], path)


def _check_kind(covariate: Covariate, read: Characteristic | OwnRow, path: KeyPath) -> Iterator[Finding]:
    """Check that codes and bands are called categorical, and numbers continuous."""
    kind = "categorical" if isinstance(read, Coded | OwnCode) or read.bands else "continuous"
    if covariate.kind != kind:
        problem = f"'{path[-1]}' is read as {kind}, and is called {covariate.kind}."
        yield Finding((*path, "kind"), "kind-does-not-fit", problem, f"Use 'kind: {kind}'.")
