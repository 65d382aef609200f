"""Receipts: what an output was made from, so that it can be traced back and made again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from opmaat.core.digest import digest_value
from opmaat.core.errors import Issue, ReceiptMismatchError

_REQUIRED = ("stage", "output", "protocol", "version")
_OPTIONAL = ("parameters", "previous")


@dataclass(frozen=True, slots=True, kw_only=True)
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
    >>> alike = {"protocol": "sha256:3", "version": "0.1.0"}
    >>> first = Receipt(stage="estimate", inputs={"data: x.csv": "sha256:1"}, output="sha256:2", **alike)
    >>> second = Receipt(stage="report", inputs={}, output="sha256:4", previous=first.digest(), **alike)
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
    previous: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the fields under their own names, for JSON."""
        return {**asdict(self), "inputs": dict(sorted(self.inputs.items()))}

    def digest(self) -> str:
        """Return the digest of the receipt itself, which the next receipt names."""
        return digest_value(self.as_dict())

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any], where: str = "receipt") -> Self:
        """Read a receipt back; raises ReceiptMismatchError naming each field that is not as it should be."""
        wrong = [name for name in _REQUIRED if not isinstance(fields.get(name), str)]
        wrong += [] if _are_digests(fields.get("inputs")) else ["inputs"]
        wrong += [name for name in _OPTIONAL if not isinstance(fields.get(name), str | None)]
        wrong += [] if type(fields.get("seed")) in (int, type(None)) else ["seed"]
        wrong += [name for name in fields if name not in (*_REQUIRED, *_OPTIONAL, "inputs", "seed")]
        if wrong:
            raise ReceiptMismatchError(
                Issue("damaged-receipt", where, f"The receipt's field '{name}' is damaged.", "Make it again.")
                for name in wrong
            )
        return cls(**fields)


def _are_digests(inputs: object) -> bool:
    """Tell whether the inputs are names with a digest each."""
    return isinstance(inputs, Mapping) and all(
        isinstance(name, str) and isinstance(digest, str) for name, digest in inputs.items()
    )
