"""From a table of answers, a row per person and wave, to the answers of each wave; wrong cells are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.core.errors import DataFileError, Issue, did_you_mean
from opmaat.core.tables import Column, Table, number_text
from opmaat.formats.layout import require_columns
from opmaat.survey.check import RESERVED
from opmaat.survey.items import AskWhen, Item, Number, OpenText, Rating, SeveralChoices, answers_of
from opmaat.survey.model import Answers, Questionnaire
from opmaat.survey.schedule import Window

Words = NDArray[Any]


def collect(
    questionnaire: Questionnaire, table: Table, sent: Mapping[tuple[str, str], Window]
) -> tuple[Answers, ...]:
    """Return the answers of each wave that somebody answered, in the order of the waves.

    Parameters
    ----------
    table
        A row per person and wave, with the columns ``person`` (a pseudonym), ``wave``, ``given_on``
        (2018-11-01) and one for each item; an empty cell is no answer. There is no other column: no arm, no
        name.
    sent
        The window of every person and wave to whom the wave was sent.

    Raises
    ------
    DataFileError
        When a column is missing, or with one issue per problem: unknown columns and waves, a wave that was
        not sent or not open, someone twice, an answer outside its scale, an answer to what was not asked.
    """
    require_columns(table.name, [*RESERVED, *questionnaire.asked], table.columns)
    issues = [
        Issue(
            "unknown-item",
            table.place(0, name) if table.rows else table.name,
            f"'{name}' is not an item of the questionnaire.",
            did_you_mean(name, questionnaire.asked),
        )
        for name in table.columns
        if name not in questionnaire.asked and name not in RESERVED
    ]
    rows = _Rows(table, _words(table.columns["person"]), _words(table.columns["wave"]))
    issues += _row_issues(rows, questionnaire, sent)
    cells = {name: _words(table.columns[name]) for name in questionnaire.asked}
    for name, item in questionnaire.asked.items():
        issues += _cell_issues(rows, name, item, cells)
    if issues:
        raise DataFileError(issues)
    present = [wave.name for wave in questionnaire.waves if (rows.wave == wave.name).any()]
    return tuple(_answers(questionnaire, rows, cells, wave) for wave in present)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The table, with who answered what in each row."""

    table: Table
    person: Words
    wave: Words


def _words(column: Column) -> Words:
    """Return the cells as text, None where there is none."""
    if column.is_text:
        return column.cells
    return np.array([_word(cell) for cell in column.cells], dtype=object)


def _word(number: float) -> str | None:
    """Return a number as text, None for NaN."""
    if np.isnan(number):
        return None
    return number_text(number) if np.isfinite(number) else str(float(number))


def _row_issues(
    rows: _Rows, questionnaire: Questionnaire, sent: Mapping[tuple[str, str], Window]
) -> Iterator[Issue]:
    """Yield what is wrong with who answered what and when."""
    waves = [wave.name for wave in questionnaire.waves]
    seen: set[tuple[str, str]] = set()
    given = _words(rows.table.columns["given_on"])
    for row, (person, wave, day) in enumerate(zip(rows.person, rows.wave, given, strict=True)):
        if person is None:
            problem = "The row does not say whose answers these are."
            yield Issue("missing-person", rows.table.place(row, "person"), problem, "Add the pseudonym.")
        elif wave not in waves:
            problem = f"'{wave or ''}' is not a wave of this questionnaire."
            yield Issue(
                "unknown-wave", rows.table.place(row, "wave"), problem, did_you_mean(str(wave), waves)
            )
        elif (person, wave) not in sent:
            problem = f"The wave '{wave}' was not sent to '{person}'."
            fix = "Check the pseudonym and the wave, or take the row out."
            yield Issue("wave-not-sent", rows.table.place(row, "wave"), problem, fix)
        else:
            yield from _day_issues(rows.table.place(row, "given_on"), day, sent[person, wave])
        if person is not None and (person, wave) in seen:
            problem = f"'{person}' answered the wave '{wave}' before."
            yield Issue("answered-twice", rows.table.place(row, "person"), problem, "Keep one of the rows.")
        seen.add((person, wave))


