"""A municipality's own policy, from a file in which every entry names its source.

```yaml
municipality: Diemen
reductions:
  category_1: {rate: 5%, months: 1, source: {title: Afstemmingsverordening 2015, href: https://...}}
reduction_base: {value: norm, source: {title: ..., href: null}}
disregard_granted: {value: always, source: {...}}              # or on_judgement
counters_restart_after_months: {value: 6, source: {...}}
four_weekly_pay: {value: thirteen_twelfths, source: {...}}     # or working_days
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from opmaat.benefits.earnings import FourWeeklyMethod
from opmaat.benefits.reduction import ReductionBase
from opmaat.core.errors import DataFileError, Issue, did_you_mean
from opmaat.params.load import amount_from_text
from opmaat.params.model import Reference

DisregardGranted = Literal["on_judgement", "always"]


@dataclass(frozen=True, slots=True)
class MunicipalReduction:
    """A category of the ordinance: the rate in basis points, the number of months, and where it stands."""

    rate_bp: int
    months: int
    source: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the Act leaves to the municipality; the defaults apply where no policy was given.

    Parameters
    ----------
    municipality
        Name, or None without a policy of its own.
    reductions
        Categories of the ordinance. A category that is not there has no reduction.
    reduction_base
        Whether a reduction is a share of the norm (default) or of the benefit.
    disregard_granted
        ``on_judgement`` (default): for those for whom the work contributes; ``always``: for all who work.
    counters_restart_after_months
        After how many months without benefit the months of a disregard begin anew; None (default): never.
        The text of the Act that was read does not say.
    four_weekly_pay
        How a wage for four weeks is brought to months: by ``working_days`` (default), or times 13 and divided
        by 12.
    sources
        Where each of the choices above stands.
    """

    municipality: str | None = None
    reductions: Mapping[str, MunicipalReduction] = field(default_factory=dict)
    reduction_base: ReductionBase = "norm"
    disregard_granted: DisregardGranted = "on_judgement"
    counters_restart_after_months: int | None = None
    four_weekly_pay: FourWeeklyMethod = "working_days"
    sources: Mapping[str, Reference] = field(default_factory=dict)

    def reduction_bp(self, category: str) -> int:
        """Return the rate of a category in basis points; 0 when the municipality has no such rule.

        >>> Policy().reduction_bp("category_1")
        0
        """
        return self.reductions[category].rate_bp if category in self.reductions else 0


NO_POLICY = Policy()


