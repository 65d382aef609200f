"""Read protocol.yaml: every problem at once, each with its line and the way to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from opmaat.core.errors import Issue
from opmaat.protocol.checks.check import check
from opmaat.protocol.finding import Finding
from opmaat.protocol.model import Protocol
from opmaat.protocol.typed_yaml import FileKind, read_typed, read_with_issues


@cache
def type_adapter() -> TypeAdapter[Protocol]:
    """Return what builds a protocol from plain values, as a lock or a YAML file has them.

    >>> type_adapter().json_schema()["properties"]["version"]["const"]
    1
    """
    return TypeAdapter(Protocol)


_KIND = FileKind("protocol", "protocol.yaml", type_adapter)


def load_protocol(path: Path) -> Protocol:
    """Read and check a protocol file.

    Parameters
    ----------
    path
        The file, or the study's folder with a ``protocol.yaml`` in it.

    Raises
    ------
    ProtocolError
        With one issue per problem: not YAML, unknown or missing keys, wrong values, references to nothing.

    Examples
    --------
    >>> load_protocol(Path("studies/nsw-1975")).control
    'control'
    """
    return read_typed(path, _KIND, check)


def examine_protocol(
    path: Path, also: Callable[[Protocol], Iterable[Finding]]
) -> tuple[Protocol | None, list[Issue]]:
    """Read a protocol file and return it with everything that is found, by its own check and by another.

    The protocol is None when it has not the right shape. Raises ProtocolError when there is nothing to read.

    Examples
    --------
    >>> protocol, issues = examine_protocol(Path("studies/nsw-1975"), lambda protocol: [])
    >>> issues
    []
    """

    def both(protocol: Protocol) -> Iterable[Finding]:
        return [*check(protocol), *also(protocol)]

    return read_with_issues(path, _KIND, both)


def protocol_file(path: Path) -> Path:
    """Return the protocol file of a study's folder, or the file itself."""
    return _KIND.find(path)


def results_folder(path: Path) -> Path:
    """Return the folder in which a study's results stand unless another is named.

    >>> results_folder(Path("studies/nsw-1975")).as_posix()
    'studies/nsw-1975/results'
    """
    return protocol_file(path).parent / "results"


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of protocol.yaml, generated from the types."""
    return type_adapter().json_schema()
