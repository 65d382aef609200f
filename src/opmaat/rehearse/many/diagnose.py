"""Diagnose a plan: play it many times, and see how often what it would have said was right.

Every replication has a seed of its own that follows from the seed of the whole and its number, so that any
number of workers gives the same answer. What is done is kept in a file, and done once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from opmaat.core.digest import digest_value
from opmaat.core.errors import DataFileError
from opmaat.core.version import __version__
from opmaat.evaluate.estimate import estimates_alone
from opmaat.panel.model import Panel
from opmaat.rehearse.effects import NO_EFFECTS
from opmaat.rehearse.lives.behaviour import live
from opmaat.rehearse.many.diagnosed import Sort, diagnosed, with_answered_only
from opmaat.rehearse.many.kept import Kept
from opmaat.rehearse.many.replicate import Study, drawn_frame, panel_of
from opmaat.rehearse.many.truth import Truth, asked, truths
from opmaat.rehearse.people.chance import Chance, Floats
from opmaat.rehearse.people.frame import draw_frame

World = Literal["effects", "nothing"]
Progress = Callable[[int, int], None]

_WORLDS: tuple[World, ...] = ("effects", "nothing")
_A_CHUNK = 10
_TRUTH = 2
_TRUTH_HOUSEHOLDS = 4000
_PRECISION = 0.05
_COLUMNS = 5
_LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Share:
    """A share of the replications, with its Monte Carlo error."""

    value: float
    std_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """How one analysis of one contrast did.

    ``truth`` is that of the generating model, with its Monte Carlo error. ``bias`` is the mean estimate less
    the truth. ``coverage`` is the share of 95% intervals that hold the truth, ``power`` the share of tests at
    5% that reject, and ``size`` the same where nothing has any effect. ``sort`` is "planned", or one of the
    analyses that are shown beside it for what they mislead. In ``failed`` of the replications the analysis
    could not be carried out; the other figures are of the rest.
    """

    estimand: str
    outcome: str
    contrast: tuple[str, str]
    sort: Sort
    replications: int
    failed: int
    truth: Truth
    mean: float
    std_error: float
    bias: float
    bias_error: float
    coverage: Share
    power: Share
    size: Share


def diagnose(
    study: Study,
    households: int,
    *,
    replications: int,
    seed: int,
    kept: Path | None = None,
    workers: int = -1,
    progress: Progress | None = None,
) -> tuple[Diagnosis, ...]:
    """Play a plan many times, with its effects and without any.

    Parameters
    ----------
    households
        How many households the made-up register has.
    replications
        How many times, with new people each time.
    kept
        A file to which the estimates are added, chunk by chunk; what it holds is not done again.
    workers
        How many processes; -1 is one for each core. The answer does not depend on it.
    progress
        Called with the number of replications done and in all.

    Raises
    ------
    DataFileError
        ``other-rehearsal`` when the file holds the estimates of another plan, seed or version;
        ``damaged-estimates``.
    UsageError
        ``cannot-write`` when the file cannot be read or written.
    """
    plan = diagnosed(study.protocol)
    alone = replace(study, setting=replace(study.setting, protocol=plan.protocol))
    worlds = {"effects": alone, "nothing": _without_effects(alone)}
    if alone.setting.effects == NO_EFFECTS:
        del worlds["effects"]
    store = Kept(kept, _key(alone, households, seed), (len(asked(alone)), _COLUMNS))
    todo = [
        (world, numbers)
        for world in worlds
        for numbers in _chunks([n for n in range(replications) if not store.has(world, n)])
    ]
    _play(worlds, households, seed, todo, store=store, workers=workers, progress=progress)
    found = {world: store.rows(world, replications) for world in worlds}
    first = "effects" if "effects" in worlds else "nothing"
    wanted = _precisions(found[first])
    at_a_time = max(households, _TRUTH_HOUSEHOLDS)
    true = truths(worlds[first], at_a_time, _seeds(seed, _TRUTH), wanted=wanted)
    return tuple(
        _diagnosis(question, place, true[place], plan.sorts, found[first], found["nothing"])
        for place, question in enumerate(_questions(alone))
    )


def one_replication(study: Study, households: int, seed: int) -> Floats:
    """Return point, standard error, both ends of the interval and p of every question, (questions, 5).

    They are NaN where the analysis could not be carried out, such as for want of people in a stratum.
    """
    chance = Chance(seed)
    found = drawn_frame(study, households, chance)
    drawn = draw_frame(study.protocol, found, rounds=study.setting.rounds, chance=chance)
    lives = live(found.people, study.setting, drawn.arm, chance, round_=drawn.round_)
    panel = with_answered_only(panel_of(lives, found, drawn, chance), lives)
    return _estimates(study, panel)


def _estimates(study: Study, panel: Panel) -> Floats:
    """Return the estimates of every question, NaN of those that the data cannot answer."""
    try:
        answers = estimates_alone(study.protocol, panel)
    except DataFileError:
        answers = ()
    found = {
        (one.estimand, one.contrast): (one.point, one.std_error, one.interval.low, one.interval.high, one.p)
        for one in answers
    }
    nothing = (np.nan,) * _COLUMNS
    rows = [found.get((question.estimand.id, pair), nothing) for question, pair in asked(study)]
    return np.array(rows, dtype=np.float64)


def seed_of(seed: int, world: int, number: int) -> int:
    """Return the seed of one replication: a child of the seed of the whole.

    >>> seed_of(1, 0, 0) == seed_of(1, 0, 1)
    False
    """
    child = np.random.SeedSequence(seed, spawn_key=(world, number))
    return int(child.generate_state(1, np.uint64)[0])


def _precisions(found: Floats) -> list[float]:
    """Return the Monte Carlo error that the truth may have: a twentieth of the mean standard error."""
    errors = found[:, :, 1]
    done = ~np.isnan(errors)
    total = np.where(done, errors, 0.0).sum(axis=0) / np.maximum(done.sum(axis=0), 1)
    precisions: list[float] = np.where(done.any(axis=0), _PRECISION * total, np.inf).tolist()
    return precisions


def _seeds(seed: int, world: int) -> Iterator[int]:
    number = 0
    while True:
        yield seed_of(seed, world, number)
        number += 1


def _without_effects(study: Study) -> Study:
    """Return the same plan in a world in which no arm does anything."""
    setting = study.setting
    nothing = {
        name: np.full_like(of_arm, 0.0 if name == "at_cap" else 1.0)
        for name, of_arm in setting.multipliers.items()
        if name not in _CONFOUNDING
    }
    kept = {name: of_arm for name, of_arm in setting.multipliers.items() if name in _CONFOUNDING}
    scores = {name: replace(arm, scores={}) for name, arm in setting.effects.arms.items()}
    effects = replace(setting.effects, arms=scores)
    return replace(study, setting=replace(setting, effects=effects, multipliers={**kept, **nothing}))


_CONFOUNDING = ("answering", "withdrawing")


def _questions(study: Study) -> list[tuple[str, str, tuple[str, str]]]:
    return [(question.estimand.id, question.estimand.outcome, pair) for question, pair in asked(study)]


def _chunks(numbers: Sequence[int]) -> list[tuple[int, ...]]:
    return [tuple(numbers[first : first + _A_CHUNK]) for first in range(0, len(numbers), _A_CHUNK)]


def _key(study: Study, households: int, seed: int) -> str:
    """Return what tells estimates of one rehearsal from those of another."""
    effects = {name: dict(vars(arm)) for name, arm in study.setting.effects.arms.items()}
    plain = {name: {key: _plain(value) for key, value in arm.items()} for name, arm in effects.items()}
    town = repr(study.setting.numbers)
    return digest_value([study.protocol.digest(), plain, town, households, seed, __version__])


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, dict) else value


def _play(
    worlds: dict[str, Study],
    households: int,
    seed: int,
    todo: Sequence[tuple[str, tuple[int, ...]]],
    *,
    store: Kept,
    workers: int,
    progress: Progress | None,
) -> None:
    """Play chunks in other processes, and keep each as it comes back, in order."""
    from joblib import Parallel, delayed, parallel_config

    with parallel_config(backend="loky", inner_max_num_threads=1):
        found = Parallel(n_jobs=workers, return_as="generator")(
            delayed(_chunk)(
                worlds[world], households, [seed_of(seed, _WORLDS.index(world), n) for n in numbers]
            )
            for world, numbers in todo
        )
        done, total = 0, sum(len(numbers) for _, numbers in todo)
        for (world, numbers), rows in zip(todo, found, strict=True):
            store.add(world, numbers, rows)
            done += len(numbers)
            if progress is not None:
                progress(done, total)


def _chunk(study: Study, households: int, seeds: Sequence[int]) -> list[Floats]:
    return [one_replication(study, households, seed) for seed in seeds]


def _diagnosis(
    question: tuple[str, str, tuple[str, str]],
    place: int,
    truth: Truth,
    sorts: dict[str, Sort],
    found: Floats,
    nothing: Floats,
) -> Diagnosis:
    """Return how one question did."""
    estimand, outcome, contrast = question
    carried_out = ~np.isnan(found[:, place, 0])
    point, std_error, low, high, p = found[carried_out, place].T
    count = len(point)
    spread = point.std(ddof=1) / np.sqrt(count) if count > 1 else np.inf
    mean = float(point.mean()) if count else np.nan
    null = nothing[:, place, 4]
    return Diagnosis(
        estimand=estimand,
        outcome=outcome,
        contrast=contrast,
        sort=sorts[estimand],
        replications=len(found),
        failed=len(found) - count,
        truth=truth,
        mean=mean,
        std_error=float(std_error.mean()) if count else np.nan,
        bias=mean - truth.value,
        bias_error=float(np.hypot(spread, truth.std_error)),
        coverage=_share((low <= truth.value) & (truth.value <= high)),
        power=_share(p < _LEVEL),
        size=_share(null[~np.isnan(null)] < _LEVEL),
    )


def _share(marks: NDArray[np.bool_]) -> Share:
    """Return how many are marked, as a share; NaN of nobody."""
    if not len(marks):
        return Share(np.nan, np.nan)
    value = float(np.mean(marks))
    return Share(value, float(np.sqrt(value * (1 - value) / len(marks))))
