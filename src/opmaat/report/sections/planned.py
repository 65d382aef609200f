"""What was planned: the arms, the draw, the questions and the analyses, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from opmaat.core.money import cents_from_text
from opmaat.core.month import Month
from opmaat.pages.numbers import confidence, euros, number, percentage, whole_euros
from opmaat.pages.tables import Table, text_columns
from opmaat.pages.wording import capital
from opmaat.params.load import parameter
from opmaat.protocol.analyses import Adjustment, Analysis, Estimand, Intercurrent, Strategy
from opmaat.protocol.arms import (
    Arm,
    BonusRule,
    ChoiceArm,
    CombinedArm,
    ControlArm,
    DisregardRule,
    ExemptionRule,
    GuidanceRule,
    PremiumRule,
)
from opmaat.protocol.assignment import (
    AssignmentPlan,
    Clustered,
    Minimised,
    Recorded,
    Rerandomised,
    is_rolling,
    strata_of,
)
from opmaat.protocol.questions import adjustment, cluster_unit, strata_rule
from opmaat.report.view import View


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan, as the protocol has it after its last amendment."""

    summary: tuple[str, ...]
    draw: str
    premium: str
    waves: str
    arms: Table
    questions: Table
    intercurrent: tuple[str, ...]
    analyses: Table


def planned(view: View) -> Planned:
    """Return the plan in words."""
    say = view.wording.say
    protocol = view.protocol
    waves = [
        say("planned.wave", name=wave.shown(view.language), time=view.wording.after(wave.month).strip())
        for wave in protocol.waves
    ]
    return Planned(
        summary=(
            say("planned.summary", unit=say(f"unit_drawn.{protocol.population.unit}")),
            say("planned.legal", framework=say(f"legal.{protocol.legal_framework}")),
        ),
        draw=_draw(view),
        premium="" if protocol.premium is None else capital(_sentence(_premium(view, protocol.premium))),
        waves=view.wording.listed(waves) if waves else "",
        arms=_arms(view),
        questions=_questions(view),
        intercurrent=tuple(_intercurrent(view)),
        analyses=_analyses(view),
    )


def _draw(view: View) -> str:
    """Return how the arms were drawn."""
    say = view.wording.say
    plan = view.protocol.assignment
    if isinstance(plan, Recorded):
        return capital(_sentence(plan.description.in_language(view.language)))
    told = [_procedure(view, plan)]
    if strata_of(plan):
        told.append(say("draw.strata", list=_labels(view, strata_of(plan))))
    if is_rolling(plan):
        told.append(say("draw.rolling"))
    if plan.timing is not None:
        told.append(say(f"draw.{plan.timing}"))
    return " ".join(told)


def _procedure(view: View, plan: AssignmentPlan) -> str:
    """Return the procedure of a draw of our own in one sentence."""
    say = view.wording.say
    match plan:
        case Clustered():
            return say("draw.clustered", by=plan.by)
        case Minimised():
            chance = percentage(plan.p, view.language, 0)
            return say("draw.minimised", list=_labels(view, plan.factors), chance=chance)
        case Rerandomised():
            bound = _plain(plan.bound, view)
            return say("draw.rerandomised", list=_labels(view, plan.covariates), bound=bound)
        case _:
            return say(f"draw.{plan.method}")


def _labels(view: View, names: Sequence[str]) -> str:
    """Return the labels of characteristics as one enumeration."""
    return view.wording.listed([view.covariate(name) for name in names])


def _arms(view: View) -> Table:
    """Return the arms with what they offer and their share of the draw."""
    say = view.wording.say
    shares = [arm.share for arm in view.protocol.arms.values()]
    total = sum(share for share in shares if share is not None)
    rows = tuple(
        (
            capital(arm.label.in_language(view.language)),
            offer(view, arm),
            say("planned.share_unknown")
            if arm.share is None
            else say("planned.share_of", share=_plain(arm.share, view), total=_plain(total, view)),
        )
        for arm in view.protocol.arms.values()
    )
    columns = text_columns(say("planned.arm"), say("planned.offer"), say("planned.share"))
    return Table(say("planned.arms"), columns, rows)


