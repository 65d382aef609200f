"""The receipts inside a report: from the page back to what it was made from, the data and the protocol."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from opmaat.core.digest import canonical_json, digest_bytes
from opmaat.core.errors import Issue, ReceiptMismatchError
from opmaat.core.receipt import Receipt
from opmaat.report.sources import SourceName

EMPTY_BLOCK = '<script type="application/json" id="opmaat-receipts"></script>'
SEAL_INPUT = "seal of protocol.lock"
_SOURCE_NAMES: tuple[SourceName, ...] = ("estimates", "course")
_OPENING, _CLOSING = EMPTY_BLOCK.split("><", 1)[0] + ">", "</script>"
_BLOCK = re.compile(re.escape(_OPENING) + "(?P<content>.*?)" + re.escape(_CLOSING), re.DOTALL)
_SEAL = re.compile('<meta name="opmaat-lock" content="(?P<seal>[^"]*)">')
_KIND = re.compile('<meta name="opmaat-report" content="(?P<kind>[^"]*)">')
_GENERATOR = re.compile('<meta name="generator" content="Opmaat (?P<version>[^"]*)">')


def with_receipts(html: str, sources: Mapping[SourceName, Receipt]) -> tuple[str, Receipt]:
    """Return the page with the receipts in its empty block, and the page's own receipt.

    ``sources`` are the receipts of what it was made from, by name; the own receipt follows on the first.
    It names the digest of the page while the block is still empty, and what the page says it was made with:
    the version of Opmaat, and the seal of the lock, which covers the amendments as well. Raises
    ReceiptMismatchError when the page has no empty block, or does not say these things.
    """
    generator = _GENERATOR.search(html)
    lock = _SEAL.search(html)
    if html.count(EMPTY_BLOCK) != 1 or generator is None or lock is None:
        raise _damaged("The page has no place for receipts, or does not say what made it.")
    first = next(iter(sources.values()))
    receipt = Receipt(
        stage="report",
        inputs={name: made.output for name, made in sources.items()} | {SEAL_INPUT: lock["seal"]},
        output=digest_without_receipts(html),
        protocol=first.protocol,
        version=generator["version"],
        previous=first.digest(),
    )
    content = canonical_json([made.as_dict() for made in (*sources.values(), receipt)])
    return html.replace(EMPTY_BLOCK, _OPENING + content.replace("<", "\\u003c") + _CLOSING), receipt


def read_receipts(html: str) -> tuple[dict[SourceName, Receipt], Receipt]:
    """Return the receipts of what the page was made from, by name, and that of the page, as it holds them.

    Raises ReceiptMismatchError when the page has no receipts, or damaged ones.

    Examples
    --------
    >>> alike = {"protocol": "sha256:3", "version": "0.1.0"}
    >>> made = Receipt(stage="estimate", inputs={"data": "sha256:1"}, output="sha256:2", **alike)
    >>> says = '<meta name="generator" content="Opmaat 0.1.0"><meta name="opmaat-lock" content="sha256:4">'
    >>> page, own = with_receipts(says + EMPTY_BLOCK, {"estimates": made})
    >>> read_receipts(page) == ({"estimates": made}, own)
    True
    >>> digest_without_receipts(page) == own.output
    True
    """
    content = _only_block(html)["content"]
    try:
        fields = json.loads(content)
        parts = [dict(part) for part in fields]
        canonical_json(fields).encode()
    except (ValueError, TypeError, RecursionError):
        raise _damaged("The receipts in the report cannot be read.") from None
    if not parts:
        raise _damaged("There are no receipts in the report.")
    own = Receipt.from_dict(parts[-1], "report: report")
    names = [name for name in _SOURCE_NAMES if name in own.inputs]
    if not names or len(names) != len(parts) - 1:
        raise _damaged("The receipts in the report are not those of what it was made from.")
    made = zip(names, parts[:-1], strict=True)
    return {name: Receipt.from_dict(part, f"report: {name}") for name, part in made}, own


def kind_of(html: str) -> str:
    """Return which kind of page it says it is; raises ReceiptMismatchError when it does not say."""
    found = _KIND.search(html)
    if found is None:
        raise _damaged("The page does not say which report it is.")
    return found["kind"]


def digest_without_receipts(html: str) -> str:
    """Return the digest of the page as if its receipts were not filled in yet.

    Raises ReceiptMismatchError when the page has no place for receipts, or more than one.
    """
    return digest_bytes(_emptied(html).encode())


def is_as_written(html: str) -> bool:
    """Tell whether every byte of the page, its receipts included, agrees with the receipts in it.

    Who makes new receipts for a changed page is found only by writing the report again. Raises
    ReceiptMismatchError when the page has no receipts, or damaged ones.
    """
    sources, _ = read_receipts(html)
    return with_receipts(_emptied(html), sources)[0] == html


def _emptied(html: str) -> str:
    """Return the page with its block of receipts empty."""
    block = _only_block(html)
    return html[: block.start()] + EMPTY_BLOCK + html[block.end() :]


def _only_block(html: str) -> re.Match[str]:
    """Find the one block of receipts."""
    blocks = list(_BLOCK.finditer(html))
    if len(blocks) != 1:
        raise _damaged(f"A report has one block of receipts; this file has {len(blocks)}.")
    return blocks[0]


def _damaged(problem: str) -> ReceiptMismatchError:
    """Say that the report cannot be traced."""
    return ReceiptMismatchError([Issue("damaged-receipt", "report", problem, "Write the report again.")])
