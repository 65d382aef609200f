"""Tables of the audit."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from opmaat.web.journal.models import AppendOnly, OfMunicipality


class Sealing(AppendOnly, OfMunicipality):
    """The state of the journal when it was found whole: published, so that a later change of it is found.

    ``events`` and ``head`` are the length and last digest of the chain of events; ``accesses`` counts who
    looked at what, and ``accesses_digest`` is the digest of all of that.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=90)
    events = models.PositiveBigIntegerField()
    head = models.CharField(max_length=71)
    accesses = models.PositiveBigIntegerField()
    accesses_digest = models.CharField(max_length=71)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["municipality", "at"], name="sealing_by_moment")]
