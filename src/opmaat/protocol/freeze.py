"""Freeze a protocol into protocol.lock; change it only by an amendment with a reason.

The lock holds the protocol's content, its digest, every amendment, and a seal over all of it. Analyses read
the lock and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from opmaat.core.digest import digest_value
from opmaat.core.errors import Issue, ProtocolError, ReceiptMismatchError
from opmaat.core.files import write_together
from opmaat.core.version import __version__
from opmaat.protocol.load import load_protocol, protocol_file, type_adapter
from opmaat.protocol.model import Protocol

FILE_NAME = "protocol.lock"


@dataclass(frozen=True, slots=True)
class Change:
    """One value that an amendment changed; None where there was, or is, none."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change after the freeze: when, why, and exactly what."""

    number: int
    date: date
    reason: str
    digest_before: str
    digest_after: str
    changes: tuple[Change, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the amendment as plain values."""
        return {**asdict(self), "date": self.date.isoformat()}


@dataclass(frozen=True, slots=True)
class Lock:
    """A frozen protocol. ``version`` is the version of Opmaat that froze it.

    Examples
    --------
    >>> lock = read_frozen(Path("studies/nsw-1975"))
    >>> lock.protocol.id, lock.frozen_on.year, len(lock.amendments)
    ('nsw-1975', 2026, 0)
    """

    protocol: Protocol
    digest: str
    frozen_on: date
    version: str
    amendments: tuple[Amendment, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the lock as plain values, for the file and its seal."""
        return {
            "lock": 1,
            "protocol_id": self.protocol.id,
            "digest": self.digest,
            "frozen_on": self.frozen_on.isoformat(),
            "version": self.version,
            "amendments": [amendment.as_dict() for amendment in self.amendments],
            "protocol": self.protocol.as_dict(),
        }

    def seal(self) -> str:
        """Return the digest of the whole lock: protocol, days, amendments and their reasons."""
        return digest_value(self.as_dict())


def freeze(protocol: Protocol, *, today: date) -> Lock:
    """Return the lock of a protocol as it stands today.

    Examples
    --------
    >>> protocol = load_protocol(Path("studies/nsw-1975"))
    >>> freeze(protocol, today=date(2026, 3, 1)).digest == protocol.digest()
    True
    """
    return Lock(protocol, protocol.digest(), today, __version__)


def amend(lock: Lock, protocol: Protocol, *, reason: str, today: date) -> Lock:
    """Return the lock of a changed protocol, which remembers what was changed and why.

    Raises ProtocolError when no reason is given, nothing was changed, or the day is before that of the
    freeze or of the amendment before.

    Examples
    --------
    >>> lock = read_lock(Path("studies/nsw-1975"))
    >>> changed = replace(lock.protocol, municipality="Molendorp")
    >>> made = amend(lock, changed, reason="named at last", today=lock.frozen_on).amendments[0]
    >>> made.number, made.changes
    (1, (Change(path='municipality', before=None, after='Molendorp'),))
    """
    if not reason.strip():
        raise ProtocolError(
            [Issue("no-reason", "amend", "An amendment needs a reason.", "Say why with --reason.")]
        )
    latest = max([lock.frozen_on, *(amendment.date for amendment in lock.amendments)])
    if today < latest:
        problem = f"The day {today} is before {latest}, when the protocol was last frozen or amended."
        raise ProtocolError([Issue("day-too-early", "amend", problem, "Give the day of this change.")])
    changes = tuple(_changes(lock.protocol.as_dict(), protocol.as_dict()))
    if not changes:
        problem = "The protocol is the same as the frozen one."
        raise ProtocolError([Issue("nothing-changed", "amend", problem, "Change the protocol first.")])
    amendment = Amendment(
        number=len(lock.amendments) + 1,
        date=today,
        reason=reason.strip(),
        digest_before=lock.digest,
        digest_after=protocol.digest(),
        changes=changes,
    )
    return replace(
        lock, protocol=protocol, digest=protocol.digest(), amendments=(*lock.amendments, amendment)
    )


def _changes(before: Any, after: Any, path: str = "") -> Iterator[Change]:  # noqa: ANN401
    """Yield every value that differs, by the keys that lead to it."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from _changes(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    elif _is_list(before) and _is_list(after) and len(before) == len(after):
        for position, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _changes(old, new, f"{path}[{position}]")
    elif before != after:
        yield Change(path, before, after)


def _is_list(value: object) -> bool:
    """Tell a list from a text."""
    return isinstance(value, Sequence) and not isinstance(value, str)


def write_lock(lock: Lock, path: Path) -> Path:
    """Write protocol.lock beside the protocol, whole or not at all, and return its path.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> lock, folder = read_lock(Path("studies/nsw-1975")), Path(mkdtemp())
    >>> write_lock(lock, folder).name
    'protocol.lock'
    >>> read_lock(folder) == lock
    True
    """
    file = lock_file(path)
    text = json.dumps({**lock.as_dict(), "seal": lock.seal()}, indent=2, ensure_ascii=False) + "\n"
    write_together({file: text.encode()})
    return file


def lock_file(path: Path) -> Path:
    """Return the lock's path, beside the protocol file of a study."""
    return protocol_file(path).with_name(FILE_NAME)


def read_lock(path: Path) -> Lock:
    """Read the lock of a study; check its seal, its digest and the chain of its amendments.

    Raises
    ------
    ProtocolError
        When there is no lock: freeze first.
    ReceiptMismatchError
        When the lock is damaged or was changed by hand.
    """
    file = lock_file(path)
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problem = "The protocol is not frozen, and analyses run only from a frozen protocol."
        raise ProtocolError([Issue("not-frozen", str(file), problem, "Run 'opmaat freeze' first.")]) from None
    except (OSError, ValueError, RecursionError):
        raise ReceiptMismatchError([_damaged(file, "The lock cannot be read.")]) from None
    if not _is_sealed(content):
        raise ReceiptMismatchError([_damaged(file, "The lock is not what was sealed.")])
    try:
        lock = _lock(content)
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError):
        problem = "The lock holds a protocol that this version of Opmaat does not know."
        raise ReceiptMismatchError([_damaged(file, problem)]) from None
    issues = [_damaged(file, problem) for problem in _contradictions(lock)]
    if issues:
        raise ReceiptMismatchError(issues)
    return lock


