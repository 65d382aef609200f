"""One cell of a register, by the kind of its field; what does not fit raises ValueError in plain words."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np

from opmaat.caseload.layout import Code, Field
from opmaat.core.month import Month
from opmaat.core.tables import number_from_text

_MIDNIGHT = re.compile(r"[T ]00:00:00(\.0+)?$")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DUTCH = re.compile(r"(\d{2})-(\d{2})-(\d{4})", re.ASCII)
_PLAIN = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_MOST_DIGITS = 15  # a float64 holds every whole number of so many digits


def empty_cell(field: Field) -> Any:  # noqa: ANN401
    """Return what stands for a missing cell: NaN, NaT or None."""
    return {"number": np.nan, "date": np.datetime64("NaT")}.get(field.kind)


def convert(text: str, field: Field, *, month: Month, decimal: str) -> Any:  # noqa: ANN401
    """Return what a cell stands for; raises ValueError, which never repeats the cell.

    >>> convert("20170901", Field(column="a", kind="date"), month=Month(2017, 9), decimal=",")
    np.datetime64('2017-09-01')
    """
    match field.kind:
        case "number":
            return _number(text, decimal)
        case "date":
            return _day(text, field.format)
        case "code":
            return _code(text, field, month)
        case "digits":
            return _digits(text, field.length)
        case _:
            return _text(text, field.length)


def from_number(text: str, field: Field, *, tells_who: bool) -> str | None:
    """Return the text that a number was before a spreadsheet or statistics package made it one, if known.

    Digits of a known length and codes get back the zeros before them. Of other digits and of a text that
    tells who someone is they cannot be known: another text would be another person.

    >>> from_number("12", Field(column="a", kind="digits", length=4), tells_who=True)
    '0012'
    >>> from_number("12", Field(column="a", kind="text", length=4), tells_who=True) is None
    True
    """
    match field.kind:
        case "digits":
            return None if field.length is None or len(text) > _MOST_DIGITS else text.zfill(field.length)
        case "text":
            return None if tells_who or len(text) > _MOST_DIGITS else text
        case "code":
            alike = [code for code in field.codes if code.isdigit() and code.lstrip("0") == text.lstrip("0")]
            return None if len(alike) > 1 else alike[0] if alike else text
        case _:
            return text


def _number(text: str, decimal: str) -> float:
    """Read a number with an optional sign before it."""
    number = number_from_text(text, decimal=decimal)
    if not np.isfinite(number):
        raise ValueError("The field does not hold a number.")
    return number


def _day(text: str, form: str) -> np.datetime64:
    """Read a day; a day that is only partly known is no day. A typed date may come with midnight."""
    text = _MIDNIGHT.sub("", text)
    plain, dutch = _PLAIN.fullmatch(text), _DUTCH.fullmatch(text)
    if form == "yyyymmdd" and plain:
        text = "-".join(plain.groups())
    elif form == "dd-mm-yyyy" and dutch:
        text = "-".join(reversed(dutch.groups()))
    try:
        if not _ISO.fullmatch(text):
            raise ValueError
        return np.datetime64(text, "D")
    except ValueError:
        raise ValueError(f"The field does not hold a whole date written as {form}.") from None


def _code(text: str, field: Field, month: Month) -> str:
    """Read a code that is valid in the month."""
    if text not in field.codes:
        raise ValueError(f"The field does not hold one of its {len(field.codes)} codes.")
    code = field.codes[text]
    if isinstance(code, Code):
        early = code.since is not None and month < Month.parse(code.since)
        late = code.until is not None and month > Month.parse(code.until)
        if early or late:
            raise ValueError(f"The field holds a code that is not valid in {month}.")
    return text


def _digits(text: str, length: int | None) -> str:
    """Read digits."""
    if not (text.isascii() and text.isdigit()) or (length is not None and len(text) != length):
        raise ValueError(f"The field does not hold {length or 'only'} digits.")
    return text


def _text(text: str, length: int | None) -> str:
    """Read text; letters with signs on them are the same however the file composes them."""
    text = text.replace("\u00a0", " ")
    if not text.isprintable():
        raise ValueError("The field holds signs that cannot be printed, such as the end of a line.")
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if length is not None and len(text) > length:
        raise ValueError(f"The field holds more than {length} signs.")
    return text
