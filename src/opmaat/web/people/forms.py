"""The form of the letter code."""

from __future__ import annotations

from django import forms

from opmaat.web.theme.forms import ThemedForm


class LetterCodeForm(ThemedForm):
    """The code of a letter and a date of birth, each as people write them."""

    room = "people"
    letter_code = forms.CharField(
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters"}),
    )
    birth_date = forms.DateField(
        input_formats=["%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d", "%d %m %Y"],
        widget=forms.DateInput({"autocomplete": "bday"}),
    )
