"""Forms of auditors."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from opmaat.web.audit.queries import Sought
from opmaat.web.theme.forms import OnceForm, ThemedForm
from opmaat.web.theme.words import words

_WHAT = ("read", "write", "export", "cover", "reset")
# What is sought is kept for good when it is taken out: never a name or a citizen service number.
_NUMBER = re.compile(r"(?!\d{8,9}$)[a-z0-9][a-z0-9._-]*")
_DAYS = ["%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d"]


class SearchForm(ThemedForm):
    """What is sought in the trail; every field may be left empty."""

    room = "audit.search"
    what = forms.ChoiceField(required=False)
    actor = forms.CharField(required=False, max_length=90)
    about = forms.CharField(required=False, max_length=64)
    first_day = forms.DateField(required=False, input_formats=_DAYS)
    last_day = forms.DateField(required=False, input_formats=_DAYS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        told = [(what, words().say(f"audit.what.{what}")) for what in _WHAT]
        self.fields["what"].choices = [("", words().say("audit.what.anything")), *told]

    def clean_about(self) -> str:
        """Refuse what is no number of a person, household or file here."""
        about: str = self.cleaned_data["about"].strip()
        if about and not _NUMBER.fullmatch(about):
            raise forms.ValidationError(words().say("audit.search.wrong_about"))
        return about

    def clean(self) -> dict[str, Any]:
        """Refuse a last day before the first."""
        found: dict[str, Any] = super().clean()
        first, last = found.get("first_day"), found.get("last_day")
        if first is not None and last is not None and last < first:
            self.add_error("last_day", words().say("audit.search.wrong_order"))
        return found

    def sought(self) -> Sought:
        """Return what is sought; all of it while the form is empty or wrong."""
        if not self.is_bound or not self.is_valid():
            return Sought()
        asked = self.cleaned_data
        return Sought(
            what=asked["what"],
            actor=asked["actor"].strip(),
            about=asked["about"],
            first_day=asked["first_day"],
            last_day=asked["last_day"],
        )


class CheckForm(OnceForm):
    """Asks for a check; there is nothing to choose."""
