"""The form of one page of a questionnaire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from opmaat.core.texts import Language
from opmaat.web.gateway.questions import Choice, Item, Number, OpenText, Rating, SeveralChoices
from opmaat.web.theme.forms import OnceForm, dress
from opmaat.web.theme.words import words

_LONGEST_TEXT = 2000


class NumberField(forms.DecimalField):
    """A number as people type it; its value is text, as a delivery of answers has it."""

    def to_python(self, value: object) -> Any:  # noqa: ANN401
        """Read a comma as a decimal sign."""
        return super().to_python(str(value or "").strip().replace(",", "."))

    def clean(self, value: object) -> str:
        """Return the number as text, empty where there is none."""
        number = super().clean(value)
        return "" if number is None else f"{number.normalize():f}"


class PageForm(OnceForm):
    """The items of one page that are asked; every one may be skipped."""

    def __init__(
        self,
        *args: Any,  # noqa: ANN401
        items: Mapping[str, Item],
        answers: Mapping[str, str],
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, item in items.items():
            field = _field(item, words().language)
            if field is not None:
                dress(field)
                several = isinstance(item, SeveralChoices)
                field.initial = answers.get(name, "").split() if several else answers.get(name)
                self.fields[name] = field

    def answers(self) -> dict[str, str]:
        """Return the answers as a delivery has them: of several choices the names with spaces between."""
        return {
            name: " ".join(value) if isinstance(value, list) else value
            for name, value in self.cleaned_data.items()
            if name != "request_key"
        }


def _field(item: Item, language: Language) -> forms.Field | None:
    """Return the field of an item; None for a note."""
    common: dict[str, Any] = {
        "label": item.text.in_language(language),
        "help_text": "" if item.hint is None else item.hint.in_language(language),
        "required": False,
    }
    match item:
        case Rating():
            return forms.ChoiceField(choices=_rating(item, language), widget=forms.RadioSelect, **common)
        case Choice():
            return forms.ChoiceField(choices=_choices(item, language), widget=forms.RadioSelect, **common)
        case SeveralChoices():
            boxes = forms.CheckboxSelectMultiple
            return forms.MultipleChoiceField(choices=_choices(item, language), widget=boxes, **common)
        case Number():
            return _number(item, common)
        case OpenText():
            return forms.CharField(max_length=_LONGEST_TEXT, widget=forms.Textarea({"rows": 4}), **common)
    return None


def _number(item: Number, common: dict[str, Any]) -> NumberField:
    """Return the field of a number between two ends."""
    return NumberField(
        min_value=item.lowest,
        max_value=item.highest,
        decimal_places=0 if item.whole else 2,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        **common,
    )


def _rating(item: Rating, language: Language) -> Sequence[tuple[str, str]]:
    """Return the numbers of a rating, each with its words where it has any."""
    told = {number: f"{number} · {text.in_language(language)}" for number, text in item.labels.items()}
    return [(str(number), told.get(number, str(number))) for number in range(item.lowest, item.highest + 1)]


def _choices(item: Choice | SeveralChoices, language: Language) -> Sequence[tuple[str, str]]:
    """Return the choices with their words."""
    return [(name, text.in_language(language)) for name, text in item.choices.items()]
