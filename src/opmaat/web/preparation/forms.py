"""Forms of the preparation."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django import forms

from opmaat.web.gateway.registers import ENDINGS
from opmaat.web.theme.forms import OnceForm, ThemedForm
from opmaat.web.theme.words import words

_DAYS = ["%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d", "%d %m %Y"]
_MOST_YAML_BYTES = 1 << 20
_MOST_DIGITS = 1_000


class DayField(forms.DateField):
    """A day as people type it."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401
        widget = forms.DateInput({"autocomplete": "off", "inputmode": "numeric"}, format="%d-%m-%Y")
        super().__init__(**{"widget": widget, "input_formats": _DAYS, **kwargs})


class YamlField(forms.FileField):
    """A YAML file of at most a megabyte; its value is its content."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(**{"widget": forms.FileInput({"accept": ".yaml,.yml"}), **kwargs})

    def clean(self, data: Any, initial: Any = None) -> bytes | None:  # noqa: ANN401
        """Return the content; refuses another kind of file."""
        file = super().clean(data, initial)
        if not file:
            return None
        if not file.name.lower().endswith((".yaml", ".yml")):
            raise forms.ValidationError(words().say("preparation.not_yaml"))
        if file.size > _MOST_YAML_BYTES:
            raise forms.ValidationError(words().say("preparation.too_large", most="1"))
        return bytes(file.read())


class ProtocolForm(ThemedForm):
    """A protocol, and what stands beside it."""

    room = "preparation.load"
    protocol = YamlField()
    questionnaire = YamlField(required=False)
    layout = YamlField(required=False)

    def contents(self) -> dict[str, bytes]:
        """Return what was given."""
        return {name: content for name, content in self.cleaned_data.items() if content is not None}


class RegisterForm(ThemedForm):
    """A register, of which month and municipality."""

    room = "preparation.register"
    file = forms.FileField(widget=forms.FileInput({"accept": ",".join(ENDINGS)}))
    day = DayField()
    city = forms.RegexField(r"^\d{4}$", required=False, widget=forms.TextInput({"inputmode": "numeric"}))
    set_aside = forms.BooleanField(required=False)

    def clean_file(self) -> Any:  # noqa: ANN401
        """Refuse a file of a kind that cannot be read."""
        file = self.cleaned_data["file"]
        if ending_of(file.name) is None:
            raise forms.ValidationError(words().say("preparation.wrong_kind", kinds=", ".join(ENDINGS)))
        return file


class PromiseForm(ThemedForm):
    """What is promised before the draw: which public value is to come, how it is spelled, and until when."""

    room = "preparation.promise"
    source = forms.CharField(max_length=200)
    form = forms.ChoiceField(widget=forms.RadioSelect)
    digits = forms.IntegerField(
        required=False, min_value=1, max_value=_MOST_DIGITS, widget=forms.TextInput({"inputmode": "numeric"})
    )
    due = DayField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        forms_of_value = ("digits", "joined", "words")
        choices = [(name, words().say(f"preparation.promise.form_{name}")) for name in forms_of_value]
        self.fields["form"].choices = choices

    def clean(self) -> dict[str, Any]:
        """Ask how many digits where the value is digits."""
        found: dict[str, Any] = super().clean()
        if found.get("form") == "digits" and not found.get("digits") and "digits" not in self.errors:
            self.add_error("digits", words().say("preparation.promise.digits_missing"))
        return found

    def form_of_value(self) -> str:
        """Return the form as the engine calls it."""
        chosen: str = self.cleaned_data["form"]
        return f"digits:{self.cleaned_data['digits']}" if chosen == "digits" else chosen


class DrawForm(ThemedForm):
    """The public value, in the presence of a witness."""

    room = "preparation.draw"
    value = forms.CharField(max_length=1_000, widget=forms.TextInput({"autocomplete": "off"}))
    witness = forms.BooleanField()


class ThresholdForm(OnceForm):
    """How many households must have joined before the start."""

    room = "preparation.threshold"
    number = forms.IntegerField(
        required=False, min_value=1, max_value=1_000_000, widget=forms.TextInput({"inputmode": "numeric"})
    )


class StartForm(OnceForm):
    """The first day of the experiment for those who were told."""

    room = "preparation.start"
    first_day = DayField()
    sure = forms.BooleanField()


def ending_of(name: str) -> str | None:
    """Return by what ending of its name a register can be read; None for another kind of file.

    >>> ending_of("BUS 2017-09.CSV"), ending_of("people.docx")
    ('.csv', None)
    """
    small = Path(name).name.lower()
    return next((ending for ending in sorted(ENDINGS, key=len, reverse=True) if small.endswith(ending)), None)


def day_of_later(reference: date, today: date, *, is_first: bool) -> date:
    """Return the day of screening that a form starts with: of the first round that of the protocol."""
    return reference if is_first else max(reference, today.replace(day=1))
