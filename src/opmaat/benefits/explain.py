"""Why a settlement is what it is: its steps as rows, and as a letter in plain Dutch or English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

import numpy as np

from opmaat.benefits.disregard import LAW, UNIFORM_FROM, Disregard, TrialDisregard
from opmaat.benefits.household import HouseholdKind, HouseholdMonths
from opmaat.benefits.norm import norm_parameters
from opmaat.benefits.settle import ORDINARY_RULES, Rules, Settlements
from opmaat.core.errors import DataFileError, Issue
from opmaat.core.money import text_from_cents
from opmaat.core.month import Month
from opmaat.params.load import parameter
from opmaat.params.model import Language, Reference, Value

_DECREE = "Tijdelijk besluit experimenten Participatiewet, art. 5.1.c"
_ARM_RULE = Reference("the rule of the arm in the protocol", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a settlement.

    Parameters
    ----------
    rule
        Key of the rule's texts, such as ``disregard_n``.
    article
        The article it rests on.
    cents
        The amount that comes out of the step.
    values
        The legal amounts used, each with its date and source.
    source
        Where a municipal rule or an arm's rule stands, if the step rests on one.
    doubt
        Key of the text that says what is not verified; None when all is.
    """

    rule: str
    article: str
    cents: int
    values: tuple[Value, ...] = ()
    source: Reference | None = None
    doubt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The settlement of one household in one month, in cents, with its steps."""

    household: int
    month: Month
    norm_cents: int
    earnings_cents: int
    disregarded_cents: int
    counted_cents: int
    reduction_cents: int
    set_off_cents: int
    reserved_cents: int
    paid_cents: int
    entitled: bool
    steps: tuple[Step, ...]


def explain(
    facts: HouseholdMonths,
    result: Settlements,
    *,
    household: int,
    month: Month,
    rules: Rules = ORDINARY_RULES,
) -> Settlement:
    """Return the settlement of one household in one month with the steps that led to it.

    ``facts``, ``result`` and ``rules`` are those of one call of :func:`opmaat.benefits.settle.settle`; raises
    DataFileError for a household or a month that is not among them.

    Examples
    --------
    >>> from opmaat.benefits.household import household_months
    >>> from opmaat.benefits.settle import settle
    >>> facts = household_months(Month(2018, 3), months=1, households=1, earnings_cents=40_000)
    >>> one = explain(facts, settle(facts), household=0, month=Month(2018, 3))
    >>> [(step.rule, step.cents) for step in one.steps]  # doctest: +NORMALIZE_WHITESPACE
    [('norm', 99212), ('earnings', 40000), ('disregard_n', 10000), ('counted', 30000), ('benefit', 69212),
     ('reserved', 3461), ('paid', 65751)]
    """
    row = month - facts.first_month
    months, households = facts.shape
    if not (0 <= row < months and 0 <= household < households):
        problem = f"There is no household {household} in {month} among these settlements."
        fix = f"There are {households} households, from {facts.first_month} on for {months} months."
        raise DataFileError([Issue("not-settled", f"household {household}", problem, fix)])
    one = facts.part(row, row + 1).block(household, household + 1)
    amount = _amounts(result, row, household)
    kinds = [Disregard(int(kind)) for kind in result.disregard_kind[:, row, household]]
    entitled = bool(result.entitled[row, household])
    asked = _Asked(one, month, amount, kinds, entitled, rules)
    adults = np.array([1, int(one.kind[0, 0]) != HouseholdKind.SINGLE])
    earnings = result.earnings_cents[:, row, household] * adults
    return Settlement(
        household=household,
        month=month,
        norm_cents=amount["norm"],
        earnings_cents=int(earnings.sum()),
        disregarded_cents=int(result.disregarded_cents[:, row, household].sum()),
        counted_cents=amount["counted"],
        reduction_cents=amount["reduction"],
        set_off_cents=amount["set_off"],
        reserved_cents=amount["reserved"],
        paid_cents=amount["paid"],
        entitled=entitled,
        steps=tuple(_steps(asked, earnings, result.disregarded_cents[:, row, household])),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is needed to explain one household's month."""

    facts: HouseholdMonths
    month: Month
    amount: Mapping[str, int]
    kinds: list[Disregard]
    entitled: bool
    rules: Rules

    def values(self, *names: str) -> tuple[Value, ...]:
        """Look legal amounts up in the month."""
        return tuple(parameter(name).at(self.month) for name in names)


def _amounts(result: Settlements, row: int, household: int) -> dict[str, int]:
    """Take the amounts of one household in one month out of the arrays."""
    names = ("norm", "other_income", "counted", "reduction", "set_off", "reserved", "paid", "benefit")
    return {name: int(getattr(result, f"{name}_cents")[row, household]) for name in names}


