"""From deliveries of benefits and wages to what registers know of each person, month by month.

What is wrong with a delivery is told at its rows, all at once. Persons who are not in the study are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.caseload.layout import Field
from opmaat.core.errors import Issue
from opmaat.core.month import Month
from opmaat.panel.engine import Engine, Source, issues_of
from opmaat.panel.months import PersonMonths
from opmaat.panel.spread import Parts, parts_of, spread

BENEFIT_FIELDS = (
    "citizen_service_number",
    "benefit_start",
    "benefit_end",
    "benefit_end_reason",
    "norm",
    "payable",
)
WAGE_FIELDS = (
    "citizen_service_number",
    "employer",
    "employment",
    "first_day",
    "last_day",
    "gross_wage",
    "hours",
    "permanent",
    "income_kind",
)
_PERIOD = ("statistics_year", "statistics_month", "municipality")
_LONGEST_PERIOD = 31
_HUNDRED = 100
_BENEFIT_COLUMNS = ("on_benefit", "exit_code", "benefit_cents", "norm_cents")
_WAGE_COLUMNS = ("wage_cents", "hours", "permanent", "self_employed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """A file of benefits or wages that stands: where it is, when it came, its name and its digest."""

    source: Source
    delivered_on: date
    name: str
    digest: str


@dataclass(slots=True)
class _Kept:
    """What was kept of the deliveries so far."""

    issues: list[Issue] = field(default_factory=list)
    municipality: str | None = None


def read_benefits(engine: Engine, deliveries: Sequence[Came], *, traits: Sequence[str] = ()) -> list[Issue]:
    """Add deliveries of benefits, by month, to the engine's table ``benefits``; return all that is wrong.

    The fields ``traits`` of everybody's first row go to the table ``traits``.
    """
    engine.connection.execute(
        "CREATE TABLE benefits (month INTEGER, person INTEGER, starts DATE, ends DATE, reason TINYINT, "
        "norm BIGINT, paid BIGINT)"
    )
    kept = _Kept()
    for came in deliveries:
        names = [*BENEFIT_FIELDS, *traits, *came.source.form.only]
        names += [name for name in _PERIOD if name in came.source.layout.fields]
        kept.issues += engine.load(came.source, list(dict.fromkeys(names)))
        engine.keep_only(came.source.form.only)
        kept.issues += [*_wrong_benefits(engine, came, kept)]
        engine.connection.execute(
            f"INSERT INTO benefits SELECT {came.source.month.index}, person, benefit_start, benefit_end, "
            "coalesce(CAST(benefit_end_reason AS TINYINT), 0), coalesce(norm, 0), coalesce(payable, 0) "
            "FROM given WHERE person NOT NULL"
        )
        _keep_traits(engine, traits)
    return kept.issues


def _keep_traits(engine: Engine, traits: Sequence[str]) -> None:
    """Keep the traits of who had no row before."""
    own = "".join(f', "{name}"' for name in traits)
    engine.connection.execute(f"CREATE TABLE IF NOT EXISTS traits AS SELECT person{own} FROM given LIMIT 0")
    engine.connection.execute(
        f"INSERT INTO traits SELECT DISTINCT ON (person) person{own} FROM given WHERE person NOT NULL "
        "AND person NOT IN (SELECT person FROM traits) ORDER BY person, place"
    )


def traits_of(engine: Engine, persons: int, traits: Mapping[str, Field]) -> dict[str, NDArray[Any]]:
    """Return the traits of each person: days, numbers, or text with None for what is not known."""
    rows = engine.arrays("SELECT * FROM traits")
    found: dict[str, NDArray[Any]] = {}
    for name, layout_field in traits.items():
        cells, hidden = np.ma.getdata(rows[name]), np.ma.getmaskarray(rows[name])
        if layout_field.kind == "date":
            empty = np.full(persons, np.datetime64("NaT"), dtype="datetime64[D]")
            cells = np.where(hidden, np.datetime64("NaT"), cells.astype("datetime64[D]"))
        else:
            empty = np.full(persons, None, dtype=object)
            cells = np.array(
                [None if gone else cell for cell, gone in zip(cells, hidden, strict=True)], object
            )
        empty[rows["person"]] = cells
        found[name] = empty
    return found


def read_wages(engine: Engine, deliveries: Sequence[Came]) -> list[Issue]:
    """Add deliveries of wages to the engine's table ``wages``, summed per person and period."""
    engine.connection.execute(
        "CREATE TABLE wages (person INTEGER, first_day DATE, last_day DATE, wage BIGINT, hours BIGINT, "
        "permanent BOOLEAN, self_employed BOOLEAN)"
    )
    issues: list[Issue] = []
    for came in deliveries:
        issues += engine.load(came.source, WAGE_FIELDS)
        issues += _wrong_wages(engine, came)
        engine.connection.execute(
            "INSERT INTO wages SELECT person, first_day, last_day, "
            "sum(CASE WHEN income_kind = '1' THEN gross_wage ELSE 0 END), "
            "sum(CASE WHEN income_kind = '1' THEN coalesce(hours, 0) ELSE 0 END), "
            "bool_or(income_kind = '1' AND coalesce(permanent, '') = 'O'), bool_or(income_kind = '2') "
            "FROM given WHERE person NOT NULL AND first_day NOT NULL AND last_day >= first_day "
            "GROUP BY person, first_day, last_day"
        )
    return issues


