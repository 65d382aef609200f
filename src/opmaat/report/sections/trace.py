"""Can you trace this: the digests that lead from the page back to the protocol and the data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from opmaat.core.receipt import Receipt
from opmaat.pages.tables import Table, text_columns
from opmaat.pages.wording import Wording
from opmaat.report.sources import SourceName

_SHORT = len("sha256:") + 16


@dataclass(frozen=True, slots=True)
class Trace:
    """The short digests, and the versions and seeds that are needed to make it all again."""

    table: Table
    made: str


def trace(wording: Wording, receipts: Mapping[SourceName, Receipt]) -> Trace:
    """Return what a reader needs to check where the numbers come from.

    ``receipts`` are those of what the page was made from, by its name.
    """
    say = wording.say
    digests = dict.fromkeys(
        pair for name, receipt in receipts.items() for pair in _digests(wording, name, receipt)
    )
    versions = dict.fromkeys(receipt.version for receipt in receipts.values())
    seeds = dict.fromkeys(receipt.seed for receipt in receipts.values() if receipt.seed is not None)
    made = [say("receipts.version", version=version) for version in versions]
    made += [say("receipts.seed", seed=seed) for seed in seeds] or [say("receipts.no_seed")]
    return Trace(
        table=Table(
            say("receipts.caption"),
            text_columns(say("receipts.what"), say("receipts.digest")),
            tuple((what, digest[:_SHORT]) for what, digest in digests),
        ),
        made=" ".join(made),
    )


def _digests(wording: Wording, name: str, receipt: Receipt) -> Iterator[tuple[str, str]]:
    """Yield what one thing was made from, and what it is itself."""
    say = wording.say
    yield say("receipts.protocol"), receipt.protocol
    for given, digest in sorted(receipt.inputs.items()):
        yield say("receipts.input", name=given), digest
    if receipt.parameters:
        yield say("receipts.parameters"), receipt.parameters
    yield say(f"receipts.{name}"), receipt.output
    yield say(f"receipts.{name}_receipt"), receipt.digest()
