"""Forms of a participant."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from opmaat.core.money import cents_from_text
from opmaat.core.month import Month
from opmaat.web.gateway.events import kinds
from opmaat.web.gateway.studies import Arm
from opmaat.web.theme.forms import OnceForm, ThemedForm
from opmaat.web.theme.words import words
from opmaat.web.trial.policies import PURPOSES

_MONTHS_BACK = 6
_HIGHEST_CENTS = 1_000_000
_EUROS = re.compile(r"(\d{1,3}(\.\d{3})+|\d+)(,\d{1,2})?")


class EurosField(forms.Field):
    """An amount in euros as people type it, such as 1.234,56 or 400; its value is in cents."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{"widget": widget, **kwargs})

    def to_python(self, value: object) -> Any:  # noqa: ANN401
        """Return cents; a point before two last digits is taken for a comma.

        >>> EurosField().to_python("€ 1.234,5"), EurosField().to_python("400.50")
        (123450, 40050)
        """
        text = re.sub(r"[€\s]", "", str(value or ""))
        if not text:
            return None
        text = re.sub(r"\.(\d{1,2})$", r",\1", text)
        if _EUROS.fullmatch(text) is None:
            raise forms.ValidationError(words().say("trial.euros_wrong"))
        cents = cents_from_text(text.replace(".", "").replace(",", "."))
        if cents > _HIGHEST_CENTS:
            raise forms.ValidationError(words().say("trial.euros_high"))
        return cents


class ConsentForm(OnceForm):
    """What an adult consents to, purpose by purpose."""

    room = "trial.consent"
    participation = forms.BooleanField(required=False)
    questionnaires = forms.BooleanField(required=False)
    register_linking = forms.BooleanField(required=False)

    def __init__(self, *args: Any, signed: bool, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if signed:
            del self.fields["participation"]

    def given(self) -> dict[kinds.Purpose, bool]:
        """Return the answers by purpose."""
        return {name: self.cleaned_data[name] for name in PURPOSES if name in self.fields}


class ChoiceForm(OnceForm):
    """The options of a choice arm."""

    room = "trial.choice"
    option = forms.ChoiceField(widget=forms.RadioSelect)

    def __init__(self, *args: Any, options: dict[str, Arm], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        language = words().language
        labels = [(name, _told(arm, language)) for name, arm in options.items()]
        self.fields["option"].choices = labels


class KeepForm(ThemedForm):
    """What would be earned in a month."""

    room = "trial.keep"
    earnings = EurosField()


class EarningsForm(OnceForm):
    """What was earned in which month."""

    room = "trial.earnings"
    month = forms.ChoiceField()
    net = EurosField()

    def __init__(self, *args: Any, this_month: Month, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        months = [this_month + -back for back in range(_MONTHS_BACK + 1)]
        self.fields["month"].choices = [(str(month), words().month(month)) for month in months]


class StopForm(OnceForm):
    """Stopping, and what may still be used."""

    room = "trial.stop"
    registers = forms.ChoiceField(widget=forms.RadioSelect)
    sure = forms.BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        choices = [(answer, words().say(f"trial.stop.registers_{answer}")) for answer in ("keep", "end")]
        self.fields["registers"].choices = choices


def _told(arm: Arm, language: Any) -> str:  # noqa: ANN401
    """Return the label of an arm, with what it means."""
    label = arm.label.in_language(language)
    return label if arm.description is None else f"{label}: {arm.description.in_language(language)}"
