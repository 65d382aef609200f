"""A protocol before it is frozen: what is found in it, what it can show, and the freeze."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from opmaat.caseload.layout import is_own_layout, load_layout
from opmaat.core.errors import Issue, OpmaatError
from opmaat.core.month import Month
from opmaat.core.texts import LANGUAGES, Language
from opmaat.design.limits.check import check_limits
from opmaat.design.limits.model import LimitFinding, Read
from opmaat.design.page.view import Question, view_in
from opmaat.design.page.write import render_plan
from opmaat.design.plan import plan
from opmaat.protocol.assignment import Recorded
from opmaat.protocol.finding import Finding
from opmaat.protocol.freeze import Lock, freeze, lock_file, read_frozen, read_lock, write_lock
from opmaat.protocol.load import examine_protocol, load_protocol
from opmaat.protocol.model import Protocol
from opmaat.survey.load import load_questionnaire
from opmaat.web.gateway.keep import without_styles

__all__ = ["CheckedProtocol", "Found", "Lock", "check_study", "freeze_study", "frozen", "plan_shown"]

Weight = Literal["fault", "breach", "warning", "unverified"]
ORDER: tuple[Weight, ...] = ("fault", "breach", "warning", "unverified")
_LEGAL: dict[str, Weight] = {
    "legal-breach": "breach",
    "legal-warning": "warning",
    "legal-unverified": "unverified",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One finding: how much it weighs, at which line of which file, and where in the law.

    ``line`` is None where it is about the whole; ``article``, ``href``, ``read_in`` and ``says`` are of a
    rule of the law, and empty for anything else.
    """

    weight: Weight
    file: str
    line: int | None
    code: str
    problem: str
    fix: str
    article: str = ""
    href: str = ""
    read_in: Read | Literal[""] = ""
    says: str = ""


@dataclass(frozen=True, slots=True)
class CheckedProtocol:
    """What is found in the files of a study; ``protocol`` is None when it has not the right shape."""

    protocol: Protocol | None
    found: tuple[Found, ...]

    @property
    def is_good(self) -> bool:
        """Whether nothing stands in the way of the freeze: no fault, and no breach of the law."""
        return self.protocol is not None and all(one.weight not in {"fault", "breach"} for one in self.found)


def check_study(folder: Path, language: Language) -> CheckedProtocol:
    """Return everything that is found in the protocol, the questionnaire and the layout of a folder.

    >>> checked = check_study(Path("studies/groningen-2017"), "nl")
    >>> checked.is_good, {one.weight for one in checked.found} <= {"warning", "unverified"}
    (True, True)
    """
    try:
        protocol, issues = examine_protocol(folder, _legal)
    except OpmaatError as error:
        protocol, issues = None, list(error.issues)
    rules: dict[tuple[str, str], LimitFinding] = {}
    if protocol is not None:
        issues += [*_issues_beside(folder, protocol)]
        rules = {(one.as_finding().code, one.as_finding().problem): one for one in check_limits(protocol)}
    found = [_found(issue, rules.get((issue.code, issue.problem)), language) for issue in issues]
    return CheckedProtocol(
        protocol, tuple(sorted(found, key=lambda one: (ORDER.index(one.weight), one.line or 0)))
    )


def _legal(protocol: Protocol) -> Iterator[Finding]:
    """Yield what is found in the law."""
    for finding in check_limits(protocol):
        yield finding.as_finding()


def _issues_beside(folder: Path, protocol: Protocol) -> Iterator[Issue]:
    """Yield what is wrong with the files beside the protocol."""
    if (folder / "questionnaire.yaml").exists():
        try:
            load_questionnaire(folder, protocol)
        except OpmaatError as error:
            yield from error.issues
    people = protocol.population
    if people.register is not None and people.reference_date is not None:
        try:
            load_layout(people.register.layout, folder=folder, month=Month.of(people.reference_date))
        except OpmaatError as error:
            yield from error.issues


def _found(issue: Issue, rule: LimitFinding | None, language: Language) -> Found:
    """Return an issue with its line, and with the rule of the law that it is about."""
    place, _, line = issue.where.rpartition(":")
    known = line.isdigit()
    plain = {
        "weight": _LEGAL.get(issue.code, "fault"),
        "file": Path(place if known else issue.where).name,
        "line": int(line) if known else None,
        "code": issue.code,
        "fix": issue.fix,
    }
    if rule is None:
        return Found(**plain, problem=issue.problem)  # type: ignore[arg-type]
    return Found(
        **plain,  # type: ignore[arg-type]
        problem=rule.problem,
        article=rule.rule.article,
        href=rule.rule.href or "",
        read_in=rule.rule.read,
        says=rule.rule.says.in_language(language),
    )


def own_layout_name(protocol: Protocol) -> str | None:
    """Return the name of the file with the study's own layout of the register; None where it has none."""
    register = protocol.population.register
    return register.layout if register is not None and is_own_layout(register.layout) else None


def rounds_of(protocol: Protocol) -> tuple[str, ...]:
    """Return the rounds of a protocol, an empty name where it names none.

    >>> rounds_of(load_protocol(Path("studies/groningen-2017")))
    ('',)
    """
    plan = protocol.assignment
    return () if isinstance(plan, Recorded) else plan.rounds or ("",)


def is_drawn_after_consent(protocol: Protocol) -> bool:
    """Tell whether households are drawn after they joined, and not before they are invited."""
    return getattr(protocol.assignment, "timing", None) == "after_consent"


def frozen(folder: Path) -> Lock | None:
    """Return the lock of a study; None where it is not frozen. Raises ReceiptMismatchError when damaged."""
    return read_lock(folder) if lock_file(folder).exists() else None


def require_unchanged(folder: Path) -> Lock:
    """Return the lock; raises ProtocolError, with every difference, when the protocol was changed since."""
    return read_frozen(folder)


def freeze_study(folder: Path, *, today: date) -> Lock:
    """Freeze the protocol of a folder and return its lock; frozen before, it is the lock of then.

    Raises ProtocolError when the protocol is not right, or was changed after the freeze.
    """
    if lock_file(folder).exists():
        return read_frozen(folder)
    lock = freeze(load_protocol(folder), today=today)
    write_lock(lock, folder)
    return lock


def plan_shown(folder: Path) -> dict[str, Any]:
    """Return what the plan says in each language, as plain values; raises ProtocolError without planning.

    Pictures stand with the primary questions only.
    """
    protocol = load_protocol(folder)
    made = plan(protocol)
    primary = sum(1 for _ in {one.estimand for one in made.comparisons if one.leading and one.primary})
    return {language: _view(protocol, made, language, primary) for language in LANGUAGES}


def plan_page(folder: Path) -> str:
    """Return the whole plan as one page that needs no other file."""
    protocol = load_protocol(folder)
    return render_plan(protocol, plan(protocol))


def _view(protocol: Protocol, made: Any, language: Language, primary: int) -> dict[str, Any]:  # noqa: ANN401
    """Return the plan in one language."""
    view = view_in(language, protocol, made)
    return {
        "facts": [list(fact) for fact in view.facts],
        "cautions": list(view.cautions),
        "questions": [_question(one, picture=at < primary) for at, one in enumerate(view.questions)],
    }


def _question(question: Question, *, picture: bool) -> dict[str, Any]:
    """Return one question of the plan, with its picture or without."""
    figure = question.figure if picture else None
    return {
        "title": question.title,
        "smallest": question.smallest,
        "groups": [asdict(group) for group in question.groups],
        "figure": None if figure is None else asdict(without_styles(figure)),
    }
