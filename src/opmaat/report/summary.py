"""The summary on one page: for each arm what was done, what was seen, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from opmaat.core.texts import Language
from opmaat.evaluate.course import ArmCourse
from opmaat.evaluate.model import Estimate, Estimates
from opmaat.pages.numbers import number
from opmaat.pages.wording import Wording, capital
from opmaat.report.course.guidance import contacts_of_hundred
from opmaat.report.course.view import CourseView
from opmaat.report.findings import Finding, Verdict, bounds, judge
from opmaat.report.measures import Measure
from opmaat.report.sections.frequencies import frequency_point, frequency_range
from opmaat.report.sections.planned import contacts_planned, offer
from opmaat.report.sections.sentences import interval_name, point_phrase, range_phrase, sentence
from opmaat.report.sources import Sources
from opmaat.report.told import may_be_told, mean_may_be_told
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
        notes=tuple(_notes(view, arms)),
    )


def _intro(view: View, course: CourseView | None) -> str:
    """Say how arms came about, and with what they are compared; estimates of a trial count persons."""
    drawn = sum(arm.households for arm in course.arms) if course else sum(view.estimates.drawn.values())
    unit = f"unit_drawn.{view.protocol.population.unit}" if course else "summary.participants"
    everybody = "everybody_joined" if course and _all_took_part(course) else "everybody"
    return view.wording.say(
        "summary.intro",
        count=number(drawn, 0, view.language),
        unit=view.wording.say(unit),
        everybody=view.wording.say(f"summary.{everybody}"),
        control=view.arm(view.protocol.control),
    )


def _all_took_part(course: CourseView) -> bool:
    """Tell whether every household that was drawn took part."""
    flows = [arm.flow for arm in course.arms]
    return all(flow is not None and flow.started == flow.drawn for flow in flows)


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
    seen: set[str] = set()
    for estimate in sorted(primary, key=lambda e: estimate_order(view, e)):
        asked = view.asked(estimate)
        as_drawn = estimate.contrast == (arm, view.protocol.control) and estimate.method != "late"
        if as_drawn and asked not in seen:
            seen.add(asked)
            yield estimate


def _done(view: View, course: CourseView | None, arm: str) -> Iterator[str]:
    """Yield what people were told or offered, how many took part, and what was delivered."""
    told = view.protocol.arms[arm].description
    if told is None:
        yield offer(view, view.protocol.arms[arm])
    else:
        yield view.wording.say("summary.told", text=told.in_language(view.language))
    if course is not None:
        arms = {one.name: one for one in course.arms}
        yield from _took_part(course, arms[arm])
        yield from _contacts(view, course, arms, arm)


def _took_part(course: CourseView, arm: ArmCourse) -> Iterator[str]:
    """Yield how many of the households that were drawn took part, where that may be told."""
    flow = arm.flow
    if flow is None or not flow.started:
        return
    drawn = number(flow.drawn, 0, course.language)
    if flow.started == flow.drawn:
        yield course.say("summary.all_took_part", drawn=drawn)
    elif may_be_told(flow.started, flow.drawn):
        yield course.say("summary.took_part", started=number(flow.started, 0, course.language), drawn=drawn)


def _contacts(view: View, course: CourseView, arms: Mapping[str, ArmCourse], arm: str) -> Iterator[str]:
    """Yield how many talks there were in the arm and in control, and how many were planned."""
    control = view.protocol.control
    found = (contacts_of_hundred(course, arms[name]) for name in (arm, control))
    each, ordinary = (None if one is None else number(one, 0, view.language) for one in found)
    if each is None:
        return
    planned = contacts_planned(view.protocol.arms[arm])
    if planned is None:
        told = view.wording.say("summary.contacts", count=each)
    else:
        as_planned = number(100 * planned, 0, view.language)
        told = view.wording.say("summary.contacts_planned", count=each, planned=as_planned)
    yield told
    if ordinary is not None:
        yield view.wording.say("summary.ordinary", count=ordinary, name=view.arm(control))


def _saw(view: View, estimate: Estimate) -> str:
    """Return what was seen in the arm and in control, without a claim."""
    arm, control = (_mean(view, estimate, name) for name in estimate.contrast)
    question = capital(view.asked(estimate))
    if arm is None or control is None:
        return view.wording.say("summary.few", question=question)
    return view.wording.say(
        "summary.means", question=question, arm=arm, control=control, name=view.arm(estimate.contrast[1])
    )


def _mean(view: View, estimate: Estimate, arm: str) -> str | None:
    """Return a mean in words; None when it rests on too few people, or is one of logarithms."""
    measure = view.measures[estimate.outcome]
    mean, people = estimate.means.get(arm), estimate.n_by_arm.get(arm, 0)
    if mean is None or measure.reading == "percent" or not mean_may_be_told(mean, people, measure):
        return None
    if measure.reading == "points":
        return view.wording.say("summary.of_hundred", count=number(100 * mean, 0, view.language))
    return f"{number(mean, measure.decimals, view.language)} {measure.unit(view.wording)}"


def _sure(view: View, estimate: Estimate) -> Sure:
    """Return how sure the answer to one question is."""
    finding = judge(estimate)
    return Sure(
        question=capital(view.asked(estimate)),
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
    span = _range(finding, measure, wording)
    if finding.held_back is not None:
        return wording.say("summary.held_back", comparisons=comparisons, range=span)
    if finding.verdict == "not_shown":
        return wording.say("summary.open", range=span)
    return wording.say("summary.shown", point=_point(finding, measure, wording), range=span)


def _in_frequencies(finding: Finding, measure: Measure) -> bool:
    """Tell whether a difference is one of shares, with a bound on both sides."""
    return measure.reading == "points" and all(math.isfinite(end) for end in bounds(finding.interval))


def _range(finding: Finding, measure: Measure, wording: Wording) -> str:
    """Return the differences that fit the data."""
    if _in_frequencies(finding, measure):
        return frequency_range(finding.interval, wording)
    span = range_phrase(finding.interval, measure, wording)
    if measure.reading == "unit":
        return wording.say("found.in_unit", range=span, unit=measure.unit(wording))
    return span


def _point(finding: Finding, measure: Measure, wording: Wording) -> str:
    """Return the estimate."""
    if _in_frequencies(finding, measure):
        return frequency_point(finding.estimate.point, finding.interval, wording)
    return point_phrase(finding, measure, wording)


def _notes(view: View, arms: Iterable[str]) -> Iterator[str]:
    """Yield what a reader must know of the words above."""
    yield view.wording.say("summary.not_shown")
    findings = [judge(estimate) for arm in arms for estimate in _leading(view, arm)]
    names = dict.fromkeys(
        interval_name(finding, view.wording) for finding in findings if finding.verdict != "cannot_tell"
    )
    if names:
        yield view.wording.say("summary.limits", names=_small(view.wording.listed(list(names))))
    yield view.wording.say("summary.more")


def _small(text: str) -> str:
    """Return a text as it stands within a sentence."""
    return text[:1].lower() + text[1:]
