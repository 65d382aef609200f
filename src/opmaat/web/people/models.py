"""Who people are, sealed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from opmaat.web.journal.models import OfMunicipality


class Person(OfMunicipality):
    """One adult: a pseudonym, and everything that tells who it is as one encrypted text.

    ``number_lookup`` is the keyed digest of the citizen service number (BSN).
    """

    pseudonym = models.CharField(max_length=64)
    sealed = models.BinaryField()
    number_lookup = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "pseudonym"], name="person_once"),
            models.UniqueConstraint(fields=["municipality", "number_lookup"], name="person_once_by_number"),
        ]

    def __str__(self) -> str:
        return f"person {self.pseudonym}"
