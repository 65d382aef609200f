"""Check a protocol that has the right shape: what it refers to exists, and its parts fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from opmaat.catalogue.load import elements
from opmaat.core.errors import did_you_mean
from opmaat.protocol.analyses import (
    Analysis,
    Ancova,
    DifferenceInDifferences,
    Estimand,
    Late,
)
from opmaat.protocol.assignment import Clustered, Recorded, strata_of
from opmaat.protocol.checks.columns import check_columns
from opmaat.protocol.checks.covariates import check_covariates
from opmaat.protocol.checks.definitions import check_definitions
from opmaat.protocol.checks.draw import check_draw
from opmaat.protocol.checks.estimands import check_whom
from opmaat.protocol.checks.numbers import check_numbers
from opmaat.protocol.checks.planning import check_planning
from opmaat.protocol.checks.rules import check_rules
from opmaat.protocol.finding import Finding, KeyPath, unknown
from opmaat.protocol.model import Protocol
from opmaat.protocol.questions import adjustment, cluster_unit, is_trial, strata_rule
from opmaat.stats.error_kinds import TWO_STAGE_ERRORS


def check(protocol: Protocol) -> Iterator[Finding]:
    """Yield everything in the protocol that refers to nothing or does not fit together.

    Examples
    --------
    >>> import pathlib
    >>> from opmaat import load_protocol
    >>> list(check(load_protocol(pathlib.Path("studies/nsw-1975"))))
    []
    """
    yield from _check_arms(protocol)
    yield from check_rules(protocol)
    yield from _check_unique("estimands", (estimand.id for estimand in protocol.estimands))
    yield from _check_unique("analyses", (analysis.id for analysis in protocol.analyses))
    yield from check_draw(protocol)
    yield from check_numbers(protocol)
    yield from _check_data(protocol)
    yield from check_columns(protocol)
    yield from check_covariates(protocol)
    yield from _check_outcomes(protocol)
    yield from check_definitions(protocol)
    for position, estimand in enumerate(protocol.estimands):
        yield from _check_estimand(protocol, estimand, ("estimands", position))
    for position, analysis in enumerate(protocol.analyses):
        yield from _check_analysis(protocol, analysis, ("analyses", position))
    yield from _check_families(protocol)
    yield from check_planning(protocol)


def _check_unique(section: str, identifiers: Iterable[str]) -> Iterator[Finding]:
    """Find identifiers that stand twice."""
    seen: set[str] = set()
    for position, name in enumerate(identifiers):
        if name in seen:
            problem = f"The id '{name}' stands more than once in {section}."
            yield Finding((section, position, "id"), "duplicate-id", problem, "Give each its own id.")
        seen.add(name)


def _check_arms(protocol: Protocol) -> Iterator[Finding]:
    """Check that there is one control arm, that shares are complete, and that choices exist."""
    controls = [name for name, arm in protocol.arms.items() if arm.kind == "control"]
    if not controls:
        problem = "There is no control arm, so there is nothing to compare with."
        yield Finding(("arms",), "no-control-arm", problem, "Give one arm 'kind: control'.")
    for name in controls[1:]:
        problem = f"'{name}' is a second control arm; the first is '{controls[0]}'."
        yield Finding(("arms", name), "several-control-arms", problem, "Keep one arm with 'kind: control'.")
    for name, arm in protocol.arms.items():
        if arm.share is not None and not 0 < arm.share < float("inf"):
            problem = f"The arm '{name}' has a share of {arm.share:g}, and nobody can be drawn into it."
            yield Finding(("arms", name, "share"), "share-not-positive", problem, "Use a share above zero.")
    without = [name for name, arm in protocol.arms.items() if arm.share is None]
    recorded = isinstance(protocol.assignment, Recorded)
    if without and (not recorded or len(without) < len(protocol.arms)):
        for name in without:
            problem = f"The arm '{name}' has no share of the draw, while others have or need one."
            yield Finding(("arms", name), "missing-share", problem, "Add 'share', such as 'share: 1'.")
    for name, arm in protocol.arms.items():
        if arm.kind == "choice":
            for option in arm.options:
                if option not in protocol.arms or option == name:
                    yield unknown(("arms", name, "options"), "arm", option, set(protocol.arms) - {name})
    yield from _check_elements(protocol)


def _check_elements(protocol: Protocol) -> Iterator[Finding]:
    """Check that the catalogue has the working elements that arms name."""
    for name, arm in protocol.arms.items():
        for position, element in enumerate(arm.elements):
            if element not in elements():
                problem = f"'{element}' is not a working element of the catalogue."
                fix = did_you_mean(element, elements())
                yield Finding(("arms", name, "elements", position), "unknown-element", problem, fix)


def _check_data(protocol: Protocol) -> Iterator[Finding]:
    """Check that the file's values lead to arms, to every arm, and that the mapping is complete."""
    data = protocol.data
    if data is None:
        return
    named = set(data.arm.values.values())
    for name in sorted(named - set(protocol.arms)):
        yield unknown(("data", "arm", "values"), "arm", name, protocol.arms)
    for name in sorted(set(protocol.arms) - named):
        problem = f"No value of the column '{data.arm.column}' stands for the arm '{name}'."
        yield Finding(("data", "arm", "values"), "arm-without-value", problem, "Add the value of that arm.")
    if data.period is not None and data.participant is None:
        problem = "A file with several periods per participant needs a column that says who is who."
        yield Finding(("data",), "missing-key", problem, "Add 'participant'.")
    if isinstance(protocol.assignment, Clustered) and data.cluster is None:
        problem = "Clusters were drawn, but the data do not say who is in which cluster."
        yield Finding(("data",), "missing-key", problem, "Add 'cluster' with the name of the column.")