def offer(view: View, arm: Arm) -> str:
    """Return an arm's own description, and its rules in words."""
    parts = [_sentence(arm.description.in_language(view.language))] if arm.description else []
    parts += [_sentence(rule) for rule in _rules(view, arm)]
    if parts:
        return " ".join(capital(part) for part in parts)
    key = "planned.ordinary" if isinstance(arm, ControlArm) else "planned.none_described"
    return capital(_sentence(view.wording.say(key)))


def contacts_planned(arm: Arm) -> float | None:
    """Return how many contacts a month an arm plans; None where it plans none."""
    rule = arm.rules.guidance if isinstance(arm, CombinedArm) else arm
    return rule.contacts_per_month if isinstance(rule, GuidanceRule) else None


def _rules(view: View, arm: Arm) -> Iterator[str]:
    """Yield each rule of an arm in words."""
    say = view.wording.say
    if isinstance(arm, CombinedArm):
        rules = arm.rules
        for rule in (rules.exemption, rules.guidance, rules.disregard, rules.bonus):
            if rule is not None:
                yield _rule(view, rule)
    elif isinstance(arm, ChoiceArm):
        yield say("rules.choice", options=view.wording.listed([view.arm(name) for name in arm.options]))
        yield say("rules.may_change" if arm.may_change else "rules.no_change")
    elif isinstance(arm, ExemptionRule | GuidanceRule | DisregardRule):
        yield _rule(view, arm)


def _rule(view: View, rule: ExemptionRule | GuidanceRule | DisregardRule | BonusRule) -> str:
    """Return one rule in words."""
    say = view.wording.say
    match rule:
        case ExemptionRule():
            duties = view.wording.listed([say(f"duties.{duty}") for duty in rule.duties])
            return say("rules.exemption", duties=duties, duration=_duration(view, rule.months))
        case GuidanceRule():
            key = "rules.guidance_one" if rule.contacts_per_month == 1 else "rules.guidance"
            contacts = say(key, contacts=_plain(rule.contacts_per_month, view))
            return f"{contacts}, {say('rules.fixed_caseworker')}" if rule.fixed_caseworker else contacts
        case DisregardRule():
            rate = percentage(rule.rate / 10_000, view.language, 0 if rule.rate % 100 == 0 else 2)
            cap, duration = _amount(rule.cap, view), _duration(view, rule.months)
            return say("rules.disregard", rate=rate, cap=cap, duration=duration)
        case BonusRule():
            return say("rules.bonus", amount=_amount(rule.amount, view), condition=_condition(view, rule))


def _condition(view: View, rule: BonusRule) -> str:
    """Return when a bonus is paid: in our words where the protocol uses one of its codes, else in its own."""
    key = f"bonus.{rule.condition}"
    return view.wording.say(key) if view.wording.knows(key) else rule.condition


def _premium(view: View, rule: PremiumRule) -> str:
    """Return the premium that everybody may get on top of benefit, in every arm."""
    rate = percentage(rule.rate / 10_000, view.language, 0 if rule.rate % 100 == 0 else 2)
    return view.wording.say("rules.premium", rate=rate, cap=_amount(rule.cap, view))


def _duration(view: View, months: int) -> str:
    """Return for how many months a rule holds."""
    return view.wording.say("rules.months_one" if months == 1 else "rules.months", months=months)


def _questions(view: View) -> Table:
    """Return the estimands as questions."""
    say = view.wording.say
    rows = tuple(
        (
            estimand.id,
            capital(_question(view, estimand)),
            say("planned.primary" if estimand.primary else "planned.secondary"),
        )
        for estimand in view.protocol.estimands
    )
    columns = text_columns(say("planned.id"), say("planned.question"), say("planned.rank"))
    return Table(say("planned.questions"), columns, rows)


