"""The cells of a register as expressions of the embedded engine: text, values, and tests of both."""

from __future__ import annotations

from collections.abc import Iterator

from opmaat.caseload.layout import Code, Field
from opmaat.core.month import Month

_DAY_FORMATS = {"yyyymmdd": "%Y%m%d", "yyyy-mm-dd": "%Y-%m-%d", "dd-mm-yyyy": "%d-%m-%Y"}
_LONGEST_TEXT = 1_000


def quoted(name: str) -> str:
    """Return a name as the engine reads it.

    >>> quoted("verloonde uren")
    '"verloonde uren"'
    """
    return '"' + name.replace('"', '""') + '"'


def cell_of(name: str) -> str:
    """Return the name under which the text of a field stands beside its value.

    >>> cell_of("hours")
    '"cell of hours"'
    """
    return quoted(f"cell of {name}")


def raw_of(name: str) -> str:
    """Return the name under which a field stands as the file has it.

    >>> raw_of("hours")
    '"raw hours"'
    """
    return quoted(f"raw {name}")


def text_of(field: Field, column: str, kind: str, decimal: str) -> str:
    """Return a column as text; digits and codes that became numbers get their zeros back.

    ``kind`` is the engine's type of the column.
    """
    if kind == "VARCHAR":
        return f"nullif(trim({column}), '')"
    if field.kind == "number":
        return f"replace(CAST({column} AS VARCHAR), '.', '{decimal}')"
    whole = f"CAST({column} AS BIGINT)" if kind in ("DOUBLE", "FLOAT") else column
    text = f"CAST({whole} AS VARCHAR)"
    length = field.length if field.kind == "digits" else max(map(len, field.codes), default=None)
    if length is None or field.kind not in ("digits", "code"):
        return text
    return f"CASE WHEN length({text}) < {length} THEN lpad({text}, {length}, '0') ELSE {text} END"


def value_of(field: Field, cell: str, *, month: Month, decimal: str) -> str:
    """Return the value of a text, null where it does not fit: hundredths of a number, a day, or the text.

    A text that tells who someone is becomes a hash, which is enough to see whether two are the same.

    >>> value_of(Field(column="a", kind="digits", length=4), "x", month=Month(2018, 1), decimal=",")
    "CASE WHEN regexp_full_match(x, '[0-9]{4}') THEN x END"
    """
    match field.kind:
        case "number":
            sign = "," if decimal == "," else "[.]"
            form = f"[+-]?[0-9]{{1,13}}({sign}[0-9]{{1,2}}0*)?"
            number = f"CAST(replace({cell}, '{decimal}', '.') AS DECIMAL(18, 2))"
            return f"CASE WHEN regexp_full_match({cell}, '{form}') THEN CAST({number} * 100 AS BIGINT) END"
        case "date":
            return f"CAST(try_strptime({cell}, '{_DAY_FORMATS[field.format]}') AS DATE)"
        case "digits":
            size = "+" if field.length is None else f"{{{field.length}}}"
            return f"CASE WHEN regexp_full_match({cell}, '[0-9]{size}') THEN {cell} END"
        case "code":
            known = ", ".join(map(literal, codes_in_force(field, month)))
            return f"CASE WHEN {cell} IN ({known}) THEN {cell} END"
    text = f"hash({cell})" if field.identifies else cell
    is_text = f"length({cell}) BETWEEN 1 AND {field.length or _LONGEST_TEXT} AND trim({cell}) = {cell}"
    return f"CASE WHEN {is_text} THEN {text} END"


def tests_of(field: Field, name: str) -> Iterator[tuple[str, str]]:
    """Yield the tests that find cells that do not fit, and empty ones that may not be, each with a code."""
    code = "unknown-code" if field.kind == "code" else "wrong-cell"
    yield code, f"{cell_of(name)} IS NOT NULL AND {quoted(name)} IS NULL"
    if field.required:
        yield "missing-cell", f"{cell_of(name)} IS NULL"


def literal(text: str) -> str:
    """Return a text as the engine reads it.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def codes_in_force(field: Field, month: Month) -> list[str]:
    """Return the codes that may be used in a month.

    >>> codes_in_force(Field(column="a", kind="code", codes={"1": "yes", "2": "no"}), Month(2018, 1))
    ['1', '2']
    """
    return [code for code, told in field.codes.items() if isinstance(told, str) or _holds(told, month)]


def _holds(code: Code, month: Month) -> bool:
    """Tell whether a code may be used in a month."""
    since, until = (None if text is None else Month.parse(text) for text in (code.since, code.until))
    return (since is None or since <= month) and (until is None or month <= until)
