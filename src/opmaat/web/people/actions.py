"""Keeping who people are, and giving them letter codes."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from django.db import transaction

from opmaat.core.errors import Issue, NotPermittedError
from opmaat.web.accounts.actions import change_letter_code, make_participant_account
from opmaat.web.journal.bulk import insert
from opmaat.web.journal.models import Municipality
from opmaat.web.people.codes import LENGTH, LETTERS, digest_of_code, shown_code
from opmaat.web.people.models import Person
from opmaat.web.people.sealing import Identity, lookup, seal


@transaction.atomic
def enter_person(*, municipality: Municipality, identity: Identity, pseudonym: str | None = None) -> str:
    """Keep a person, and return the pseudonym: a new one, or the one that events know the person by."""
    pseudonym = pseudonym or secrets.token_hex(16)
    Person(
        municipality=municipality,
        pseudonym=pseudonym,
        sealed=seal(identity, municipality=municipality.code, pseudonym=pseudonym),
        number_lookup=lookup("number", identity.number),
    ).save()
    return pseudonym


@transaction.atomic
def enter_people(*, municipality: Municipality, identities: Mapping[str, Identity]) -> None:
    """Keep several people, by the pseudonym that events know each by; who is known gets what is said now.

    Raises NotPermittedError ``known-otherwise`` when a citizen service number is known under another
    pseudonym: a person has one in a municipality.
    """
    # Whoever enters people at the same moment waits here, so that nobody is entered twice.
    Municipality.objects.wait_for_turn(municipality)
    mine = Person.objects.of(municipality)
    numbers = {lookup("number", one.number): pseudonym for pseudonym, one in identities.items()}
    known = dict(mine.filter(number_lookup__among=numbers).values_list("number_lookup", "pseudonym"))
    others = sum(numbers[number] != pseudonym for number, pseudonym in known.items())
    if others:
        problem = f"{others} people are known here under another pseudonym."
        fix = "Make the list with the pseudonym key of the study in which they are known."
        raise NotPermittedError([Issue("known-otherwise", "people", problem, fix)])
    if known:
        mine.filter(number_lookup__among=known).delete()
    rows = [
        {
            "municipality_id": municipality.pk,
            "pseudonym": pseudonym,
            "sealed": seal(identities[pseudonym], municipality=municipality.code, pseudonym=pseudonym),
            "number_lookup": number,
        }
        for number, pseudonym in numbers.items()
    ]
    insert(Person, rows)


@transaction.atomic
def give_letter_code(*, municipality: Municipality, person: str) -> str:
    """Make an account for a participant and return its letter code, which is kept nowhere."""
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    make_participant_account(municipality=municipality, person=person, letter_code=digest_of_code(code))
    return shown_code(code)


@transaction.atomic
def put_letter_code(*, municipality: Municipality, person: str, code: str) -> None:
    """Let a participant sign in with a code from now on, and with no other; done again it changes nothing."""
    digest = digest_of_code(code)
    if not change_letter_code(municipality=municipality, person=person, letter_code=digest):
        make_participant_account(municipality=municipality, person=person, letter_code=digest)
