"""Check the planning: it speaks of this protocol's arms, outcomes and waves, and says what power needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from opmaat.protocol.analyses import Ancova, DifferenceInDifferences
from opmaat.protocol.assignment import Clustered, Recorded
from opmaat.protocol.finding import Finding, KeyPath, unknown
from opmaat.protocol.model import Protocol
from opmaat.protocol.planning import (
    FromSurvey,
    MeanMeasure,
    OutcomePlanning,
    Planning,
    share_without_experiment,
)
from opmaat.protocol.questions import wave_of

LEVELS = ("household", "caseworker", "cluster")


def check_planning(protocol: Protocol) -> Iterator[Finding]:
    """Yield everything in the planning that refers to nothing or is not enough to compute with.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> list(check_planning(load_protocol(Path("studies/nsw-1975"))))
    []
    """
    planning = protocol.planning
    if planning is None:
        return
    yield from _check_names(protocol, planning)
    yield from _check_draw(protocol, planning)
    yield from _check_clusters(protocol, planning)
    for name, outcome in planning.outcomes.items():
        if name in protocol.outcomes:
            yield from _check_outcome(protocol, planning, outcome, name)


def _check_names(protocol: Protocol, planning: Planning) -> Iterator[Finding]:
    """Check that arms, waves and outcomes exist."""
    waves = [wave.name for wave in protocol.waves]
    for path, kind, names, known in (
        (
            ("planning", "recruitment", "joins_by_arm"),
            "arm",
            planning.recruitment.joins_by_arm,
            protocol.arms,
        ),
        (("planning", "takes_up"), "arm", planning.takes_up, protocol.arms),
        (("planning", "waves"), "wave", planning.waves, waves),
        (("planning", "outcomes"), "outcome", planning.outcomes, protocol.outcomes),
    ):
        yield from _check_known(path, kind, names, known)


def _check_known(path: KeyPath, kind: str, names: Iterable[str], known: Iterable[str]) -> Iterator[Finding]:
    """Find names that refer to nothing."""
    for name in names:
        if name not in known:
            yield unknown((*path, name), kind, name, known)


def _check_draw(protocol: Protocol, planning: Planning) -> Iterator[Finding]:
    """Check that the protocol says who is drawn when, and that control takes up nothing."""
    draw = protocol.assignment
    if isinstance(draw, Recorded):
        problem = "A draw that was carried out elsewhere cannot be planned any more."
        yield Finding(("planning",), "planning-after-draw", problem, "Name another method, or leave it out.")
    elif draw.timing is None:
        problem = "Whether people are drawn before they are invited or after they consent makes the power."
        yield Finding(("assignment",), "missing-timing", problem, "Add 'timing'.")
    elif draw.timing == "after_consent" and planning.recruitment.joins_by_arm:
        problem = "People who join before the draw cannot join at another rate by arm."
        path = ("planning", "recruitment", "joins_by_arm")
        yield Finding(path, "needless-joins-by-arm", problem, "Keep 'joins' only.")
    for name in planning.takes_up:
        if name in protocol.arms and protocol.arms[name].kind == "control":
            problem = "The control arm offers nothing that could be taken up."
            yield Finding(("planning", "takes_up", name), "control-takes-up", problem, f"Leave out '{name}'.")


def _check_clusters(protocol: Protocol, planning: Planning) -> Iterator[Finding]:
    """Check that clusters that are drawn have a size, and that clusters lie within each other."""
    sizes = [(name, getattr(planning.clusters, name)) for name in LEVELS]
    known = [(name, cluster.size.value) for name, cluster in sizes if cluster is not None]
    if isinstance(protocol.assignment, Clustered) and planning.clusters.cluster is None:
        problem = "Whole clusters are drawn, and their size is not given."
        yield Finding(
            ("planning", "clusters"), "missing-cluster-size", problem, "Add 'cluster' with its size."
        )
    for (inner, small), (outer, large) in pairwise(known):
        if small > large:
            problem = f"A {outer} has fewer people than a {inner}, which should lie within it."
            path = ("planning", "clusters", outer, "size")
            yield Finding(path, "clusters-not-nested", problem, "Give the mean number of people drawn.")


def _check_outcome(
    protocol: Protocol, planning: Planning, outcome: OutcomePlanning, name: str
) -> Iterator[Finding]:
    """Check that one outcome's assumptions are complete and possible."""
    path: KeyPath = ("planning", "outcomes", name)
    yield from _check_measure(protocol, outcome, name)
    yield from _check_baseline(protocol, outcome, name)
    yield from _check_correlations(outcome, name)
    if isinstance(outcome.measured, FromSurvey):
        yield from _check_waves(protocol, planning, name)
    drawn = isinstance(protocol.assignment, Clustered)
    if drawn and (outcome.intracluster is None or outcome.intracluster.cluster is None):
        problem = f"Whole clusters are drawn; how alike people of a cluster are in '{name}' is not given."
        yield Finding(path, "missing-intracluster", problem, "Add 'intracluster' with 'cluster'.")
    yield from _check_nested(outcome, name)
    for level in LEVELS:
        given = outcome.intracluster and getattr(outcome.intracluster, level)
        if given and getattr(planning.clusters, level) is None:
            problem = f"How large a {level} is has to be known for its correlation to count."
            where = (*path, "intracluster", level)
            yield Finding(where, "missing-cluster-size", problem, f"Add '{level}' to 'planning: clusters'.")


