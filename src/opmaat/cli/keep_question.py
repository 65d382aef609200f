"""What `opmaat keep` was asked, read from its options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from opmaat.benefits.disregard import TrialDisregard, trial_disregard
from opmaat.benefits.household import household_kind
from opmaat.benefits.keep import Home, impossible_earnings
from opmaat.benefits.policy import NO_POLICY, read_policy
from opmaat.core.errors import DataFileError, Issue, ProtocolError, UsageError, did_you_mean
from opmaat.core.money import cents_from_text
from opmaat.core.month import Month
from opmaat.core.texts import Text
from opmaat.params.load import legal_amount
from opmaat.protocol.arms import Arm, ChoiceArm, CombinedArm, DisregardArm
from opmaat.protocol.load import load_protocol
from opmaat.protocol.model import Protocol
from opmaat.report.keep.answer import KeepQuestion

_STEP_CENTS = 10_000
_MOST_ROWS = 1_000
_LABELS = {
    "control": Text("gewone regels", "ordinary rules"),
    "exemption": Text("ontheffing", "exemption"),
    "guidance": Text("extra begeleiding", "more guidance"),
    "disregard": Text("vrijlating", "disregard"),
}

Trials = Mapping[str, TrialDisregard | None]


def question(
    *,
    month: Month,
    earnings: str,
    household: str,
    arms: tuple[str, ...],
    study: Path | None,
    policy: Path | None,
    age: int,
    partner_age: int | None,
    youngest_child: int | None,
    cost_sharers: int,
    first_earns: int,
    n_used: int,
    medically_limited: bool,
) -> KeepQuestion:
    """Return the question; raises an OpmaatError with what cannot be."""
    home = Home(
        kind=household_kind(household, "--household"),
        ages=(age, age if partner_age is None else partner_age),
        youngest_child_age=youngest_child,
        cost_sharers=cost_sharers,
        medically_limited=medically_limited,
        months_of_n_used=n_used,
        earner_share_bp=100 * first_earns,
    )
    if study is None:
        labels, trials = _of_2017(month, arms)
    else:
        protocol = load_protocol(study)
        arms = _with_options(arms, protocol)
        labels, trials = _of_study(protocol)
    merged = _merged(_asked(arms, labels), labels, trials)
    return KeepQuestion(
        home=home,
        month=month,
        earnings_cents=earnings_grid(earnings),
        arms=merged,
        trials={arm: trials[arm] for arm in merged},
        policy=NO_POLICY if policy is None else read_policy(policy),
    )


def earnings_grid(text: str) -> tuple[int, ...]:
    """Read amounts such as 0:1500 or 0:1500:50 (from, to, step) as cents, both ends with them.

    Raises UsageError when it cannot be read, DataFileError when earnings cannot be so.

    >>> earnings_grid("0:250"), earnings_grid("199.50")
    ((0, 10000, 20000, 25000), (19950,))
    """
    try:
        cents = [cents_from_text(part) for part in text.split(":")]
    except ValueError:
        cents = []
    if not 1 <= len(cents) <= 3:
        problem = f"'{text}' is not a range of earnings in euros."
        raise UsageError([Issue("not-earnings", "--earnings", problem, "Write 0:1500, or 0:1500:50.")])
    low, high = cents[0], cents[min(1, len(cents) - 1)]
    step = cents[2] if len(cents) == 3 else _STEP_CENTS
    issues = list(_impossible(low, high, step))
    if issues:
        raise DataFileError(issues)
    return (*range(low, high, step), high)


def _impossible(low: int, high: int, step: int) -> Iterable[Issue]:
    """Yield what cannot be in a range of earnings."""
    where = "--earnings"
    yield from impossible_earnings(min(low, high), max(low, high), where=where)
    if high < low:
        yield Issue("earnings-turned", where, "The highest earnings come first.", "Write the lowest first.")
    if step <= 0 or (high - low) // step >= _MOST_ROWS:
        problem = f"The steps make no table of at most {_MOST_ROWS} rows."
        yield Issue("wrong-step", where, problem, "Use a larger step, such as 0:1500:50.")


def _of_2017(month: Month, arms: tuple[str, ...]) -> tuple[Mapping[str, Text], Trials]:
    """Return the arms of the experiments of 2017; the rate is looked up when the disregard is asked for."""
    asked = not arms or "disregard" in arms
    rate = legal_amount("exp_disregard_rate", month) if asked else 0
    return _LABELS, {**dict.fromkeys(_LABELS), "disregard": TrialDisregard(rate)}


def _of_study(protocol: Protocol) -> tuple[Mapping[str, Text], Trials]:
    """Return the arms of a protocol, its control arm first; a choice is none of its own."""
    names = sorted(protocol.arms, key=lambda name: name != protocol.control)
    chosen = {name: protocol.arms[name] for name in names if not isinstance(protocol.arms[name], ChoiceArm)}
    return {name: arm.label for name, arm in chosen.items()}, {
        name: _trial(arm) for name, arm in chosen.items()
    }


def _with_options(arms: tuple[str, ...], protocol: Protocol) -> tuple[str, ...]:
    """Return the arms that are asked for, with its options in the place of a choice."""
    found: list[str] = []
    for name in arms:
        arm = protocol.arms.get(name)
        found += arm.options if isinstance(arm, ChoiceArm) else [name]
    return tuple(found)


def _trial(arm: Arm) -> TrialDisregard | None:
    """Return the disregard of an arm; None where the ordinary rules hold."""
    if isinstance(arm, DisregardArm):
        return trial_disregard(arm)
    if isinstance(arm, CombinedArm) and arm.rules.disregard is not None:
        return trial_disregard(arm.rules.disregard)
    return None


def _asked(arms: tuple[str, ...], labels: Mapping[str, Text]) -> list[str]:
    """Return the names of the arms that are asked for, the ordinary rules first."""
    unknown = [name for name in arms if name not in labels]
    if unknown:
        raise ProtocolError(
            Issue("unknown-arm", "--arm", f"There is no arm '{name}'.", did_you_mean(name, labels))
            for name in unknown
        )
    return list(dict.fromkeys([next(iter(labels)), *(arms or labels)]))


def _merged(names: Iterable[str], labels: Mapping[str, Text], trials: Trials) -> dict[str, Text]:
    """Return one arm for all that share a disregard, with the words of all: their numbers are the same."""
    alike: dict[TrialDisregard | None, list[str]] = {}
    for name in names:
        alike.setdefault(trials[name], []).append(name)
    return {
        same[0]: Text(", ".join(labels[n].nl for n in same), ", ".join(labels[n].en for n in same))
        for same in alike.values()
    }
