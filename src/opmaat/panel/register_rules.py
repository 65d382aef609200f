"""What cannot be right in a delivery of benefits or wages, beyond cells that do not fit.

Each rule is asked of all files of a table at once. Only when one is broken are the rows looked for, file by
file. Rules read the engine's table ``given`` beside its table ``delivery``, which says of each file what was
delivered and when.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from opmaat.core.errors import Issue
from opmaat.panel.engine import Engine, issues_of
from opmaat.panel.expressions import literal
from opmaat.panel.scan import Source

_LONGEST_PERIOD = 31
_ALL = "FROM given JOIN delivery USING (file) WHERE"
_WHOLE = "FROM given WHERE person NOT NULL AND employment NOT NULL AND first_day NOT NULL"
_EMPLOYMENT = "file, person, employment"
_PAID = f"{_EMPLOYMENT}, employer, first_day, last_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """A file of benefits or wages that stands: where it is, when it came, its name and its digest."""

    source: Source
    delivered_on: date
    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What may not be in a row: the field that is told, and the condition; texts may name month and day."""

    field: str
    code: str
    problem: str
    condition: str


BENEFIT_RULES = (
    Rule(
        "benefit_start",
        "future-date",
        "The date lies after the day of the delivery, {day}.",
        "benefit_start > delivered_on",
    ),
    Rule(
        "benefit_end",
        "impossible-period",
        "The benefit ends before it starts.",
        "benefit_end < benefit_start",
    ),
)
WAGE_RULES = (
    Rule(
        "hours",
        "negative-hours",
        "Hours cannot be fewer than zero; take back what was paid with a new delivery of the month.",
        "hours < 0",
    ),
    Rule(
        "last_day",
        "future-date",
        "The period ends after {day}.",
        "last_day > delivered_on AND last_day <= month_ends",
    ),
    Rule(
        "last_day",
        "impossible-period",
        "The period is longer than a month, or ends before it starts.",
        f"last_day < first_day OR last_day - first_day >= {_LONGEST_PERIOD}",
    ),
)


def keep_deliveries(engine: Engine, deliveries: Sequence[Came]) -> None:
    """Make the engine's table ``delivery`` of the files of its table ``given``."""
    engine.connection.execute(
        "CREATE OR REPLACE TABLE delivery (file INTEGER, month INTEGER, yyyymm VARCHAR, "
        "month_begins DATE, month_ends DATE, delivered_on DATE)"
    )
    engine.connection.executemany(
        "INSERT INTO delivery VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                file,
                month.index,
                f"{month.year:04d}{month.month:02d}",
                month.first_day,
                month.last_day,
                came.delivered_on,
            )
            for file, came in enumerate(deliveries)
            for month in (came.source.month,)
        ],
    )


def breaks_rules(engine: Engine, rules: Sequence[Rule]) -> bool:
    """Tell whether some row of the table breaks a rule."""
    return engine.exists(f"{_ALL} {' OR '.join(f'({rule.condition})' for rule in rules)}")


def broken_rules(engine: Engine, rules: Sequence[Rule], came: Came) -> Iterator[Issue]:
    """Yield an issue for the first rows of one file that break each rule."""
    for rule in rules:
        rows = engine.places(f"SELECT place {_ALL} ({rule.condition})")
        problem = rule.problem.format(month=came.source.month, day=came.delivered_on)
        yield from issues_of(came.source, rule.field, rows, rule.code, problem)


def is_of_other_month(engine: Engine, source: Source) -> bool:
    """Tell whether some row of benefits says that it is of another month than its delivery."""
    return _says_month(source) and engine.exists(f"{_ALL} {_OTHER_MONTH}")


def has_wages_of_other_month(engine: Engine) -> bool:
    """Tell whether some period of wages ends in another month than that of its delivery."""
    return engine.exists(f"{_ALL} {_ENDS_ELSEWHERE}")


def rows_of_other_month(engine: Engine, source: Source) -> Iterator[Issue]:
    """Yield one issue for the rows of benefits of another month."""
    rows = engine.places(f"SELECT place {_ALL} {_OTHER_MONTH}") if _says_month(source) else []
    if rows:
        yield _wrong_month(source, "statistics_month", rows, "is of another month", "are of another month")


def wages_of_other_month(engine: Engine, source: Source) -> Iterator[Issue]:
    """Yield one issue for the rows of wages whose period ends in another month."""
    rows = engine.places(f"SELECT place {_ALL} {_ENDS_ELSEWHERE}")
    if rows:
        one, more = "has a period that ends in another month", "have periods that end in another month"
        yield _wrong_month(source, "last_day", rows, one, more)


