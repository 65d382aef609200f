"""Who was in which arm at the start: means, standardised differences and one test of all together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from opmaat.evaluate.model import Balance, BalanceRow
from opmaat.pages.figure import Figure
from opmaat.pages.numbers import decimals_for, number, percentage, probability
from opmaat.pages.small_counts import SMALLEST, hidden
from opmaat.pages.tables import Column, Table
from opmaat.pages.wording import capital
from opmaat.report.figures.balance import BalanceDot, balance_figure
from opmaat.report.measures import degrees
from opmaat.report.told import count_told, may_be_told
from opmaat.report.view import View

_COMMON = 0.05
_ARMS_IN_ONE_TABLE = 3

CellText = Callable[[BalanceRow], str]


@dataclass(frozen=True, slots=True)
class BalanceShown:
    """The balance at the start as tables, figure and test."""

    tables: tuple[Table, ...]
    figure: Figure | None
    test: tuple[str, ...]


def balance_shown(view: View) -> BalanceShown | None:
    """Return the balance in words, numbers and a figure; None when there is nothing to compare."""
    balance = view.estimates.balance
    if balance is None or not balance.rows:
        return None
    return BalanceShown(_tables(view, balance), _figure(view, balance), tuple(_test(view, balance)))


def _tables(view: View, balance: Balance) -> tuple[Table, ...]:
    """Return the means and the differences from control: in one table, or in two when the arms are many."""
    say = view.wording.say
    name: tuple[Column, CellText] = (
        Column(say("balance.covariate"), "text"),
        lambda row: _row_name(view, row),
    )
    missing = _missing_columns(view, balance)
    control = view.arm(view.protocol.control)
    if len(view.protocol.arms) <= _ARMS_IN_ONE_TABLE:
        means = _mean_columns(view, heading="balance.mean")
        differences = _difference_columns(view, heading="balance.difference")
        return (_table(balance, say("balance.caption"), [name, *means, *differences, *missing]),)
    means = _mean_columns(view, heading="balance.arm")
    differences = _difference_columns(view, heading="balance.arm")
    return (
        _table(balance, say("balance.caption_means"), [name, *means, *missing]),
        _table(balance, say("balance.caption_differences", control=control), [name, *differences]),
    )


def _table(balance: Balance, caption: str, columns: list[tuple[Column, CellText]]) -> Table:
    """Return one table with a row for each covariate."""
    rows = tuple(tuple(cell(row) for _, cell in columns) for row in balance.rows)
    return Table(caption, tuple(column for column, _ in columns), rows)


def _mean_columns(view: View, *, heading: str) -> list[tuple[Column, CellText]]:
    """Return a column of means for each arm."""
    return [(_arm_column(view, heading, arm), partial(_mean, view, arm)) for arm in view.protocol.arms]


def _difference_columns(view: View, *, heading: str) -> list[tuple[Column, CellText]]:
    """Return a column of standardised differences for each arm but control."""
    return [(_arm_column(view, heading, arm), partial(_standardised, view, arm)) for arm in _compared(view)]


def _arm_column(view: View, heading: str, arm: str) -> Column:
    """Return the heading of an arm's column."""
    control = view.arm(view.protocol.control)
    return Column(capital(view.wording.say(heading, arm=view.arm(arm), control=control)))


def _missing_columns(view: View, balance: Balance) -> list[tuple[Column, CellText]]:
    """Return a column of how many miss a covariate, where anyone does."""
    if not any(count for row in balance.rows for count in row.missing.values()):
        return []
    return [(Column(view.wording.say("balance.missing"), "text"), partial(_missing, view))]


def _compared(view: View) -> list[str]:
    """Return the arms that are compared with control."""
    return [arm for arm in view.protocol.arms if arm != view.protocol.control]


def _row_name(view: View, row: BalanceRow) -> str:
    """Return a covariate with its level."""
    name = capital(view.covariate(row.covariate))
    return name if row.level is None else f"{name}: {view.level(row.level)}"


def _is_share(view: View, row: BalanceRow) -> bool:
    """Tell whether the means of a row are shares of people."""
    covariate = (view.protocol.covariates or {}).get(row.covariate)
    return row.level is not None or (covariate is not None and covariate.kind == "binary")


