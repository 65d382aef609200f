"""Write the plan: one self-contained HTML file in Dutch and in English, and plan.json for programs."""

from __future__ import annotations

import json
from pathlib import Path

from opmaat.core.digest import canonical_json
from opmaat.core.files import write_together
from opmaat.core.texts import LANGUAGES
from opmaat.design.model import Plan
from opmaat.design.page.view import view_in
from opmaat.pages.render import render
from opmaat.protocol.model import Protocol


def render_plan(protocol: Protocol, plan: Plan) -> str:
    """Return the plan as one HTML page that needs nothing from elsewhere.

    The same protocol and plan give the same text: there is no clock and no chance in it.
    """
    languages = [view_in(language, protocol, plan) for language in LANGUAGES]
    receipt = canonical_json(plan.receipt.as_dict()).replace("<", "\\u003c")
    return render(
        "opmaat.design.page", "plan.html.j2", languages=languages, receipt=receipt, made=plan.receipt
    )


def write_plan(protocol: Protocol, plan: Plan, folder: Path) -> tuple[Path, ...]:
    """Write plan.html and plan.json into a folder, both or neither, and return their paths.

    Raises UsageError when they cannot be written.
    """
    page, values = folder / "plan.html", folder / "plan.json"
    text = json.dumps(plan.as_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    write_together({page: render_plan(protocol, plan).encode(), values: text.encode()})
    return page, values
