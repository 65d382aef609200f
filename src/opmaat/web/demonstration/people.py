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


@transaction.atomic
def fill(*, municipality: Municipality, study: Study) -> list[SignIn]:
    """Enter made-up households at every stage of a study, and staff of every role; return their sign-ins."""
    protocol = study_protocol(study)
    filling = _Filling(study, protocol)
    found = [*filling.household("invited", adults=1), *filling.household("invited, a couple", adults=2)]
    found += filling.household("drawn, has not heard the arm", adults=1, told=False, arm="")
    for name in protocol.arms:
        found += filling.household(f"arm '{name}'", adults=1, arm=name)
    found += filling.household(
        f"arm '{list(protocol.arms)[-1]}', a couple", adults=2, arm=list(protocol.arms)[-1]
    )
    return found + [_staff(municipality, role) for role in Role if role != Role.PARTICIPANT]


def _staff(municipality: Municipality, role: Role) -> SignIn:
    """Make a member of staff; the second factor is set up at the first sign-in."""
    email, password = f"{role.value.replace('_', '-')}@made-up.example", token_hex(_PASSWORD_BYTES)
    make_staff_account(municipality=municipality, role=role, email=email, password=password)
    return SignIn(role.value, email, password)


class _Filling:
    """Enters households one after the other."""

    def __init__(self, study: Study, protocol: Protocol) -> None:
        self._study, self._protocol, self._numbers = study, protocol, count(1)
        self._start = clock.today().replace(day=1) - timedelta(days=360)
        self._start = self._start.replace(day=1)

    def household(self, who: str, *, adults: int, arm: str | None = None, told: bool = True) -> list[SignIn]:
        """Enter a household; without ``arm`` it was invited only."""
        people = [self._person() for _ in range(adults)]
        persons = tuple(pseudonym for pseudonym, _ in people)
        pseudonym = token_hex(16)
        enter_household(study=self._study, pseudonym=pseudonym, adults=persons)
        events: list[Happened] = [(None, kinds.Drawn(), -70), (None, kinds.Invited(), -60)]
        if arm is not None:
            events += self._joined(persons)
            events += self._began(persons, arm) if told else []
        for person, payload, days in events:
            self._record(pseudonym, person, payload, self._start + timedelta(days=days))
        return [SignIn(who, identity.born.strftime("%d-%m-%Y"), code) for (_, (identity, code)) in people]

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
        sent = [wave for wave in self._protocol.waves if wave.month <= months]
        waves: list[Happened] = [
            (person, kinds.WaveSent(wave.name), 31 * wave.month) for person in persons for wave in sent
        ]
        return [(None, kinds.Disclosed(arm), -5), (None, kinds.Started(), 0), *waves]

    def _person(self) -> tuple[str, tuple[Identity, str]]:
        """Enter a made-up person with a letter code."""
        number = next(self._numbers)
        identity = Identity(
            name=f"Verzonnen Persoon {number}",
            born=date(1960 + 2 * number, 1 + number % 12, 1 + number),
            number=f"9990{number:05d}",
            address=f"Nergensstraat {number}",
        )
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
