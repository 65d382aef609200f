"""Made-up studies to render: protocols, locks and estimates of several kinds. No number in them is real."""

import random
from dataclasses import replace
from datetime import date

from opmaat.core.digest import digest_bytes
from opmaat.core.receipt import Receipt
from opmaat.core.texts import Text
from opmaat.evaluate.model import (
    Balance,
    BalanceRow,
    Estimate,
    Estimates,
    FirstStage,
    Fit,
    Interval,
    Missing,
    Note,
    estimates_digest,
)
from opmaat.panel.model import Excluded
from opmaat.protocol.freeze import Amendment, Change, Lock
from opmaat.protocol.load import type_adapter
from opmaat.stats.design_matrix import Dropped

Z = 1.96


def text(nl, en):
    return {"nl": nl, "en": en}


def locked(protocol, amendments=()):
    built = type_adapter().validate_python({"version": 1, "legal_framework": "none", **protocol})
    return Lock(built, built.digest(), date(2026, 3, 1), "0.1.0", amendments)


def estimate(
    analysis,
    outcome,
    contrast,
    point,
    se,
    *,
    estimand="E1",
    month=None,
    method="difference_in_means",
    primary=True,
    n=60,
    errors="hc2",
    means=(0.5, 0.4),
    **more,
):
    known = {
        "interval": Interval(low=point - Z * se, high=point + Z * se, confidence=0.95),
        "p": 0.04 if abs(point) > Z * se else 0.3,
        "fit": Fit(n=2 * n, n_by_arm={contrast[0]: n, contrast[1]: n}, rank=2, df=2 * n - 2.0, errors=errors),
        "means": dict(zip(contrast, means, strict=True)),
    }
    return Estimate(
        analysis=analysis,
        estimand=estimand,
        outcome=outcome,
        month=month,
        contrast=contrast,
        method=method,
        primary=primary,
        point=point,
        std_error=se,
        **(known | more),
    )


def answered(lock, estimates, *, drawn, **more):
    content = {
        "protocol_id": lock.protocol.id,
        "estimates": tuple(estimates),
        "drawn": drawn,
        "taken_up": None,
        "excluded": (),
        "balance": None,
        "missing": (),
    } | more
    inputs = {"data: people.csv": digest_bytes(b"people"), "lock": lock.digest}
    receipt = Receipt(
        stage="estimate",
        inputs=inputs,
        output=estimates_digest(content),
        protocol=lock.digest,
        version="0.1.0",
        seed=20260301,
    )
    return Estimates(**content, receipt=receipt)


def with_estimates(estimates, changed):
    """Return the estimates with others in them, under a receipt that fits."""
    fresh = replace(estimates, estimates=tuple(changed))
    return replace(fresh, receipt=replace(fresh.receipt, output=estimates_digest(fresh.as_dict())))


def two_arms():
    """One outcome in money, three analyses of one question."""
    lock = locked(
        {
            "id": "two-arms",
            "title": text("Een baan voor wie lang zocht", "A job for those who searched long"),
            "population": {
                "description": text(
                    "mensen die een jaar werk zoeken", "people who looked for work for a year"
                ),
                "unit": "person",
            },
            "arms": {
                "control": {"kind": "control", "label": text("geen aanbod", "no offer"), "share": 1},
                "job": {
                    "kind": "other",
                    "label": text("gegarandeerde baan", "guaranteed job"),
                    "share": 1,
                    "description": text("een baan van 9 tot 18 maanden", "a job of 9 to 18 months"),
                },
            },
            "assignment": {"method": "complete"},
            "covariates": {
                "age": {"kind": "continuous", "label": text("leeftijd (jaren)", "age (years)")},
                "degree": {"kind": "binary", "label": text("diploma", "degree")},
            },
            "outcomes": {
                "earnings": {
                    "kind": "mostly_zero",
                    "label": text("verdiensten in 2025", "earnings in 2025"),
                    "unit": text("euro per jaar", "euros a year"),
                    "better": "higher",
                }
            },
            "estimands": [
                {"id": "E1", "outcome": "earnings", "contrast": ["job", "control"], "primary": True}
            ],
            "analyses": [
                {"id": "plain", "method": "difference_in_means", "estimands": ["E1"]},
                {
                    "id": "classical",
                    "method": "difference_in_means",
                    "estimands": ["E1"],
                    "errors": "classical",
                },
                {
                    "id": "adjusted",
                    "method": "lin",
                    "estimands": ["E1"],
                    "adjust": {"covariates": ["age", "degree"]},
                },
            ],
        }
    )
    contrast = ("job", "control")
    made = [
        estimate("plain", "earnings", contrast, 1794.34, 671.0, n=180, means=(6349.1, 4554.8)),
        estimate(
            "classical",
            "earnings",
            contrast,
            1794.34,
            632.85,
            n=180,
            errors="classical",
            means=(6349.1, 4554.8),
        ),
        estimate(
            "adjusted", "earnings", contrast, 1572.1, 823.2, n=180, method="lin", means=(6349.1, 4554.8)
        ),
    ]
    rows = (
        BalanceRow(
            covariate="age",
            level=None,
            means={"control": 25.05, "job": 25.82},
            standardised={"job": 0.107},
            missing={"control": 0, "job": 0},
        ),
        BalanceRow(
            covariate="degree",
            level=None,
            means={"control": 0.166, "job": 0.292},
            standardised={"job": 0.303},
            missing={"control": 0, "job": 2},
        ),
    )
    balance = Balance(rows=rows, statistic=1.2, df=(2.0, 442.0), p=0.31, note="")
    missing = (Missing(estimand="E1", asked=drawn_two(), missing={"control": 0, "job": 0}),)
    return lock, answered(lock, made, drawn=drawn_two(), balance=balance, missing=missing)


