"""The deliveries of a study: which files came when, and which of them stand.

``deliveries.yaml`` in the study's folder names them; the files stand in its folder ``deliveries``. A later
delivery of the same month or wave takes the place of an earlier one as a whole. Deliveries of events add up:
an event has an id, and a correction is an event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, MinLen

from opmaat.core.files import write_together
from opmaat.core.month import Month
from opmaat.protocol.finding import Finding, KeyPath
from opmaat.protocol.population import Register
from opmaat.protocol.typed_yaml import file_kind, read_typed
from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS

FOLDER = "deliveries"
FILE_NAME = "deliveries.yaml"
MADE_UP = "list of made-up deliveries"
WAGES = Register(layout="wages")
Kind = Literal["benefits", "wages", "answers", "events"]
_TEXT = (".csv", ".csv.gz")


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One file that came in.

    ``month`` is that of the benefits, or in which the periods of the wages end; ``wave`` is that of the
    answers. ``file`` is the name of the file in the folder ``deliveries``. ``rows`` is how many rows the
    sender says that a text file has, without its heads; then one that broke off between two lines is noticed.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    name: Annotated[str, MinLen(1)]
    kind: Kind
    delivered_on: date
    file: Annotated[str, MinLen(1)]
    month: str | None = None
    wave: str | None = None
    rows: Annotated[int, Ge(0)] | None = None

    @property
    def source(self) -> str:
        """The name under which receipts have the file's digest."""
        return f"{self.kind}: {self.name}"

    @property
    def is_text(self) -> bool:
        """Whether the file has a row on each line, so that rows can be missing without a sign."""
        return self.kind == "events" or self.file.lower().endswith(_TEXT)

    @property
    def of_month(self) -> Month:
        """The month of benefits or wages, which a checked list has."""
        return Month.parse(self.month or "")


@dataclass(frozen=True, kw_only=True)
class DeliveryList:
    """The content of ``deliveries.yaml``; ``wages`` says how files of wages are laid out.

    ``made_up`` says that nobody in the deliveries exists; every report then says so.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    version: Literal[1]
    deliveries: Annotated[tuple[Delivery, ...], MinLen(1)]
    wages: Register = WAGES
    made_up: bool = False


_KIND = file_kind("list of deliveries", FILE_NAME, DeliveryList)
_OF_A_MONTH = ("benefits", "wages")


def load_deliveries(study: Path) -> DeliveryList:
    """Read the list of a study; raises ProtocolError with everything that is wrong in it.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> study = Path(mkdtemp())
    >>> came = Delivery(
    ...     name="bus", kind="benefits", month="2018-01", delivered_on=date(2018, 2, 20), file="bus.csv"
    ... )
    >>> write_deliveries(study, [came])
    >>> load_deliveries(study).deliveries[0].of_month
    Month(year=2018, month=1)
    """
    return read_typed(study, _KIND, _check)


def write_deliveries(study: Path, deliveries: Sequence[Delivery], *, made_up: bool = False) -> None:
    """Write the list of a study; ``made_up`` says that nobody in it exists."""
    from ruamel.yaml import YAML

    rows = [
        {name: value for name, value in vars(delivery).items() if value is not None}
        for delivery in deliveries
    ]
    text = StringIO()
    content = {"version": 1, **({"made_up": True} if made_up else {}), "deliveries": rows}
    YAML().dump(content, text)
    write_together({study / FILE_NAME: text.getvalue().encode()})


def standing(deliveries: Iterable[Delivery], *, known_at: date | None = None) -> tuple[Delivery, ...]:
    """Return the deliveries that stand: all of events, and the latest of every month and wave.

    Parameters
    ----------
    known_at
        Leave out what was delivered after this day.

    Examples
    --------
    >>> first = Delivery(
    ...     name="a", kind="wages", month="2018-01", delivered_on=date(2018, 2, 20), file="a.csv"
    ... )
    >>> second = Delivery(
    ...     name="b", kind="wages", month="2018-01", delivered_on=date(2018, 5, 2), file="b.csv"
    ... )
    >>> [item.name for item in standing([second, first])]
    ['b']
    >>> [item.name for item in standing([second, first], known_at=date(2018, 4, 30))]
    ['a']
    """
    latest: dict[tuple[str, str], Delivery] = {}
    for delivery in sorted(deliveries, key=lambda item: (item.delivered_on, item.name)):
        if known_at is None or delivery.delivered_on <= known_at:
            latest[_of(delivery)] = delivery
    return tuple(latest[key] for key in sorted(latest))


def _of(delivery: Delivery) -> tuple[str, str]:
    """Return what a delivery takes the place of earlier ones in; one of events in none."""
    return delivery.kind, delivery.month or delivery.wave or delivery.name


def _check(content: DeliveryList) -> Iterator[Finding]:
    """Check that every delivery says what it is of, and that it is known which one is the later."""
    names: set[str] = set()
    days: set[tuple[str, str, date]] = set()
    for position, delivery in enumerate(content.deliveries):
        path: KeyPath = ("deliveries", position)
        yield from _check_subject(delivery, path)
        if delivery.name in names:
            problem = f"The name '{delivery.name}' stands more than once."
            yield Finding((*path, "name"), "duplicate-id", problem, "Give each delivery its own name.")
        names.add(delivery.name)
        key = (*_of(delivery), delivery.delivered_on)
        if key in days:
            problem = f"Two deliveries of the same came on {delivery.delivered_on}; which is the later?"
            fix = "Keep the one that stands, or correct the day."
            yield Finding((*path, "delivered_on"), "same-day", problem, fix)
        days.add(key)


def _check_subject(delivery: Delivery, path: KeyPath) -> Iterator[Finding]:
    """Check that a delivery has a month or a wave where it is of one, and is not of a month to come."""
    needed = "month" if delivery.kind in _OF_A_MONTH else "wave" if delivery.kind == "answers" else None
    for key in ("month", "wave"):
        given = getattr(delivery, key) is not None
        if given != (key == needed):
            problem = f"A delivery of {delivery.kind} {'has no' if given else 'is of a'} {key}."
            fix = f"Leave out '{key}'." if given else f"Add '{key}'."
            yield Finding(path, "wrong-subject", problem, fix)
    if delivery.rows is not None and not delivery.is_text:
        problem = "Rows are counted in text files only; a file of another kind that breaks off is not read."
        yield Finding((*path, "rows"), "wrong-subject", problem, "Leave out 'rows'.")
    if delivery.month is None:
        return
    try:
        month = delivery.of_month
    except ValueError as error:
        yield Finding((*path, "month"), "wrong-value", f"{error}.", "Write it as 2018-03.")
        return
    if delivery.delivered_on < month.first_day:
        problem = f"The delivery of {month} came on {delivery.delivered_on}, before that month."
        yield Finding((*path, "delivered_on"), "future-month", problem, "Correct the month or the day.")
