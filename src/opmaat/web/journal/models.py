"""Tables of the journal, and what every table of a municipality is made of."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import connection, models

_TO_WRITE = "SELECT 1 FROM journal_municipality WHERE id = %s FOR NO KEY UPDATE"
_TO_HOLD_WRITERS_OFF = "SELECT 1 FROM journal_municipality WHERE id = %s FOR SHARE"


class UnscopedQueryError(Exception):
    """A table of municipalities was asked for without saying whose rows are meant."""


class AppendOnlyError(Exception):
    """Something tried to change or delete a row that stands for good."""


class MunicipalityManager(models.Manager):
    """Finds municipalities, and lets those who write in one wait for each other."""

    def wait_for_turn(self, municipality: Municipality) -> None:
        """Wait until nobody else writes in a municipality; until the end of the transaction it is our turn.

        Rows that point at the municipality can be made meanwhile. SQLite has one writer at a time by itself.
        """
        self._ask_for(_TO_WRITE, municipality)

    def wait_for_writers(self, municipality: Municipality) -> None:
        """Wait until nobody writes in a municipality; until the end of the transaction nobody else will.

        Several can hold writers off at once.
        """
        self._ask_for(_TO_HOLD_WRITERS_OFF, municipality)

    def _ask_for(self, lock: str, municipality: Municipality) -> None:
        if connection.features.has_select_for_update:
            with connection.cursor() as cursor:
                cursor.execute(lock, [municipality.pk])


class Municipality(models.Model):
    """A municipality; every other row belongs to one."""

    objects = MunicipalityManager()
    code = models.SlugField(unique=True)
    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class ScopedManager(models.Manager):
    """Reaches rows by their municipality only."""

    def of(self, municipality: Municipality) -> models.QuerySet:
        """Return the rows of one municipality."""
        return models.QuerySet(self.model, using=self._db).filter(municipality=municipality)

    def get_queryset(self) -> models.QuerySet:
        """Refuse: rows of several municipalities are never asked for together."""
        raise UnscopedQueryError(f"say {self.model.__name__}.objects.of(municipality)")


class OfMunicipality(models.Model):
    """A row of one municipality."""

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    objects = ScopedManager()

    class Meta:
        abstract = True


class FollowsFromEvents(OfMunicipality):
    """A row of a read model, about one household.

    The events that it follows from are of a municipality that is there, which is not checked again for every
    row; and every index of a read model begins with the municipality, so that it has none of its own.
    """

    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    study = models.CharField(max_length=100)
    household = models.CharField(max_length=64)

    class Meta:
        abstract = True


class AppendOnly(models.Model):
    """A row that stands for good; triggers of the database refuse what does not go through here."""

    class Meta:
        abstract = True

    def save(self, **_: Any) -> None:  # noqa: ANN401
        """Write a new row; raises AppendOnlyError for one that is there."""
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} stands for good")
        super().save(force_insert=True)

    def delete(self, *_: Any, **__: Any) -> Any:  # noqa: ANN401
        """Refuse."""
        raise AppendOnlyError(f"{type(self).__name__} stands for good")


EVENT_COLUMNS = (
    "event_id",
    "household",
    "person",
    "kind",
    "valid_from",
    "recorded_at",
    "actor",
    "payload",
    "corrects",
)


def plain_event(row: tuple[Any, ...]) -> dict[str, Any]:
    """Return the values of EVENT_COLUMNS as :meth:`opmaat.conduct.model.Event.as_dict` gives them."""
    event_id, household, person, kind, valid_from, recorded_at, actor, payload, corrects = row
    return {
        "id": event_id,
        "household": household,
        "person": person,
        "kind": kind,
        "valid_from": valid_from.isoformat(),
        "recorded_at": recorded_at.isoformat(),
        "actor": actor,
        "payload": payload,
        "corrects": corrects,
    }


class Entry(AppendOnly, OfMunicipality):
    """One event as it was written down, chained to the one before it in the same municipality.

    ``request_key`` names the request that led to it: the same request again leads to the same entry.
    """

    sequence = models.PositiveBigIntegerField()
    event_id = models.CharField(max_length=64)
    request_key = models.CharField(max_length=64)
    study = models.CharField(max_length=100)
    household = models.CharField(max_length=64)
    person = models.CharField(max_length=64, null=True)
    kind = models.CharField(max_length=40)
    valid_from = models.DateField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=90)
    payload = models.JSONField()
    corrects = models.CharField(max_length=64, null=True)
    previous = models.CharField(max_length=71)
    digest = models.CharField(max_length=71)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "sequence"], name="entry_once_in_chain"),
            models.UniqueConstraint(fields=["municipality", "event_id"], name="entry_once_by_event"),
            models.UniqueConstraint(fields=["municipality", "request_key"], name="entry_once_by_request"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["municipality", "household", "sequence"], name="entry_by_household"),
            models.Index(fields=["municipality", "person"], name="entry_by_person"),
            models.Index(fields=["municipality", "recorded_at"], name="entry_by_moment"),
            models.Index(fields=["municipality", "actor", "recorded_at"], name="entry_by_actor"),
        ]

    def event(self) -> dict[str, Any]:
        """Return the event as plain values."""
        return plain_event(tuple(getattr(self, name) for name in EVENT_COLUMNS))


class Access(AppendOnly, OfMunicipality):
    """Someone looked at, or took out, what is held on a person or household."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=90)
    action = models.CharField(max_length=20)
    thing = models.CharField(max_length=40)
    about = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["municipality", "about"]),
            models.Index(fields=["municipality", "at"], name="access_by_moment"),
            models.Index(fields=["municipality", "actor", "at"], name="access_by_actor"),
        ]
