"""A million events folded, beside parsing the same lines as JSON and beside the time that it may take."""

import json
import random
import time
from datetime import UTC, date, datetime, timedelta

from opmaat.conduct import kinds
from opmaat.conduct.fold import fold
from opmaat.conduct.model import Event

EVENTS, HOUSEHOLDS = 1_000_000, 20_000
JOINING = (kinds.SignedUp(), kinds.Drawn(), kinds.Disclosed("control"), kinds.Started())


def measure():
    """Return the rows of this file."""
    events = made_up()
    lines = [json.dumps(event.as_dict()) for event in events[: EVENTS // 10]]
    peer = 10 * seconds(lambda: [json.loads(line) for line in lines])
    ours = seconds(lambda: fold(events))
    detail = f"fold {ours:.1f} s, json.loads {peer:.1f} s (a tenth of the lines, times ten)"
    return [
        row("a million events folded: ours / json.loads of the same lines", ours / peer, 2, "lower", detail),
        row("a million events folded: 30 s / ours", 30 / ours, 1, "higher", f"ours {ours:.1f} s"),
    ]


def made_up():
    """Return events of households that join and then have a talk or earnings every two weeks, shuffled."""
    events = []
    for number in range(EVENTS):
        turn, household = divmod(number, HOUSEHOLDS)
        day = date(2017, 11, 1) + timedelta(days=14 * turn)
        later = kinds.ContactHeld(30, "office") if turn % 2 else kinds.EarningsReported(20_000)
        payload = JOINING[turn] if turn < len(JOINING) else later
        events.append(
            Event(
                id=f"e{number}",
                household=f"h{household:06d}",
                person=None if turn < len(JOINING) else f"p{household:06d}",
                valid_from=day,
                recorded_at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
                actor="caseworker:3f09",
                payload=payload,
            )
        )
    random.Random(1).shuffle(events)
    return events


def seconds(work):
    """Return the processor time of one run, in seconds: runs of this size are not repeated."""
    start = time.process_time()
    work()
    return time.process_time() - start


def row(what, ratio, aim, better, detail):
    return {"what": what, "ratio": round(ratio, 2), "aim": aim, "better": better, "detail": detail}
