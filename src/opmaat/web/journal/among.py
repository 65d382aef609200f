"""Rows of which a column has one of many values: ``filter(household__among=names)``.

Django's ``in`` makes a parameter of every value. Of thousands that takes longer to put together than to look
up, and a database has a limit to their number. Here all go as one parameter. While a register is read in
PostgreSQL has no statistics of its rows yet; of a list of values it then thinks that reading all rows of the
municipality takes less, and of this one it looks each up in the index once there are many rows.
"""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Lookup

_VALUES = {
    "sqlite": "SELECT value FROM json_each(%s)",
    "postgresql": "SELECT jsonb_array_elements_text(%s::jsonb)",
}


class Among(Lookup):
    """Whether a text is one of several texts."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # noqa: ANN401
        """Return the condition and its parameters."""
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} IN ({_VALUES[connection.vendor]})", [*parameters, json.dumps(list(self.rhs))]
