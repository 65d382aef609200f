"""Who can sign in."""

from __future__ import annotations

from secrets import token_hex
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from opmaat.web.accounts.permissions import Role
from opmaat.web.journal.models import Municipality


def new_pseudonym() -> str:
    """Return 32 random hexadecimal digits."""
    return token_hex(16)


class AccountManager(BaseUserManager):
    """Finds accounts across municipalities: who signs in has not said yet in which."""

    def get_queryset(self) -> models.QuerySet:
        """Return accounts with their municipality, which every page asks for."""
        return super().get_queryset().select_related("municipality")


class Account(AbstractBaseUser):
    """Someone who can sign in: a participant by letter code, staff by password and second factor.

    ``pseudonym`` names the account in events. ``person`` is the pseudonym of a participant, empty for staff.
    """

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    email = models.EmailField(unique=True, null=True)
    pseudonym = models.CharField(max_length=32, unique=True, default=new_pseudonym)
    person = models.CharField(max_length=64, blank=True)
    letter_code = models.CharField(max_length=64, unique=True, null=True)
    is_active = models.BooleanField(default=True)

    objects = AccountManager()
    USERNAME_FIELD = "pseudonym"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality", "person"],
                condition=~models.Q(person=""),
                name="account_once_by_person",
            )
        ]

    @property
    def actor(self) -> str:
        """The account as events name it: role and pseudonym."""
        who = self.person or self.pseudonym
        return f"{self.role}:{who}"


class FailedSignIn(models.Model):
    """A sign-in with a letter code that failed; ``key`` is a digest of where it came from, or of the code."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key", "at"])]
