"""opmaat catalogue: approaches that are known, what they consist of, and how well that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from opmaat.cli.output import Result, verb

if TYPE_CHECKING:
    from opmaat.catalogue.model import Approach


@verb("catalogue", writes=False)
@click.argument("name", required=False)
def command(name: str | None) -> Result:
    """List the known approaches, or show the one of this NAME with its working elements and sources."""
    from opmaat.catalogue.load import approach, approaches

    if name is not None:
        entry = approach(name)
        return Result(tuple(_whole(entry)), entry.as_dict())
    entries = approaches().values()
    width = max(len(entry.name) for entry in entries)
    lines = tuple(
        f"{entry.name.ljust(width)}  {entry.grade.ljust(10)}  {entry.title.en}" for entry in entries
    )
    return Result(lines, {"approaches": [entry.as_dict() for entry in entries]})


def _whole(entry: Approach) -> list[str]:
    """Return an entry as lines of text."""
    from opmaat.catalogue.load import elements

    found = entry.found.en if entry.found else "Nothing was read about its effect."
    return [
        f"{entry.title.en} ({entry.title.nl})",
        f"where     {entry.setting.en}",
        f"for whom  {entry.target.en}",
        *(f"element   {name}: {elements()[name].en}" for name in entry.elements),
        f"evidence  {entry.grade}: {found}",
        *(f"source    {source.title} {source.href or ''}".rstrip() for source in entry.sources),
    ]