def _check_outcomes(protocol: Protocol) -> Iterator[Finding]:
    """Check that baselines can be found and that logarithms can exist."""
    by_period = protocol.data is not None and protocol.data.period is not None
    for name, outcome in protocol.outcomes.items():
        path: KeyPath = ("outcomes", name)
        baseline = outcome.baseline if outcome.definition is None else None
        if baseline is not None and (baseline.column is None) == (baseline.month is None):
            problem = f"The baseline of '{name}' needs a column or a month, and only one of them."
            yield Finding((*path, "baseline"), "wrong-baseline", problem, "Keep one.")
        elif baseline is not None and baseline.month is not None and not by_period:
            problem = f"The baseline of '{name}' names a month, but the file has one row per participant."
            yield Finding((*path, "baseline"), "wrong-baseline", problem, "Name the baseline's column.")
        if outcome.scale == 0:
            problem = f"A scale of zero makes every value of '{name}' zero."
            yield Finding((*path, "scale"), "wrong-scale", problem, "Use another scale, or leave it out.")
        elif outcome.kind == "binary" and outcome.scale != 1:
            problem = f"'{name}' is 0 or 1, and a scale of {outcome.scale:g} makes it something else."
            yield Finding((*path, "scale"), "wrong-scale", problem, "Leave out 'scale'.")
        if outcome.transform == "log" and outcome.kind in ("mostly_zero", "binary"):
            problem = f"'{name}' has zeros, and zero has no logarithm."
            yield Finding((*path, "transform"), "log-of-zero", problem, "Leave out 'transform'.")


def _check_estimand(protocol: Protocol, estimand: Estimand, path: KeyPath) -> Iterator[Finding]:
    """Check an estimand's outcome, arms and month, and that some analysis estimates it."""
    if estimand.outcome not in protocol.outcomes:
        yield unknown((*path, "outcome"), "outcome", estimand.outcome, protocol.outcomes)
    if not isinstance(estimand.contrast, str):
        for name in estimand.contrast:
            if name not in protocol.arms:
                yield unknown((*path, "contrast"), "arm", name, protocol.arms)
        if estimand.contrast[0] == estimand.contrast[1]:
            problem = "A contrast compares two different arms."
            yield Finding((*path, "contrast"), "empty-contrast", problem, "Name two different arms.")
    by_period = protocol.data is not None and protocol.data.period is not None
    if by_period and estimand.month is None:
        problem = f"The estimand '{estimand.id}' does not say at which month the outcome is taken."
        yield Finding(path, "missing-month", problem, "Add 'month'.")
    if protocol.data is not None and not by_period and estimand.month is not None:
        problem = "The file has one row per participant, so an outcome has no month."
        yield Finding(
            (*path, "month"), "needless-month", problem, "Leave out 'month', or name 'data: period'."
        )
    yield from check_whom(protocol, estimand, path)
    if not any(estimand.id in analysis.estimands for analysis in protocol.analyses):
        problem = f"No analysis estimates '{estimand.id}'."
        yield Finding(path, "estimand-without-analysis", problem, "Add it to an analysis, or leave it out.")


