"""vendor_theme: for maintainers, put the components and fonts of other projects into the theme."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

COMPONENTS = (
    "root",
    "document",
    "body",
    "skip-link",
    "heading-1",
    "heading-2",
    "heading-3",
    "paragraph",
    "link",
    "link-button",
    "unordered-list",
    "button",
    "form-field",
    "form-label",
    "form-field-description",
    "form-fieldset",
    "textbox",
    "textarea",
    "select",
    "radio-button",
    "checkbox",
    "table",
)
TOKENS = "@nl-design-system-unstable/voorbeeld-design-tokens"
FONT = "@fontsource/noto-sans"
_RANGES = {
    "latin": "U+0000-00FF, U+0131, U+0152-0153, U+02C6, U+02DA, U+02DC, U+2000-206F, U+20AC, U+2122",
    "latin-ext": "U+0100-02BA, U+1E00-1EFF, U+20A0-20AB, U+20AD-20C0",
}
_USED = re.compile(r"var\(\s*(--[\w-]+)")
_SET = re.compile(r"^\s*(--[\w-]+):\s*(.*?);\s*$", re.MULTILINE)


class Command(BaseCommand):
    """Takes a folder ``node_modules``; which packages it needs is printed by ``--packages``."""

    help = "Put NL Design System components, tokens and fonts from a node_modules folder into the theme."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder."""
        parser.add_argument("modules", type=Path, nargs="?")
        parser.add_argument("--packages", action="store_true", help="Print the packages to install.")

    def handle(self, *_: Any, modules: Path | None, packages: bool, **__: Any) -> None:  # noqa: ANN401
        """Write vendor.css, tokens.css, the fonts and their licences."""
        names = [*(f"@utrecht/{name}-css" for name in COMPONENTS), TOKENS, FONT]
        if packages or modules is None:
            self.stdout.write(" ".join(names))
            return
        folder = Path(__file__).parents[2] / "static" / "theme"
        css = [(modules / f"@utrecht/{name}-css/dist/index.css").read_text("utf-8") for name in COMPONENTS]
        vendor = "\n".join(css)
        (folder / "vendor.css").write_text(vendor, encoding="utf-8")
        used = vendor + (folder / "site.css").read_text("utf-8")
        tokens = (modules / TOKENS / "dist/theme.css").read_text("utf-8")
        (folder / "tokens.css").write_text(_tokens(tokens, used) + _fonts(modules, folder), encoding="utf-8")
        (folder / "LICENCES.md").write_text(_licences(modules, names), encoding="utf-8")


def _tokens(theme: str, used: str) -> str:
    """Return the variables of a theme that are used, directly or by others."""
    values = dict(_SET.findall(theme))
    wanted, open_ = set(), [name for name in _USED.findall(used) if name in values]
    while open_:
        name = open_.pop()
        if name not in wanted:
            wanted.add(name)
            open_ += [other for other in _USED.findall(values[name]) if other in values]
    lines = [f"  {name}: {values[name]};" for name in sorted(wanted)]
    return "\n".join(["/* Of the packages named in LICENCES.md. */", ".opmaat-theme {", *lines, "}", ""])


def _fonts(modules: Path, folder: Path) -> str:
    """Copy the fonts, and return the rules that name them."""
    (folder / "fonts").mkdir(exist_ok=True)
    rules = []
    for part, signs in _RANGES.items():
        for weight in (400, 700):
            name = f"noto-sans-{part}-{weight}-normal.woff2"
            (folder / "fonts" / name).write_bytes((modules / FONT / "files" / name).read_bytes())
            rules.append(
                f'@font-face {{ font-family: "Noto Sans"; font-weight: {weight}; font-display: swap; '
                f'src: url("fonts/{name}") format("woff2"); unicode-range: {signs}; }}\n'
            )
    return "".join(rules)


def _licences(modules: Path, names: list[str]) -> str:
    """Return what was taken, in which version, under which licence."""
    head = (
        "# What this folder holds of others\n\n"
        "`vendor.css` and `tokens.css` are made of these packages, unchanged but for the tokens that are not "
        "used. Those under EUPL-1.2 have Opmaat's own licence (LICENSE); that of the font stands below.\n"
    )
    rows = "\n".join(["| package | version | licence |", "|---|---|---|", *_rows(modules, names)])
    font = (modules / FONT / "LICENSE").read_text("utf-8")
    return f"{head}\n{rows}\n\n## Noto Sans\n\n```\n{font.strip()}\n```\n"


def _rows(modules: Path, names: list[str]) -> Iterator[str]:
    """Yield a row for every package."""
    for name in names:
        about = json.loads((modules / name / "package.json").read_text("utf-8"))
        yield f"| {name} | {about['version']} | {about['license']} |"
