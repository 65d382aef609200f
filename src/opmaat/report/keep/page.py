"""The page of what one keeps: one self-contained HTML file in Dutch and in English."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from opmaat.benefits.disregard import Disregard
from opmaat.benefits.household import HouseholdKind
from opmaat.benefits.keep import NOT_IN_IT, Kept, Stretch
from opmaat.core.errors import Issue, UsageError
from opmaat.core.files import write_together
from opmaat.core.texts import LANGUAGES, Language
from opmaat.pages.figure import Figure
from opmaat.pages.lines import Band, Line, LineChart, line_figure, round_axis
from opmaat.pages.render import render
from opmaat.pages.tables import Column, Table
from opmaat.pages.wording import Wording
from opmaat.params.load import legal_amount, parameter
from opmaat.params.model import amount_in_words
from opmaat.report.keep.answer import AFTER_N, KeepAnswer, corners
from opmaat.report.keep.words import KeepWords, keep_words

_SVG = "http://www.w3.org/2000/svg"
_AGE_OF_N = "disregard_min_age_njr"
_JUDGED = frozenset({Disregard.N, Disregard.R, Disregard.UNIFORM, Disregard.TRIAL})


@dataclass(frozen=True, slots=True)
class KeepPage:
    """Everything the page shows in one language, as ready texts."""

    wording: Wording
    title: str
    facts: tuple[tuple[str, str], ...]
    figure: Figure
    know: tuple[str, ...]
    not_in_it: tuple[str, ...]
    totals: Table
    details: tuple[Table, ...]

    @property
    def language(self) -> Language:
        """The language of the texts."""
        return self.wording.language


def write_keep(answer: KeepAnswer, destination: Path, *, first: Language = "nl") -> None:
    """Write the page, or to a name that ends on .svg the picture alone, whole or not at all.

    ``first`` is the language the page opens in, and that of the picture. Raises UsageError when the file
    cannot be written, or its name ends on neither .html nor .svg.
    """
    match destination.suffix:
        case ".html":
            content = render_keep(answer, first=first)
        case ".svg":
            content = keep_picture(answer, keep_words(first))
        case _:
            problem = f"'{destination.name}' is neither a page nor a picture."
            raise UsageError([Issue("unknown-file-kind", "--out", problem, "Use FILE.html or FILE.svg.")])
    write_together({destination: content.encode()})


def keep_picture(answer: KeepAnswer, words: KeepWords) -> str:
    """Return the picture of the page as a file of its own."""
    return _figure(answer, words).wide.replace("<svg ", f'<svg xmlns="{_SVG}" ', 1) + "\n"


def render_keep(answer: KeepAnswer, *, first: Language = "nl") -> str:
    """Return the page, which needs nothing from elsewhere; the same answer gives the same text."""
    languages = sorted(LANGUAGES, key=lambda language: language != first)
    pages = [keep_page(answer, keep_words(language)) for language in languages]
    return render("opmaat.report.keep", "keep.html.j2", languages=pages)


def keep_page(answer: KeepAnswer, words: KeepWords) -> KeepPage:
    """Return everything the page shows in one language."""
    return KeepPage(
        wording=words.wording,
        title=words.say("title"),
        facts=tuple(_facts(answer, words)),
        figure=_figure(answer, words),
        know=tuple(what_to_know(answer, words)),
        not_in_it=not_counted(words),
        totals=_totals(answer, words),
        details=tuple(_details(answer, kept, words) for kept in answer.rows),
    )


def label_of(answer: KeepAnswer, arm: str, words: KeepWords) -> str:
    """Return what an arm is called; the ordinary rules after n have the month in which they begin."""
    if arm == AFTER_N and answer.n_runs_out is not None:
        return words.say("after_n", month=words.month(answer.n_runs_out))
    return answer.question.arms[arm].in_language(words.language)


def not_counted(words: KeepWords) -> tuple[str, ...]:
    """Return what the total leaves out, in words."""
    return tuple(words.say(f"not_in_it.{item}") for item in NOT_IN_IT)


def _facts(answer: KeepAnswer, words: KeepWords) -> Iterator[tuple[str, str]]:
    """Yield what is asked about."""
    home = answer.question.home
    yield words.say("facts.household"), words.say(f"households.{home.kind.name.lower()}")
    yield words.say("facts.month"), words.month(answer.question.month)
    yield words.say("facts.age"), words.say("facts.years", years=home.ages[0])
    if home.kind != HouseholdKind.SINGLE:
        yield words.say("facts.partner_age"), words.say("facts.years", years=home.ages[1])
    if home.youngest_child_age is not None:
        yield words.say("facts.child"), words.say("facts.years", years=home.youngest_child_age)
    if home.cost_sharers:
        yield words.say("facts.cost_sharers"), str(home.cost_sharers)
    if home.kind == HouseholdKind.COUPLE:
        share = f"{home.earner_share_bp / 100:g}%"
        yield words.say("facts.first_earns"), words.say("facts.share", share=share)
    if home.medically_limited:
        yield words.say("facts.limited"), words.say("facts.yes")


def _figure(answer: KeepAnswer, words: KeepWords) -> Figure:
    """Return the picture, and in its text alternative where each line begins and ends."""
    ordinary = answer.question.ordinary
    lines = [
        Line(label_of(answer, kept.arm, words), corners(kept), None if kept.arm == ordinary else style)
        for style, kept in enumerate(answer.curves)
    ]
    bands = [
        Band(
            words.say("picture.less", arm=label_of(answer, arm, words)),
            [(stretch.from_cents / 100, stretch.to_cents / 100) for stretch in stretches],
        )
        for arm, stretches in answer.less.items()
        if stretches
    ]
    across, upwards = zip(*(point for line in lines for point in line.points), strict=True)
    chart = LineChart(
        lines=lines,
        across=round_axis(words.say("picture.across"), across, words.whole_euros, least=1),
        upwards=round_axis(words.say("picture.upwards"), upwards, words.whole_euros, least=1),
        bands=bands,
    )
    told = (_told(line, words) for line in lines)
    return line_figure(chart, title=words.say("picture.title"), alt=" ".join(told))


def _told(line: Line, words: KeepWords) -> str:
    """Say where a line begins and ends."""
    (start, low), (earnings, high) = line.points[0], line.points[-1]
    return words.say(
        "picture.line" if start == 0 else "picture.line_from",
        label=line.label,
        start=_euros(start, words),
        low=_euros(low, words),
        high=_euros(high, words),
        earnings=_euros(earnings, words),
    )


def _euros(amount: float, words: KeepWords) -> str:
    """Return an amount of the picture in euros and cents."""
    return words.euros(round(100 * amount))


def what_to_know(answer: KeepAnswer, words: KeepWords) -> Iterator[str]:
    """Yield what a reader should know: where less is kept, when n runs out, and what is not certain."""
    question = answer.question
    for arm, stretches in answer.less.items():
        yield from (_less(answer, arm, stretch, words) for stretch in stretches)
    if any(answer.less.values()) and question.home.kind == HouseholdKind.COUPLE:
        yield words.say("know.less_couple")
    if answer.n_runs_out is not None:
        yield words.say(
            "know.n_runs_out",
            month=words.month(answer.n_runs_out),
            after=label_of(answer, AFTER_N, words),
            now=words.month(question.month),
        )
    yield from _conditions(answer, words)
    yield from _doubts(answer, words)


def _conditions(answer: KeepAnswer, words: KeepWords) -> Iterator[str]:
    """Yield for whom and how long the disregards of the table hold."""
    month, kinds = answer.question.month, _disregards(answer)
    if Disregard.R in kinds:
        years = legal_amount("disregard_r_child_max_age", month)
        yield words.say(
            "know.single_parent", years=years, months=legal_amount("disregard_r_max_months", month)
        )
    if _below_age_of_n(answer):
        yield words.say("know.below_age", years=legal_amount(_AGE_OF_N, month))
    if kinds & _JUDGED:
        yield words.say("know.contributes")


def _disregards(answer: KeepAnswer) -> frozenset[Disregard]:
    """Return every disregard that the table applies."""
    return frozenset[Disregard]().union(*(kept.disregards for kept in answer.rows))


def _below_age_of_n(answer: KeepAnswer) -> bool:
    """Tell whether an adult is younger than the age from which n and r hold."""
    home = answer.question.home
    ages = home.ages[: 1 + (home.kind == HouseholdKind.COUPLE)]
    return min(ages) < legal_amount(_AGE_OF_N, answer.question.month)


def _less(answer: KeepAnswer, arm: str, stretch: Stretch, words: KeepWords) -> str:
    """Say where less is kept in an arm, and how much at most."""
    return words.say(
        "know.less",
        arm=label_of(answer, arm, words),
        ordinary=label_of(answer, answer.question.ordinary, words),
        low=words.euros(stretch.from_cents),
        high=words.euros(stretch.to_cents),
        most=words.euros(stretch.most_cents),
    )


def _doubts(answer: KeepAnswer, words: KeepWords) -> Iterator[str]:
    """Yield what is not verified, and the legal amounts that are uncertain."""
    home = answer.question.home
    trials = [trial for trial in answer.question.trials.values() if trial is not None]
    fixed = any(trial.cap == "exp_disregard_cap" for trial in trials)
    if fixed and Disregard.TRIAL in _disregards(answer):
        yield words.say("know.cap")
    if trials and _below_age_of_n(answer):
        yield words.say("know.young")
    if trials and home.medically_limited:
        yield words.say("know.limited")
    for value in answer.uncertain:
        known = parameter(value.parameter)
        label, amount = known.label[words.language], amount_in_words(known, value)
        yield words.say("know.uncertain", label=label, amount=amount)


def _totals(answer: KeepAnswer, words: KeepWords) -> Table:
    """Return wage and benefit together, arms side by side."""
    headings = [label_of(answer, kept.arm, words) for kept in answer.rows]
    cents = zip(*(kept.total_cents.tolist() for kept in answer.rows), strict=True)
    rows = tuple(
        (words.euros(earnings), *map(words.euros, totals))
        for earnings, totals in zip(answer.question.earnings_cents, cents, strict=True)
    )
    return Table(words.say("table.totals"), _columns(headings, words), rows)


def _columns(headings: Sequence[str], words: KeepWords) -> tuple[Column, ...]:
    """Return the column of earnings, which names each row, and a column of amounts for each heading."""
    return Column(words.say("table.earnings"), "text"), *map(Column, headings)


def _details(answer: KeepAnswer, kept: Kept, words: KeepWords) -> Table:
    """Return how the total of one arm is made up."""
    headings = [words.say(f"table.{key}") for key in ("disregard", "benefit", "total", "next")]
    columns = (kept.earnings_cents, kept.disregarded_cents, kept.benefit_cents, kept.total_cents)
    rows = tuple(
        (*map(words.euros, amounts), words.say("table.next_cents", cents=stays))
        for *amounts, stays in zip(*(c.tolist() for c in columns), kept.next_euro_cents.tolist(), strict=True)
    )
    caption = words.say("table.one", label=label_of(answer, kept.arm, words))
    caption = caption[0].upper() + caption[1:]
    return Table(caption, _columns(headings, words), rows)
