"""Read the sheets of an XLSForm (https://xlsform.org): heads in the first row, then questions or choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opmaat.core.errors import DataFileError, Issue
from opmaat.formats.layout import unreadable
from opmaat.formats.xlsx import cell_text


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row of a sheet: its number, and the filled cells by the head of their column."""

    where: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """The sheets that say what is asked."""

    survey: tuple[FormRow, ...]
    choices: tuple[FormRow, ...]


def read_form(path: Path) -> Form:
    """Read the sheets ``survey`` and ``choices``; raises DataFileError when the file is no XLSForm."""
    from python_calamine import CalamineError, CalamineWorkbook

    if not path.is_file():
        raise unreadable(path, "there is no such file")
    try:
        book = CalamineWorkbook.from_path(str(path))
        names = {name.strip().lower(): name for name in book.sheet_names}
        sheets = {
            sheet: book.get_sheet_by_name(names[sheet]).to_python(skip_empty_area=False)
            for sheet in ("survey", "choices")
            if sheet in names
        }
    except (CalamineError, OSError, ValueError):
        raise unreadable(path, "it is not a whole spreadsheet") from None
    if "survey" not in sheets:
        problem = "The file has no sheet 'survey', so it is not an XLSForm."
        raise DataFileError([Issue("no-survey-sheet", path.name, problem, "Name the sheet 'survey'.")])
    return Form(*(_rows(path.name, sheet, sheets.get(sheet, [])) for sheet in ("survey", "choices")))


def _rows(file: str, sheet: str, rows: Sequence[Sequence[Any]]) -> tuple[FormRow, ...]:
    """Return the rows that have a cell, each with its place."""
    heads = [cell_text(cell).strip() for cell in rows[0]] if rows else []
    found = []
    for number, row in enumerate(rows[1:], start=2):
        texts = {head: cell_text(cell) for head, cell in zip(heads, row, strict=True) if head}
        cells = {head: text for head, text in texts.items() if text}
        if cells:
            found.append(FormRow(f"{file}, sheet '{sheet}', row {number}", cells))
    return tuple(found)