def _check_analysis(protocol: Protocol, analysis: Analysis, path: KeyPath) -> Iterator[Finding]:
    """Check an analysis: its estimands, covariates, errors, weights and strata."""
    known = {estimand.id for estimand in protocol.estimands}
    for position, name in enumerate(analysis.estimands):
        if name not in known:
            yield unknown((*path, "estimands"), "estimand", name, known)
        if name in analysis.estimands[:position]:
            problem = f"The analysis '{analysis.id}' names the estimand '{name}' more than once."
            yield Finding((*path, "estimands", position), "duplicate-estimand", problem, "Name it once.")
    yield from _check_adjustment(protocol, analysis, path)
    yield from _check_baseline(protocol, analysis, path)
    yield from _check_errors(protocol, analysis, path)
    yield from _check_weights(protocol, analysis, path)
    if isinstance(analysis, Late):
        yield from _check_late(protocol, analysis, path)


def _check_adjustment(protocol: Protocol, analysis: Analysis, path: KeyPath) -> Iterator[Finding]:
    """Check that covariates exist and stand once."""
    adjust = adjustment(analysis)
    if adjust is None:
        return
    known = protocol.covariates or {}
    for name, times in Counter(adjust.covariates).items():
        if name not in known:
            yield unknown((*path, "adjust", "covariates"), "covariate", name, known)
        if times > 1:
            problem = f"The covariate '{name}' is named {times} times."
            yield Finding((*path, "adjust", "covariates"), "duplicate-covariate", problem, "Name it once.")


def _check_baseline(protocol: Protocol, analysis: Analysis, path: KeyPath) -> Iterator[Finding]:
    """Check that methods that use a baseline measure have one."""
    if not isinstance(analysis, Ancova | DifferenceInDifferences):
        return
    for estimand in protocol.estimands:
        outcome = protocol.outcomes.get(estimand.outcome)
        if estimand.id in analysis.estimands and outcome is not None and outcome.baseline is None:
            problem = f"'{analysis.method}' needs a baseline measure, and '{estimand.outcome}' has none."
            yield Finding(
                path, "no-baseline", problem, "Add 'baseline' to the outcome, or use another method."
            )


def _check_errors(protocol: Protocol, analysis: Analysis, path: KeyPath) -> Iterator[Finding]:
    """Check that errors cluster where units were drawn together, and only where clusters are known."""
    data, clustered = protocol.data, analysis.errors.startswith("cr")
    if analysis.cluster is not None and not clustered:
        problem = f"'cluster' has no meaning with '{analysis.errors}' errors."
        yield Finding(
            (*path, "cluster"), "needless-cluster", problem, "Use cr0, cr1 or cr2, or leave it out."
        )
    if data is None and not is_trial(protocol):
        return
    if clustered and data is not None and cluster_unit(protocol, analysis) is None:
        problem = f"'{analysis.errors}' errors need to know who belongs together, and the data do not say."
        yield Finding(
            (*path, "errors"), "no-clusters", problem, "Add 'household' or 'cluster' to 'data', or use hc2."
        )
    if data is None and analysis.cluster == "cluster" and not isinstance(protocol.assignment, Clustered):
        problem = "No clusters were drawn, so nobody knows who is in which."
        yield Finding((*path, "cluster"), "no-clusters", problem, "Use 'cluster: household'.")
    households = data is None or data.household is not None
    drawn_together = isinstance(protocol.assignment, Clustered) or (
        households and protocol.population.unit == "household"
    )
    if drawn_together and not clustered:
        problem = (
            f"Persons were drawn together, and '{analysis.errors}' errors treat them as drawn one by one."
        )
        yield Finding((*path, "errors"), "errors-ignore-draw", problem, "Use 'errors: cr2'.")