def _question(view: View, estimand: Estimand) -> str:
    """Return one estimand in words."""
    asked = view.question(estimand.outcome, estimand.month, view.whom(estimand))
    if isinstance(estimand.contrast, str):
        control = view.arm(view.protocol.control)
        return view.wording.say(f"planned.{estimand.contrast}", question=asked, control=control)
    arm, control = (view.arm(name) for name in estimand.contrast)
    return view.wording.say("planned.contrast", question=asked, arm=arm, control=control)


def _intercurrent(view: View) -> Iterator[str]:
    """Yield how the questions count what may happen to someone on the way, alike ones together."""
    say = view.wording.say
    asking: dict[tuple[tuple[Intercurrent, Strategy], ...], list[str]] = {}
    for estimand in view.protocol.estimands:
        if estimand.intercurrent:
            asking.setdefault(tuple(estimand.intercurrent.items()), []).append(estimand.id)
    for counted, names in asking.items():
        told = " ".join(
            say(
                "planned.intercurrent",
                what=capital(say(f"intercurrent.{what}")),
                counts=say(f"intercurrent.{strategy}"),
            )
            for what, strategy in counted
        )
        yield say("planned.intercurrent_of", told=told, questions=view.wording.listed(names))


def _analyses(view: View) -> Table:
    """Return the analyses in words."""
    say = view.wording.say
    rows = tuple(
        (
            analysis.id,
            " ".join([capital(_sentence(view.analysis_names[analysis.id])), *_details(view, analysis)]),
            ", ".join(analysis.estimands),
        )
        for analysis in view.protocol.analyses
    )
    columns = text_columns(say("planned.id"), say("planned.analysis"), say("planned.answers"))
    return Table(say("planned.analyses"), columns, rows)


def _details(view: View, analysis: Analysis) -> Iterator[str]:
    """Yield what was decided about one analysis, a sentence each."""
    say = view.wording.say
    adjust = adjustment(analysis)
    if adjust is not None:
        yield from _adjustment(view, adjust)
    cluster = cluster_unit(view.protocol, analysis)
    if cluster is not None:
        yield say("detail.cluster", cluster=say(f"cluster.{cluster}"))
    if analysis.sample == "contrast":
        yield say("detail.sample_contrast")
    strata = strata_rule(view.protocol, analysis)
    if strata != "ignored" or analysis.strata is not None:
        yield say(f"detail.strata_{strata}")
    for weight in analysis.weights:
        yield say(f"detail.weights_{weight}")
    yield say("detail.confidence", confidence=confidence(analysis.confidence, view.language))
    if analysis.multiplicity is not None:
        yield say(f"detail.{analysis.multiplicity.method}", family=analysis.multiplicity.family)


def _adjustment(view: View, adjust: Adjustment) -> Iterator[str]:
    """Yield which covariates are in the model, and how."""
    say = view.wording.say
    names = view.wording.listed([view.covariate(name) for name in adjust.covariates])
    yield say("detail.covariates", list=names)
    if adjust.interactions == "pairwise":
        yield say("detail.pairwise")
    yield say(f"detail.missing_{adjust.missing}")


def _sentence(text: str) -> str:
    """Return a text that ends as a sentence does."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _plain(value: float, view: View) -> str:
    """Return a number with no more decimals than it was written with."""
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return number(value, max(0, -exponent) if isinstance(exponent, int) else 0, view.language)


def _amount(text: str, view: View) -> str:
    """Return an amount in euros as readers write it: a legal amount as it was in the trial's first month."""
    try:
        cents = cents_from_text(text)
    except ValueError:
        if view.protocol.period is None:
            return parameter(text).label[view.language]
        cents = parameter(text).at(Month.of(view.protocol.period.first_day)).amount
    return euros(cents, view.language) if cents % 100 else whole_euros(cents // 100, view.language)
