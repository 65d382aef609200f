"""Can you trace this: the digests that lead from the report back to the protocol and the data."""

from __future__ import annotations

from dataclasses import dataclass

from opmaat.pages.tables import Table, text_columns
from opmaat.report.view import View

_SHORT = len("sha256:") + 16


@dataclass(frozen=True, slots=True)
class Trace:
    """The short digests, and the version and seed that are needed to make it all again."""

    table: Table
    version: str
    seed: str


def trace(view: View) -> Trace:
    """Return what a reader needs to check where the numbers come from."""
    say = view.wording.say
    receipt = view.estimates.receipt
    digests = [(say("receipts.protocol"), receipt.protocol)]
    digests += [(say("receipts.input", name=name), given) for name, given in sorted(receipt.inputs.items())]
    digests += [(say("receipts.parameters"), receipt.parameters)] if receipt.parameters else []
    digests += [
        (say("receipts.estimates"), receipt.output),
        (say("receipts.estimates_receipt"), receipt.digest()),
    ]
    return Trace(
        table=Table(
            say("receipts.caption"),
            text_columns(say("receipts.what"), say("receipts.digest")),
            tuple((what, digest[:_SHORT]) for what, digest in digests),
        ),
        version=say("receipts.version", version=receipt.version),
        seed=say("receipts.no_seed") if receipt.seed is None else say("receipts.seed", seed=receipt.seed),
    )