def _steps(asked: _Asked, earnings: np.ndarray, left_out: np.ndarray) -> Iterator[Step]:
    """Yield the steps in the order of the computation."""
    if int(asked.facts.last_day[0, 0]) == 0:
        yield Step(rule="no_right", article="art. 19", cents=0)
        return
    yield from _norm_steps(asked)
    for adult, name in enumerate(("earnings", "earnings_partner")):
        if earnings[adult]:
            yield Step(rule=name, article="art. 31.1, 32", cents=int(earnings[adult]))
        if left_out[adult]:
            yield _disregard_step(asked, adult, int(left_out[adult]))
    if asked.amount["other_income"]:
        yield Step(rule="other_income", article="art. 31, 32", cents=asked.amount["other_income"])
    if asked.amount["counted"]:
        yield Step(rule="counted", article="art. 32", cents=asked.amount["counted"])
    yield from _benefit_steps(asked) if asked.entitled else _refusal_steps(asked)


def _norm_steps(asked: _Asked) -> Iterator[Step]:
    """Yield the norm of the month, or of its days when the right does not last the whole month."""
    facts, norm = asked.facts, asked.amount["norm"]
    if int(facts.norm_cents[0, 0]) >= 0:
        yield Step(rule="norm_established", article="art. 20-24", cents=norm)
        return
    names = norm_parameters(facts.row(0))
    values = asked.values(*names)
    article = parameter(names[0]).article
    whole = int(facts.first_day[0, 0]) == 1 and int(facts.last_day[0, 0]) == asked.month.days
    rule, doubt = ("norm", None) if whole else ("norm_of_days", "doubt_days")
    yield Step(rule=rule, article=article, cents=norm, values=values, doubt=doubt or _doubt(values))


def _disregard_step(asked: _Asked, adult: int, cents: int) -> Step:
    """Say what was left out of account, by which article and which amounts."""
    kind = asked.kinds[adult]
    if kind == Disregard.TRIAL:
        trial = asked.rules.trials[int(asked.facts.trial[0, 0]) - 1]
        named = [cap for cap in _caps(trial, asked) if isinstance(cap, str)]
        return Step(
            rule="disregard_trial",
            article=_DECREE,
            cents=cents,
            values=asked.values(*named),
            source=_ARM_RULE,
            doubt="doubt_trial_single_parent" if _could_have_r(asked) else "doubt_trial",
        )
    law = LAW[kind]
    since = max(asked.month, UNIFORM_FROM) if law.article.startswith("art. 34a") else asked.month
    names = [law.rate] if law.cap is None else [law.rate, law.cap]
    values = tuple(parameter(name).at(since) for name in names)
    in_trial = kind == Disregard.Y and int(asked.facts.trial[0, 0]) > 0
    doubt = "doubt_trial_medical" if in_trial else _doubt(values)
    rule = f"disregard_{kind.name.lower()}"
    return Step(rule=rule, article=law.article, cents=cents, values=values, doubt=doubt)


def _could_have_r(asked: _Asked) -> bool:
    """Return whether disregard r could come after n: a single parent with a child under its age limit."""
    limit = 12 * parameter("disregard_r_child_max_age").at(asked.month).amount
    alone = int(asked.facts.kind[0, 0]) == HouseholdKind.SINGLE
    return alone and 0 <= int(asked.facts.youngest_child_months[0, 0]) < limit


def _caps(trial: TrialDisregard, asked: _Asked) -> list[str | int]:
    """Return the cap that was used: the joint one for a couple."""
    couple = int(asked.facts.kind[0, 0]) == HouseholdKind.COUPLE
    return [trial.couple_cap if couple else trial.cap]


def _benefit_steps(asked: _Asked) -> Iterator[Step]:
    """Yield the benefit, what is taken off it, the reserve and the payment."""
    amount, policy = asked.amount, asked.rules.policy
    rule = "benefit" if amount["counted"] else "benefit_whole"
    yield Step(rule=rule, article="art. 19.2", cents=amount["benefit"])
    if amount["reduction"]:
        source = policy.sources.get("reduction_base")
        yield Step(rule="reduction", article="art. 18", cents=amount["reduction"], source=source)
    if amount["set_off"]:
        values = asked.values("setoff_window_art58_4")
        yield Step(rule="set_off", article="art. 58.4", cents=amount["set_off"], values=values)
    share = asked.values("holiday_allowance_share")
    yield Step(rule="reserved", article="art. 19.3", cents=amount["reserved"], values=share)
    yield Step(rule="paid", article="art. 45", cents=amount["paid"])