def drawn_two():
    return {"control": 260, "job": 185}


def many_arms():
    """Seven arms, three outcomes, two analyses, a family for each kind of adjustment."""
    arms = {"control": {"kind": "control", "label": text("gewone uitkering", "ordinary benefit")}}
    for i in range(1, 7):
        labels = text(f"bonus {i}: hoog bedrag, lange termijn", f"bonus {i}: high amount, long term")
        arms[f"bonus{i}"] = {"kind": "other", "label": labels}
    outcomes = {
        "weeks": (
            "continuous",
            text("weken met uitkering", "weeks on benefit"),
            text("logaritme van weken", "log weeks"),
        ),
        "work": ("binary", text("werk na een jaar", "work after a year"), text("ja", "yes")),
        "jobs": ("count", text("aantal banen", "number of jobs"), text("banen", "jobs")),
    }
    lock = locked(
        {
            "id": "many-arms",
            "title": text("Een bonus voor wie snel werk vindt", "A bonus for finding work soon"),
            "municipality": "Voorbeeldstad",
            "population": {
                "description": text("werkzoekenden in Voorbeeldstad", "job seekers in Voorbeeldstad")
            },
            "arms": arms,
            "assignment": {
                "method": "recorded",
                "description": text("geloot op kantoor", "drawn at the office"),
            },
            "covariates": {
                f"c{i}": {"kind": "continuous", "label": text(f"kenmerk nummer {i}", f"covariate number {i}")}
                for i in range(1, 9)
            },
            "outcomes": {
                name: {"kind": kind, "label": label, "unit": unit}
                | ({"transform": "log", "better": "lower"} if name == "weeks" else {})
                for name, (kind, label, unit) in outcomes.items()
            },
            "estimands": [
                {"id": f"E{i}", "outcome": name, "contrast": "against_control", "primary": name != "jobs"}
                for i, name in enumerate(outcomes, 1)
            ],
            "analyses": [
                {
                    "id": f"{name}-{method}",
                    "method": method,
                    "estimands": [f"E{i}"],
                    "multiplicity": {"family": name, "method": adjustment},
                }
                | ({"adjust": {"covariates": ["c1"], "interactions": "pairwise"}} if method == "lin" else {})
                for i, (name, adjustment) in enumerate(zip(outcomes, ADJUSTMENTS, strict=True), 1)
                for method in ("difference_in_means", "lin")
            ],
        }
    )
    rng = random.Random(3)
    made = [
        _in_family(rng, name, arm, method=method, estimand=f"E{i}", adjustment=adjustment)
        for i, (name, adjustment) in enumerate(zip(outcomes, ADJUSTMENTS, strict=True), 1)
        for method in ("difference_in_means", "lin")
        for arm in list(arms)[1:]
    ]
    rows = tuple(
        BalanceRow(
            covariate=f"c{i}",
            level=None,
            means={arm: rng.gauss(10, 0.3) for arm in arms},
            standardised={arm: rng.gauss(0, 0.07) for arm in list(arms)[1:]},
            missing=dict.fromkeys(arms, 0),
        )
        for i in range(1, 9)
    )
    drawn = {arm: 1000 + 17 * i for i, arm in enumerate(arms)}
    balance = Balance(rows=rows, statistic=71.3, df=(48.0, 7000.0), p=0.012, note="")
    return lock, answered(lock, made, drawn=drawn, balance=balance)


