"""Reading who people are. Whoever reads about another person notes it: journal.actions.note_access."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from opmaat.web.journal.models import Municipality
from opmaat.web.people.models import Person
from opmaat.web.people.sealing import Identity, lookup, unseal


def identity_of(municipality: Municipality, pseudonym: str) -> Identity:
    """Return who someone is; raises Person.DoesNotExist for a pseudonym that is not of this municipality."""
    person = Person.objects.of(municipality).get(pseudonym=pseudonym)
    return unseal(bytes(person.sealed), municipality=municipality.code, pseudonym=pseudonym)


def identities_of(municipality: Municipality, pseudonyms: list[str]) -> dict[str, Identity]:
    """Return who several people are, by pseudonym, in one query."""
    people = Person.objects.of(municipality).filter(pseudonym__among=pseudonyms)
    return {
        one.pseudonym: unseal(bytes(one.sealed), municipality=municipality.code, pseudonym=one.pseudonym)
        for one in people
    }


def with_identities(rows: QuerySet, municipality: Municipality) -> QuerySet:
    """Add to rows with a column ``person`` who that is, still sealed, so that names cost no further query."""
    mine = Person.objects.of(municipality).filter(pseudonym=OuterRef("person"))
    return rows.annotate(sealed=Subquery(mine.values("sealed")[:1]))


def identity_beside(row: Any, municipality: Municipality) -> Identity:  # noqa: ANN401
    """Return who the person of a row of :func:`with_identities` is."""
    return unseal(bytes(row.sealed), municipality=municipality.code, pseudonym=row.person)


def pseudonym_by_number(municipality: Municipality, number: str) -> str | None:
    """Return the pseudonym of a citizen service number; None when it is not known here."""
    found = Person.objects.of(municipality).filter(number_lookup=lookup("number", number)).first()
    return None if found is None else str(found.pseudonym)
