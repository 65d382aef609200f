"""Was the draw carried out as planned, and did as many join and answer by arm as the draw lets expect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from opmaat.assign.balance import RedrawTest
from opmaat.evaluate.integrity import Integrity, SampleRatio
from opmaat.pages.numbers import number, probability
from opmaat.pages.tables import Column, Table
from opmaat.pages.wording import capital
from opmaat.report.told import may_be_told, part_told
from opmaat.report.view import View

_RARE = 0.05


@dataclass(frozen=True, slots=True)
class IntegrityShown:
    """One round: the tests of the draw in sentences, and the numbers of each sample-ratio test."""

    title: str
    sentences: tuple[str, ...]
    ratios: tuple[Table, ...]


def integrity_shown(view: View, integrity: Integrity, *, place: int = 1) -> IntegrityShown:
    """Return the integrity of a round; differences that could rest on a few households are left out.

    ``place`` is which round it is, from 1: a round's own name is a code of the protocol.
    """
    title = view.wording.say("integrity.round", round=place) if integrity.round else ""
    return IntegrityShown(
        title=title,
        sentences=tuple(_sentences(view, integrity)),
        ratios=tuple(
            _ratio(view, ratio, title)
            for ratio in integrity.ratios
            if not (ratio.counted == "joined" and _all_joined(integrity))
        ),
    )


def _all_joined(integrity: Integrity) -> bool:
    """Tell whether every household that was drawn joined: then nothing of joining can be tested."""
    return bool(integrity.joined) and not any(arm.others for arm in integrity.joined)


def _sentences(view: View, integrity: Integrity) -> Iterator[str]:
    """Yield each test of the draw with what it means."""
    tests = {
        "strata": integrity.strata,
        "balance": integrity.balance.omnibus,
        "joined": integrity.joined_balance.omnibus if integrity.joined_balance else None,
    }
    for name, test in tests.items():
        if name == "joined" and _all_joined(integrity):
            yield view.wording.say("integrity.everybody_joined")
        elif test is not None:
            yield view.wording.say(f"integrity.{name}", verdict=_verdict(view, test))


def _verdict(view: View, test: RedrawTest) -> str:
    """Return how often the draw alone is as far from what it lets expect."""
    p = probability(test.p, view.language)
    told = view.wording.say("balance.p_small" if p.startswith("<") else "balance.p", p=p)
    key = "integrity.rare" if test.p < _RARE else "integrity.common"
    return view.wording.say(key, p=told, draws=number(test.draws, 0, view.language))


def _ratio(view: View, ratio: SampleRatio, title: str) -> Table:
    """Return how many of each arm were counted, and how many the draw lets expect."""
    say = view.wording.say
    told = all(may_be_told(arm.counted, arm.drawn) for arm in ratio.arms)
    rows = tuple(
        (
            capital(view.arm(arm.arm)),
            number(arm.drawn, 0, view.language),
            part_told(arm.counted, arm.drawn, view.wording),
            number(arm.expected, 1, view.language) if told else say("unit.not_available"),
        )
        for arm in ratio.arms
    )
    counted = say(f"integrity.{ratio.counted}_column")
    unit = say(f"unit_drawn.{view.protocol.population.unit}")
    headings = (say("integrity.drawn", unit=unit), counted, say("integrity.expected"))
    columns = (Column(say("arms.arm"), "text"), *map(Column, headings))
    wave = view.protocol.wave_shown(ratio.wave, view.language) if ratio.wave else ""
    parts = ", ".join(part for part in (wave, title.lower()) if part)
    caption = say("integrity.ratio", counted=counted, parts=f": {parts}" if parts else "")
    return Table(caption, columns, rows, note=_verdict(view, ratio.test))
