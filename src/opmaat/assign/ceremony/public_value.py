"""The one spelling of a public value, so that nobody can choose between draws by how the value is written.

The commitment names the form: ``joined`` is upper-case letters and digits without anything between them;
``digits:N`` is N digits, leading zeros included; ``words`` is upper-case words, one space between two.
Only a source whose value can be written in one way in the form leaves nothing to choose.
"""

from __future__ import annotations

import re
import unicodedata

from opmaat.core.errors import Issue, UsageError

JOINED = "joined"
FORM = r"joined|words|digits:[1-9][0-9]{0,3}"


def require_form(form: str) -> None:
    """Refuse a form that there is not; raises UsageError ``unknown-form``."""
    if not re.fullmatch(FORM, form):
        problem, fix = (
            "There is no such form.",
            "Use 'digits:3' with your number of digits, 'words' or 'joined'.",
        )
        raise UsageError([Issue("unknown-form", "--form", problem, fix)])


def is_canonical(value: str, form: str) -> bool:
    """Tell whether a value is spelled as the form asks.

    >>> [is_canonical(value, "digits:3") for value in ("613", "6-1-3", "0613")]
    [True, False, False]
    """
    return re.fullmatch(_pattern(form), value) is not None


def require_canonical(value: str, form: str) -> None:
    """Refuse every other spelling of a value than the canonical; raises UsageError ``wrong-form``.

    >>> require_canonical("6-1-3", "joined")
    Traceback (most recent call last):
    ...
    opmaat.core.errors.UsageError: --public-value: The value is not written as the commitment asks. Give it \
as '613', if that is the whole value. [wrong-form]
    """
    if is_canonical(value, form):
        return
    problem, near = "The value is not written as the commitment asks.", _nearest(value, form)
    fix = f"Give it as '{near}', if that is the whole value." if is_canonical(near, form) else _asked(form)
    raise UsageError([Issue("wrong-form", "--public-value", problem, fix)])


def _pattern(form: str) -> str:
    """Return the pattern of a form."""
    if form.startswith("digits:"):
        return f"[0-9]{{{form.removeprefix('digits:')}}}"
    return "[A-Z]+( [A-Z]+)*" if form == "words" else "[A-Z0-9]+"


def _nearest(value: str, form: str) -> str:
    """Return what is left of a value when all that the form does not know is taken out."""
    plain = unicodedata.normalize("NFKD", value).upper()
    if form == "words":
        return " ".join(re.findall("[A-Z]+", plain))
    return "".join(re.findall("[0-9]" if form.startswith("digits:") else "[A-Z0-9]", plain))


def _asked(form: str) -> str:
    """Say what a form asks."""
    if form.startswith("digits:"):
        return f"Give exactly {form.removeprefix('digits:')} digits, leading zeros included."
    return "Give upper-case words." if form == "words" else "Give upper-case letters and digits, joined."
