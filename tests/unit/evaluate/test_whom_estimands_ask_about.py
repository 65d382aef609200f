"""Whom an estimand is about, and what becomes of an outcome after something happened, by arithmetic."""

import numpy as np
import pytest

from opmaat.core.codes import Codes
from opmaat.evaluate.estimate import estimate
from opmaat.panel.model import Panel, Variable

TEXT = {"nl": "tekst", "en": "text"}
ARM = np.array([0, 0, 0, 0, 1, 1, 1, 1])
VALUE = np.array([1.0, 2, 3, 4, 10, 20, 30, 45])


@pytest.fixture
def ask(build_protocol):
    def answer(*, errors="hc2", **about):
        """The estimate of one estimand on eight people, two to a household."""
        protocol = build_protocol(
            assignment={"method": "complete", "timing": "before_invitation"},
            covariates={
                "sex": {"kind": "categorical", "label": TEXT},
                "young": {"kind": "binary", "label": TEXT},
            },
            outcomes={
                "wages": {
                    "kind": "continuous",
                    "label": TEXT,
                    "unit": TEXT,
                    "definition": {"rule": "amount", "of": "wages"},
                }
            },
            estimands=[
                {"id": "E", "outcome": "wages", "contrast": ["guidance", "control"], "month": 6, **about}
            ],
            analyses=[{"id": "A", "method": "difference_in_means", "estimands": ["E"], "errors": errors}],
        )
        panel = Panel(
            arm=Codes(ARM, ("control", "guidance")),
            outcomes={"wages": {6: VALUE}},
            baselines={},
            covariates={
                "sex": Variable("categorical", Codes(np.array([0, 1, 0, 1, 0, 1, 0, -1]), ("man", "woman"))),
                "young": Variable("binary", np.array([1.0, 1, 1, 0, 1, 1, 1, np.nan])),
            },
            household=np.arange(8) // 2,
            joined=np.array([True, True, False, True, True, False, True, True]),
            intercurrent={"moved_away": np.array([np.inf] * 4 + [6.0, 7.0, np.inf, np.inf])},
            sources={},
        )
        return estimate(protocol, panel).estimates[0]

    return answer


def difference(kept):
    kept = np.array(kept, dtype=bool)
    return VALUE[kept & (ARM == 1)].mean() - VALUE[kept & (ARM == 0)].mean()


@pytest.mark.parametrize(
    ("about", "kept"),
    [
        ({}, [1, 1, 1, 1, 1, 1, 1, 1]),
        ({"among": "joined"}, [1, 1, 0, 1, 1, 0, 1, 1]),
        ({"subgroup": {"sex": "man"}}, [1, 0, 1, 0, 1, 0, 1, 0]),
        ({"subgroup": {"young": "1"}}, [1, 1, 1, 0, 1, 1, 1, 0]),
        ({"subgroup": {"young": "1"}, "among": "joined"}, [1, 1, 0, 0, 1, 0, 1, 0]),
        ({"intercurrent": {"moved_away": "as_registered"}}, [1, 1, 1, 1, 1, 1, 1, 1]),
        ({"intercurrent": {"moved_away": "missing_from_then"}}, [1, 1, 1, 1, 0, 1, 1, 1]),
    ],
)
def test_estimates_are_about_whom_the_estimand_names(ask, about, kept):
    found = ask(**about)
    assert found.point == pytest.approx(difference(kept))
    assert found.fit.n == sum(kept)


def test_who_moved_is_told_as_missing_and_who_is_not_asked_about_is_not(ask):
    moved = ask(intercurrent={"moved_away": "missing_from_then"})
    assert [(note.code, note.participants) for note in moved.notes] == [("missing-outcome", 1)]
    assert ask(among="joined").notes == ()


def test_errors_of_a_trial_cluster_on_the_household(ask):
    assert ask(errors="cr2").fit.clusters == 4


def test_a_trial_tells_what_it_cannot_answer_beside_what_it_can(build_protocol):
    """One of three arms has nobody with an answer: its contrast is lost, and nothing else is."""
    label = {"label": TEXT}
    outcome = {"kind": "continuous", **label, "unit": TEXT, "definition": {"rule": "amount", "of": "wages"}}
    protocol = build_protocol(
        assignment={"method": "complete", "timing": "before_invitation"},
        arms={
            name: {"kind": "control" if name == "none" else "other", **label} for name in ("none", "a", "b")
        },
        outcomes={"wages": outcome, "trust": outcome},
        estimands=[
            {"id": name, "outcome": name, "contrast": "against_control", "month": 6}
            for name in ("wages", "trust")
        ],
        analyses=[{"id": "A", "method": "difference_in_means", "estimands": ["wages", "trust"]}],
    )
    arm = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2])
    wages, trust = np.arange(9.0) ** 2, np.where(arm == 2, np.nan, np.arange(9.0))
    panel = Panel(
        arm=Codes(arm, ("none", "a", "b")),
        outcomes={"wages": {6: wages}, "trust": {6: trust}},
        baselines={},
        covariates={},
        sources={},
    )
    found = estimate(protocol, panel)
    answered = [(item.estimand, item.contrast[0]) for item in found.estimates]
    assert answered == [("wages", "a"), ("wages", "b"), ("trust", "a")]
    (lost,) = found.unanswered
    assert (lost.estimand, lost.contrasts, lost.code) == ("trust", (("b", "none"),), "arm-too-small")
    assert "unanswered" in found.as_dict()
