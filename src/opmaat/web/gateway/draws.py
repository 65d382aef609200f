"""The arms that were drawn: opened for the households whose time to be told has come, and for nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from opmaat.assign.ceremony.publish import Place, private_bytes
from opmaat.assign.conceal import open_household
from opmaat.core.errors import NotPermittedError
from opmaat.core.secrets import read_secret
from opmaat.web.gateway.studies import protocol_of

PRIVATE = "private"


def arms_of(folder: Path, round_name: str, households: Sequence[str]) -> dict[str, str]:
    """Return the arm of each household that was drawn; the caller writes down that it is told.

    Raises NotPermittedError when nothing was drawn, or the key of the draw is not there.
    """
    place = Place(folder, folder / PRIVATE, round_name)
    sealed, key = private_bytes(place.allocation), read_secret(place.draw_key)
    study, found = protocol_of(folder).id, {}
    for household in households:
        try:
            drawn = open_household(sealed, key, household=household, study=study, round_name=round_name)
        except NotPermittedError:
            continue
        found[household] = drawn.arm
    return found