def _day_issues(where: str, day: str | None, open_days: Window) -> Iterator[Issue]:
    """Yield what is wrong with the day of an answer."""
    try:
        given = date.fromisoformat(day or "")
    except ValueError:
        yield Issue("not-a-date", where, f"'{day or ''}' is not a date.", "Write it as 2018-11-01.")
        return
    if not open_days.opens <= given <= open_days.closes:
        days = f"{open_days.opens} to {open_days.closes}"
        problem = f"The answer was given on {given}, and the wave was open from {days}."
        yield Issue("wave-not-open", where, problem, "Correct the date, or widen the days of the wave.")


def _cell_issues(rows: _Rows, name: str, item: Item, cells: Mapping[str, Words]) -> Iterator[Issue]:
    """Yield each answer to an item that it cannot have, or that was not asked for."""
    right = _test(item)
    wrong = {answer for answer in set(cells[name]) if answer is not None and not right(answer)}
    not_asked = _present(cells[name]) & ~_asked(item.ask_when, cells, rows.table.rows)
    suspect = not_asked | np.isin(cells[name], list(wrong)) if wrong else not_asked
    for row in np.flatnonzero(suspect):
        answer, where = cells[name][row], rows.table.place(int(row), name)
        if answer in wrong:
            yield Issue("outside-scale", where, f"'{answer}' is not an answer to '{name}'.", _can_be(item))
        else:
            rule = " and ".join(f"'{rule.item}' is {' or '.join(rule.answers)}" for rule in item.ask_when)
            problem = f"'{name}' was answered, and it is asked only when {rule}."
            yield Issue("not-asked", where, problem, "Take the answer out, or correct the earlier one.")


def _present(words: Words) -> NDArray[np.bool_]:
    """Tell which cells have an answer."""
    present: NDArray[np.bool_] = words != None  # noqa: E711
    return present


def _asked(rules: tuple[AskWhen, ...], cells: Mapping[str, Words], rows: int) -> NDArray[np.bool_]:
    """Tell for each row whether every rule is met."""
    met = np.ones(rows, dtype=bool)
    for rule in rules:
        wanted = set(rule.answers)
        met &= np.array([bool(wanted & set((answer or "").split(" "))) for answer in cells[rule.item]])
    return met


def _test(item: Item) -> Callable[[str], bool]:
    """Return the test of a written answer to an item."""
    match item:
        case Number():
            return lambda answer: _fits(answer, item)
        case SeveralChoices():
            return lambda answer: set(answer.split(" ")) <= set(item.choices)
        case OpenText():
            return lambda _: True
    return set(answers_of(item)).__contains__


def _fits(answer: str, item: Number) -> bool:
    """Tell whether an answer is a number that the item can have."""
    try:
        number = float(answer)
    except ValueError:
        return False
    return item.lowest <= number <= item.highest and (not item.whole or number.is_integer())


def _can_be(item: Item) -> str:
    """Say which answers an item can have."""
    match item:
        case Number():
            what = "a whole number" if item.whole else "a number"
            return f"Use {what} from {item.lowest:g} to {item.highest:g}."
        case Rating():
            return f"Use a whole number from {item.lowest} to {item.highest}."
    return f"Use one of: {', '.join(answers_of(item))}."


def _answers(questionnaire: Questionnaire, rows: _Rows, cells: Mapping[str, Words], wave: str) -> Answers:
    """Return the answers to one wave, in the order of the pseudonyms."""
    here = np.flatnonzero(rows.wave == wave)
    here = here[np.argsort(rows.person[here].astype(str), kind="stable")]
    asked = questionnaire.asked.items()
    days = [date.fromisoformat(day) for day in _words(rows.table.columns["given_on"])[here]]
    return Answers(
        questionnaire=questionnaire.id,
        wave=wave,
        persons=tuple(str(person) for person in rows.person[here]),
        given_on=np.array(days, dtype="datetime64[D]"),
        numbers={name: _numbers(cells[name][here]) for name, item in asked if _is_number(item)},
        words={name: cells[name][here] for name, item in asked if not _is_number(item)},
    )


def _is_number(item: Item) -> bool:
    """Tell whether answers to an item are numbers."""
    return isinstance(item, Rating | Number)


def _numbers(words: Words) -> NDArray[np.float64]:
    """Return written numbers as such, NaN where there is none."""
    return np.where(_present(words), words, np.nan).astype(np.float64)
