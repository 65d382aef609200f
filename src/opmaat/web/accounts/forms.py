"""Forms of the second step, with the words of this website."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm

from opmaat.web.theme.words import words


class _OwnWords:
    """A form with one field, a code, which says where the code is to be found."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["code"].label = words().say("accounts.code")
        self.fields["code"].widget.attrs.pop("placeholder")


class ActivateForm(_OwnWords, ActivateTOTPForm):
    """Sets a second step up."""


class SecondStepForm(_OwnWords, AuthenticateForm):
    """Signs in with the second step."""


class AgainForm(_OwnWords, ReauthenticateForm):
    """Confirms who it is that is signed in."""