def _check_weights(protocol: Protocol, analysis: Analysis, path: KeyPath) -> Iterator[Finding]:
    """Check that weights and strata exist, and that unequal chances are not forgotten."""
    data = protocol.data
    if data is None:
        if is_trial(protocol):
            yield from _check_weights_of_trial(protocol, analysis, path)
        return
    columns = {
        "assignment": ("probability", data.probability),
        "response": ("response_weight", data.response_weight),
    }
    for position, weight in enumerate(analysis.weights):
        key, column = columns[weight]
        if weight in analysis.weights[:position]:
            problem = f"The weight '{weight}' is named more than once."
            yield Finding((*path, "weights", position), "duplicate-weight", problem, "Name it once.")
        if column is None:
            problem = f"The weight '{weight}' needs a column, and the data name none."
            yield Finding((*path, "weights"), "no-weight-column", problem, f"Add '{key}' to 'data'.")
    rule = strata_rule(protocol, analysis)
    if rule != "ignored" and not data.strata:
        problem = "The analysis uses strata, and the data name none."
        yield Finding(
            (*path, "strata"), "no-strata", problem, "Add 'strata' to 'data', or leave it out here."
        )
    if data.probability is not None and "assignment" not in analysis.weights and rule == "ignored":
        problem = "The chances of the arms differ between participants, and this analysis does not use them."
        yield Finding(path, "probability-not-used", problem, "Add 'weights: [assignment]'.")


def _check_weights_of_trial(protocol: Protocol, analysis: Analysis, path: KeyPath) -> Iterator[Finding]:
    """Check that a trial is asked for no weights of who answered, and for strata only where it has them."""
    if "response" in analysis.weights:
        problem = "The weight 'response' stands in a prepared file, and there is none."
        yield Finding((*path, "weights"), "no-weight-column", problem, "Leave it out.")
    if analysis.strata in ("within", "fixed_effects") and not strata_of(protocol.assignment):
        problem = "The analysis uses strata, and the draw has none."
        yield Finding((*path, "strata"), "no-strata", problem, "Leave out 'strata'.")


def _check_late(protocol: Protocol, analysis: Late, path: KeyPath) -> Iterator[Finding]:
    """Check that take-up is known and that what is asked for is defined for two-stage least squares."""
    if protocol.data is not None and protocol.data.take_up is None:
        problem = "'late' needs to know who took up the offer, and the data do not say."
        yield Finding(path, "no-take-up", problem, "Add 'take_up' to 'data'.")
    if analysis.errors not in TWO_STAGE_ERRORS:
        problem = f"'{analysis.errors}' errors are not defined for two-stage least squares."
        fix = f"Use {', '.join(TWO_STAGE_ERRORS[:-1])} or {TWO_STAGE_ERRORS[-1]}."
        yield Finding((*path, "errors"), "errors-not-defined", problem, fix)
    if len(protocol.arms) > 2 and analysis.sample != "contrast":
        problem = "With several arms, 'late' compares the two arms of a contrast."
        yield Finding(path, "late-all-arms", problem, "Add 'sample: contrast'.")


def _check_families(protocol: Protocol) -> Iterator[Finding]:
    """Check that a family has one rule and one level of confidence."""
    first: dict[str, Analysis] = {}
    for position, analysis in enumerate(protocol.analyses):
        if analysis.multiplicity is None:
            continue
        other = first.setdefault(analysis.multiplicity.family, analysis)
        if (other.multiplicity, other.confidence) != (analysis.multiplicity, analysis.confidence):
            problem = (
                f"The family '{analysis.multiplicity.family}' has two rules; '{other.id}' gives another."
            )
            path = ("analyses", position, "multiplicity")
            yield Finding(path, "mixed-family", problem, "Give the family one method and one confidence.")
        if analysis.multiplicity.method == "max_t":
            yield from _check_max_t(protocol, analysis, other, ("analyses", position))


def _check_max_t(protocol: Protocol, analysis: Analysis, other: Analysis, path: KeyPath) -> Iterator[Finding]:
    """Check that the errors of a max-t family can be compared unit by unit."""
    if isinstance(analysis, Late):
        problem = "'max_t' is not offered for 'late'."
        yield Finding((*path, "multiplicity"), "max-t-for-late", problem, "Use 'method: holm'.")
    is_estimated = protocol.data is not None or is_trial(protocol)
    if is_estimated and cluster_unit(protocol, analysis) != cluster_unit(protocol, other):
        problem = f"'{analysis.id}' and '{other.id}' are one max-t family, but cluster differently."
        yield Finding(
            (*path, "errors"), "mixed-clusters", problem, "Cluster both alike, or use 'method: holm'."
        )
