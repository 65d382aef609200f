"""Nobody in the logs."""

from __future__ import annotations

import logging
import re

# What looks like a citizen service number (BSN, nine digits, also as 1234.56.789) or an address of e-mail is
# taken out, and so are the rows that a database names when it refuses them.
_TAKEN_OUT = (
    (re.compile(r"(?<!\d)(\d{9}|\d{4}[ .-]\d{2}[ .-]\d{3}|\d{3}[ .-]\d{3}[ .-]\d{3})(?!\d)"), "[number]"),
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "[address]"),
    (re.compile(r"^(DETAIL|CONTEXT|PARAMETERS):.*$", re.MULTILINE), r"\1: [row]"),
)


class NobodyInLogs(logging.Formatter):
    """Writes records, with their tracebacks, without what could tell who someone is."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the text of a record.

        >>> record = logging.LogRecord("web", 30, "", 0, "no such person %s", ("123456789",), None)
        >>> NobodyInLogs().format(record)
        'no such person [number]'
        """
        text = super().format(record)
        for pattern, instead in _TAKEN_OUT:
            text = pattern.sub(instead, text)
        return text
