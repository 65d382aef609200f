"""Fields of a caseworker's forms: days, minutes and notes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from opmaat.web.theme.words import words

_LONGEST_TALK_MINUTES = 600
_LONGEST_NOTE = 4000
_AHEAD = timedelta(days=366)
_DAYS = ["%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d", "%d %m %Y", "%d-%m-%y"]


class DayField(forms.DateField):
    """A day as people write it; ``planned`` allows days ahead, as a decision has them."""

    def __init__(self, *, planned: bool = False, **kwargs: Any) -> None:  # noqa: ANN401
        widget = forms.TextInput({"autocomplete": "off", "inputmode": "numeric"})
        super().__init__(**{"input_formats": _DAYS, "widget": widget, **kwargs})
        self.planned, self.first, self.today = planned, date.min, date.max

    def within(self, first: date, today: date) -> None:
        """Set the first day that can be, and today."""
        self.first, self.today = first, today

    def clean(self, value: Any) -> Any:  # noqa: ANN401
        """Return the day; refuses one before the first, and one ahead."""
        day, say = super().clean(value), words()
        if day is None:
            return None
        last = self.today + _AHEAD if self.planned else self.today
        if day > last:
            key = "casework.day_too_far" if self.planned else "casework.day_ahead"
            raise forms.ValidationError(say.say(key, last=say.day(last)))
        if day < self.first:
            raise forms.ValidationError(say.say("casework.day_before", first=say.day(self.first)))
        return day


class MinutesField(forms.IntegerField):
    """A number of minutes of one day."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401
        widget = forms.TextInput({"autocomplete": "off", "inputmode": "numeric"})
        limits = {"min_value": 0, "max_value": _LONGEST_TALK_MINUTES}
        super().__init__(**{"widget": widget, **limits, **kwargs})


class NoteField(forms.CharField):
    """What a caseworker writes beside an event."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401
        widget = forms.Textarea({"rows": 3})
        super().__init__(
            **{"widget": widget, "required": False, "max_length": _LONGEST_NOTE, "strip": True, **kwargs}
        )
