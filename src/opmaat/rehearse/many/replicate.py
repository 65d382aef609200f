"""One rehearsal without files: people, draw, lives, panel and estimates, as fast as arrays go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from opmaat.caseload.layout import Layout, load_layout
from opmaat.core.codes import Codes
from opmaat.core.month import Month
from opmaat.panel.model import Panel, Variable
from opmaat.panel.trial import NEVER as NEVER_MONTH
from opmaat.panel.trial import Enrolment, build_trial_panel
from opmaat.protocol.definitions import Amount, ScaleScore
from opmaat.protocol.model import Protocol
from opmaat.rehearse.effects import NO_EFFECTS, Effects
from opmaat.rehearse.lives.answers import scores
from opmaat.rehearse.lives.behaviour import live
from opmaat.rehearse.lives.lives import NEVER, Lives
from opmaat.rehearse.lives.months import person_months
from opmaat.rehearse.lives.setting import Setting, setting
from opmaat.rehearse.lives.taking_part import joins_first
from opmaat.rehearse.people.chance import Chance
from opmaat.rehearse.people.frame import Drawn, Frame, draw_frame, frame
from opmaat.rehearse.people.people import Flags, Ints, draw_people, numbered
from opmaat.survey.score import Scores

_INVITED, _PILOT = 1000, 4000


@dataclass(frozen=True, slots=True)
class Study:
    """A trial to rehearse: its setting, and the layout of the register that it reads."""

    setting: Setting
    layout: Layout

    @property
    def protocol(self) -> Protocol:
        """The protocol."""
        return self.setting.protocol


def study_of(protocol: Protocol, *, folder: Path, effects: Effects = NO_EFFECTS) -> Study:
    """Return a trial to rehearse.

    ``folder`` is that of the study, in which a layout of its own stands. Raises ProtocolError when the
    protocol does not say enough for a rehearsal.

    Examples
    --------
    >>> from opmaat.protocol.load import load_protocol
    >>> folder = Path("tests/unit/rehearse/before")
    >>> study_of(load_protocol(folder), folder=folder).layout.layout
    'bus'
    """
    made = setting(protocol, effects=effects)
    register = protocol.population.register
    if register is None:
        raise ValueError("a setting has a register")
    month = Month.of(made.reference_date)
    return Study(made, load_layout(register.layout, folder=folder, month=month).layout)


def households_for(study: Study) -> int:
    """Return how many households the register must have, so that as many are eligible as are invited."""
    planning = study.protocol.planning
    invited = _INVITED if planning is None else planning.recruitment.invited
    people = draw_people(_PILOT, study.setting.reference_date, Chance(0), numbers=study.setting.numbers)
    eligible = frame(study.protocol, people, layout=study.layout, chance=Chance(0)).eligible
    return round(invited / max(float(eligible.mean()), 1 / _PILOT))


def drawn_frame(study: Study, households: int, chance: Chance) -> Frame:
    """Return the made-up households that are drawn: eligible, and of those who join first only these."""
    protocol, setting = study.protocol, study.setting
    unit = protocol.population.unit
    people = draw_people(households, setting.reference_date, chance, numbers=setting.numbers, unit=unit)
    found = frame(protocol, people, layout=study.layout, chance=chance)
    kept = found.eligible
    if setting.joins_first:
        kept = kept & joins_first(people, setting, chance)
    return found.taken(np.flatnonzero(kept))


def replicate(study: Study, households: int, chance: Chance) -> Panel:
    """Play one trial of a number of made-up households, and return its panel."""
    found = drawn_frame(study, households, chance)
    drawn = draw_frame(study.protocol, found, rounds=study.setting.rounds, chance=chance)
    lives = live(found.people, study.setting, drawn.arm, chance, round_=drawn.round_)
    return panel_of(lives, found, drawn, chance)


def panel_of(
    lives: Lives, found: Frame, drawn: Drawn, chance: Chance, *, everybody_answers: bool = False
) -> Panel:
    """Return the panel of lives.

    Parameters
    ----------
    everybody_answers
        Score everybody in every wave, whether or not they joined and answered; for the truth.
    """
    protocol = lives.setting.protocol
    amounts = any(
        isinstance(outcome.definition, Amount) and outcome.definition.of == "benefit"
        for outcome in protocol.outcomes.values()
    )
    return build_trial_panel(
        protocol,
        months=person_months(lives, with_amounts=amounts),
        scores=list(_scores(lives, chance, everybody_answers=everybody_answers)),
        enrolment=enrolment(lives, found, drawn),
    )


def _scores(lives: Lives, chance: Chance, *, everybody_answers: bool) -> Iterator[Scores]:
    """Yield the scores that an outcome asks for, in the waves that an estimand or baseline asks for."""
    protocol = lives.setting.protocol
    persons = numbered(lives.people.count)
    asked = {
        (outcome.definition.scale, month)
        for name, outcome in protocol.outcomes.items()
        if isinstance(outcome.definition, ScaleScore)
        for month in _months_asked(protocol, name)
    }
    for place, wave in enumerate(protocol.waves):
        who = np.ones(lives.people.count, np.bool_) if everybody_answers else lives.answered[:, place]
        for scale in sorted(scale for scale, month in asked if month == wave.month):
            yield scores(lives, scale, place, chance, persons=persons, who=who)


def _months_asked(protocol: Protocol, name: str) -> set[int]:
    """Return the months in which an outcome is asked for."""
    months = {item.month for item in protocol.estimands if item.outcome == name}
    baseline = protocol.outcomes[name].baseline
    return {month for month in {*months, baseline.month if baseline else None} if month is not None}


def enrolment(lives: Lives, found: Frame, drawn: Drawn) -> Enrolment:
    """Return who was drawn, person by person."""
    people, setting = lives.people, lives.setting
    household, first = people.household, setting.first_month.index
    stratum = drawn.stratum
    covariates: dict[str, Variable] = dict(found.covariates)
    return Enrolment(
        household=household,
        arm=Codes(lives.arm[household], setting.arms),
        start_month=lives.start[household] + first,
        joined=lives.part.joined[household],
        stratum=None if stratum is None else Codes(stratum.codes[household], stratum.names),
        cluster=None if drawn.cluster is None else drawn.cluster[household],
        probability=drawn.probability[household],
        covariates=covariates,
        intercurrent={
            "died": _calendar(lives.died, first),
            "moved_away": _calendar(lives.moved, first)[household],
            "pension_age": _calendar(lives.pension, first),
        },
    )


def _calendar(column: Ints, first: int) -> Ints:
    """Return columns as calendar months; what never happened never does."""
    never: Flags = column == NEVER
    return np.where(never, NEVER_MONTH, column + first)