def _withheld(view: View, arm: str, row: BalanceRow) -> bool:
    """Tell whether a mean would tell a count below ten: its own, or that of another level."""
    people = view.estimates.drawn.get(arm, 0) - row.missing.get(arm, 0)
    value = row.means.get(arm)
    if value is None or not math.isfinite(value):
        return False
    if not _is_share(view, row):
        return people < SMALLEST
    if row.level is None:
        return not may_be_told(round(value * people), people)
    levels = [one for one in _rows_of(view, row.covariate) if one.means.get(arm)]
    counts = [round(one.means[arm] * people) for one in levels]
    return value == 0 or levels.index(row) in hidden(counts)


def _rows_of(view: View, covariate: str) -> list[BalanceRow]:
    """Return the rows of a covariate."""
    balance = view.estimates.balance
    return [row for row in balance.rows if row.covariate == covariate] if balance else []


def _mean(view: View, arm: str, row: BalanceRow) -> str:
    """Return a mean, as a percentage where it is a share."""
    value = row.means.get(arm)
    if value is None or not math.isfinite(value):
        return view.wording.say("unit.not_available")
    if _withheld(view, arm, row):
        return view.wording.say("counts.withheld")
    if _is_share(view, row):
        return percentage(value, view.language)
    largest = max(abs(mean) for mean in row.means.values() if math.isfinite(mean))
    return number(value, decimals_for(largest, 3), view.language)


def _standardised(view: View, arm: str, row: BalanceRow) -> str:
    """Return a standardised difference in two decimals; with one of two shares it tells the other."""
    value = row.standardised.get(arm)
    if value is None or not math.isfinite(value):
        return view.wording.say("unit.not_available")
    if not _difference_may_be_told(view, arm, row):
        return view.wording.say("counts.withheld")
    return number(value, 2, view.language)


def _difference_may_be_told(view: View, arm: str, row: BalanceRow) -> bool:
    """Tell whether both means behind a difference are told."""
    return not any(_withheld(view, name, row) for name in (arm, view.protocol.control))


def _missing(view: View, row: BalanceRow) -> str:
    """Return how many of each arm miss a covariate."""
    counts = [(arm, row.missing.get(arm, 0)) for arm in view.protocol.arms]
    told = [
        view.wording.say("balance.missing_cell", arm=view.arm(arm), count=count_told(count, view.wording))
        for arm, count in counts
        if count
    ]
    return ", ".join(told) or view.wording.say("balance.none")


def _test(view: View, balance: Balance) -> Iterator[str]:
    """Yield the omnibus test and what it means."""
    say = view.wording.say
    if balance.statistic is None or balance.p is None or not math.isfinite(balance.p):
        yield say("balance.no_test")
        if balance.note:
            yield say(f"balance.why_{balance.note.replace('-', '_')}")
        return
    known = {
        "statistic": number(balance.statistic, 2, view.language),
        "p": _p_phrase(view, balance.p),
    }
    told = [degrees(df, view.wording) for df in balance.df or () if math.isfinite(df)]
    if told:
        yield say("balance.omnibus_df", df=view.wording.listed(told), **known)
    else:
        yield say("balance.omnibus", **known)
    if balance.unit != "participant":
        yield say(f"balance.by_{balance.unit}")
    draws = round(100 * balance.p)
    yield say("balance.likely", draws=draws) if balance.p >= _COMMON else say("balance.unlikely")


def _p_phrase(view: View, p: float) -> str:
    """Return a p-value with its sign."""
    told = probability(p, view.language)
    return view.wording.say("balance.p_small" if told.startswith("<") else "balance.p", p=told)


def _figure(view: View, balance: Balance) -> Figure | None:
    """Return the dot plot of the standardised differences; None when there is none to draw."""
    several = len(_compared(view)) > 1
    dots = [
        BalanceDot(
            row=_row_name(view, row),
            arm=view.arm(arm),
            difference=value,
            words=(f"{view.arm(arm)}: " if several else "") + number(value, 2, view.language),
        )
        for row in balance.rows
        for arm in _compared(view)
        if (value := row.standardised.get(arm)) is not None
        and math.isfinite(value)
        and _difference_may_be_told(view, arm, row)
    ]
    if not dots:
        return None
    say = view.wording.say
    control = view.arm(view.protocol.control)
    largest = max(dots, key=lambda dot: abs(dot.difference))
    rows = len({dot.row for dot in dots})
    alt = say(
        "balance.figure_alt_one" if rows == 1 else "balance.figure_alt",
        control=control,
        rows=number(rows, 0, view.language),
        largest=number(largest.difference, 2, view.language),
        name=largest.row,
        arm=largest.arm,
    )
    axis = (say("balance.figure_axis", control=control),)
    return balance_figure(dots, title=say("balance.figure"), axis=axis, alt=alt, language=view.language)