def _check_nested(outcome: OutcomePlanning, name: str) -> Iterator[Finding]:
    """Check that people of a smaller cluster are at least as alike as those of the larger one it lies in."""
    given = outcome.intracluster
    known = [(level, getattr(given, level)) for level in LEVELS if given and getattr(given, level)]
    for (inner, near), (outer, far) in pairwise(known):
        if far.value > near.value:
            problem = f"In '{name}' people of one {outer} are more alike than people of one {inner} in it."
            path = ("planning", "outcomes", name, "intracluster", outer)
            yield Finding(path, "impossible-correlations", problem, f"Use at most {near.value:g}.")


def _check_measure(protocol: Protocol, outcome: OutcomePlanning, name: str) -> Iterator[Finding]:
    """Check that the measure fits the kind of outcome, and that the smallest effect is possible."""
    path: KeyPath = ("planning", "outcomes", name)
    measure = outcome.measure
    binary = protocol.outcomes[name].kind == "binary"
    if binary == isinstance(measure, MeanMeasure):
        kind = protocol.outcomes[name].kind
        problem = f"'{name}' is {kind}, and '{measure.kind}' is not a measure of that."
        fix = "Use 'share' or 'survival'." if binary else "Use 'mean'."
        yield Finding((*path, "measure", "kind"), "measure-does-not-fit", problem, fix)
    if not isinstance(measure, MeanMeasure):
        base = share_without_experiment(measure)
        room = base if protocol.outcomes[name].better == "lower" else 1 - base
        if outcome.smallest_effect >= room:
            problem = f"A share of {base:.3g} leaves no room for an effect of that size."
            fix = "Give the effect as a share: 0.05 is 5 percentage points."
            yield Finding((*path, "smallest_effect"), "effect-out-of-range", problem, fix)


def _check_baseline(protocol: Protocol, outcome: OutcomePlanning, name: str) -> Iterator[Finding]:
    """Check that analyses that use the baseline measure know how it correlates with the outcome."""
    asked = {estimand.id for estimand in protocol.estimands if estimand.outcome == name}
    for analysis in protocol.analyses:
        uses = isinstance(analysis, Ancova | DifferenceInDifferences) and asked.intersection(
            analysis.estimands
        )
        if uses and outcome.baseline_correlation is None:
            problem = f"'{analysis.id}' uses the baseline of '{name}', whose correlation is not given."
            path = ("planning", "outcomes", name)
            yield Finding(path, "missing-baseline-correlation", problem, "Add 'baseline_correlation'.")
            return


def _check_correlations(outcome: OutcomePlanning, name: str) -> Iterator[Finding]:
    """Check that the mean of the months after can correlate with that before as much as is assumed."""
    repeats, baseline = outcome.repeats, outcome.baseline_correlation
    if repeats is None or baseline is None:
        return
    within = repeats.autocorrelation.value
    later, earlier = ((1 + (months - 1) * within) / months for months in (repeats.after, repeats.before))
    if baseline.value**2 >= later * earlier:
        problem = f"Months of '{name}' cannot be so alike across the start and so unlike on one side of it."
        path = ("planning", "outcomes", name, "baseline_correlation")
        yield Finding(path, "impossible-correlations", problem, "Raise 'autocorrelation', or lower this.")


def _check_waves(protocol: Protocol, planning: Planning, name: str) -> Iterator[Finding]:
    """Check that there is a wave, with a share that answers, in which the outcome is asked."""
    for position, estimand in enumerate(protocol.estimands):
        if estimand.outcome != name:
            continue
        wave = wave_of(protocol, estimand)
        if wave is None:
            problem = f"'{name}' is asked in a survey, and the protocol has no wave in that month."
            yield Finding(("estimands", position), "no-wave", problem, "Add the wave to 'waves'.")
        elif wave not in planning.waves:
            problem = f"What share answers in the wave '{wave}' is not given, and '{name}' is asked in it."
            yield Finding(("planning",), "missing-wave-answers", problem, f"Add '{wave}' to 'waves'.")
