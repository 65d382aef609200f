"""The participants: how many were drawn, took up and were analysed, and whose outcomes are missing."""

from __future__ import annotations

from opmaat.evaluate.model import Missing
from opmaat.pages.numbers import number, percentage
from opmaat.pages.tables import Column, Table
from opmaat.pages.wording import capital
from opmaat.report.view import View


def arms_table(view: View) -> Table:
    """Return how many were drawn into each arm, took up, and are in the analyses."""
    say = view.wording.say
    take_up = view.estimates.taken_up
    columns = [Column(say("arms.arm"), "text"), Column(say("arms.drawn"))]
    columns += [Column(say("arms.taken_up"))] if take_up is not None else []
    rows = [
        (
            capital(view.arm(arm)),
            number(drawn, 0, view.language),
            *([_share(view, take_up.get(arm))] if take_up is not None else []),
            _analysed(view, arm),
        )
        for arm, drawn in _in_protocol_order(view)
    ]
    total = number(sum(view.estimates.drawn.values()), 0, view.language)
    rows.append((say("arms.total"), total, *([""] if take_up is not None else []), ""))
    return Table(
        say("arms.caption"),
        (*columns, Column(say("arms.analysed"))),
        tuple(rows),
        note="" if take_up is not None else say("arms.no_take_up"),
    )


def _in_protocol_order(view: View) -> list[tuple[str, int]]:
    """Return the number drawn per arm, in the protocol's order."""
    return [(arm, view.estimates.drawn.get(arm, 0)) for arm in view.protocol.arms]


def _share(view: View, share: float | None) -> str:
    """Return a share as a percentage, or the words for none."""
    return view.wording.say("unit.not_available") if share is None else percentage(share, view.language)


def _analysed(view: View, arm: str) -> str:
    """Return how many of an arm are in the analyses, as a range where these differ."""
    counts = {e.n_by_arm[arm] for e in view.estimates.estimates if arm in e.n_by_arm}
    if not counts:
        return view.wording.say("unit.not_available")
    low, high = (number(end, 0, view.language) for end in (min(counts), max(counts)))
    return low if low == high else view.wording.say("arms.between", low=low, high=high)


def missing_table(view: View) -> Table | None:
    """Return how many of each arm miss each outcome; None when the estimates do not say."""
    if not view.estimates.missing:
        return None
    say = view.wording.say
    columns = (
        Column(say("missing.outcome"), "text"),
        *(Column(capital(view.arm(arm))) for arm in view.protocol.arms),
    )
    rows = tuple(
        (
            capital(view.question(missing.outcome, missing.month)),
            *(_missing_cell(view, missing, arm) for arm in view.protocol.arms),
        )
        for missing in view.estimates.missing
    )
    complete = not any(count for missing in view.estimates.missing for count in missing.missing.values())
    return Table(say("missing.caption"), columns, rows, note=say("missing.none") if complete else "")


def _missing_cell(view: View, missing: Missing, arm: str) -> str:
    """Return how many of an arm miss an outcome, of how many drawn."""
    drawn, count = missing.drawn.get(arm, 0), missing.missing.get(arm, 0)
    if drawn == 0:
        return view.wording.say("unit.not_available")
    return view.wording.say(
        "missing.cell",
        missing=number(count, 0, view.language),
        drawn=number(drawn, 0, view.language),
        share=percentage(count / drawn, view.language),
    )
