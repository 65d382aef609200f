"""The caseload: the frame of all households, who is eligible, and why the others are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import isnan

import numpy as np
from numpy.typing import NDArray

from opmaat.core.codes import Codes, joined
from opmaat.core.digest import digest_value
from opmaat.core.receipt import Receipt
from opmaat.core.texts import Text

DRAWN_BEFORE = "drawn_before"
INCOMPLETE = "incomplete"
BUILT_IN = {
    DRAWN_BEFORE: Text(
        "in een eerdere ronde geloot; houdt die uitkomst", "drawn in an earlier round; keeps that arm"
    ),
    INCOMPLETE: Text(
        "een kenmerk voor de loting ontbreekt", "a characteristic that the draw needs is missing"
    ),
}


@dataclass(frozen=True, slots=True)
class Screened:
    """How many households, and persons in them, a reason keeps out and nothing drew later."""

    id: str
    reason: Text
    households: int
    persons: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Control totals: what came in and where it went.

    Rows are those of other records, set aside, and in the frame, of the delivery that was read last.
    Households and persons are those on the list, each counted once.
    """

    rows: int
    rows_of_other_records: int
    rows_set_aside: int
    rows_in_frame: int
    persons: int
    households: int
    eligible: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Caseload:
    """All households of the register under their pseudonyms, with everything that the draw looks at.

    Parameters
    ----------
    round
        Name of the list; empty where the protocol names no rounds.
    reference_date
        The day on which the list was screened, as 2017-09-01; with rolling intake that of the first list.
    households
        Pseudonyms in canonical order: ascending, and with rolling intake in order of entry.
    persons
        Pseudonyms of the persons of each household.
    kept_out
        Per household the id of the reason that keeps it out, or None where it is eligible.
    characteristics
        Per characteristic named levels, or numbers (households,) with NaN for missing.
    reference
        The reasons whose households are the reference population.
    """

    study: str
    round: str
    reference_date: str
    households: tuple[str, ...]
    persons: tuple[tuple[str, ...], ...]
    kept_out: tuple[str | None, ...]
    characteristics: Mapping[str, Codes | NDArray[np.float64]]
    screened: tuple[Screened, ...]
    totals: Totals
    reference: tuple[str, ...]
    receipt: Receipt
    _digest: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def eligible(self) -> NDArray[np.int64]:
        """Places of the households that are drawn, in canonical order."""
        return np.array([at for at, why in enumerate(self.kept_out) if why is None], dtype=np.int64)

    @property
    def followed(self) -> NDArray[np.int64]:
        """Places of the reference population: households that are followed in registers and not drawn.

        With rolling intake a household that entered later, when it was eligible, is followed no more.
        """
        places = [at for at, why in enumerate(self.kept_out) if why in self.reference]
        if places:
            drawn = {name for at in self.eligible for name in (self.households[at], *self.persons[at])}
            places = [at for at in places if drawn.isdisjoint((self.households[at], *self.persons[at]))]
        return np.array(places, dtype=np.int64)

    @property
    def reference_population(self) -> tuple[str, ...]:
        """Pseudonyms of the households of the reference population."""
        return tuple(self.households[at] for at in self.followed)

    def digest(self) -> str:
        """Return the digest of the frame, which does not depend on the file or the order of its rows."""
        if not self._digest:
            self._digest.append(digest_value(frame(self)))
        return self._digest[0]


def first(caseload: Caseload, households: int) -> Caseload:
    """Return a caseload as it was when it had so many households; with rolling intake others came later."""
    if households == len(caseload.households):
        return caseload
    characteristics = {
        name: Codes(item.codes[:households], item.names) if isinstance(item, Codes) else item[:households]
        for name, item in caseload.characteristics.items()
    }
    return replace(
        caseload,
        households=caseload.households[:households],
        persons=caseload.persons[:households],
        kept_out=caseload.kept_out[:households],
        characteristics=characteristics,
    )


