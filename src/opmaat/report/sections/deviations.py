"""What went differently: amendments; rows, columns and participants that were left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from opmaat.evaluate.model import NoteCode
from opmaat.evaluate.sample import covariate_term
from opmaat.pages.tables import Column, Table, text_columns
from opmaat.pages.wording import capital
from opmaat.panel.model import Excluded
from opmaat.protocol.freeze import Amendment
from opmaat.report.told import count_told
from opmaat.report.view import View
from opmaat.stats.design_matrix import Dropped

_LEFT_OUT: tuple[NoteCode, ...] = ("missing-baseline", "left-out")


@dataclass(frozen=True, slots=True)
class Amended:
    """One change after the freeze, with its reason."""

    title: str
    reason: str
    changes: Table


@dataclass(frozen=True, slots=True)
class Deviations:
    """Everything a reader should know that differs from the plan, or that the plan did not say."""

    opening: str
    amendments: tuple[Amended, ...]
    not_estimated: str
    unanswered: tuple[str, ...]
    excluded: tuple[str, ...]
    dropped: tuple[str, ...]
    left_out: Table | None


def deviations(view: View) -> Deviations:
    """Return every deviation, or the words that there is none."""
    estimates = view.estimates
    return Deviations(
        opening=_opening(view),
        amendments=tuple(_amended(view, amendment) for amendment in view.lock.amendments),
        not_estimated=_not_estimated(view),
        unanswered=tuple(_unanswered(view)),
        excluded=tuple(_excluded(view, item) for item in estimates.excluded),
        dropped=_dropped(view),
        left_out=_left_out(view),
    )


def _left_out(view: View) -> Table | None:
    """Return who is not in a fit although the outcome is known, by question and analysis; None for nobody."""
    counts: dict[tuple[str, str], dict[NoteCode, list[int]]] = {}
    for estimate in view.estimates.estimates:
        for note in estimate.notes:
            if note.code != "missing-outcome":
                row = counts.setdefault((capital(view.asked(estimate)), estimate.analysis), {})
                row.setdefault(note.code, []).append(note.participants)
    if not counts:
        return None
    say = view.wording.say
    columns = (
        *text_columns(say("deviations.question"), say("planned.analysis")),
        *(Column(say(f"deviations.{code}")) for code in _LEFT_OUT),
    )
    rows = tuple(
        (*names, *(_span(view, row.get(code, [])) for code in _LEFT_OUT)) for names, row in counts.items()
    )
    return Table(say("deviations.left_out"), columns, rows, note=say("deviations.left_out_note"))


def _span(view: View, counts: list[int]) -> str:
    """Return a count, or from the smallest to the largest where comparisons differ."""
    if not counts:
        return view.wording.say("counts.none")
    low, high = (count_told(end, view.wording) for end in (min(counts), max(counts)))
    return low if low == high else view.wording.say("arms.between", low=low, high=high)


def _opening(view: View) -> str:
    """Return whether the protocol was changed after the freeze."""
    count = len(view.lock.amendments)
    if count == 0:
        return view.wording.say("deviations.none")
    key = "deviations.amended_one" if count == 1 else "deviations.amended"
    return view.wording.say(key, count=count, date=view.wording.day(view.lock.frozen_on))


def _amended(view: View, amendment: Amendment) -> Amended:
    """Return one amendment, each changed value a row."""
    say = view.wording.say
    rows = tuple(
        (change.path, _value(view, change.before), _value(view, change.after)) for change in amendment.changes
    )
    headings = (say("deviations.path"), say("deviations.before"), say("deviations.after"))
    return Amended(
        title=say("deviations.amendment", number=amendment.number, date=view.wording.day(amendment.date)),
        reason=say("deviations.reason", reason=amendment.reason),
        changes=Table(say("deviations.changes", number=amendment.number), text_columns(*headings), rows),
    )


def _value(view: View, value: object) -> str:
    """Return a value of the protocol as it stands in the file."""
    if value is None:
        return view.wording.say("deviations.nothing")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _unanswered(view: View) -> Iterator[str]:
    """Yield the questions that the data cannot answer, with the reason."""
    say = view.wording.say
    for item in view.estimates.unanswered:
        key = f"unanswered.{item.code}"
        yield say(
            "unanswered.line",
            analysis=item.analysis,
            estimand=item.estimand,
            comparisons=view.wording.listed([view.comparison(contrast) for contrast in item.contrasts]),
            reason=say(key if view.wording.knows(key) else "unanswered.other"),
        )


def _not_estimated(view: View) -> str:
    """Return which planned analyses have neither an estimate nor a reason why not."""
    answered = {(e.analysis, e.estimand) for e in view.estimates.estimates}
    answered |= {(item.analysis, item.estimand) for item in view.estimates.unanswered}
    open_ones = [
        f"{analysis.id} ({estimand})"
        for analysis in view.protocol.analyses
        for estimand in analysis.estimands
        if (analysis.id, estimand) not in answered
    ]
    return view.wording.say("deviations.missing_estimates", list=", ".join(open_ones)) if open_ones else ""


def _excluded(view: View, excluded: Excluded) -> str:
    """Return why rows of the file are not in the study."""
    rows = count_told(excluded.rows, view.wording)
    return view.wording.say(
        "deviations.excluded_row", rows=rows, reason=excluded.reason.in_language(view.language)
    )


def _dropped(view: View) -> tuple[str, ...]:
    """Return the columns that models left out, together where reason and analyses are the same."""
    labels = {covariate_term(name): view.covariate(name) for name in view.protocol.covariates or {}}
    analyses: dict[Dropped, list[str]] = {}
    for estimate in view.estimates.estimates:
        for column in estimate.fit.dropped:
            analyses.setdefault(column, []).append(estimate.analysis)
    alike: dict[tuple[str, str], list[str]] = {}
    for column, used in analyses.items():
        key = (column.reason, ", ".join(dict.fromkeys(used)))
        alike.setdefault(key, []).append(labels.get(column.name, column.name))
    return tuple(
        view.wording.say(
            "deviations.dropped_row",
            columns="; ".join(columns),
            reason=view.wording.say(f"deviations.{reason}"),
            analyses=used,
        )
        for (reason, used), columns in alike.items()
    )