ADJUSTMENTS = ("max_t", "benjamini_hochberg", "holm")


def _in_family(rng, name, arm, *, method, estimand, adjustment):
    se = {"weeks": 0.0359, "work": 0.021, "jobs": 0.11}[name] * rng.uniform(0.9, 1.1)
    point = se * rng.gauss(-1.2, 1.4)
    wide = Interval(low=point - 2.6 * se, high=point + 2.6 * se, confidence=0.95)
    return estimate(
        f"{name}-{method}",
        name,
        (arm, "control"),
        point,
        se,
        estimand=estimand,
        method=method,
        primary=name != "jobs",
        n=1000,
        family=name,
        adjustment=adjustment,
        p_adjusted=0.01 if abs(point) > 2.6 * se else 0.2,
        simultaneous=wide if adjustment == "max_t" else None,
        means=(2.0 + point, 2.0) if name == "weeks" else (0.5 + point, 0.5),
    )


def late():
    """An effect of taking up: one that can be told, one with a weak first stage, one without a limit."""
    scale = text("punten op een schaal van 1 tot 5", "points on a scale of 1 to 5")
    names = {
        "depression": text("somberheid", "depression"),
        "mastery": text("grip op het leven", "mastery"),
        "income": text("inkomen", "income"),
    }
    lock = locked(
        {
            "id": "late",
            "title": text("Training voor werkzoekenden", "Training for job seekers"),
            "population": {"description": text("werkzoekenden", "job seekers"), "unit": "person"},
            "arms": {
                "control": {"kind": "control", "label": text("folder", "leaflet"), "share": 1},
                "training": {"kind": "other", "label": text("training", "training"), "share": 2},
            },
            "assignment": {"method": "blocked", "strata": ["risk"]},
            "covariates": {"risk": {"kind": "categorical", "label": text("risico", "risk")}},
            "outcomes": {
                name: {"kind": "continuous", "label": label, "unit": scale, "better": "lower"}
                for name, label in names.items()
            },
            "estimands": [
                {
                    "id": name,
                    "outcome": name,
                    "contrast": ["training", "control"],
                    "month": 6,
                    "primary": True,
                }
                for name in names
            ],
            "analyses": [
                {"id": "drawn", "method": "ancova", "estimands": list(names), "errors": "classical"},
                {
                    "id": "taken-up",
                    "method": "late",
                    "estimands": list(names),
                    "errors": "classical",
                    "adjust": {"covariates": ["risk"]},
                },
            ],
        }
    )
    stages = {
        "depression": (280.0, Interval(low=-0.31, high=-0.02, confidence=0.95)),
        "mastery": (6.2, Interval(low=-0.9, high=1.4, confidence=0.95)),
        "income": (10.5, Interval(low=None, high=None, confidence=0.95)),
    }
    contrast = ("training", "control")
    made = []
    for name, (f, robust) in stages.items():
        common = {"estimand": name, "month": 6, "n": 400, "errors": "classical", "means": (1.7, 1.8)}
        made.append(estimate("drawn", name, contrast, -0.06, 0.04, method="ancova", **common))
        first = FirstStage(
            take_up_difference=0.54, std_error=0.03, f_statistic=f, df=890.0, anderson_rubin=robust
        )
        late_one = estimate(
            "taken-up", name, contrast, -0.16, 0.0749, method="late", first_stage=first, **common
        )
        made.append(late_one)
    rows = tuple(
        BalanceRow(
            covariate="risk",
            level=level,
            means={"control": share, "training": share + 0.01},
            standardised={"training": 0.02},
            missing={"control": 1, "training": 3},
        )
        for level, share in (("laag", 0.4), ("hoog", 0.6))
    )
    return lock, answered(
        lock,
        made,
        drawn={"control": 300, "training": 600},
        taken_up={"control": 0.0, "training": 0.54},
        balance=Balance(rows=rows, statistic=None, df=None, p=None, note="drawn-together"),
    )


HOSTILE = "<script>alert('x')</script> & \"aanhaling\""