def person_months(
    engine: Engine,
    persons: tuple[str, ...],
    household: NDArray[np.int64],
    *,
    benefits: Sequence[Came],
    wages: Sequence[Came],
) -> PersonMonths:
    """Return what the deliveries that were read say of each person, from the first month to the last.

    A month is known where it was delivered. Wages of a period that ends in a later month count from the
    delivery of that month on.
    """
    months = [came.source.month for came in (*benefits, *wages)]
    first = min(months)
    shape = len(persons), max(months) - first + 1
    return PersonMonths(
        persons=persons,
        household=household,
        first_month=first,
        benefit_known=_known(benefits, first, shape[1]),
        wages_known=_known(wages, first, shape[1]),
        **_benefit_columns(engine, first, shape),
        **_wage_columns(engine, first, shape),
        provenance={
            **dict.fromkeys(_BENEFIT_COLUMNS, _digests(benefits)),
            **dict.fromkeys(_WAGE_COLUMNS, _digests(wages)),
        },
    )


def _digests(deliveries: Iterable[Came]) -> Mapping[str, str]:
    """Return the digest of each delivery by its name."""
    return {came.name: came.digest for came in deliveries}


def _known(deliveries: Iterable[Came], first: Month, width: int) -> NDArray[np.bool_]:
    """Return for which months there is a delivery."""
    known = np.zeros(width, dtype=np.bool_)
    known[[came.source.month - first for came in deliveries]] = True
    return known


def _wrong_benefits(engine: Engine, came: Came, kept: _Kept) -> Iterator[Issue]:
    """Yield what is wrong with a delivery of benefits beyond its cells."""
    source = came.source
    if {"statistics_year", "statistics_month"} <= source.layout.fields.keys():
        wanted = f"'{source.month.year:04d}{source.month.month:02d}'"
        rows = engine.places(f"SELECT place FROM given WHERE statistics_year || statistics_month <> {wanted}")
        if rows:
            problem = f"{len(rows)} rows are of another month than {source.month}."
            where = source.place(rows[0], "statistics_month")
            yield Issue(
                "wrong-month", where, problem, "Deliver the month, or correct the list of deliveries."
            )
    if "municipality" in source.layout.fields:
        yield from _wrong_municipality(engine, source, kept)
    twice = engine.places("SELECT place FROM given WHERE person NOT NULL QUALIFY " + _again("person"))
    problem = "The person stands in an earlier row of this delivery too."
    yield from issues_of(source, "citizen_service_number", twice, "duplicate-row", problem)
    late = engine.places(f"SELECT place FROM given WHERE benefit_start > DATE '{came.delivered_on}'")
    problem = f"The date lies after the day of the delivery, {came.delivered_on}."
    yield from issues_of(source, "benefit_start", late, "future-date", problem)
    turned = engine.places("SELECT place FROM given WHERE benefit_end < benefit_start")
    problem = "The benefit ends before it starts."
    yield from issues_of(source, "benefit_end", turned, "impossible-period", problem)


def _wrong_municipality(engine: Engine, source: Source, kept: _Kept) -> Iterator[Issue]:
    """Yield an issue when rows are of another municipality than those before them."""
    for code, place in engine.connection.execute(
        "SELECT municipality, min(place) FROM given WHERE municipality NOT NULL GROUP BY 1 ORDER BY 2"
    ).fetchall():
        if kept.municipality is None:
            kept.municipality = code
        elif code != kept.municipality:
            problem = "The row is of another municipality than the rows before it."
            where = source.place(int(place), "municipality")
            yield Issue("wrong-municipality", where, problem, "Deliver the rows of the own municipality.")


def _again(key: str) -> str:
    """Return the test of a row whose key stood in an earlier row."""
    return f"row_number() OVER (PARTITION BY {key} ORDER BY place) > 1"


def _wrong_wages(engine: Engine, came: Came) -> Iterator[Issue]:
    """Yield what is wrong with a delivery of wages beyond its cells."""
    month, day = came.source.month, came.delivered_on
    is_of_month = f"last_day BETWEEN DATE '{month.first_day}' AND DATE '{month.last_day}'"
    negative = "Hours cannot be fewer than zero; take back what was paid with a new delivery of the month."
    other_month = f"The period does not end in {month}, the month of the delivery."
    too_long = "The period is longer than a month, or ends before it starts."
    rules = (
        ("hours", "negative-hours", negative, "hours < 0"),
        ("last_day", "wrong-month", other_month, f"NOT ({is_of_month})"),
        ("last_day", "future-date", f"The period ends after {day}.", f"last_day > DATE '{day}'"),
        (
            "last_day",
            "impossible-period",
            too_long,
            f"last_day < first_day OR last_day - first_day >= {_LONGEST_PERIOD}",
        ),
    )
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for *_, condition in rules)
    found = engine.connection.execute(f"SELECT {counts} FROM given").fetchone() or ()
    for (name, code, problem, condition), count in zip(rules, found, strict=True):
        if count:
            rows = engine.places(f"SELECT place FROM given WHERE {condition}")
            yield from issues_of(came.source, name, rows, code, problem)
    yield from _confused_employments(engine, came)


