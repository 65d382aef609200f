"""A page of content as a PDF that everybody can read, also with a screen reader (PDF/UA-1, PDF/A-2a)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path

from opmaat.core.errors import DataFileError, Issue

_NOT_IN_FONT = "could not be displayed"
_TEMPLATES = Path(__file__).parent / "templates"


def pdf_of(template: str, content: Mapping[str, object], *, day: date) -> bytes:
    """Return a template filled with content, which is only ever data; the same gives the same bytes.

    Raises DataFileError ``cannot-print`` for a sign that the letters on paper do not have, and never says it:
    it is of a name or an address.
    """
    import typst

    try:
        found: bytes = typst.compile(
            (_TEMPLATES / template).read_bytes(),
            sys_inputs={"data": json.dumps(content)},
            pdf_standards=["ua-1", "a-2a"],
            ignore_system_fonts=True,
            timestamp=int(datetime.combine(day, time(12), tzinfo=UTC).timestamp()),
        )
    except typst.TypstError as error:
        if _NOT_IN_FONT not in str(error):
            raise
        problem = "A name or address has a sign that cannot be printed."
        fix = "Take the rows for a mail merge instead, or have the register corrected."
        raise DataFileError([Issue("cannot-print", "letters", problem, fix)]) from None
    return found
