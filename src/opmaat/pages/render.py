"""Templates: each room has its own, made of the pieces that all pages share; every text is escaped."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def render(room: str, template: str, **values: object) -> str:
    """Return a page from a template of a room: the name of a package with a folder ``templates``.

    A template extends ``pages/page.html.j2``, or ``pages/switched.html.j2`` where one language is shown at a
    time, and takes tables, figures and sections from ``pages/parts.html.j2``. ``languages`` holds what is
    shown in each language. A name that is used and not given is an error (jinja2.UndefinedError).

    >>> render("opmaat.pages", "page.html.j2", languages=[])
    Traceback (most recent call last):
    ...
    jinja2.exceptions.UndefinedError: list object has no element 0
    """
    return _environment(room).get_template(template).render(**values)


@cache
def _environment(room: str) -> Environment:
    """Return the environment of a room."""
    from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined

    shared = PrefixLoader({"pages": PackageLoader("opmaat.pages")})
    return Environment(
        loader=ChoiceLoader([shared, PackageLoader(room)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