def _wrong_month(source: Source, field: str, rows: Sequence[int], one: str, more: str) -> Issue:
    """Return the one issue for the rows of another month, at the first of them."""
    told = f"1 row {one}" if len(rows) == 1 else f"{len(rows)} rows {more}"
    problem, fix = f"{told} than {source.month}.", "Deliver the month, or correct the list of deliveries."
    return Issue("wrong-month", source.place(rows[0], field), problem, fix)


_OTHER_MONTH = "statistics_year || statistics_month <> yyyymm"
_ENDS_ELSEWHERE = "NOT (last_day BETWEEN month_begins AND month_ends)"


def _says_month(source: Source) -> bool:
    """Tell whether a layout has the month of each row."""
    return {"statistics_year", "statistics_month"} <= source.layout.fields.keys()


def first_municipality(engine: Engine, source: Source) -> str | None:
    """Return the municipality of the first row that has one, where a layout has it."""
    if "municipality" not in source.layout.fields:
        return None
    query = "SELECT arg_min(municipality, (file, place)) FROM given WHERE municipality NOT NULL"
    row = engine.connection.execute(query).fetchone()
    return row[0] if row else None


def is_of_several_municipalities(engine: Engine, source: Source, own: str | None) -> bool:
    """Tell whether some row is of another municipality than the own one, or than another row."""
    if "municipality" not in source.layout.fields:
        return False
    names = f"SELECT municipality FROM given UNION SELECT {'NULL' if own is None else literal(own)}"
    return engine.exists(f"FROM ({names}) HAVING count(municipality) > 1")


def rows_of_other_municipality(engine: Engine, source: Source, own: str | None) -> Iterator[Issue]:
    """Yield an issue for each municipality of one file that is not the own one, at its first row."""
    if own is None or "municipality" not in source.layout.fields:
        return
    others = "SELECT min(place) FROM given WHERE municipality <> ? GROUP BY municipality ORDER BY 1"
    for (place,) in engine.connection.execute(others, [own]).fetchall():
        problem = "The row is of another municipality than the rows before it."
        where = source.place(int(place), "municipality")
        yield Issue("wrong-municipality", where, problem, "Deliver the rows of the own municipality.")


def stands_twice(engine: Engine) -> bool:
    """Tell whether a person has two rows in a delivery of benefits."""
    return engine.exists("FROM given WHERE person NOT NULL GROUP BY file, person HAVING count(*) > 1")


def persons_again(engine: Engine, came: Came) -> Iterator[Issue]:
    """Yield the rows of one file whose person has an earlier row in it."""
    rows = engine.places(f"SELECT place FROM given WHERE person NOT NULL QUALIFY {_again('person')}")
    problem = "The person stands in an earlier row of this delivery too."
    yield from issues_of(came.source, "citizen_service_number", rows, "duplicate-row", problem)


def confuses_employments(engine: Engine) -> bool:
    """Tell whether an employment may stand twice for a period, or have two employers, in one file.

    Keys are compared by their hashes, so that yes means: look closer. Where every employment has one row
    neither can be.
    """

    def are_alike(key: str) -> bool:
        return engine.exists(f"{_WHOLE} GROUP BY hash({key}) HAVING count(*) > 1")

    if not are_alike(_EMPLOYMENT):
        return False
    differ = f"{_WHOLE} GROUP BY hash({_EMPLOYMENT}) HAVING min(employer) <> max(employer)"
    return are_alike(_PAID) or engine.exists(differ)


def confused_employments(engine: Engine, came: Came) -> Iterator[Issue]:
    """Yield the rows of an employment that stands twice for a period, or that has two employers."""
    again = engine.places(f"SELECT place {_WHOLE} QUALIFY {_again(_PAID)}")
    problem = "The employment stands in an earlier row with the same period."
    yield from issues_of(came.source, "employment", again, "duplicate-row", problem)
    first = f"first_value(employer) OVER (PARTITION BY {_EMPLOYMENT} ORDER BY place)"
    other = engine.places(f"SELECT place {_WHOLE} AND employer NOT NULL QUALIFY employer <> {first}")
    problem = "The employment has another employer in an earlier row of the person."
    yield from issues_of(came.source, "employer", other, "two-employers", problem)


def _again(key: str) -> str:
    """Return the test of a row whose key stood in an earlier row."""
    return f"row_number() OVER (PARTITION BY {key} ORDER BY place) > 1"
