"""Draw a specification as an SVG that a screen reader takes for one image."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from opmaat.core.texts import Language
from opmaat.pages.numbers import MINUS

# The image has one text alternative; the marks' own roles, names and classes only get in a reader's way.
_TAG = re.compile(r"<[^>]*>")
_OTHER_ATTRIBUTE = re.compile(r' (?:role|class|xmlns|xmlns:xlink|version|aria-[a-z]+)="[^"]*"')


def svg_image(specification: Mapping[str, Any], *, width: int, alt: str, language: Language) -> str:
    """Return the SVG of a specification as an image with a text alternative."""
    import vl_convert

    svg = vl_convert.vegalite_to_svg(
        dict(specification), allowed_base_urls=[], format_locale=_locale(language)
    )
    svg = _TAG.sub(lambda tag: _OTHER_ATTRIBUTE.sub("", tag[0]), svg)
    opening = f'<svg role="img" aria-label="{escape(alt)}" style="max-width:{width}px" '
    return opening + svg.removeprefix("<svg ")


def _locale(language: Language) -> dict[str, Any]:
    """Return how the axis writes numbers."""
    decimal, thousands = (",", ".") if language == "nl" else (".", ",")
    shared = {"grouping": [3], "currency": ["€\u00a0", ""], "minus": MINUS}
    return {"decimal": decimal, "thousands": thousands, **shared}
