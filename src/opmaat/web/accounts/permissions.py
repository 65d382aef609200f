"""The one table of permissions: what is not in it may not be done."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What someone signs in as."""

    PARTICIPANT = "participant"
    CASEWORKER = "caseworker"
    PROJECT_LEAD = "project_lead"
    RESEARCHER = "researcher"
    AUDITOR = "auditor"
    DPO = "dpo"


class Thing(StrEnum):
    """What something is done with; ``own`` is what concerns the participant who is signed in."""

    OWN_PART = "own_part"
    OWN_ANSWERS = "own_answers"
    OWN_DATA = "own_data"
    ARMS = "arms"
    CASELOAD = "caseload"
    JOURNAL = "journal"
    PREPARATION = "preparation"
    FIELDWORK = "fieldwork"
    STAFF_PAGE = "staff_page"
    TRIAL_DATA = "trial_data"


class Action(StrEnum):
    """What is done."""

    READ = "read"
    WRITE = "write"
    EXPORT = "export"


Table = Mapping[Role, Mapping[Thing, frozenset[Action]]]

_READ, _READ_WRITE = frozenset({Action.READ}), frozenset({Action.READ, Action.WRITE})
_READ_EXPORT, _ALL = frozenset({Action.READ, Action.EXPORT}), frozenset(Action)
_STAFF = {Thing.STAFF_PAGE: _READ}

PERMISSIONS: Table = MappingProxyType(
    {
        Role.PARTICIPANT: {
            Thing.OWN_PART: _READ_WRITE,
            Thing.OWN_ANSWERS: _READ_WRITE,
            Thing.OWN_DATA: frozenset({Action.READ, Action.EXPORT}),
        },
        Role.CASEWORKER: {**_STAFF, Thing.CASELOAD: _READ_WRITE},
        Role.PROJECT_LEAD: {**_STAFF, Thing.PREPARATION: _ALL, Thing.FIELDWORK: _ALL},
        Role.RESEARCHER: {**_STAFF, Thing.ARMS: _READ, Thing.TRIAL_DATA: _ALL},
        Role.AUDITOR: {**_STAFF, Thing.JOURNAL: _READ_EXPORT, Thing.PREPARATION: _READ_EXPORT},
        Role.DPO: {**_STAFF, Thing.JOURNAL: _READ_EXPORT},
    }
)


def may(role: str, thing: Thing, action: Action) -> bool:
    """Tell whether a role may do something.

    >>> may("auditor", Thing.JOURNAL, Action.READ), may("caseworker", Thing.OWN_ANSWERS, Action.READ)
    (True, False)
    """
    return action in PERMISSIONS.get(Role(role), {}).get(thing, frozenset())