def _refusal_steps(asked: _Asked) -> Iterator[Step]:
    """Why there is no benefit in the month."""
    if asked.amount["counted"] >= asked.amount["norm"]:
        yield Step(rule="income_too_high", article="art. 19.1.a", cents=0)
    else:
        family = bool(asked.facts.children[0, 0]) or int(asked.facts.kind[0, 0]) != HouseholdKind.SINGLE
        name = "means_test_art34_3_family" if family else "means_test_art34_3_single"
        values = asked.values(name)
        yield Step(
            rule="wealth_too_high", article="art. 19.1.b, 34", cents=0, values=values, doubt=_doubt(values)
        )


def _doubt(values: tuple[Value, ...]) -> str | None:
    """Say that a step rests on an uncertain amount."""
    return "doubt_amount" if any(value.uncertain for value in values) else None


@cache
def texts(language: Language) -> Mapping[str, str]:
    """Return the texts of one language by key.

    >>> texts("nl")["label_norm"]
    'Bijstandsnorm'
    """
    from ruamel.yaml import YAML

    path = Path(__file__).with_name("texts.yaml")
    content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return cast("Mapping[str, str]", content[language])


def letter(settlement: Settlement, language: Language) -> str:
    """Return the settlement as a text for a letter, with what is uncertain said where it matters.

    Examples
    --------
    >>> from opmaat.benefits.household import household_months
    >>> from opmaat.benefits.settle import settle
    >>> facts = household_months(Month(2018, 3), months=1, households=1)
    >>> print(letter(explain(facts, settle(facts), household=0, month=Month(2018, 3)), "nl"))
    Uw bijstand in maart 2018
    Zo hebben wij uw bijstand berekend.
    Het hoogste bedrag dat u in maart 2018 aan bijstand kunt krijgen, is € 992,12. Dat heet de bijstandsnorm.
    U had geen inkomen dat meetelt. Uw bijstand is € 992,12, met vakantiegeld.
    Wij bewaren € 49,61 als vakantiegeld. Dat krijgt u later.
    Wij betalen u € 942,51.
    Niet in deze berekening: toeslagen, teruggaaf van belasting en hulp van de gemeente.
    """
    text = texts(language)
    month = f"{text['months'].split()[settlement.month.month - 1]} {settlement.month.year}"
    lines = [text["title"].format(month=month), text["greeting"]]
    for step in settlement.steps:
        lines.append(text[step.rule].format(amount=euros(step.cents, language), month=month))
        if step.doubt is not None:
            reason = text[step.doubt].format(source=_sources(step))
            lines.append(text["uncertain"].format(reason=reason))
    return "\n".join([*lines, text["not_listed"]])


def _sources(step: Step) -> str:
    """Name the sources of a step's amounts."""
    return "; ".join(value.reference.title for value in step.values)


def rows(settlement: Settlement, language: Language) -> list[dict[str, str]]:
    """Return the steps as rows of texts: rule, article, amounts used with date and source, and the result.

    Examples
    --------
    >>> from opmaat.benefits.household import household_months
    >>> from opmaat.benefits.settle import settle
    >>> facts = household_months(Month(2018, 3), months=1, households=1)
    >>> rows(explain(facts, settle(facts), household=0, month=Month(2018, 3)), "en")[0]["uses"]
    'norm_art21a_single_21plus 992.12 since 2018-01 (Participatiewet, consolidated text of 2018-01-01)'
    """
    text = texts(language)
    return [
        {
            "rule": text[f"label_{step.rule}"],
            "article": step.article,
            "uses": "; ".join(_use(value, language) for value in step.values),
            "source": _origin(step.source, text),
            "amount": text_from_cents(step.cents),
            "uncertain": "" if step.doubt is None else text[step.doubt].format(source=_sources(step)),
        }
        for step in settlement.steps
    ]


def _origin(source: Reference | None, text: Mapping[str, str]) -> str:
    """Name where a municipal rule stands, or that the rule is that of the arm."""
    if source is None:
        return ""
    return text["source_arm"] if source is _ARM_RULE else source.title


def _use(value: Value, language: Language) -> str:
    """Name a legal amount with its date, its source and how sure we are."""
    since = {"nl": "sinds", "en": "since"}[language]
    doubt = f", {value.doubt(language)}" if value.doubt(language) else ""
    return f"{value.parameter} {value.shown} {since} {value.since} ({value.reference.title}{doubt})"


def euros(cents: int, language: Language) -> str:
    """Return an amount as people write it in a language.

    >>> euros(123_456, "nl"), euros(123_456, "en")
    ('€ 1.234,56', '€1,234.56')
    """
    whole, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    if language == "nl":
        return f"€ {sign}{whole:,}".replace(",", ".") + f",{rest:02d}"
    return f"{sign}€{whole:,}.{rest:02d}"
