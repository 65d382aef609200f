"""One study seen in one language: the names, units and families that every section needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from opmaat.core.texts import Language
from opmaat.evaluate.model import Estimate, Estimates
from opmaat.pages.wording import Wording, capital, load_wording
from opmaat.protocol.analyses import Analysis, Estimand
from opmaat.protocol.freeze import Lock
from opmaat.protocol.model import Protocol
from opmaat.protocol.questions import adjustment, is_trial
from opmaat.report.measures import Measure, measure_of


@dataclass(frozen=True, slots=True)
class View:
    """The frozen protocol and its estimates, with the words of one language."""

    lock: Lock
    estimates: Estimates
    wording: Wording
    measures: Mapping[str, Measure]
    analysis_names: Mapping[str, str]
    family_sizes: Mapping[str | None, int]

    @property
    def protocol(self) -> Protocol:
        """The protocol as it was last frozen."""
        return self.lock.protocol

    @property
    def language(self) -> Language:
        """The language of this view."""
        return self.wording.language

    def arm(self, name: str) -> str:
        """Return an arm's label."""
        return self.protocol.arms[name].label.in_language(self.language)

    def covariate(self, name: str) -> str:
        """Return the label of a covariate or characteristic, or the name itself of what is neither."""
        known = (self.protocol.covariates or {}).get(name) or self.protocol.population.characteristics.get(
            name
        )
        return known.label.in_language(self.language) if known else name

    def level(self, name: str) -> str:
        """Return what readers call a level of a covariate; the level itself where no other word is known."""
        key = f"levels.{name.replace(' ', '_')}"
        return self.wording.say(key) if self.wording.knows(key) else name

    def estimand(self, name: str) -> Estimand:
        """Return an estimand by its id."""
        return next(estimand for estimand in self.protocol.estimands if estimand.id == name)

    def question(self, outcome: str, month: int | None, whom: str = "") -> str:
        """Return an outcome's label, when it was measured, and of whom where that is not everybody drawn."""
        label = self.protocol.outcomes[outcome].label.in_language(self.language)
        asked = self.wording.say("effects.title", outcome=label, time=self.wording.after(month))
        return f"{asked}, {whom}" if whom else asked

    def whom(self, estimand: Estimand) -> str:
        """Return of whom a question is, in words; empty where it is of everybody who was drawn."""
        parts = [self.wording.say("whom.joined")] if estimand.among == "joined" else []
        parts += [
            self.wording.say("whom.subgroup", covariate=self.covariate(name), level=self.level(level))
            for name, level in estimand.subgroup.items()
        ]
        return ", ".join(parts)

    def asked(self, estimate: Estimate) -> str:
        """Return the question that an estimate answers."""
        whom = self.whom(self.estimand(estimate.estimand))
        return self.question(estimate.outcome, estimate.month, whom)

    def comparison(self, contrast: tuple[str, str], *, among: Iterable[tuple[str, str]] = ()) -> str:
        """Return two arms as one compared with the other; one name is enough where all share the other."""
        arm, control = contrast
        if self.shared_comparator(among) is not None:
            return capital(self.arm(arm))
        return capital(self.wording.say("effects.compared", arm=self.arm(arm), control=self.arm(control)))

    def compared(self, estimate: Estimate, *, among: Iterable[tuple[str, str]] = ()) -> str:
        """Return what an estimate compares: two arms, or taking up with not taking up."""
        if estimate.method != "late":
            return self.comparison(estimate.contrast, among=among)
        arm, control = (self.arm(name) for name in estimate.contrast)
        return capital(self.wording.say("effects.taking_up", arm=arm, control=control))

    def what_take_up_is(self, late: Iterable[Estimate]) -> Iterator[str]:
        """Yield, of a trial, what counts as taking up, and whether its effects repeat those of the offer."""
        if not is_trial(self.protocol):
            return
        yield self.wording.say("found.late_joined")
        shares = self.estimates.taken_up or {}
        if all(shares.get(estimate.contrast[0]) == 1 for estimate in late):
            yield self.wording.say("found.late_all_joined")

    def shared_comparator(self, contrasts: Iterable[tuple[str, str]]) -> str | None:
        """Return the label of the arm that several contrasts compare with, if it is one and the same."""
        distinct = set(contrasts)
        comparators = {control for _, control in distinct}
        return self.arm(comparators.pop()) if len(distinct) > 1 and len(comparators) == 1 else None


def report_wording(language: Language) -> Wording:
    """Return the texts of reports, and of the course of a trial in them.

    >>> report_wording("nl").say("found.not_shown")
    'geen verschil aangetoond'
    """
    return load_wording(language, "opmaat.report", "opmaat.report.course")


def view_in(language: Language, lock: Lock, estimates: Estimates) -> View:
    """Return the study in one language."""
    wording = report_wording(language)
    measures = {
        name: measure_of(outcome, (e for e in estimates.estimates if e.outcome == name))
        for name, outcome in lock.protocol.outcomes.items()
    }
    return View(
        lock=lock,
        estimates=estimates,
        wording=wording,
        measures=measures,
        analysis_names=_analysis_names(lock.protocol, wording),
        family_sizes=Counter(e.family for e in estimates.estimates),
    )


def estimate_order(view: View, estimate: Estimate) -> tuple[int, int]:
    """Return an estimate's place: the protocol's order of outcomes, then of analyses."""
    analyses = [analysis.id for analysis in view.protocol.analyses]
    return list(view.protocol.outcomes).index(estimate.outcome), analyses.index(estimate.analysis)


def _analysis_names(protocol: Protocol, wording: Wording) -> dict[str, str]:
    """Return a readable name for each analysis; its id is added where two of one question would be alike."""
    names = {analysis.id: _analysis_name(analysis, wording) for analysis in protocol.analyses}
    often = Counter(
        (names[analysis.id], estimand) for analysis in protocol.analyses for estimand in analysis.estimands
    )
    return {
        analysis.id: f"{name}, {analysis.id}"
        if any(often[name, estimand] > 1 for estimand in analysis.estimands)
        else name
        for analysis in protocol.analyses
        for name in (names[analysis.id],)
    }


def _analysis_name(analysis: Analysis, wording: Wording) -> str:
    """Return an analysis by its method, covariates and standard errors."""
    adjust = adjustment(analysis)
    key = f"method.{analysis.method}"
    if adjust is None:
        method = wording.say(key)
    else:
        longer = f"method.{analysis.method}_adjusted"
        key = longer if wording.knows(longer) else key
        count = len(adjust.covariates)
        method = wording.say(f"{key}_one" if count == 1 else key, count=count)
    return f"{method} ({wording.say(f'errors.{analysis.errors}')})"
