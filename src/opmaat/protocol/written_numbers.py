"""True, false and quoted numbers where a number belongs: the types would read them as numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import is_dataclass

from opmaat.protocol.finding import Finding, KeyPath
from opmaat.protocol.shape import shown


def not_written_as_numbers(written: object, read: object, path: KeyPath = ()) -> Iterator[Finding]:
    """Yield every true, false or quoted number of a file that became a number.

    Parameters
    ----------
    written
        What stands in the file: mappings, lists and scalars.
    read
        What the types made of it.
    path
        The keys that lead to both.

    Examples
    --------
    >>> [finding.problem for finding in not_written_as_numbers({"months": True}, {"months": 1})]
    ["'months' is 'true', which is not a number."]
    """
    if isinstance(written, bool) or _is_quoted_number(written):
        if isinstance(read, int | float) and not isinstance(read, bool):
            name = shown(path[-1]) if path else "the file"
            problem = f"'{name}' is '{shown(written)}', which is not a number."
            fix = "Write a number, such as 1." if isinstance(written, bool) else "Write it without quotes."
            yield Finding(path, "wrong-value", problem, fix)
    elif isinstance(written, Mapping):
        for key, item in written.items():
            yield from not_written_as_numbers(item, _part(read, key), (*path, key))
    elif _is_list(written) and _is_list(read):
        for position, (one, other) in enumerate(zip(written, read, strict=False)):  # type: ignore[call-overload]
            yield from not_written_as_numbers(one, other, (*path, position))


def _is_quoted_number(written: object) -> bool:
    """Tell a text that holds a number and nothing else; a rate such as 50% is another text."""
    if not isinstance(written, str):
        return False
    try:
        float(written)
    except ValueError:
        return False
    return True


def _part(read: object, key: object) -> object:
    """Return what the types made of a key; None where it has become something else."""
    if isinstance(read, Mapping):
        return read.get(key, read.get(str(key)))
    return getattr(read, str(key), None) if is_dataclass(read) else None


def _is_list(value: object) -> bool:
    """Tell a list from a text."""
    return isinstance(value, Sequence) and not isinstance(value, str)
