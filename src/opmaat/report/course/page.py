"""The progress report and the interim report: what was done and seen so far by arm, and nothing tested."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from opmaat.core.texts import Language
from opmaat.evaluate.course import Course
from opmaat.pages.wording import Wording
from opmaat.protocol.freeze import Lock
from opmaat.report.course.shown import CourseShown, course_shown
from opmaat.report.course.view import CourseView
from opmaat.report.sections.trace import Trace, trace
from opmaat.report.sources import Kind
from opmaat.report.view import report_wording

# The council asks every half year who takes part and what is done; answers and reasons wait for the interim.
_IN_PROGRESS = ("flow", "exits", "money", "guidance", "harms")


@dataclass(frozen=True, slots=True)
class CourseReport:
    """Everything such a report shows in one language."""

    wording: Wording
    kicker: str
    title: str
    facts: tuple[tuple[str, str], ...]
    course: CourseShown
    sections: tuple[str, ...]
    trace: Trace

    @property
    def language(self) -> Language:
        """The language of the texts."""
        return self.wording.language


def course_report(language: Language, lock: Lock, *, course: Course, kind: Kind) -> CourseReport:
    """Return everything the report shows in one language."""
    view = CourseView(lock.protocol, course, report_wording(language))
    shown = course_shown(view)
    return CourseReport(
        wording=view.wording,
        kicker=view.say(f"page.{kind}"),
        title=lock.protocol.title.in_language(language),
        facts=(*_facts(view), *shown.facts),
        course=shown,
        sections=tuple(name for name in shown.sections if kind == "interim" or name in _IN_PROGRESS),
        trace=trace(view.wording, {"course": course.receipt}),
    )


def _facts(view: CourseView) -> Iterator[tuple[str, str]]:
    """Yield whom the report is about."""
    if view.protocol.municipality:
        yield view.say("page.municipality"), view.protocol.municipality
    yield view.say("page.population"), view.protocol.population.description.in_language(view.language)
