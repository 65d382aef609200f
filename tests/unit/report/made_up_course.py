"""A made-up trial of five arms with its course and estimates. No number in it is real."""

import importlib.util
import math
from dataclasses import replace
from pathlib import Path

from opmaat.assign.balance import DrawBalance, RedrawTest
from opmaat.conduct.flow import Flow
from opmaat.conduct.harms import Harm
from opmaat.core.month import Month
from opmaat.core.receipt import Receipt
from opmaat.evaluate.course import (
    ArmCourse,
    BenefitMonth,
    Course,
    ExitMonth,
    GuidanceMonth,
    Response,
    ScoreOfWave,
)
from opmaat.evaluate.integrity import ArmNumbers, Integrity, SampleRatio
from opmaat.evaluate.model import Unanswered, estimates_digest

_spec = importlib.util.spec_from_file_location(
    "made_up_studies_of_course", Path(__file__).with_name("made_up_studies.py")
)
studies = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(studies)

HOUSEHOLDS = {"control": 181, "exemption": 178, "guidance": 180, "disregard": 176, "choice": 175}
LABELS = {
    "control": ("gewone aanpak", "ordinary approach"),
    "exemption": ("ontheffing van de arbeidsverplichting", "exemption from the duty to work"),
    "guidance": ("intensieve begeleiding", "intensive guidance"),
    "disregard": ("meer bijverdienen", "keep more of earnings"),
    "choice": ("zelf kiezen", "own choice"),
}
RULES = {
    "control": {"kind": "control"},
    "exemption": {"kind": "exemption", "duties": ["work", "reintegration"], "months": 24},
    "guidance": {"kind": "guidance", "contacts_per_month": 1, "fixed_caseworker": True},
    "disregard": {"kind": "disregard", "rate": "50%", "cap": "199.00", "months": 24},
    "choice": {"kind": "choice", "options": ["exemption", "guidance", "disregard"], "may_change": True},
}
WAVES = {"baseline": 0, "midline": 12, "endline": 24}


def text(nl, en):
    return {"nl": nl, "en": en}


def lock():
    """The frozen protocol: every arm against control on one register outcome and one scale."""
    return studies.locked(
        {
            "id": "made-up-trial",
            "title": text("Verzonnen experiment in de bijstand", "Made-up experiment in social assistance"),
            "municipality": "Verzonnen",
            "legal_framework": "experiments-2017",
            "population": {
                "description": text("huishoudens in de bijstand", "households on benefit"),
                "unit": "household",
            },
            "arms": {
                name: {"label": text(*LABELS[name]), "share": 1, **rules} for name, rules in RULES.items()
            },
            "assignment": {"method": "complete", "timing": "before_invitation"},
            "waves": [{"name": name, "month": month} for name, month in WAVES.items()],
            "outcomes": {
                "exit_to_work": {
                    "kind": "binary",
                    "label": text("uit de bijstand naar werk", "off benefit to work"),
                    "unit": text("deel", "share"),
                    "better": "higher",
                }
            },
            "estimands": [
                {
                    "id": "E1",
                    "outcome": "exit_to_work",
                    "contrast": "against_control",
                    "month": 24,
                    "primary": True,
                }
            ],
            "analyses": [
                {
                    "id": "main",
                    "method": "difference_in_means",
                    "estimands": ["E1"],
                    "multiplicity": {"family": "primary", "method": "holm"},
                }
            ],
        }
    )


def estimates(frozen):
    """One arm with a difference, one held back by its family, and two without."""
    points = {"exemption": 0.012, "guidance": 0.118, "disregard": 0.082, "choice": -0.03}
    made = [
        studies.estimate(
            "main",
            "exit_to_work",
            (arm, "control"),
            point,
            0.038,
            month=24,
            n=180,
            means=(0.21 + point, 0.21),
            family="primary",
            adjustment="holm",
            p_adjusted=0.01 if arm == "guidance" else 0.09,
        )
        for arm, point in points.items()
    ]
    unanswered = Unanswered(
        analysis="main",
        estimand="E1",
        contrasts=(("choice", "disregard"),),
        code="empty-cell",
        reason="nobody with this outcome is in the arm 'choice'",
    )
    return studies.answered(frozen, made, drawn=HOUSEHOLDS, unanswered=(unanswered,))


