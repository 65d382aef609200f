"""opmaat keep: what a household keeps of earnings, for each arm beside the ordinary rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

from opmaat.cli.months import month_from_option
from opmaat.cli.output import PLACE, Result, verb

if TYPE_CHECKING:
    from opmaat.benefits.keep import Kept
    from opmaat.report.keep.answer import KeepAnswer
    from opmaat.report.keep.words import KeepWords

_ARMS_BESIDE = 2
_WIDTHS = (("disregard", 12), ("benefit", 10), ("total", 10), ("next", 9))


@verb("keep")
@click.option("--earnings", required=True, help="Net wages a month in euros: 0:1500, or 0:1500:50 in steps.")
@click.option("--at", required=True, help="The month whose amounts hold, such as 2018-03.")
@click.option("--household", default="single", help="single (default), couple or partner_without_right.")
@click.option("--arm", "arms", multiple=True, help="An arm; several are possible. Default: all of them.")
@click.option("--study", type=PLACE, help="Take the arms from this study's protocol.")
@click.option("--policy", type=PLACE, help="File with the municipality's own policy.")
@click.option("--age", type=click.IntRange(18, 120), default=40, help="Age of the adult; default 40.")
@click.option("--partner-age", type=click.IntRange(18, 120), help="Age of the partner; default: the same.")
@click.option("--youngest-child", type=click.IntRange(0, 17), help="Age of the youngest child.")
@click.option("--cost-sharers", type=click.IntRange(0, 50), default=0, help="Housemates who count.")
@click.option("--first-earns", type=click.IntRange(0, 100), default=100, help="A couple: % by the first.")
@click.option("--n-used", type=click.IntRange(0, 600), default=0, help="Months of disregard n used before.")
@click.option("--medically-limited", is_flag=True, help="Fewer hours for medical reasons.")
@click.option("--out", type=PLACE, help="Also write a page with a picture, FILE.html, or FILE.svg.")
@click.option("--language", type=click.Choice(["nl", "en"]), default="nl", help="Language of the texts.")
def command(**asked: Any) -> Result:  # noqa: ANN401
    """Print what a household keeps of its earnings in each arm, in one month.

    Without --study the arms are those of the experiments of 2017: exemption, guidance and disregard. A month
    in which an amount is not known ends with exit code 10, impossible earnings with 11.
    """
    from opmaat.benefits.keep import NOT_IN_IT
    from opmaat.cli.keep_question import question
    from opmaat.report.keep.answer import answer
    from opmaat.report.keep.page import write_keep
    from opmaat.report.keep.words import keep_words

    out, words = asked.pop("out"), keep_words(asked.pop("language"))
    month = month_from_option(asked.pop("at"), "--at")
    found = answer(question(month=month, **asked))
    lines = [*_lines(found, words)]
    if out is not None:
        write_keep(found, out, first=words.language)
        lines.append(f"wrote {out}")
    fields = {
        **_fields(found, words),
        "not_in_total": list(NOT_IN_IT),
        "file": None if out is None else str(out),
    }
    return Result(tuple(lines), fields)


def _lines(found: KeepAnswer, words: KeepWords) -> Iterator[str]:
    """Yield the tables, what a reader should know, and what is not in the total."""
    from opmaat.report.keep.page import not_counted, what_to_know

    for start in range(0, len(found.rows), _ARMS_BESIDE):
        yield from _beside(found, found.rows[start : start + _ARMS_BESIDE], words)
        yield ""
    for sentence in what_to_know(found, words):
        yield f"- {sentence}"
    yield words.say("not_in_it.intro")
    for item in not_counted(words):
        yield f"- {item}"


def _beside(found: KeepAnswer, arms: Sequence[Kept], words: KeepWords) -> Iterator[str]:
    """Yield arms beside each other, one amount of earnings a line."""
    from opmaat.report.keep.page import label_of

    width = sum(columns for _, columns in _WIDTHS)
    labels = [wrap(label_of(found, kept.arm, words), width - 2) for kept in arms]
    for parts in zip_longest(*labels, fillvalue=""):
        yield (" " * 10 + "".join(f"{part:>{width}}" for part in parts)).rstrip()
    heading = "".join(f"{words.say(f'short.{key}'):>{columns}}" for key, columns in _WIDTHS)
    yield f"{words.say('short.earnings'):>10}" + heading * len(arms)
    for row, earnings in enumerate(found.question.earnings_cents):
        yield f"{words.cents(earnings):>10}" + "".join(_cells(kept, row, words) for kept in arms)


def _cells(kept: Kept, row: int, words: KeepWords) -> str:
    """Return the amounts of one arm in one line."""
    columns = (kept.disregarded_cents, kept.benefit_cents, kept.total_cents, kept.next_euro_cents)
    return "".join(
        f"{words.cents(int(column[row])):>{width}}"
        for column, (_, width) in zip(columns, _WIDTHS, strict=True)
    )


def _fields(found: KeepAnswer, words: KeepWords) -> dict[str, Any]:
    """Return the answer for programs, in whole cents."""
    from opmaat.report.keep.page import label_of, what_to_know

    return {
        "at": str(found.question.month),
        "n_runs_out": None if found.n_runs_out is None else str(found.n_runs_out),
        "arms": [
            {
                "arm": kept.arm,
                "label": label_of(found, kept.arm, words),
                "earnings_cents": kept.earnings_cents.tolist(),
                "disregarded_cents": kept.disregarded_cents.tolist(),
                "benefit_cents": kept.benefit_cents.tolist(),
                "total_cents": kept.total_cents.tolist(),
                "next_euro_cents": kept.next_euro_cents.tolist(),
                "keeps_less": [
                    {"from_cents": part.from_cents, "to_cents": part.to_cents, "most_cents": part.most_cents}
                    for part in found.less.get(kept.arm, ())
                ],
            }
            for kept in found.rows
        ],
        "know": list(what_to_know(found, words)),
    }
