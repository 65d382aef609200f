"""Nobody in the logs."""

from __future__ import annotations

import logging
import re

# A citizen service number is nine digits; whatever looks like one is taken out.
_NUMBER = re.compile(r"(?<!\d)\d{9}(?!\d)")


class NobodyInLogs(logging.Filter):
    """Takes numbers that could be a BSN out of what is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Write the message out, without what could tell who someone is; always lets it through.

        >>> record = logging.LogRecord("web", 30, "", 0, "no such person %s", ("123456789",), None)
        >>> NobodyInLogs().filter(record), record.getMessage()
        (True, 'no such person [number]')
        """
        record.msg, record.args = _NUMBER.sub("[number]", record.getMessage()), ()
        return True
