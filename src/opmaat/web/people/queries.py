"""Reading who people are. Whoever reads about another person notes it: journal.actions.note_access."""

from __future__ import annotations

from opmaat.web.journal.models import Municipality
from opmaat.web.people.models import Person
from opmaat.web.people.sealing import Identity, lookup, unseal


def identity_of(municipality: Municipality, pseudonym: str) -> Identity:
    """Return who someone is; raises Person.DoesNotExist for a pseudonym that is not of this municipality."""
    person = Person.objects.of(municipality).get(pseudonym=pseudonym)
    return unseal(bytes(person.sealed), municipality=municipality.code, pseudonym=pseudonym)


def identities_of(municipality: Municipality, pseudonyms: list[str]) -> dict[str, Identity]:
    """Return who several people are, by pseudonym, in one query."""
    people = Person.objects.of(municipality).filter(pseudonym__in=pseudonyms)
    return {
        one.pseudonym: unseal(bytes(one.sealed), municipality=municipality.code, pseudonym=one.pseudonym)
        for one in people
    }


def pseudonym_by_number(municipality: Municipality, number: str) -> str | None:
    """Return the pseudonym of a citizen service number; None when it is not known here."""
    found = Person.objects.of(municipality).filter(number_lookup=lookup("number", number)).first()
    return None if found is None else str(found.pseudonym)
