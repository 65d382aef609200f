"""The letter of a decision on a month: what the municipality says in every letter, and the PDF.

What a municipality writes about objecting follows from the General Administrative Law Act (Awb) and its own
organisation. No source of it was read here, so that the municipality writes it itself, in ``letters.yaml`` in
the study's folder; a letter without it is a draft, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from opmaat.core.texts import Language, Text
from opmaat.protocol.typed_yaml import file_kind, read_typed
from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS
from opmaat.web.gateway.pdf import pdf_of


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalTexts:
    """What a municipality says in every decision: its address, how to object and by when, where to ask."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    sender: Text | None = None
    objecting: Text | None = None
    questions: Text | None = None


_KIND = file_kind("letters", "letters.yaml", MunicipalTexts)
_NONE = MunicipalTexts()


def municipal_texts(folder: Path) -> MunicipalTexts:
    """Return the texts of a study's folder; raises ProtocolError when the file is not right.

    >>> municipal_texts(Path("studies/groningen-2017")).objecting is None
    True
    """
    file = folder / _KIND.file_name
    return _read(folder, file.stat().st_mtime_ns) if file.exists() else _NONE


@lru_cache(maxsize=64)
def _read(folder: Path, _: int) -> MunicipalTexts:
    return read_typed(folder, _KIND, lambda _: ())


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLetter:
    """All that stands in a letter, in its language. Printing it tells nobody's name.

    ``draft`` is empty, or says why it may not be sent; ``steps`` are rows of what, article and amount.
    """

    lang: Language
    sender: Sequence[str]
    name: str = field(repr=False)
    address: str = field(repr=False)
    reference: Sequence[str]
    day: str
    title: str
    decision: Sequence[str]
    explained_title: str
    explained: Sequence[str]
    steps_title: str
    heads: Sequence[str]
    steps: Sequence[Sequence[str]]
    objecting_title: str
    objecting: str
    questions: str
    draft: str


def letter_pdf(letter: DecisionLetter, *, day: date) -> bytes:
    """Return a letter of a day as PDF; the same letter gives the same bytes."""
    return pdf_of("decision.typ", {**asdict(letter), "date": day.isoformat()}, day=day)
