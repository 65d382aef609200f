"""Check the population and the draw: what they refer to exists, and the procedure can be carried out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from math import isfinite, lcm

from opmaat.protocol.assignment import (
    Blocked,
    Clustered,
    Minimised,
    Recorded,
    characteristics_of,
    is_rolling,
)
from opmaat.protocol.finding import Finding, unknown
from opmaat.protocol.model import Protocol
from opmaat.protocol.population import Coded

LONGEST_ROUND = 60
MOST_PARTS = 60
SMALLEST_SHARE = 0.001


def check_draw(protocol: Protocol) -> Iterator[Finding]:
    """Yield everything about the population and the draw that does not fit together.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> list(check_draw(load_protocol(Path("studies/nsw-1975"))))
    []
    """
    yield from _check_exclusions(protocol)
    yield from _check_bands(protocol)
    yield from _check_register(protocol)
    if isinstance(protocol.assignment, Recorded):
        return
    yield from _check_shares(protocol)
    yield from _check_names(protocol)
    yield from _check_procedure(protocol)
    yield from _check_rounds(protocol)


def parts(shares: list[float]) -> tuple[int, ...]:
    """Return shares as the smallest whole numbers in the same ratio.

    >>> parts([0.5, 0.25, 0.25]), parts([100, 50, 50, 100])
    ((2, 1, 1), (2, 1, 1, 2))
    """
    exact = [Fraction(str(share)) for share in shares]
    whole = [share * lcm(*(share.denominator for share in exact)) for share in exact]
    total = Fraction(sum(whole))
    ratios = [Fraction(share) / total for share in whole]
    scale = lcm(*(ratio.denominator for ratio in ratios))
    return tuple(int(ratio * scale) for ratio in ratios)


def _check_exclusions(protocol: Protocol) -> Iterator[Finding]:
    """Check that reasons have their own names and that the reference population refers to them."""
    population = protocol.population
    identifiers = [rule.id for rule in population.exclude]
    for name, times in Counter(identifiers).items():
        if times > 1:
            path = ("population", "exclude", len(identifiers) - 1 - identifiers[::-1].index(name), "id")
            problem = f"The id '{name}' stands more than once in exclude."
            yield Finding(path, "duplicate-id", problem, "Give each rule its own id.")
    for name in population.reference:
        if name not in identifiers:
            yield unknown(("population", "reference"), "exclusion", name, identifiers)


def _check_bands(protocol: Protocol) -> Iterator[Finding]:
    """Check that the bands of characteristics go up."""
    for name, item in protocol.population.characteristics.items():
        bands = () if isinstance(item, Coded) else item.bands
        if list(bands) != sorted(set(bands)):
            problem = f"The bands of '{name}' do not go up."
            path = ("population", "characteristics", name, "bands")
            yield Finding(path, "bands-not-ascending", problem, "Write them from low to high, each once.")


def _check_register(protocol: Protocol) -> Iterator[Finding]:
    """Check that a register has a reference date, and that the draw uses characteristics that are read."""
    population = protocol.population
    if population.register is None:
        return
    if population.reference_date is None:
        problem = "Who is in and who is not is judged on a day, and none is named."
        yield Finding(("population",), "missing-key", problem, "Add 'reference_date'.")
    if isinstance(protocol.assignment, Recorded):
        return
    for key, names in characteristics_of(protocol.assignment).items():
        for name in names:
            if name not in population.characteristics:
                yield unknown(("assignment", key), "characteristic", name, population.characteristics)
    if protocol.assignment.timing is None:
        problem = "The protocol does not say whether households are drawn before they are invited."
        fix = "Add 'timing: before_invitation' or 'timing: after_consent'."
        yield Finding(("assignment",), "missing-key", problem, fix)
    yield from _check_categories(protocol)


def _check_categories(protocol: Protocol) -> Iterator[Finding]:
    """Check that strata and factors have a limited number of values."""
    if isinstance(protocol.assignment, Recorded):
        return
    named = characteristics_of(protocol.assignment)
    for key in ("strata", "by", "factors"):
        for name in named[key]:
            item = protocol.population.characteristics.get(name)
            if item is not None and not isinstance(item, Coded) and not item.bands:
                problem = f"'{name}' is a number, and every number would be a stratum of its own."
                path = ("population", "characteristics", name)
                yield Finding(path, "not-in-bands", problem, "Add 'bands'.")


def _check_procedure(protocol: Protocol) -> Iterator[Finding]:
    """Check what a procedure needs beyond its keys."""
    plan = protocol.assignment
    shares = [arm.share for arm in protocol.arms.values() if arm.share is not None and arm.share > 0]
    if isinstance(plan, Blocked) and is_rolling(plan) and not plan.block_sizes:
        problem = "With rolling intake the size of a stratum is not known, so blocks need sizes."
        fix = "Add 'block_sizes', such as [4, 6, 8]."
        yield Finding(("assignment",), "missing-key", problem, fix)
    if isinstance(plan, Minimised) and shares:
        number = sum(parts(shares))
        if number > MOST_PARTS:
            problem = f"The shares make {number} parts; minimisation keeps a ratio of at most {MOST_PARTS}."
            yield Finding(("arms",), "shares-too-fine", problem, "Use shares in a simpler ratio.")
        elif plan.p < 1 / number:
            problem = f"With {number} parts, p = {plan.p:g} turns away from balance."
            fix = f"Use a p above {1 / number:.2g}, such as 0.8."
            yield Finding(("assignment", "p"), "p-too-small", problem, fix)


def _check_shares(protocol: Protocol) -> Iterator[Finding]:
    """Check that every arm gets households of a list as municipalities have them."""
    shares = {name: arm.share for name, arm in protocol.arms.items() if arm.share and isfinite(arm.share)}
    largest = max(shares.values(), default=0.0)
    parts_of_largest = {name: share / largest for name, share in shares.items()}
    whole = sum(parts_of_largest.values())
    for name, part in parts_of_largest.items():
        if 0 < part < SMALLEST_SHARE * whole:
            problem = f"The arm '{name}' gets less than 1 in {1 / SMALLEST_SHARE:,.0f} households."
            path = ("arms", name, "share")
            yield Finding(path, "share-too-small", problem, "Use a larger share, or leave the arm out.")


def _check_names(protocol: Protocol) -> Iterator[Finding]:
    """Check that nothing is named twice, and that clusters are not drawn within themselves."""
    plan = protocol.assignment
    if isinstance(plan, Recorded):
        return
    sizes = plan.block_sizes if isinstance(plan, Blocked) else ()
    lists = {**characteristics_of(plan), "sample_ratio": plan.sample_ratio, "block_sizes": sizes}
    for key, named in lists.items():
        for position, name in enumerate(named):
            if name in named[:position]:
                problem = f"'{name}' stands twice in '{key}'."
                path = ("assignment", key, position)
                yield Finding(path, "duplicate-id", problem, "Name it once.")
    if isinstance(plan, Clustered) and plan.by in plan.strata:
        problem = f"Clusters by '{plan.by}' are drawn within strata of '{plan.by}', each by itself."
        path = ("assignment", "strata", plan.strata.index(plan.by))
        yield Finding(path, "clusters-as-strata", problem, "Leave it out of 'strata'.")


def _check_rounds(protocol: Protocol) -> Iterator[Finding]:
    """Check that rounds have different names that can be part of a file's name on every machine."""
    plan = protocol.assignment
    if isinstance(plan, Recorded):
        return
    folded = [name.casefold() for name in plan.rounds]
    for position, name in enumerate(plan.rounds):
        path = ("assignment", "rounds", position)
        if folded[position] in folded[:position]:
            problem = f"The round '{name}' is named twice; capitals do not tell rounds apart."
            yield Finding(path, "duplicate-id", problem, "Give each round its own name.")
        if not name.replace("-", "").isalnum() or not name.isascii():
            problem = f"'{name}' names files, and has other signs than letters, digits and hyphens."
            yield Finding(path, "wrong-value", problem, "Use letters, digits and hyphens.")
        if len(name) > LONGEST_ROUND:
            problem = f"The name of a round has {len(name)} signs, and names files."
            yield Finding(path, "wrong-value", problem, f"Use at most {LONGEST_ROUND}.")
