"""What was found: a plain sentence for each primary outcome and comparison."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from opmaat.evaluate.model import Estimate
from opmaat.pages.numbers import confidence
from opmaat.pages.wording import capital
from opmaat.report.findings import Finding, Verdict, judge
from opmaat.report.sections.sentences import sentence
from opmaat.report.view import View, estimate_order


@dataclass(frozen=True, slots=True)
class Found:
    """One comparison: its verdict in a word, and the sentence."""

    comparison: str
    verdict: Verdict
    word: str
    sentence: str


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """The comparisons of one question, and what holds for all of them."""

    title: str
    about: str
    findings: tuple[Found, ...]
    notes: tuple[str, ...]


def found_groups(view: View) -> tuple[FoundGroup, ...]:
    """Return what was found for the primary questions; for every question when none is primary.

    The first planned analysis of a question gives the sentence; a note says where the others differ.
    """
    primary = [e for e in view.estimates.estimates if e.primary] or list(view.estimates.estimates)
    ordered = sorted(primary, key=lambda e: (_question(view, e), estimate_order(view, e)))
    return tuple(
        _group(view, list(members)) for _, members in groupby(ordered, key=lambda e: _question(view, e))
    )


def _question(view: View, estimate: Estimate) -> tuple[int, int, str, bool]:
    """Return what belongs together: outcome, month, of whom, and whether it is about taking up."""
    outcome, _ = estimate_order(view, estimate)
    month = -1 if estimate.month is None else estimate.month
    return outcome, month, view.whom(view.estimand(estimate.estimand)), estimate.method == "late"


def _group(view: View, members: list[Estimate]) -> FoundGroup:
    """Return one question with its comparisons."""
    leading = {e.contrast: e for e in reversed(members)}
    contrasts = dict.fromkeys(e.contrast for e in members)
    findings = [judge(leading[contrast]) for contrast in contrasts]
    others = [judge(e) for e in members if e is not leading[e.contrast]]
    first = members[0]
    return FoundGroup(
        title=capital(_title(view, first)),
        about=" ".join(_about(view, members)),
        findings=tuple(_found(view, finding, among=list(contrasts)) for finding in findings),
        notes=tuple(dict.fromkeys([*_notes(view, findings), *_robustness(view, findings, others)])),
    )


def _title(view: View, first: Estimate) -> str:
    """Return the question in words."""
    question = view.asked(first)
    return view.wording.say("found.late_title", question=question) if first.method == "late" else question


def _about(view: View, members: list[Estimate]) -> Iterator[str]:
    """Yield whom the comparisons are about, and with whom all are compared."""
    if members[0].method == "late":
        yield view.wording.say("found.late")
        yield from view.what_take_up_is(members)
        return
    comparator = view.shared_comparator(e.contrast for e in members)
    if comparator is not None:
        yield view.wording.say("found.shared", control=comparator)


def _found(view: View, finding: Finding, *, among: list[tuple[str, str]]) -> Found:
    """Return one comparison in words."""
    estimate = finding.estimate
    return Found(
        comparison=view.compared(estimate, among=among),
        verdict=finding.verdict,
        word=view.wording.say(f"found.{finding.verdict}"),
        sentence=sentence(
            finding,
            view.measures[estimate.outcome],
            comparisons=view.family_sizes[estimate.family],
            wording=view.wording,
        ),
    )


def _notes(view: View, findings: list[Finding]) -> Iterator[str]:
    """Yield what a reader must know of the sentences above."""
    say = view.wording.say
    outcome = view.protocol.outcomes[findings[0].estimate.outcome]
    if outcome.better is not None:
        yield say(f"found.better_{outcome.better}")
    if outcome.transform == "log":
        yield say("found.log")
    if any(f.basis == "anderson_rubin" and f.verdict != "cannot_tell" for f in findings):
        yield say("found.anderson_rubin_note")
    for finding in findings:
        yield from _family_note(view, finding)
    for name in dict.fromkeys(view.analysis_names[f.estimate.analysis] for f in findings):
        yield say("found.by", analysis=name)


def _family_note(view: View, finding: Finding) -> Iterator[str]:
    """Yield how the other comparisons of the family were taken into account."""
    estimate = finding.estimate
    comparisons = view.family_sizes[estimate.family]
    if estimate.adjustment is None or comparisons == 1:
        return
    yield view.wording.say(
        f"found.{estimate.adjustment}",
        comparisons=comparisons,
        family=estimate.family,
        rate=confidence(1 - estimate.interval.confidence, view.language),
    )


def _robustness(view: View, findings: list[Finding], others: list[Finding]) -> Iterator[str]:
    """Yield whether the other planned analyses of the question give the same verdict."""
    if not others:
        return
    leading = {finding.estimate.contrast: finding.verdict for finding in findings}
    differing = [other for other in others if other.verdict != leading[other.estimate.contrast]]
    if not differing:
        yield view.wording.say("found.others_agree")
        return
    told = "; ".join(
        view.wording.say(
            "found.other" if len(findings) > 1 else "found.other_alone",
            comparison=view.compared(other.estimate, among=leading),
            analysis=view.analysis_names[other.estimate.analysis],
            verdict=view.wording.say(f"found.{other.verdict}"),
        )
        for other in differing
    )
    yield view.wording.say("found.others_differ", list=told)
