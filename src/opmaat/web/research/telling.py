"""Counts in the words and numbers of the reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opmaat.core.month import Month
from opmaat.pages.numbers import number, percentage
from opmaat.web.gateway.research import ShownAs
from opmaat.web.gateway.studies import Protocol, Questionnaire
from opmaat.web.research.queries import Responded, Talks
from opmaat.web.theme.words import words


@dataclass(frozen=True, slots=True)
class RespondedRow:
    """One row of the table of response."""

    wave_label: str
    arm_label: str
    sent: int
    answered: int
    share: str


def response_rows(rows: Iterable[Responded], protocol: Protocol, shown: ShownAs) -> list[RespondedRow]:
    """Return the response with the labels of waves and arms."""
    language = words().language
    waves = {wave.name: wave.label.in_language(language) for wave in protocol.waves if wave.label}
    return [
        RespondedRow(
            waves.get(row.wave, row.wave),
            arm_label(row.arm, protocol, shown),
            row.sent,
            row.answered,
            percentage(row.share, language),
        )
        for row in rows
    ]


def arm_label(arm: str, protocol: Protocol, shown: ShownAs) -> str:
    """Return what an arm is called on the page; empty stands for all together."""
    if not arm:
        return words().say("research.course.together")
    if shown == ShownAs.NAMED:
        return protocol.arms[arm].label.in_language(words().language)
    return words().say("research.course.letter", letter=arm)


def talks_rows(rows: Iterable[Talks], protocol: Protocol) -> list[dict[str, Any]]:
    """Return talks with the labels of arms, which are named where there are any."""
    return [{"talks": row, "arm_label": arm_label(row.arm, protocol, ShownAs.NAMED)} for row in rows]


def missing_rows(missing: Mapping[str, Sequence[Month]]) -> list[tuple[str, str]]:
    """Return the months that were not delivered, as one enumeration for each kind."""
    return [
        (kind, words().listed([words().month(month) for month in months]) if months else "")
        for kind, months in missing.items()
    ]


def course_rows(
    course: Mapping[str, Any], protocol: Protocol, questionnaire: Questionnaire | None
) -> dict[str, Any]:
    """Return the course of all arms together with its numbers as texts."""
    language = words().language
    waves = {wave.name: wave.label.in_language(language) for wave in protocol.waves if wave.label}
    asked = () if questionnaire is None else questionnaire.scales
    scales = {scale.scale: scale.title.in_language(language) for scale in asked}
    return {
        **course,
        "exits": [
            {
                **row,
                **{name: _share(row[name], row["known"]) for name in ("off_benefit", "to_work", "working")},
            }
            for row in course["exits"]
        ],
        "scores": [
            {
                **row,
                "scale": scales.get(row["scale"], row["scale"]),
                "wave": waves.get(row["wave"], row["wave"]),
                "mean": "" if row["mean"] is None else number(row["mean"], 2, language),
                "sd": "" if row["sd"] is None else number(row["sd"], 2, language),
            }
            for row in course["scores"]
        ],
    }


def _share(count: int, of: int) -> str:
    """Return a share of persons; empty where nobody is known."""
    return percentage(count / of, words().language) if of else ""