def _is_sealed(content: object) -> bool:
    """Tell whether the seal in a lock is that of its content; what has no digest has no seal."""
    if not isinstance(content, dict):
        return False
    try:
        return bool(content["seal"] == digest_value({key: content[key] for key in content if key != "seal"}))
    except (KeyError, ValueError, RecursionError):
        return False


def _contradictions(lock: Lock) -> Iterator[str]:
    """Yield what in a lock does not agree with the rest of it."""
    if lock.digest != lock.protocol.digest():
        yield "The digest in the lock is not that of the protocol in it."
    numbers = [amendment.number for amendment in lock.amendments]
    before = [amendment.digest_before for amendment in lock.amendments[1:]] + [lock.digest]
    after = [amendment.digest_after for amendment in lock.amendments]
    if numbers != list(range(1, len(numbers) + 1)) or (numbers and before != after):
        yield "The amendments in the lock do not follow on each other up to its protocol."


def _lock(content: Mapping[str, Any]) -> Lock:
    """Build the lock from its plain values."""
    amendments = tuple(
        Amendment(
            **{
                **fields,
                "date": date.fromisoformat(fields["date"]),
                "changes": tuple(Change(**change) for change in fields["changes"]),
            }
        )
        for fields in content["amendments"]
    )
    protocol = type_adapter().validate_python(content["protocol"])
    frozen_on = date.fromisoformat(content["frozen_on"])
    return Lock(protocol, content["digest"], frozen_on, content["version"], amendments)


def _damaged(file: Path, problem: str) -> Issue:
    """Say that a lock cannot be trusted."""
    return Issue("damaged-lock", str(file), problem, "Restore it from where it was published or archived.")


def read_frozen(path: Path) -> Lock:
    """Return the lock of a study whose protocol is still the one that was frozen.

    Where there is a lock and no protocol.yaml, as beside a published report, the lock is returned: it holds
    the whole protocol.

    Raises
    ------
    ProtocolError
        When there is no lock, or protocol.yaml was changed after the freeze; each change is named.
    ReceiptMismatchError
        When the lock is damaged or was changed by hand.

    Examples
    --------
    >>> read_frozen(Path("studies/nsw-1975")).protocol.control
    'control'
    """
    lock = read_lock(path)
    if not protocol_file(path).exists():
        return lock
    protocol = load_protocol(path)
    if protocol.digest() != lock.digest:
        fix = "Put it back, or run 'opmaat amend' with a reason."
        raise ProtocolError(
            Issue("changed-after-freeze", str(protocol_file(path)), _told(change), fix)
            for change in _changes(lock.protocol.as_dict(), protocol.as_dict())
        )
    return lock


def _told(change: Change) -> str:
    """Say a change in one sentence."""
    before, after = (
        "nothing" if value is None else json.dumps(value, ensure_ascii=False)
        for value in (change.before, change.after)
    )
    return f"'{change.path}' was changed after the freeze, from {before} to {after}."