def extended(caseload: Caseload, later: Caseload) -> Caseload:
    """Return a caseload of rolling intake with the households that entered since, at its end.

    ``later`` is read from the register of today. Who is drawn keeps the place, the arm and everything that
    was noted. Who was kept out stays on the list as noted then; when the household is eligible now, it enters
    at the end as any other, and has two places of which the later one is drawn.
    """
    drawn = {name for at in caseload.eligible for name in (caseload.households[at], *caseload.persons[at])}
    seen = {name for persons in caseload.persons for name in persons} | set(caseload.households)
    new = [
        at
        for at, (household, why) in enumerate(zip(later.households, later.kept_out, strict=True))
        if (drawn if why is None else seen).isdisjoint((household, *later.persons[at]))
    ]
    longer = replace(
        later,
        reference_date=caseload.reference_date,
        households=(*caseload.households, *(later.households[at] for at in new)),
        persons=(*caseload.persons, *(later.persons[at] for at in new)),
        kept_out=(*caseload.kept_out, *(later.kept_out[at] for at in new)),
        characteristics={
            name: _joined(item, later.characteristics[name], new)
            for name, item in caseload.characteristics.items()
        },
    )
    receipt = replace(later.receipt, output=longer.digest(), previous=caseload.receipt.digest())
    totals = replace(
        later.totals,
        households=len(set(longer.households)),
        persons=len({name for persons in longer.persons for name in persons}),
        eligible=len(longer.eligible),
    )
    screened = _screened_in(longer, {item.id: item for item in (*caseload.screened, *later.screened)})
    return replace(longer, totals=totals, screened=screened, receipt=receipt)


def _screened_in(caseload: Caseload, reasons: Mapping[str, Screened]) -> tuple[Screened, ...]:
    """Count the households on a list that are not drawn, each under the reason that was noted of it."""
    drawn = {name for at in caseload.eligible for name in (caseload.households[at], *caseload.persons[at])}
    sizes: dict[str, list[int]] = {name: [] for name in reasons}
    for household, persons, why in zip(caseload.households, caseload.persons, caseload.kept_out, strict=True):
        if why is not None and drawn.isdisjoint((household, *persons)):
            sizes.setdefault(why, []).append(len(persons))
    return tuple(
        replace(item, households=len(sizes[name]), persons=sum(sizes[name])) for name, item in reasons.items()
    )


def _joined(
    before: Codes | NDArray[np.float64], after: Codes | NDArray[np.float64], new: list[int]
) -> Codes | NDArray[np.float64]:
    """Return a characteristic with the values of new households at its end."""
    if not isinstance(before, Codes) and not isinstance(after, Codes):
        return np.concatenate([before, after[new]])
    first, then = _as_codes(before), _as_codes(after)
    return joined([first, Codes(then.codes[new], then.names)])


def _as_codes(item: Codes | NDArray[np.float64]) -> Codes:
    """Return codes; a column of names that are all missing is read back from a file as numbers."""
    return item if isinstance(item, Codes) else Codes(np.full(len(item), -1, dtype=np.int64), ())


def frame(caseload: Caseload) -> dict[str, object]:
    """Return the frame as plain values, a list per column in the order of the households."""
    columns = {name: _plain(item) for name, item in caseload.characteristics.items()}
    return {
        "study": caseload.study,
        "round": caseload.round,
        "reference_date": caseload.reference_date,
        "households": list(caseload.households),
        "persons": [list(persons) for persons in caseload.persons],
        "kept_out": list(caseload.kept_out),
        "characteristics": columns,
        "reference": list(caseload.reference),
    }


def _plain(item: Codes | NDArray[np.float64]) -> list[str | None] | list[float | None]:
    """Return a characteristic as names or numbers, None where it is missing."""
    if isinstance(item, Codes):
        names = [*item.names, None]
        return [names[code] for code in item.codes.tolist()]
    return [None if isnan(number) else number for number in item.tolist()]
