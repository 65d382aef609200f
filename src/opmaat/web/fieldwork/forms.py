"""Forms of the project lead."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator

from opmaat.core.month import Month
from opmaat.web.fieldwork.models import LetterKind
from opmaat.web.fieldwork.policies import MOST_LETTERS, is_reference
from opmaat.web.gateway.events import kinds
from opmaat.web.gateway.harms import Harm
from opmaat.web.theme.forms import OnceForm, ThemedForm
from opmaat.web.theme.words import words

_BY_ROUND = (LetterKind.INVITATION, LetterKind.REMINDER, LetterKind.ARM)
_MONTHS_BACK = 36
_DAYS = ["%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d"]


class BatchForm(OnceForm):
    """A batch of letters to households: about what, in which round, and to how many."""

    room = "fieldwork.batch"
    kind = forms.ChoiceField(widget=forms.RadioSelect)
    round_name = forms.ChoiceField(required=False)
    most = forms.IntegerField(
        min_value=1, max_value=MOST_LETTERS, widget=forms.TextInput({"inputmode": "numeric"})
    )

    def __init__(self, *args: Any, rounds: list[str], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        told = words()
        self.fields["kind"].choices = [
            (kind.value, told.say(f"fieldwork.kinds.{kind.value}")) for kind in _BY_ROUND
        ]
        if len(rounds) > 1:
            self.fields["round_name"].choices = [(name, name) for name in rounds]
            self.fields["round_name"].required = True
        else:
            del self.fields["round_name"]


class AgainForm(OnceForm):
    """Printing a batch again: why, and whether the codes of before stay good."""

    room = "fieldwork.again"
    reason = forms.CharField(max_length=500, widget=forms.Textarea({"rows": 3}))
    codes = forms.ChoiceField(widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        choices = [(name, words().say(f"fieldwork.again.codes_{name}")) for name in ("same", "new")]
        self.fields["codes"].choices = choices


class ReferenceForm(ThemedForm):
    """The reference that stands on a letter."""

    room = "fieldwork.reference"
    reference = forms.CharField(max_length=20, widget=forms.TextInput({"autocomplete": "off"}))

    def clean_reference(self) -> str:
        """Return the reference; one with a slip of the pen is told as such."""
        typed = "".join(self.cleaned_data["reference"].split())
        if not is_reference(typed):
            raise forms.ValidationError(words().say("fieldwork.reference.slip"))
        return typed


class PaperForm(OnceForm):
    """What an adult ticked on paper."""

    room = "fieldwork.paper"
    answer = forms.ChoiceField(widget=forms.RadioSelect)
    questionnaires = forms.BooleanField(required=False)
    register_linking = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        choices = [(name, words().say(f"fieldwork.paper.{name}")) for name in ("yes", "no")]
        self.fields["answer"].choices = choices

    def given(self) -> dict[kinds.Purpose, bool]:
        """Return what was said yes to by purpose."""
        return {
            "participation": True,
            "questionnaires": self.cleaned_data["questionnaires"],
            "register_linking": self.cleaned_data["register_linking"],
        }


class MeetingForm(OnceForm):
    """When and where an information meeting is."""

    room = "fieldwork.meeting"
    day = forms.DateField(input_formats=_DAYS, widget=forms.DateInput({"autocomplete": "off"}))
    at = forms.TimeField(input_formats=["%H:%M", "%H.%M"], widget=forms.TextInput({"autocomplete": "off"}))
    place = forms.CharField(max_length=200)


class PauseForm(OnceForm):
    """Why a study is paused or resumed."""

    room = "fieldwork.pause"
    reason = forms.CharField(max_length=1000, widget=forms.Textarea({"rows": 3}))


class LimitForm(OnceForm):
    """At how much more of a harm than in the control arm an approach is looked at again."""

    room = "fieldwork.limit"
    harm = forms.ChoiceField()
    points = forms.IntegerField(min_value=1, max_value=100, widget=forms.TextInput({"inputmode": "numeric"}))
    households = forms.IntegerField(min_value=1, widget=forms.TextInput({"inputmode": "numeric"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        told = words()
        self.fields["harm"].choices = [
            (harm.value, told.say(f"fieldwork.harms.{harm.value}")) for harm in Harm
        ]


class DeliveryForm(OnceForm):
    """A file of benefits or wages, and the month that it is of."""

    room = "fieldwork.delivery"
    kind = forms.ChoiceField(widget=forms.RadioSelect)
    month = forms.ChoiceField()
    file = forms.FileField(max_length=100, widget=forms.FileInput)

    def __init__(self, *args: Any, this_month: Month, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        told = words()
        self.fields["kind"].choices = [
            (kind, told.say(f"fieldwork.delivery.{kind}")) for kind in ("benefits", "wages")
        ]
        months = [this_month + -back for back in range(_MONTHS_BACK)]
        self.fields["month"].choices = [(str(month), told.month(month)) for month in months]


class DecideForm(OnceForm):
    """Whether a delivery is taken in; the reason is asked where it would do harm."""

    room = "fieldwork.decide"
    decision = forms.ChoiceField(widget=forms.RadioSelect)
    reason = forms.CharField(max_length=1000, required=False, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        choices = [(name, words().say(f"fieldwork.decide.{name}")) for name in ("accept", "refuse")]
        self.fields["decision"].choices = choices
        self._needs_reason = needs_reason

    def clean(self) -> dict[str, Any]:
        """Ask the reason of what would take people out, and of refusing."""
        found: dict[str, Any] = super().clean() or {}
        accepts = found.get("decision") == "accept"
        if "decision" in found and not found.get("reason") and (self._needs_reason or not accepts):
            self.add_error("reason", words().say("fieldwork.decide.why"))
        return found


class ProgressForm(OnceForm):
    """Up to and including which month of the study a progress report goes."""

    room = "fieldwork.report"
    month = forms.IntegerField(min_value=1, widget=forms.TextInput({"inputmode": "numeric"}))

    def __init__(self, *args: Any, month: int, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        field = self.fields["month"]
        field.help_text = words().say("fieldwork.report.month_now", month=month)
        field.validators.append(MaxValueValidator(max(1, month)))


class SendForm(OnceForm):
    """Which wave is sent, and which reminder of it; 0 is the first letter."""

    wave = forms.CharField(max_length=100, widget=forms.HiddenInput, label="")
    turn = forms.IntegerField(min_value=0, max_value=99, widget=forms.HiddenInput, label="")
