"""What an entry of the catalogue is: an approach, for whom, with which elements, and how well it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from opmaat.core.texts import Text

Grade = Literal["randomised", "matched", "described", "unknown"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where something was read: a title and, where there is one, an address."""

    title: str
    href: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approach:
    """A way of treating people who receive social assistance, tried somewhere or written down.

    Parameters
    ----------
    name
        Name of the shelf and of the entry on it, such as ``groningen-2017-guidance``.
    target
        For whom it was meant.
    setting
        Where and when.
    elements
        Names of its working elements (:func:`opmaat.catalogue.load.elements`); empty where none was read.
    grade
        What stands behind what is said of its effect: ``randomised``: a comparison of arms that were drawn;
        ``matched``: a comparison with similar people; ``described``: experiences without a comparison;
        ``unknown``: nothing was read about its effect.
    found
        What was read about its effect, in one or two sentences; None when the grade is ``unknown``.
    sources
        Where all this was read; at least one.
    """

    name: str
    title: Text
    target: Text
    setting: Text
    elements: tuple[str, ...]
    grade: Grade
    found: Text | None
    sources: tuple[Source, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the entry as plain values, for JSON."""
        return {
            "name": self.name,
            "title": _both(self.title),
            "target": _both(self.target),
            "setting": _both(self.setting),
            "elements": list(self.elements),
            "grade": self.grade,
            "found": _both(self.found) if self.found else None,
            "sources": [{"title": source.title, "href": source.href} for source in self.sources],
        }


def _both(text: Text) -> dict[str, str]:
    """Return a text by language."""
    return {"nl": text.nl, "en": text.en}
