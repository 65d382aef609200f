"""Letters as one PDF that everybody can read, also with a screen reader (PDF/UA-1, PDF/A-2a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from opmaat.web.gateway.pdf import pdf_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterText:
    """What a letter says in one language; ``before`` and ``after`` are the paragraphs around the code.

    Without ``code_label`` there is no code in the letter.
    """

    lang: str
    title: str
    day: str
    reference_label: str
    site_label: str
    code_label: str
    before: Sequence[str]
    after: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """To whom a letter goes; ``parts`` names its texts in order. Printing it tells nothing."""

    name: str = field(repr=False)
    address: str = field(repr=False)
    reference: str
    code: str = field(repr=False)
    parts: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """A batch of letters: from whom, of which day, the website's address, the texts by name, and to whom."""

    sender: str
    site: str
    day: date
    parts: Mapping[str, LetterText]
    letters: Sequence[Addressed]


def letters_pdf(batch: Letters) -> bytes:
    """Return the letters as one PDF; the same batch gives the same bytes.

    >>> text = LetterText(lang="nl", title="Uitnodiging", day="1 maart 2018", reference_label="Kenmerk",
    ...     site_label="Website", code_label="Uw code", before=["Beste lezer,"], after=["Tot ziens."])
    >>> to = Addressed(name="Verzonnen Persoon", address="Nergensstraat 1", reference="1-0001-8",
    ...     code="ABCD-2345-EFGH", parts=["nl"])
    >>> batch = Letters(sender="Gemeente Verzonnen", site="opmaat.example", day=date(2018, 3, 1),
    ...     parts={"nl": text}, letters=[to])
    >>> letters_pdf(batch)[:5]
    b'%PDF-'
    """
    content = {**asdict(batch), "day": batch.day.isoformat(), "title": _title(batch)}
    return pdf_of("letters.typ", content, day=batch.day)


def _title(batch: Letters) -> str:
    """Return the title of the document: that of its first text."""
    return next((text.title for text in batch.parts.values()), "")
