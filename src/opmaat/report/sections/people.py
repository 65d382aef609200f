"""The participants: how many were drawn, took up and were analysed, and whose outcomes are missing."""

from __future__ import annotations

from collections.abc import Iterator

from opmaat.evaluate.model import Estimate, Missing
from opmaat.pages.numbers import number, percentage
from opmaat.pages.small_counts import SMALLEST, hidden
from opmaat.pages.tables import Column, Table
from opmaat.pages.wording import capital
from opmaat.report.told import may_be_told, part_told, share_told
from opmaat.report.view import View


def arms_table(view: View) -> Table:
    """Return how many were drawn into each arm, took up, and are in the analyses."""
    say = view.wording.say
    take_up = view.estimates.taken_up
    columns = [Column(say("arms.arm"), "text"), Column(say("arms.drawn"))]
    columns += [Column(say("arms.taken_up"))] if take_up is not None else []
    parts = sorted({_is_of_a_part(view, estimate) for estimate in view.estimates.estimates})
    columns += [Column(say("arms.analysed_part" if part else "arms.analysed")) for part in parts]
    rows = [
        (
            capital(view.arm(arm)),
            number(drawn, 0, view.language),
            *([_share(view, take_up.get(arm), drawn)] if take_up is not None else []),
            *(_analysed(view, arm, part=part) for part in parts),
        )
        for arm, drawn in _in_protocol_order(view)
    ]
    total = number(sum(view.estimates.drawn.values()), 0, view.language)
    rows.append((say("arms.total"), total, *[""] * (len(columns) - 2)))
    return Table(
        say("arms.caption"),
        tuple(columns),
        tuple(rows),
        note=" ".join(_notes(view)),
    )


def _notes(view: View) -> Iterator[str]:
    """Yield who is counted, and what is not in the data."""
    if view.protocol.data is None and view.protocol.population.unit == "household":
        yield view.wording.say("arms.persons")
    if view.estimates.taken_up is None:
        yield view.wording.say("arms.no_take_up")


def _in_protocol_order(view: View) -> list[tuple[str, int]]:
    """Return the number drawn per arm, in the protocol's order."""
    return [(arm, view.estimates.drawn.get(arm, 0)) for arm in view.protocol.arms]


def _share(view: View, share: float | None, drawn: int) -> str:
    """Return a share of those drawn as a percentage, or the words for none."""
    if share is None:
        return view.wording.say("unit.not_available")
    return share_told(round(share * drawn), drawn, view.wording)


def _is_of_a_part(view: View, estimate: Estimate) -> bool:
    """Tell whether an estimate is of some of those who were drawn."""
    return bool(view.whom(view.estimand(estimate.estimand)))


def _analysed(view: View, arm: str, *, part: bool) -> str:
    """Return how many of an arm are in the analyses, as a range where these differ."""
    counts = {
        e.n_by_arm[arm]
        for e in view.estimates.estimates
        if arm in e.n_by_arm and _is_of_a_part(view, e) == part
    }
    if not counts:
        return view.wording.say("unit.not_available")
    low, high = (number(end, 0, view.language) for end in (min(counts), max(counts)))
    return low if low == high else view.wording.say("arms.between", low=low, high=high)


def missing_table(view: View) -> Table | None:
    """Return how many of each arm miss an outcome, of those asked about; None when nobody misses any."""
    say = view.wording.say
    rows = {
        _asked(view, one): _missing_cells(view, one)
        for one in view.estimates.missing
        if any(count >= SMALLEST for count in one.missing.values())
    }
    if not rows:
        return None
    columns = (
        Column(say("missing.outcome"), "text"),
        *(Column(capital(view.arm(arm))) for arm in view.protocol.arms),
    )
    body = tuple((asked, *cells) for asked, cells in rows.items())
    return Table(say("missing.caption"), columns, body)


def seldom_missing(view: View) -> tuple[str, ...]:
    """Say which outcomes a few in every arm miss, and which nobody misses; nothing when there are none."""
    most = {_asked(view, one): max(one.missing.values(), default=0) for one in view.estimates.missing}
    few = "; ".join(asked for asked, count in most.items() if 0 < count < SMALLEST)
    nobody = "; ".join(asked for asked, count in most.items() if not count)
    if most and not any(most.values()):
        return (view.wording.say("missing.none"),)
    told = {"few": few, "complete": nobody}
    return tuple(view.wording.say(f"missing.{key}", list=names) for key, names in told.items() if names)


def _asked(view: View, missing: Missing) -> str:
    """Return the question whose outcome is missing."""
    estimand = view.estimand(missing.estimand)
    return capital(view.question(estimand.outcome, estimand.month, view.whom(estimand)))


def _missing_cells(view: View, missing: Missing) -> tuple[str, ...]:
    """Return for each arm how many miss an outcome, of how many; the number of all together can be found."""
    counts = [missing.missing.get(arm, 0) for arm in view.protocol.arms]
    places = hidden(counts)
    return tuple(
        _missing_cell(view, count, missing.asked.get(arm, 0), withheld=place in places)
        for place, (arm, count) in enumerate(zip(view.protocol.arms, counts, strict=True))
    )


def _missing_cell(view: View, count: int, asked: int, *, withheld: bool) -> str:
    """Return how many of an arm miss an outcome, of how many asked about."""
    say = view.wording.say
    if asked == 0:
        return say("unit.not_available")
    of = {"asked": number(asked, 0, view.language)}
    if withheld and count >= SMALLEST:
        return say("missing.part", missing=say("counts.withheld"), **of)
    if not may_be_told(count, asked):
        return say("missing.part", missing=part_told(count, asked, view.wording), **of)
    share = percentage(count / asked, view.language)
    return say("missing.cell", missing=number(count, 0, view.language), share=share, **of)
