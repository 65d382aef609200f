"""The final report: every section of it, in one language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from opmaat.core.texts import Language
from opmaat.evaluate.integrity import Integrity
from opmaat.evaluate.model import Estimates
from opmaat.pages.numbers import confidence
from opmaat.pages.tables import Table
from opmaat.pages.wording import Wording
from opmaat.report.course.shown import CourseShown, course_shown
from opmaat.report.course.view import CourseView
from opmaat.report.sections.balance import BalanceShown, balance_shown
from opmaat.report.sections.deviations import Deviations, deviations
from opmaat.report.sections.effects import OutcomeEffects, effects, legend
from opmaat.report.sections.found import FoundGroup, found_groups
from opmaat.report.sections.integrity import IntegrityShown, integrity_shown
from opmaat.report.sections.people import arms_table, missing_table, seldom_missing
from opmaat.report.sections.planned import Planned, planned
from opmaat.report.sections.trace import Trace, trace
from opmaat.report.sources import Sources
from opmaat.report.view import View, view_in

_BEFORE = ("found", "planned", "deviations", "arms")
_AFTER = ("balance", "missing", "effects")


@dataclass(frozen=True, slots=True)
class FinalReport:
    """Everything the final report shows in one language; ``course`` is None when it is not known."""

    wording: Wording
    title: str
    facts: tuple[tuple[str, str], ...]
    has_primary: bool
    found: tuple[FoundGroup, ...]
    planned: Planned
    deviations: Deviations
    arms: Table
    balance: BalanceShown | None
    missing: Table | None
    seldom_missing: tuple[str, ...]
    effects: tuple[OutcomeEffects, ...]
    legend: tuple[str, ...]
    levels: str
    integrity: tuple[IntegrityShown, ...]
    course: CourseShown | None
    trace: Trace

    @property
    def language(self) -> Language:
        """The language of the texts."""
        return self.wording.language

    @property
    def contents(self) -> tuple[str, ...]:
        """The sections in their order; the reference population stands apart from the arms."""
        course = self.course.sections if self.course else ()
        arms = [section for section in course if section != "reference"]
        reference = [section for section in course if section == "reference"]
        integrity = ("integrity",) if self.integrity else ()
        return (*_BEFORE, *integrity, *arms, *_AFTER, *reference, "reading", "receipts")


def final_report(language: Language, sources: Sources, estimates: Estimates) -> FinalReport:
    """Return everything the final report shows in one language."""
    view = view_in(language, sources.lock, estimates)
    protocol = sources.lock.protocol
    course = (
        None if sources.course is None else course_shown(CourseView(protocol, sources.course, view.wording))
    )
    return FinalReport(
        wording=view.wording,
        title=protocol.title.in_language(language),
        facts=(*_facts(view), *(course.facts if course else ())),
        has_primary=any(estimate.primary for estimate in estimates.estimates),
        found=found_groups(view),
        planned=planned(view),
        deviations=deviations(view),
        arms=arms_table(view),
        balance=balance_shown(view),
        missing=missing_table(view),
        seldom_missing=seldom_missing(view),
        effects=effects(view),
        legend=legend(view),
        levels=view.wording.listed(
            list(dict.fromkeys(confidence(analysis.confidence, language) for analysis in protocol.analyses))
        ),
        integrity=tuple(
            integrity_shown(view, one, place=place) for place, one in enumerate(_rounds(sources), start=1)
        ),
        course=course,
        trace=trace(view.wording, sources.receipts),
    )


def _rounds(sources: Sources) -> tuple[Integrity, ...]:
    """Return the integrity of each round of the draw, where the course is known."""
    return sources.course.integrity if sources.course else ()


def _facts(view: View) -> Iterator[tuple[str, str]]:
    """Yield whom the report is about, and since when the protocol is fixed."""
    say, protocol = view.wording.say, view.protocol
    if protocol.municipality:
        yield say("page.municipality"), protocol.municipality
    yield say("page.population"), protocol.population.description.in_language(view.language)
    yield say("page.frozen"), view.wording.day(view.lock.frozen_on)