def _confused_employments(engine: Engine, came: Came) -> Iterator[Issue]:
    """Yield the rows of an employment that stands twice for a period, or that has two employers.

    Only where groups of rows show that there are any, the rows themselves are looked for.
    """
    whole = "FROM given WHERE person NOT NULL AND employment NOT NULL AND first_day NOT NULL"
    one = "person, employment, employer, first_day, last_day"
    if engine.places(f"SELECT count(*) {whole} GROUP BY {one} HAVING count(*) > 1 LIMIT 1"):
        rows = engine.places(f"SELECT place {whole} QUALIFY {_again(one)}")
        problem = "The employment stands in an earlier row with the same period."
        yield from issues_of(came.source, "employment", rows, "duplicate-row", problem)
    of_one = "GROUP BY person, employment HAVING min(employer) <> max(employer)"
    if engine.places(f"SELECT count(*) {whole} {of_one} LIMIT 1"):
        first = "first_value(employer) OVER (PARTITION BY person, employment ORDER BY place)"
        rows = engine.places(f"SELECT place {whole} AND employer NOT NULL QUALIFY employer <> {first}")
        problem = "The employment has another employer in an earlier row of the person."
        yield from issues_of(came.source, "employer", rows, "two-employers", problem)


def _benefit_columns(engine: Engine, first: Month, shape: tuple[int, int]) -> dict[str, Any]:
    """Return the columns of the register of benefits, in which a benefit ends with its last day."""
    rows = engine.arrays(
        "SELECT month, person, norm, paid, reason, ends NOT NULL AND reason > 0 AS ended, "
        "coalesce(12 * year(ends) + month(ends) - 1, month) AS end_month, "
        "starts IS NULL OR 12 * year(starts) + month(starts) - 1 <= month AS has_started "
        "FROM benefits"
    )
    person, column = rows["person"], rows["month"] - first.index
    runs = np.asarray(rows["has_started"] & (rows["end_month"] >= rows["month"]), dtype=np.bool_)
    on_benefit = np.zeros(shape, dtype=np.bool_)
    on_benefit[person[runs], column[runs]] = True
    amounts = {name: np.zeros(shape, dtype=np.int64) for name in ("paid", "norm")}
    for name, cents in amounts.items():
        cents[person[runs], column[runs]] = rows[name][runs]
    ended_in = rows["end_month"] - first.index
    told = np.asarray(rows["ended"] & (ended_in >= 0) & (ended_in < shape[1]), dtype=np.bool_)
    exit_code = np.zeros(shape, dtype=np.int8)
    exit_code[person[told], ended_in[told]] = rows["reason"][told]
    return {
        "on_benefit": on_benefit,
        "exit_code": exit_code,
        "benefit_cents": amounts["paid"],
        "norm_cents": amounts["norm"],
    }


def _wage_columns(engine: Engine, first: Month, shape: tuple[int, int]) -> dict[str, Any]:
    """Return the columns that the register of wages tells, of the months over which the periods lie."""
    rows = engine.arrays(
        "SELECT * FROM wages ORDER BY person, first_day, last_day, wage, hours, permanent, self_employed"
    )
    parts = parts_of(rows["first_day"].astype("datetime64[D]"), rows["last_day"].astype("datetime64[D]"))
    inside = (parts.month >= first.index) & (parts.month < first.index + shape[1])
    cells = rows["person"][parts.period] * shape[1] + parts.month - first.index
    wages, hours = (
        _summed(spread(rows[name].astype(np.int64), parts)[inside], cells[inside], shape)
        for name in ("wage", "hours")
    )
    return {
        "wage_cents": wages,
        "hours": hours / _HUNDRED,
        "permanent": _any(rows["permanent"], parts, cells, inside, shape),
        "self_employed": _any(rows["self_employed"], parts, cells, inside, shape),
    }


def _summed(values: NDArray[np.int64], cells: NDArray[np.int64], shape: tuple[int, int]) -> NDArray[np.int64]:
    """Return the sum of whole numbers in each cell."""
    total = np.zeros(shape[0] * shape[1], dtype=np.int64)
    np.add.at(total, cells, values)
    return total.reshape(shape)


def _any(
    flags: NDArray[np.bool_],
    parts: Parts,
    cells: NDArray[np.int64],
    inside: NDArray[np.bool_],
    shape: tuple[int, int],
) -> NDArray[np.bool_]:
    """Return in which cells a flag is up."""
    found = np.zeros(shape[0] * shape[1], dtype=np.bool_)
    found[cells[inside & np.asarray(flags, dtype=np.bool_)[parts.period]]] = True
    return found.reshape(shape)
