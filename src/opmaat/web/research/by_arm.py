"""Counts of each arm: rows beside where their household stands, joined by the database in one pass.

A question per row would be asked of every row of a city. Before arms may be seen the page has letters only;
who calls says so (:func:`opmaat.web.research.queries.response`).
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from opmaat.web.fieldwork.models import SentTo
from opmaat.web.research.models import Contact
from opmaat.web.trial.models import Standing, Study

_COUNTS = {
    SentTo: ("wave", "count(*), count(told.answered_on)"),
    Contact: (
        "month",
        "count(*) FILTER (WHERE told.held), count(*) FILTER (WHERE NOT told.held), sum(told.minutes)",
    ),
}


def counted_by_arm(study: Study, table: type[SentTo | Contact]) -> list[tuple[Any, ...]]:
    """Return what a table counts by wave or month, and by arm.

    Of questionnaires the wave, the arm, and how many were sent and answered; of talks the month, the arm, how
    many were held and missed, and the minutes. Households that were told no arm are left out.
    """
    by, counts = _COUNTS[table]
    # Names of tables and columns come from models; values go apart from the statement.
    query = (
        f"SELECT told.{by}, standing.arm, {counts} "  # nosec B608
        f"FROM {table._meta.db_table} AS told JOIN {Standing._meta.db_table} AS standing "
        "ON standing.municipality_id = told.municipality_id AND standing.household = told.household "
        "WHERE told.municipality_id = %s AND told.study = %s AND standing.arm IS NOT NULL "
        f"GROUP BY told.{by}, standing.arm"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [study.municipality.pk, study.name])
        return list(cursor.fetchall())
