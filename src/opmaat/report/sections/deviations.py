"""What went differently: amendments; rows, columns and participants that were left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from opmaat.evaluate.model import Note
from opmaat.evaluate.sample import covariate_term
from opmaat.pages.numbers import number
from opmaat.pages.tables import Table, text_columns
from opmaat.panel.model import Excluded
from opmaat.protocol.freeze import Amendment
from opmaat.report.view import View
from opmaat.stats.design_matrix import Dropped


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
    notes: tuple[str, ...]


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
        notes=tuple(_notes(view)),
    )


def _notes(view: View) -> Iterator[str]:
    """Yield who is not in the fits, each sentence once with the analyses it is about."""
    analyses: dict[Note, dict[str, None]] = {}
    for estimate in view.estimates.estimates:
        for note in estimate.notes:
            analyses.setdefault(note, {})[estimate.analysis] = None
    for note, names in analyses.items():
        key = f"deviations.{note.code}{'_one' if note.participants == 1 else ''}"
        count = number(note.participants, 0, view.language)
        yield view.wording.say(key, count=count, analyses=view.wording.listed(list(names)))


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
    rows = excluded.rows
    key = "deviations.excluded_row_one" if rows == 1 else "deviations.excluded_row"
    return view.wording.say(
        key, rows=number(rows, 0, view.language), reason=excluded.reason.in_language(view.language)
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