def months():
    """Persons and months, four arms, missing data, amendments, left-out rows, long and hostile labels."""
    long_nl = (
        "de groep waarin deelnemers meer van hun verdiensten houden en een vaste klantmanager hebben, "
        "die elke twee weken belt"
    )
    long_en = (
        "the arm in which participants keep more of what they earn and have one fixed caseworker, who "
        "calls every two weeks"
    )
    duties = ["work", "reintegration", "service_in_return"]
    lock = locked(
        {
            "id": "months",
            "title": text(f"Experiment {HOSTILE}", f"Experiment {HOSTILE}"),
            "municipality": HOSTILE,
            "legal_framework": "experiments-2017",
            "population": {"description": text(HOSTILE, HOSTILE), "unit": "household"},
            "arms": {
                "control": {"kind": "control", "label": text("controlegroep", "control"), "share": 1},
                "exemption": {
                    "kind": "exemption",
                    "label": text("ontheffing", "exemption"),
                    "share": 1.5,
                    "duties": duties,
                    "months": 24,
                },
                "both": {
                    "kind": "combined",
                    "label": text(long_nl, long_en),
                    "share": 1,
                    "rules": {
                        "guidance": {"contacts_per_month": 2, "fixed_caseworker": True},
                        "disregard": {"rate": "50%", "cap": "219.50", "months": 24},
                        "bonus": {"amount": "500", "condition": "six months of work"},
                    },
                },
                "choice": {
                    "kind": "choice",
                    "label": text("zelf kiezen", "own choice"),
                    "share": 1,
                    "options": ["exemption", "both"],
                    "may_change": True,
                },
            },
            "assignment": {"method": "clustered", "by": "wijkteam"},
            "waves": [{"name": "start", "month": 0}, {"name": "einde", "month": 24}],
            "outcomes": {
                "work": {
                    "kind": "binary",
                    "label": text("minstens 12 uur werk per week", "at least 12 hours of work a week"),
                    "unit": text("deel", "share"),
                }
            },
            "estimands": [
                {
                    "id": f"E{month}",
                    "outcome": "work",
                    "contrast": "against_control",
                    "month": month,
                    "primary": month == 18,
                }
                for month in (6, 12, 18, 24)
            ],
            "analyses": [
                {
                    "id": "main",
                    "method": "difference_in_means",
                    "estimands": ["E6", "E12", "E18", "E24"],
                    "errors": "cr2",
                    "cluster": "household",
                    "strata": "within",
                    "weights": ["assignment", "response"],
                    "confidence": 0.9,
                }
            ],
        },
        (
            Amendment(
                1,
                date(2026, 5, 4),
                f"De wijkteams zijn samengevoegd. {HOSTILE}",
                "sha256:1",
                "sha256:2",
                (
                    Change("assignment.by", "buurtteam", "wijkteam"),
                    Change("waves", None, [{"name": "start", "month": 0}]),
                ),
            ),
        ),
    )
    rng = random.Random(5)
    others = list(lock.protocol.arms)[1:]
    made = [_in_month(rng, month, arm) for month in (6, 12, 18) for arm in others]
    drawn = {"control": 210, "exemption": 298, "both": 205, "choice": 201}
    missing = tuple(
        Missing(
            estimand=f"E{month}",
            asked=drawn,
            missing={arm: int(month * (1 + i) / 3) for i, arm in enumerate(drawn)},
        )
        for month in (6, 12, 18)
    )
    return lock, answered(
        lock,
        made,
        drawn=drawn,
        taken_up={"control": 0.01, "exemption": 0.883, "both": 0.6, "choice": 0.71},
        missing=missing,
        excluded=(
            Excluded(reason=Text("jonger dan 27 jaar", "younger than 27"), rows=1412),
            Excluded(reason=Text("verhuisd voor de loting", "moved before the draw"), rows=1),
        ),
    )


def _in_month(rng, month, arm):
    point, se = rng.gauss(0.03, 0.03), 0.028
    fit = Fit(
        n=500,
        n_by_arm={arm: 200 - month, "control": 208 - month},
        rank=4,
        df=61.37,
        errors="cr2",
        clusters=118,
        dropped=(Dropped("covariate 'age'", "constant"), Dropped("covariate 'age_squared'", "collinear")),
    )
    notes = (Note(code="missing-outcome", participants=3),) if month == 6 else ()
    return estimate(
        "main",
        "work",
        (arm, "control"),
        point,
        se,
        estimand=f"E{month}",
        month=month,
        primary=month == 18,
        fit=fit,
        interval=Interval(low=point - 1.67 * se, high=point + 1.67 * se, confidence=0.9),
        notes=notes,
        means=(0.2 + point, 0.2),
    )


STUDIES = {"two_arms": two_arms, "many_arms": many_arms, "late": late, "months": months}
