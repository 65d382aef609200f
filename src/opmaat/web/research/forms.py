"""Forms of researchers."""

from __future__ import annotations

from typing import Any

from django import forms

from opmaat.web.theme.forms import OnceForm


class ExportForm(OnceForm):
    """What an export holds: arms only where they may be seen."""

    room = "research.export"
    with_arms = forms.BooleanField(required=False)

    def __init__(self, *args: Any, may_see_arms: bool, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if not may_see_arms:
            del self.fields["with_arms"]


class PlanForm(OnceForm):
    """Has the plan carried out; there is nothing to choose."""