def course(frozen, month=24):
    """The course up to a month; small counts are in every part of it."""
    made = Course(
        protocol_id="made-up-trial",
        title=text("Verzonnen experiment in de bijstand", "Made-up experiment in social assistance"),
        month=month,
        first_month="2017-10",
        known_at="2019-10-31T23:59:59+00:00",
        cents_per_hour=6_000,
        integrity=(integrity(frozen),),
        arms=tuple(arm_course(name, place, month) for place, name in enumerate(HOUSEHOLDS)),
        reference=ArmCourse(name="reference", households=4211, persons=5010, exits=exits(5010, 0.9, month)),
        receipt=Receipt(
            stage="describe",
            inputs={"journal": "sha256:1"},
            output="",
            protocol=frozen.digest,
            version="0.1.0",
            seed=7,
        ),
    )
    return signed(made)


def signed(made):
    """The course under a receipt that fits it."""
    digest = estimates_digest(made.as_dict())
    return replace(made, receipt=replace(made.receipt, output=digest))


def arm_course(name, place, month):
    """One arm; the reference population has no flow, contacts or answers."""
    households = HOUSEHOLDS[name]
    started = households - 60 - 3 * place
    waves = [wave for wave, at in WAVES.items() if at <= month]
    exited = {"administrative": 2, "moved": 11, "other_income": 12, "work": 14 + 4 * place}
    left = {"withdrew": 12 + place, "removed": 0, "moved_away": 3}
    sent = dict.fromkeys(waves, started + 20)
    answered = {wave: started - 10 * number - place for number, wave in enumerate(waves)}
    return ArmCourse(
        name=name,
        households=households,
        persons=households + 22,
        exits=exits(households + 22, 1 + 0.2 * place, month),
        exit_reasons=exited,
        flow=Flow(
            arm=name,
            drawn=households,
            invited=households,
            signed_up=started + 6,
            told=started + 2,
            started=started,
            remaining=started - sum(exited.values()) - sum(left.values()),
            exited=exited,
            sent=sent,
            answered=answered,
            **left,
        ),
        guidance=tuple(
            GuidanceMonth(
                month=str(Month(2017, 10) + at),
                contacts=8 if name == "control" else 60 + 10 * place + at % 5,
                missed=3 + at % 9,
                minutes=1400 + 20 * at,
                cost_cents=150_000 + 2_000 * at,
            )
            for at in range(month)
        ),
        scores=tuple(
            ScoreOfWave(
                scale=scale,
                wave=wave,
                n=7 if name == "choice" and wave == "midline" else answered[wave],
                mean=3.1 + 0.05 * place + 0.1 * number,
                sd=0.8,
            )
            for scale in ("autonomy", "life_in_order")
            for number, wave in enumerate(waves)
        ),
        response=tuple(Response(wave=wave, sent=sent[wave], answered=answered[wave]) for wave in waves),
        chosen={"exemption": 41, "guidance": 4, "disregard": 33, "": 21} if name == "choice" else {},
        harms={harm.value: 2 + 7 * number for number, harm in enumerate(Harm)},
        benefit=tuple(
            BenefitMonth(month=at, households=households, paid_cents=households * (95_000 - 900 * at))
            for at in range(1, month + 1)
        ),
        reported=21 + place,
    )


def exits(persons, speed, month):
    """A slow rise of exits, from none."""
    return tuple(
        ExitMonth(
            month=at,
            known=persons,
            off_benefit=math.floor(persons * (1 - math.exp(-0.014 * speed * at))),
            to_work=math.floor(persons * (1 - math.exp(-0.008 * speed * at))),
            working=math.floor(persons * (0.12 + 0.004 * speed * at)),
            beside=math.floor(persons * 0.07),
        )
        for at in range(1, month + 1)
    )


def integrity(frozen):
    """A draw as planned, of which fewer of one arm joined than the draw lets expect."""
    columns = zip(HOUSEHOLDS.items(), (130, 128, 131, 7, 126), strict=True)
    made = Integrity(
        study="made-up-trial",
        round="",
        drawn=HOUSEHOLDS,
        strata=RedrawTest(1.0, 0.61, 999),
        balance=DrawBalance((), RedrawTest(9.1, 0.34, 999)),
        joined_balance=DrawBalance((), RedrawTest(31.0, 0.004, 999)),
        joined=(),
        ratios=(
            SampleRatio(
                counted="joined",
                wave=None,
                arms=tuple(
                    ArmNumbers(arm=arm, drawn=drawn, counted=joined, expected=drawn * 0.587)
                    for (arm, drawn), joined in columns
                ),
                test=RedrawTest(85.2, 0.001, 999),
            ),
        ),
        receipt=Receipt(
            stage="integrity",
            inputs={"joined": "sha256:2"},
            output="",
            protocol=frozen.digest,
            version="0.1.0",
            seed=3,
        ),
    )
    return replace(made, receipt=replace(made.receipt, output=made.digest()))
