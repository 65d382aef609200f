"""Receipts: what an output was made from, so that it can be traced back and made again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from opmaat.core.digest import digest_value
from opmaat.core.errors import Issue, ReceiptMismatchError


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one stage took in and gave out.

    Parameters
    ----------
    stage
        The stage's verb: ``estimate``, ``report``.
    inputs
        Name of each input and its digest. Names are logical ("data: people.csv"), never a place on a machine.
    output
        Digest of what the stage gave out.
    protocol
        Digest of the frozen protocol.
    version
        Version of Opmaat.
    parameters
        Digest of the legal amounts used, where any were.
    seed
        Seed of the stage's random numbers, where it drew any.
    previous
        Digest of the receipt of the stage before, so that receipts form a chain.

    Examples
    --------
    >>> first = Receipt("estimate", {"data: x.csv": "sha256:1"}, "sha256:2", "sha256:3", "0.1.0")
    >>> second = Receipt("report", {}, "sha256:4", "sha256:3", "0.1.0", previous=first.digest())
    >>> second.previous == Receipt.from_dict(first.as_dict()).digest()
    True
    """

    stage: str
    inputs: Mapping[str, str]
    output: str
    protocol: str
    version: str
    parameters: str | None = None
    seed: int | None = None
    previous: str | None = field(default=None, kw_only=True)

    def as_dict(self) -> dict[str, Any]:
        """Return the fields under their own names, for JSON."""
        return {**asdict(self), "inputs": dict(sorted(self.inputs.items()))}

    def digest(self) -> str:
        """Return the digest of the receipt itself, which the next receipt names."""
        return digest_value(self.as_dict())

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any], where: str = "receipt") -> Self:
        """Read a receipt back; raises ReceiptMismatchError naming each field that is not as it should be."""
        expected = {"stage": str, "inputs": Mapping, "output": str, "protocol": str, "version": str}
        optional = {"parameters": str, "seed": int, "previous": str}
        wrong = [name for name, kind in expected.items() if not isinstance(fields.get(name), kind)]
        wrong += [
            name for name, kind in optional.items() if not isinstance(fields.get(name), kind | type(None))
        ]
        wrong += [name for name in fields if name not in expected and name not in optional]
        if wrong:
            raise ReceiptMismatchError(
                Issue("damaged-receipt", where, f"The receipt's field '{name}' is damaged.", "Make it again.")
                for name in wrong
            )
        return cls(**fields)
