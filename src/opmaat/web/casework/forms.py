"""Forms of a caseworker. What was typed stays; what is wrong is said beside its field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, get_args

from django import forms

from opmaat.core.month import Month
from opmaat.web.casework.fields import DayField, MinutesField, NoteField
from opmaat.web.casework.policies import can_cover
from opmaat.web.casework.queries import PersonShown
from opmaat.web.gateway.events import kinds
from opmaat.web.theme.forms import OnceForm
from opmaat.web.theme.words import words
from opmaat.web.trial.forms import EurosField

_SANCTION_AHEAD_MONTHS = 3
_MOST_AT_ONCE = 100


class StepForm(OnceForm):
    """A form about a household: its adults, the first day of which can be told, and today.

    The choice of an adult is left out where there is one.
    """

    room = "casework.form"
    person = forms.ChoiceField(widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,  # noqa: ANN401
        people: Sequence[PersonShown],
        first: date,
        today: date,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        if "person" in self.fields:
            self.fields["person"].choices = [(one.person, one.name) for one in people]
            self.fields["person"].initial = people[0].person
            if len(people) == 1:
                del self.fields["person"]
        for field in self.fields.values():
            if isinstance(field, DayField):
                field.within(first, today)
        if "day" in self.fields:
            self.initial.setdefault("day", f"{today:%d-%m-%Y}")

    @property
    def chosen(self) -> str:
        """The adult who is meant."""
        return str(self.cleaned_data.get("person", self.people[0].person))

    @property
    def day(self) -> date:
        """The day."""
        found: date = self.cleaned_data["day"]
        return found

    @property
    def note(self) -> str:
        """The note."""
        return str(self.cleaned_data.get("note", ""))


def _choices(prefix: str, names: Sequence[str]) -> list[tuple[str, str]]:
    """Return choices with their words."""
    return [(name, words().say(f"{prefix}.{name}")) for name in names]


class ContactForm(StepForm):
    """A talk that was held or missed."""

    minutes = MinutesField(initial=30)
    outcome = forms.ChoiceField()
    channel = forms.ChoiceField()
    day = DayField()
    note = NoteField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = _choices("casework.outcome", ("held", "missed"))
        self.fields["channel"].choices = _choices("trial.values", get_args(kinds.Channel))

    def clean(self) -> Any:  # noqa: ANN401
        """Refuse a talk that took no time."""
        typed = super().clean()
        if typed.get("outcome") == "held" and typed.get("minutes") == 0:
            self.add_error("minutes", words().say("casework.no_minutes"))
        return typed

    def payload(self) -> kinds.ContactHeld | kinds.ContactMissed:
        """Return what happened."""
        kind = kinds.ContactHeld if self.cleaned_data["outcome"] == "held" else kinds.ContactMissed
        return kind(self.cleaned_data["minutes"], self.cleaned_data["channel"])


class QuickContactForm(ContactForm):
    """The same from the list: first who it was, by code or by a part of the name."""

    who = forms.CharField(
        max_length=120, widget=forms.TextInput({"autocomplete": "off", "list": "my-people"})
    )
    field_order = ("who", "minutes", "outcome", "channel", "day", "note")
    person = None

    def clean_who(self) -> PersonShown:
        """Return the adult; refuses what fits nobody, or several."""
        typed = self.cleaned_data["who"].strip().casefold()
        found = [one for one in self.people if typed in (one.label.casefold(), one.code.casefold())]
        found = found or [one for one in self.people if typed in one.name.casefold()]
        if not found:
            raise forms.ValidationError(words().say("casework.nobody"))
        if len(found) > 1:
            some = words().listed([one.label for one in found[:4]])
            raise forms.ValidationError(words().say("casework.several", people=some))
        return found[0]


class PlanForm(StepForm):
    """A plan of action that was made or renewed."""

    day = DayField()
    note = NoteField()

    def payload(self) -> kinds.PlanMade:
        """Return what happened."""
        return kinds.PlanMade()


class LadderForm(StepForm):
    """A rung of the participation ladder."""

    rung = forms.TypedChoiceField(coerce=int, widget=forms.RadioSelect)
    day = DayField()
    note = NoteField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        rungs = [str(number) for number in range(1, 7)]
        self.fields["rung"].choices = _choices("casework.rungs", rungs)

    def payload(self) -> kinds.LadderScored:
        """Return what happened."""
        return kinds.LadderScored(self.cleaned_data["rung"])


class DebtForm(StepForm):
    """Help with debts."""

    minutes = MinutesField(initial=0)
    cost = EurosField(required=False)
    day = DayField()
    note = NoteField()

    def payload(self) -> kinds.DebtHelp:
        """Return what happened."""
        return kinds.DebtHelp(self.cleaned_data["minutes"], self.cleaned_data["cost"] or 0)


class ReviewForm(StepForm):
    """A review of the effort of an adult in the exemption arm."""

    enough = forms.ChoiceField(widget=forms.RadioSelect)
    day = DayField()
    note = NoteField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["enough"].choices = _choices("casework.enough", ("enough", "too_little"))

    def payload(self) -> kinds.Reviewed:
        """Return what happened."""
        return kinds.Reviewed(self.cleaned_data["enough"] == "enough")


class NoticeForm(StepForm):
    """A notice that the effort is too small."""

    day = DayField()

    def payload(self) -> kinds.NoticeGiven:
        """Return what happened."""
        return kinds.NoticeGiven()


class DecisionForm(StepForm):
    """A decision of which only the adult and the first day are asked."""

    day = DayField(planned=True)


class HouseholdDecisionForm(DecisionForm):
    """A decision about the household."""

    person = None


class ComplaintForm(StepForm):
    """A complaint that came in."""

    topic = forms.ChoiceField(widget=forms.RadioSelect)
    serious = forms.BooleanField(required=False)
    day = DayField()
    note = NoteField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        topics = ("treatment", "money", "privacy", "health", "other")
        self.fields["topic"].choices = _choices("trial.values", topics)

    def payload(self) -> kinds.Complained:
        """Return what happened."""
        return kinds.Complained(self.cleaned_data["topic"], serious=self.cleaned_data["serious"])


class AnswerForm(StepForm):
    """The answer to a complaint."""

    day = DayField()
    note = NoteField()

    def payload(self) -> kinds.ComplaintAnswered:
        """Return what happened."""
        return kinds.ComplaintAnswered()


class SanctionForm(StepForm):
    """A reduction of art. 18 for the breach of a duty."""

    duty = forms.ChoiceField(widget=forms.RadioSelect)
    breach = DayField()
    percent = forms.IntegerField(
        min_value=1, max_value=100, widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
    )
    month = forms.ChoiceField()
    months = forms.TypedChoiceField(coerce=int)
    seen = forms.BooleanField(required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, today=today, **kwargs)
        say, this = words(), Month.of(today)
        months = [this + ahead for ahead in range(_SANCTION_AHEAD_MONTHS + 1)]
        self.fields["duty"].choices = _choices("casework.duty", get_args(kinds.SanctionedDuty))
        self.fields["month"].choices = [(str(month), say.month(month)) for month in months]
        self.fields["months"].choices = [(number, str(number)) for number in range(1, 13)]

    def clean(self) -> Any:  # noqa: ANN401
        """Hold a reduction for a uniform duty to art. 18.5: all of the benefit, for one to three months."""
        typed = super().clean()
        whole = typed.get("percent") == 100 and typed.get("months", 1) <= 3
        if typed.get("duty") == "uniform" and "percent" in typed and not whole:
            self.add_error("percent", words().say("casework.uniform_is_whole"))
        return typed

    @property
    def first_day(self) -> date:
        """The first day of the reduction."""
        return Month.parse(self.cleaned_data["month"]).first_day

    def payload(self) -> kinds.Sanctioned:
        """Return what is decided."""
        typed = self.cleaned_data
        return kinds.Sanctioned(typed["duty"], 100 * typed["percent"], typed["months"])


class EarningsForm(StepForm):
    """What an adult earned in a month."""

    month = forms.ChoiceField()
    net = EurosField()

    def __init__(self, *args: Any, first: date, today: date, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, first=first, today=today, **kwargs)
        this = Month.of(today)
        since = Month.of(first) if first < today else this
        months = [this + -back for back in range(this - since + 1)]
        self.fields["month"].choices = [(str(month), words().month(month)) for month in months]


class SettleForm(OnceForm):
    """Confirming a month as it was shown, with what is kept back in it."""

    room = "casework.form"
    set_off = EurosField(required=False)
    expected = forms.CharField(widget=forms.HiddenInput, required=False, label="")
    checked = forms.BooleanField()

    def __init__(self, *args: Any, claim_cents: int, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.claim_cents = claim_cents
        if not claim_cents:
            del self.fields["set_off"]

    def clean_set_off(self) -> int:
        """Return what is kept back; refuses more than may be."""
        cents = self.cleaned_data["set_off"] or 0
        if cents > self.claim_cents:
            raise forms.ValidationError(words().say("casework.set_off_high"))
        return int(cents)


class CoverForm(OnceForm):
    """Taking a colleague's files over for some days, and why."""

    room = "casework.cover"
    colleague = forms.ChoiceField(widget=forms.RadioSelect)
    last_day = DayField(planned=True)
    reason = forms.CharField(max_length=300, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, colleagues: dict[str, str], today: date, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["colleague"].choices = list(colleagues.items())
        self.fields["last_day"].within(today, today)

    def clean_last_day(self) -> date:
        """Return the last day; refuses one that is too far."""
        last_day: date = self.cleaned_data["last_day"]
        if not can_cover(self.today, last_day):
            raise forms.ValidationError(words().say("casework.cover.too_long"))
        return last_day


class DivideForm(OnceForm):
    """Which caseworker gets how many files, and whose."""

    room = "casework.divide"
    giver = forms.ChoiceField(required=False)
    worker = forms.ChoiceField(widget=forms.RadioSelect)
    most = forms.IntegerField(
        min_value=1,
        max_value=_MOST_AT_ONCE,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, workers: dict[str, str], held: Counter[str], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        nobody = words().say("casework.divide.nobody", number=held[""])
        known = [(actor, f"{email} ({held[actor]})") for actor, email in workers.items()]
        self.fields["giver"].choices = [("", nobody), *known]
        self.fields["worker"].choices = known

    def clean(self) -> Any:  # noqa: ANN401
        """Refuse to give files to who has them."""
        typed = super().clean()
        if typed.get("worker") and typed.get("worker") == typed.get("giver"):
            self.add_error("worker", words().say("casework.divide.same"))
        return typed
