"""The summary on one page: for each arm what was done, what was seen, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from opmaat.core.texts import Language
from opmaat.evaluate.model import Estimate, Estimates
from opmaat.pages.numbers import number
from opmaat.pages.small_counts import SMALLEST
from opmaat.pages.wording import Wording, capital
from opmaat.report.course.guidance import contacts_each_month
from opmaat.report.course.view import CourseView, may_be_told
from opmaat.report.findings import Finding, Verdict, judge
from opmaat.report.sections.planned import offer
from opmaat.report.sections.sentences import interval_name, point_phrase, range_phrase, sentence
from opmaat.report.sources import Sources
from opmaat.report.view import View, estimate_order, view_in


@dataclass(frozen=True, slots=True)
class Sure:
    """How sure one answer is: its verdict, in a word, and a sentence that says no more than its interval."""

    question: str
    verdict: Verdict
    word: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ArmSummary:
    """What there is to say of one arm."""

    title: str
    done: tuple[str, ...]
    saw: tuple[str, ...]
    sure: tuple[Sure, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything the summary shows in one language."""

    wording: Wording
    title: str
    intro: str
    arms: tuple[ArmSummary, ...]
    notes: tuple[str, ...]

    @property
    def language(self) -> Language:
        """The language of the texts."""
        return self.wording.language


def summary(language: Language, sources: Sources, estimates: Estimates) -> Summary:
    """Return the summary in one language: the primary questions, or all of them when none is primary."""
    view = view_in(language, sources.lock, estimates)
    course = None if sources.course is None else CourseView(view.protocol, sources.course, view.wording)
    arms = [arm for arm in view.protocol.arms if arm != view.protocol.control]
    return Summary(
        wording=view.wording,
        title=view.protocol.title.in_language(language),
        intro=_intro(view, course),
        arms=tuple(_arm(view, course, arm) for arm in arms),
        notes=tuple(_notes(view)),
    )


def _intro(view: View, course: CourseView | None) -> str:
    """Say how arms came about, and with what they are compared; estimates of a trial count persons."""
    drawn = sum(arm.households for arm in course.arms) if course else sum(view.estimates.drawn.values())
    unit = f"unit_drawn.{view.protocol.population.unit}" if course else "summary.participants"
    control = view.protocol.control
    return view.wording.say(
        "summary.intro",
        count=number(drawn, 0, view.language),
        unit=view.wording.say(unit),
        control=view.arm(control),
    )


def _arm(view: View, course: CourseView | None, arm: str) -> ArmSummary:
    """Return what there is to say of one arm."""
    leading = list(_leading(view, arm))
    return ArmSummary(
        title=capital(view.arm(arm)),
        done=tuple(_done(view, course, arm)),
        saw=tuple(_saw(view, estimate) for estimate in leading),
        sure=tuple(_sure(view, estimate) for estimate in leading),
    )


def _leading(view: View, arm: str) -> Iterator[Estimate]:
    """Yield the first planned analysis of each question that compares an arm with control, as drawn."""
    primary = [e for e in view.estimates.estimates if e.primary] or list(view.estimates.estimates)
    seen: set[tuple[str, int | None]] = set()
    for estimate in sorted(primary, key=lambda e: estimate_order(view, e)):
        asked = (estimate.outcome, estimate.month)
        as_drawn = estimate.contrast == (arm, view.protocol.control) and estimate.method != "late"
        if as_drawn and asked not in seen:
            seen.add(asked)
            yield estimate


def _done(view: View, course: CourseView | None, arm: str) -> Iterator[str]:
    """Yield what the arm was offered, and what was delivered."""
    yield offer(view, view.protocol.arms[arm])
    for one in course.arms if course else ():
        each = contacts_each_month(course, one) if course and one.name == arm else None
        if each is not None:
            yield view.wording.say("summary.contacts", each=each)


def _saw(view: View, estimate: Estimate) -> str:
    """Return what was seen in the arm and in control, without a claim."""
    arm, control = (_mean(view, estimate, name) for name in estimate.contrast)
    question = capital(view.question(estimate.outcome, estimate.month))
    if arm is None or control is None:
        return view.wording.say("summary.few", question=question)
    return view.wording.say(
        "summary.means", question=question, arm=arm, control=control, name=view.arm(estimate.contrast[1])
    )


def _mean(view: View, estimate: Estimate, arm: str) -> str | None:
    """Return a mean in words; None when it rests on too few people, or is one of logarithms."""
    measure = view.measures[estimate.outcome]
    mean, people = estimate.means.get(arm), estimate.n_by_arm.get(arm, 0)
    if mean is None or people < SMALLEST or measure.reading == "percent":
        return None
    if measure.reading == "points":
        told = may_be_told(round(mean * people), people)
        return (
            view.wording.say("summary.of_hundred", count=number(100 * mean, 0, view.language))
            if told
            else None
        )
    return f"{number(mean, measure.decimals, view.language)} {measure.unit(view.wording)}"


def _sure(view: View, estimate: Estimate) -> Sure:
    """Return how sure the answer to one question is."""
    finding = judge(estimate)
    return Sure(
        question=capital(view.question(estimate.outcome, estimate.month)),
        verdict=finding.verdict,
        word=view.wording.say(f"found.{finding.verdict}"),
        sentence=_plain_sentence(view, finding),
    )


def _plain_sentence(view: View, finding: Finding) -> str:
    """Return which differences the data leave open, in plain words."""
    estimate, wording = finding.estimate, view.wording
    measure = view.measures[estimate.outcome]
    comparisons = view.family_sizes[estimate.family]
    if finding.verdict == "cannot_tell":
        return sentence(finding, measure, comparisons=comparisons, wording=wording)
    known = {
        "range": range_phrase(finding.interval, measure, wording),
        "interval": _small(interval_name(finding, wording)),
    }
    if finding.held_back is not None:
        return wording.say("summary.held_back", comparisons=comparisons, **known)
    if finding.verdict == "not_shown":
        return wording.say("summary.open", **known)
    return wording.say("summary.shown", point=point_phrase(finding, measure, wording), **known)


def _small(text: str) -> str:
    """Return a text as it stands within a sentence."""
    return text[:1].lower() + text[1:]


def _notes(view: View) -> Iterator[str]:
    """Yield what a reader must know of the words above."""
    yield view.wording.say("summary.not_shown")
    if any(measure.reading == "points" for measure in view.measures.values()):
        yield view.wording.say("summary.points")
    yield view.wording.say("summary.more")
