"""Made-up people in every situation that a page can show, and made-up staff.

Names and numbers are of nobody: no citizen service number begins with 9990, and none of these passes the
check on its last digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from secrets import token_hex

from django.db import transaction

from opmaat.web import clock
from opmaat.web.accounts.actions import make_staff_account
from opmaat.web.accounts.permissions import Role
from opmaat.web.gateway.events import Payload, kinds
from opmaat.web.gateway.studies import Protocol
from opmaat.web.journal.actions import Fact, record
from opmaat.web.journal.models import Municipality
from opmaat.web.people.actions import enter_person, give_letter_code
from opmaat.web.people.sealing import Identity
from opmaat.web.trial.actions import enter_household
from opmaat.web.trial.models import Study
from opmaat.web.trial.queries import study_protocol

_SYSTEM = "system:0000"
_PASSWORD_BYTES = 9

# Whom it concerns (None: the household), what it is, and how many days after the start.
Happened = tuple[str | None, Payload, int]


@dataclass(frozen=True, slots=True)
class SignIn:
    """How one made-up person signs in: what for, and with what."""

    who: str
    name: str
    secret: str

    def __str__(self) -> str:
        return f"{self.who:<42} {self.name:<24} {self.secret}"


@dataclass(frozen=True, slots=True)
class Situation:
    """A household at one stage: how many adults, and, once it has joined, its arm and whether it was told."""

    adults: int = 1
    joined: bool = True
    arm: str | None = None


def situations(protocol: Protocol) -> dict[str, Situation]:
    """Return the situations that pages can show, by name.

    >>> from pathlib import Path
    >>> from opmaat.web.gateway.studies import protocol_of
    >>> [*situations(protocol_of(Path("studies/groningen-2017")))][:3]
    ['invited', 'invited, a couple', 'drawn, has not heard the arm']
    """
    last = list(protocol.arms)[-1]
    return {
        "invited": Situation(joined=False),
        "invited, a couple": Situation(adults=2, joined=False),
        "drawn, has not heard the arm": Situation(),
        **{f"arm '{name}'": Situation(arm=name) for name in protocol.arms},
        f"arm '{last}', a couple": Situation(adults=2, arm=last),
    }


@transaction.atomic
def fill(*, municipality: Municipality, study: Study) -> list[SignIn]:
    """Enter a made-up household in every situation, and staff of every role; return their sign-ins."""
    filling = Filling(study)
    found = [one for who in situations(filling.protocol) for one in filling.enter(who)]
    return found + staff_of_every_role(municipality)


def staff_of_every_role(municipality: Municipality) -> list[SignIn]:
    """Make a member of staff for every role; the second factor is set up at the first sign-in."""
    return [_staff(municipality, role) for role in Role if role != Role.PARTICIPANT]


def _staff(municipality: Municipality, role: Role) -> SignIn:
    """Make a member of staff."""
    email, password = f"{role.value.replace('_', '-')}@made-up.example", token_hex(_PASSWORD_BYTES)
    make_staff_account(municipality=municipality, role=role, email=email, password=password)
    return SignIn(role.value, email, password)


def made_up_identity(number: int) -> Identity:
    """Return the identity of a made-up person.

    >>> made_up_identity(7).born
    datetime.date(1967, 8, 8)
    """
    return Identity(
        name=f"Verzonnen Persoon {number}",
        born=date(1960 + number % 35, 1 + number % 12, 1 + number % 28),
        number=f"9990{number:05d}",
        address=f"Nergensstraat {number}",
    )


class Filling:
    """Enters made-up households one after the other; their time in the study began a year ago.

    ``first`` is the number of the first made-up person.
    """

    def __init__(self, study: Study, *, first: int = 1) -> None:
        self.protocol = study_protocol(study)
        self._study, self._numbers = study, count(first)
        self._start = (clock.today().replace(day=1) - timedelta(days=360)).replace(day=1)

    def enter(self, who: str) -> list[SignIn]:
        """Enter a household in one of the situations; raises KeyError for another."""
        situation = situations(self.protocol)[who]
        people = [self._person() for _ in range(situation.adults)]
        persons = tuple(pseudonym for pseudonym, _ in people)
        household = token_hex(16)
        enter_household(study=self._study, pseudonym=household, adults=persons)
        events: list[Happened] = [(None, kinds.Drawn(), -70), (None, kinds.Invited(), -60)]
        events += self._joined(persons) if situation.joined else []
        events += [] if situation.arm is None else self._began(persons, situation.arm)
        for person, payload, days in events:
            self._record(household, person, payload, self._start + timedelta(days=days))
        return [SignIn(who, identity.born.strftime("%d-%m-%Y"), code) for _, (identity, code) in people]

    def _joined(self, persons: tuple[str, ...]) -> list[Happened]:
        """Return consents and the sign-up."""
        consents: list[Happened] = [
            (person, kinds.Consented(purpose), -30)
            for person in persons
            for purpose in ("participation", "questionnaires", "register_linking")
        ]
        return [*consents, (None, kinds.SignedUp(), -30)]

    def _began(self, persons: tuple[str, ...], arm: str) -> list[Happened]:
        """Return the arm's disclosure, the start, and the waves that were sent."""
        months = (clock.today() - self._start).days // 30
        sent = [wave for wave in self.protocol.waves if wave.month <= months]
        waves: list[Happened] = [
            (person, kinds.WaveSent(wave.name), 31 * wave.month) for person in persons for wave in sent
        ]
        return [(None, kinds.Disclosed(arm), -5), (None, kinds.Started(), 0), *waves]

    def _person(self) -> tuple[str, tuple[Identity, str]]:
        """Enter a made-up person with a letter code."""
        identity = made_up_identity(next(self._numbers))
        municipality = self._study.municipality
        person = enter_person(municipality=municipality, identity=identity)
        return person, (identity, give_letter_code(municipality=municipality, person=person))

    def _record(self, household: str, person: str | None, payload: Payload, day: date) -> None:
        """Write one event down, never later than today."""
        fact = Fact(
            study=self._study.name,
            household=household,
            person=person,
            payload=payload,
            valid_from=min(day, clock.today()),
        )
        record(fact, municipality=self._study.municipality, actor=_SYSTEM, request_key=token_hex(16))
