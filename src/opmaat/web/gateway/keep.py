"""What a household keeps of its earnings: the engine's answer as texts, rows and a picture."""

from __future__ import annotations

import re
from dataclasses import dataclass

from opmaat.benefits.disregard import TrialDisregard
from opmaat.benefits.household import HouseholdKind
from opmaat.benefits.keep import Home
from opmaat.core.month import Month
from opmaat.core.texts import Language, Text
from opmaat.pages.figure import Figure
from opmaat.pages.tables import Table
from opmaat.params.model import MissingValueError
from opmaat.report.keep.answer import KeepQuestion, answer
from opmaat.report.keep.page import keep_page
from opmaat.report.keep.words import keep_words

__all__ = ["Asked", "KeepShown", "MissingValueError", "what_is_kept"]

ORDINARY = "ordinary"
HIGHEST_CENTS = 150_000
_STEP_CENTS = 25_000
_STYLE = re.compile(r' style="[^"]*"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked: net earnings of one month in cents, by a household, and the disregard of its arm."""

    earnings_cents: int
    month: Month
    couple: bool
    age: int
    youngest_child_age: int | None
    cost_sharers: int
    arm_label: Text | None
    trial: TrialDisregard | None


@dataclass(frozen=True, slots=True)
class KeepShown:
    """What a page shows: total in cents by label at the earnings asked for, and the rest as ready texts."""

    totals: tuple[tuple[str, int], ...]
    figure: Figure
    table: Table
    know: tuple[str, ...]
    not_in_it: tuple[str, ...]


def what_is_kept(asked: Asked, language: Language) -> KeepShown:
    """Return what is kept; raises MissingValueError for a month whose legal amounts are not known.

    >>> asked = Asked(earnings_cents=40_000, month=Month(2018, 3), couple=False, age=40,
    ...     youngest_child_age=None, cost_sharers=0, arm_label=Text("meer", "more"),
    ...     trial=TrialDisregard(5000))
    >>> what_is_kept(asked, "en").totals[1]
    ('more', 119112)
    """
    found = answer(_question(asked))
    page = keep_page(found, keep_words(language))
    place = found.question.earnings_cents.index(asked.earnings_cents)
    headings = [column.heading for column in page.totals.columns[1:]]
    totals = [int(kept.total_cents[place]) for kept in found.rows]
    return KeepShown(
        totals=tuple(zip(headings, totals, strict=True)),
        figure=without_styles(page.figure),
        table=page.totals,
        know=page.know,
        not_in_it=page.not_in_it,
    )


def _question(asked: Asked) -> KeepQuestion:
    """Return the question in the engine's words, over a round range of earnings with the amount in it."""
    grid = {*range(0, max(HIGHEST_CENTS, asked.earnings_cents) + 1, _STEP_CENTS), asked.earnings_cents}
    arms = {ORDINARY: Text("gewone regels", "ordinary rules")}
    trials: dict[str, TrialDisregard | None] = {ORDINARY: None}
    if asked.trial is not None and asked.arm_label is not None:
        arms["own"], trials["own"] = asked.arm_label, asked.trial
    return KeepQuestion(
        home=Home(
            kind=HouseholdKind.COUPLE if asked.couple else HouseholdKind.SINGLE,
            ages=(asked.age, asked.age),
            youngest_child_age=asked.youngest_child_age,
            cost_sharers=asked.cost_sharers,
        ),
        month=asked.month,
        earnings_cents=tuple(sorted(grid)),
        arms=arms,
        trials=trials,
    )


def without_styles(figure: Figure) -> Figure:
    """Take style attributes out: the website's policy of contents refuses them."""
    return Figure(figure.title, figure.alt, _STYLE.sub("", figure.narrow), _STYLE.sub("", figure.wide))
