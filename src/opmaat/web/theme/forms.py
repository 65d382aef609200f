"""How forms look and speak: NL Design System fields, each with label, help and message beside it."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django import forms
from django.forms.renderers import DjangoTemplates

from opmaat.web.theme.words import words

_KEY_DIGITS = 32
_CLASSES: dict[type[forms.Widget], str] = {
    forms.TextInput: "utrecht-textbox utrecht-textbox--html-input",
    forms.NumberInput: "utrecht-textbox utrecht-textbox--html-input",
    forms.DateInput: "utrecht-textbox utrecht-textbox--html-input",
    forms.Textarea: "utrecht-textarea utrecht-textarea--html-textarea",
    forms.Select: "utrecht-select utrecht-select--html-select",
    forms.RadioSelect: "utrecht-radio-button utrecht-radio-button--html-input",
    forms.CheckboxInput: "utrecht-checkbox utrecht-checkbox--html-input",
    forms.CheckboxSelectMultiple: "utrecht-checkbox utrecht-checkbox--html-input",
}


# What is asked of who left a field empty, where it is not that something is to be written.
_MISSING: dict[type[forms.Widget], str] = {
    forms.RadioSelect: "choose",
    forms.Select: "choose",
    forms.CheckboxInput: "tick",
    forms.FileInput: "file",
}


class Renderer(DjangoTemplates):
    """Renders every form, and every field of it, with the theme's templates."""

    form_template_name = "theme/fields.html"
    field_template_name = "theme/field.html"


class ThemedForm(forms.Form):
    """A form in the theme's looks.

    With ``room`` a field that has no label takes it from the text ``room.field``, and its help, where there
    is one, from ``room.field_help``.
    """

    room: ClassVar[str] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for name, field in self.fields.items():
            dress(field)
            if self.room and field.label is None:
                field.label = words().say(f"{self.room}.{name}")
            if self.room and words().knows(f"{self.room}.{name}_help"):
                field.help_text = words().say(f"{self.room}.{name}_help")


class OnceForm(ThemedForm):
    """A form that carries a key: sent again, by a double click or the back button, it writes nothing new."""

    # Without an identifier, for two forms may stand on a page.
    request_key = forms.RegexField(
        rf"^[0-9a-f]{{{_KEY_DIGITS}}}$",
        widget=forms.HiddenInput({"id": False}),
        initial=lambda: secrets.token_hex(_KEY_DIGITS // 2),
        label="",
    )


def dress(field: forms.Field) -> None:
    """Give the widget of a field the classes of its component, options a line each, and say what misses."""
    classes = _CLASSES.get(type(field.widget))
    if classes is not None:
        field.widget.attrs.setdefault("class", classes)
    if field.error_messages["required"] is forms.Field.default_error_messages["required"]:
        missing = _MISSING.get(type(field.widget), "write")
        field.error_messages["required"] = words().say(f"theme.missing.{missing}")
    if isinstance(field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        field.widget.template_name = "theme/options.html"
        field.widget.option_template_name = "django/forms/widgets/input.html"