def read_policy(path: Path) -> Policy:
    """Read a municipality's policy file.

    Raises DataFileError with everything that is wrong, each with its line: an unknown key, a value that is
    not one of those possible, an entry without a source.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        content = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, YAMLError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = path.name if line is None else f"{path.name}:{line + 1}"
        reason = str(getattr(error, "problem", None) or error).splitlines()[0]
        problem = f"The policy cannot be read: {reason}."
        raise DataFileError([Issue("unreadable-policy", where, problem, "Write it as YAML.")]) from error
    reader = _Reader(path.name)
    policy = reader.policy(content)
    if reader.issues:
        raise DataFileError(reader.issues)
    return policy


class _Reader:
    """Collects the issues of one file while it turns entries into values."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.issues: list[Issue] = []

    def policy(self, content: object) -> Policy:
        """Turn the whole file into a policy; what is wrong becomes an issue."""
        if not isinstance(content, Mapping):
            self._issue(
                "not-a-policy", 1, "The file is not a list of keys.", "Begin with 'municipality: ...'."
            )
            return NO_POLICY
        choices: dict[str, Any] = {}
        sources: dict[str, Reference] = {}
        for key in content:
            line = _line(content, key)
            if key == "municipality":
                choices[key] = self._municipality(content[key], line)
            elif key == "reductions":
                choices[key] = dict(self._reductions(content[key], line))
            elif key in _CHOICES:
                self._no_others(content[key], ("value", "source"), f"'{key}'", line)
                source = self._source(content[key], f"'{key}'", line)
                value = self._choice(str(key), content[key], line)
                if source is not None and value is not None:
                    choices[str(key)], sources[str(key)] = value, source
            else:
                fix = did_you_mean(str(key), ["municipality", "reductions", *_CHOICES])
                self._issue("unknown-key", line, f"'{key}' is not a key of a policy.", fix)
        return Policy(**choices, sources=sources)

    def _municipality(self, name: object, line: int) -> str | None:
        if isinstance(name, str) and name.strip():
            return name
        self._issue("not-a-name", line, "The municipality has no name.", "Write 'municipality: Voorbeeld'.")
        return None

    def _no_others(self, entry: object, known: tuple[str, ...], what: str, line: int) -> None:
        for key in entry if isinstance(entry, Mapping) else ():
            if key not in known:
                problem = f"'{key}' is not a key of {what}."
                self._issue("unknown-key", line, problem, did_you_mean(str(key), known))

    def _reductions(self, categories: object, line: int) -> Iterator[tuple[str, MunicipalReduction]]:
        if not isinstance(categories, Mapping):
            self._issue("not-a-category", line, "'reductions' holds no categories.", "Give each a name.")
            return
        for name, entry in categories.items():
            at = _line(categories, name)
            self._no_others(entry, ("rate", "months", "source"), f"the reduction '{name}'", at)
            source = self._source(entry, f"the reduction '{name}'", at)
            rate, months = self._rate(name, entry, at), self._months(name, entry, at)
            if source is not None and rate is not None and months is not None:
                yield str(name), MunicipalReduction(rate, months, source)

    def _rate(self, name: str, entry: object, line: int) -> int | None:
        text = _get(entry, "rate")
        try:
            rate = amount_from_text(str(text), "percent") if str(text).endswith("%") else -1
        except ValueError:
            rate = -1
        if 0 < rate <= 10_000:
            return rate
        self._issue("not-a-rate", line, f"The rate of '{name}' is not a percentage.", "Write it as 5%.")
        return None

    def _months(self, name: str, entry: object, line: int) -> int | None:
        months = _get(entry, "months")
        if _is_number_of_months(months):
            return cast("int", months)
        problem = f"The number of months of '{name}' is missing or not a whole number."
        self._issue("not-a-number-of-months", line, problem, "Write 'months: 1'.")
        return None

    def _choice(self, key: str, entry: object, line: int) -> str | int | None:
        value = _get(entry, "value")
        possible = _CHOICES[key]
        if possible is None:
            if _is_number_of_months(value):
                return cast("int", value)
            self._issue("not-a-number-of-months", line, f"'{key}' is not a whole number.", "Write 6.")
        elif isinstance(value, str) and value in possible:
            return value
        else:
            problem = f"'{key}' is '{value}', which is not one of its values."
            self._issue("unknown-value", line, problem, did_you_mean(str(value), possible))
        return None

    def _source(self, entry: object, what: str, line: int) -> Reference | None:
        source = _get(entry, "source")
        self._no_others(source, ("title", "href"), f"the source of {what}", line)
        title, href = _get(source, "title"), _get(source, "href")
        if isinstance(href, str | None) and isinstance(title, str) and title.strip():
            return Reference(title, href)
        fix = "Add 'source: {title: ..., href: ...}': the ordinance or the decision it stands in."
        self._issue("no-source", line, f"There is no source for {what}.", fix)
        return None

    def _issue(self, code: str, line: int, problem: str, fix: str) -> None:
        self.issues.append(Issue(code, f"{self.name}:{line}", problem, fix))


def _is_number_of_months(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MOST_MONTHS


def _get(entry: object, key: str) -> object:
    """Return what stands under a key, or None when there is no such key, or nothing that has keys."""
    return entry.get(key) if isinstance(entry, Mapping) else None


_MOST_MONTHS = 120
_CHOICES: dict[str, tuple[str, ...] | None] = {
    "reduction_base": ("norm", "benefit"),
    "disregard_granted": ("on_judgement", "always"),
    "counters_restart_after_months": None,
    "four_weekly_pay": ("working_days", "thirteen_twelfths"),
}


def _line(mapping: Mapping[Any, Any], key: object) -> int:
    """Return the line of a key, counted from 1; 1 for a key that came from elsewhere with '<<'."""
    place = cast("Any", mapping).lc.data or {}
    return int(place[key][0]) + 1 if key in place else 1
