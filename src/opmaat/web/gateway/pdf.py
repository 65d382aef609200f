"""A page of content as a PDF that everybody can read, also with a screen reader (PDF/UA-1, PDF/A-2a)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path

_TEMPLATES = Path(__file__).parent / "templates"


def pdf_of(template: str, content: Mapping[str, object], *, day: date) -> bytes:
    """Return a template filled with content, which is only ever data; the same gives the same bytes."""
    import typst

    found: bytes = typst.compile(
        (_TEMPLATES / template).read_bytes(),
        sys_inputs={"data": json.dumps(content)},
        pdf_standards=["ua-1", "a-2a"],
        ignore_system_fonts=True,
        timestamp=int(datetime.combine(day, time(12), tzinfo=UTC).timestamp()),
    )
    return found
