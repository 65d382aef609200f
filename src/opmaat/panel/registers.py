"""From deliveries of benefits and wages to what registers know of each person, month by month.

What is wrong with a delivery is told at its rows, all at once. Persons who are not in the study are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.caseload.layout import Field
from opmaat.core.errors import Issue
from opmaat.core.month import Month
from opmaat.panel import register_rules as rules
from opmaat.panel.engine import Engine
from opmaat.panel.expressions import quoted
from opmaat.panel.months import PersonMonths
from opmaat.panel.register_rules import Came
from opmaat.panel.scan import batches
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
_HUNDRED = 100
_BENEFIT_COLUMNS = ("on_benefit", "exit_code", "benefit_cents", "norm_cents")
_WAGE_COLUMNS = ("wage_cents", "hours", "permanent", "self_employed")


def read_benefits(engine: Engine, deliveries: Sequence[Came], *, traits: Sequence[str] = ()) -> list[Issue]:
    """Add deliveries of benefits, by month, to the engine's table ``benefits``; return all that is wrong.

    The fields ``traits`` of everybody's first row go to the table ``traits``.
    """
    engine.connection.execute(
        "CREATE TABLE benefits (month INTEGER, person INTEGER, starts DATE, ends DATE, reason TINYINT, "
        "norm BIGINT, paid BIGINT)"
    )
    issues: list[Issue] = []
    own: str | None = None
    for batch in _batches(deliveries):
        names = _benefit_fields(batch[0], traits)
        if engine.load([came.source for came in batch], names) and _has_right_benefits(engine, batch, own):
            own = own or rules.first_municipality(engine, batch[0].source)
            _keep_benefits(engine, traits)
            continue
        for came in batch:
            issues += engine.examine(came.source, names)
            engine.keep_only(came.source.form.only)
            own = own or rules.first_municipality(engine, came.source)
            issues += _wrong_benefits(engine, came, own)
            _keep_benefits(engine, traits)
    return issues


def _batches(deliveries: Sequence[Came]) -> Iterator[list[Came]]:
    """Yield the deliveries that the engine can read together."""
    for places in batches([came.source for came in deliveries]):
        yield [deliveries[place] for place in places]


def _benefit_fields(came: Came, traits: Sequence[str]) -> list[str]:
    """Return the fields to read of a delivery of benefits, each once."""
    known = came.source.layout.fields
    optional = [name for name in _PERIOD if name in known]
    return list(dict.fromkeys([*BENEFIT_FIELDS, *traits, *came.source.form.only, *optional]))


def _has_right_benefits(engine: Engine, batch: Sequence[Came], own: str | None) -> bool:
    """Tell whether the rows that the study looks at break no rule."""
    source = batch[0].source
    engine.keep_only(source.form.only)
    rules.keep_deliveries(engine, batch)
    return not (
        rules.is_of_other_month(engine, source)
        or rules.is_of_several_municipalities(engine, source, own)
        or rules.stands_twice(engine)
        or rules.breaks_rules(engine, rules.BENEFIT_RULES)
    )


def _wrong_benefits(engine: Engine, came: Came, own: str | None) -> Iterator[Issue]:
    """Yield what is wrong with one delivery of benefits beyond its cells."""
    rules.keep_deliveries(engine, [came])
    yield from rules.rows_of_other_month(engine, came.source)
    yield from rules.rows_of_other_municipality(engine, came.source, own)
    yield from rules.persons_again(engine, came)
    yield from rules.broken_rules(engine, rules.BENEFIT_RULES, came)


def _keep_benefits(engine: Engine, traits: Sequence[str]) -> None:
    """Keep the rows of the table, and the traits of who had no row before."""
    engine.connection.execute(
        "INSERT INTO benefits SELECT month, person, benefit_start, benefit_end, "
        "coalesce(CAST(benefit_end_reason AS TINYINT), 0), coalesce(norm, 0), coalesce(payable, 0) "
        "FROM given JOIN delivery USING (file) WHERE person NOT NULL"
    )
    own = "".join(f", {quoted(name)}" for name in traits)
    engine.connection.execute(f"CREATE TABLE IF NOT EXISTS traits AS SELECT person{own} FROM given LIMIT 0")
    engine.connection.execute(
        f"INSERT INTO traits SELECT person{own} FROM given WHERE person NOT NULL "
        "AND person NOT IN (SELECT person FROM traits) "
        "AND (person, file) IN (SELECT (person, min(file)) FROM given GROUP BY person)"
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
    for batch in _batches(deliveries):
        if engine.load([came.source for came in batch], WAGE_FIELDS) and _has_right_wages(engine, batch):
            _keep_wages(engine)
            continue
        for came in batch:
            issues += engine.examine(came.source, WAGE_FIELDS)
            issues += _wrong_wages(engine, came)
            _keep_wages(engine)
    return issues


def _has_right_wages(engine: Engine, batch: Sequence[Came]) -> bool:
    """Tell whether no row breaks a rule."""
    rules.keep_deliveries(engine, batch)
    return not (
        rules.has_wages_of_other_month(engine)
        or rules.breaks_rules(engine, rules.WAGE_RULES)
        or rules.confuses_employments(engine)
    )


def _wrong_wages(engine: Engine, came: Came) -> Iterator[Issue]:
    """Yield what is wrong with one delivery of wages beyond its cells."""
    rules.keep_deliveries(engine, [came])
    yield from rules.wages_of_other_month(engine, came.source)
    yield from rules.broken_rules(engine, rules.WAGE_RULES, came)
    yield from rules.confused_employments(engine, came)


def _keep_wages(engine: Engine) -> None:
    """Keep the rows of the table, summed per person and period."""
    engine.connection.execute(
        "INSERT INTO wages SELECT person, first_day, last_day, "
        "sum(CASE WHEN income_kind = '1' THEN gross_wage ELSE 0 END), "
        "sum(CASE WHEN income_kind = '1' THEN coalesce(hours, 0) ELSE 0 END), "
        "bool_or(income_kind = '1' AND coalesce(permanent, '') = 'O'), bool_or(income_kind = '2') "
        "FROM given WHERE person NOT NULL AND first_day NOT NULL AND last_day >= first_day "
        "GROUP BY file, person, first_day, last_day"
    )


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
