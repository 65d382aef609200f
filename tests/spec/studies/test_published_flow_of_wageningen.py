"""What was published of Wageningen, from events to the page: 410 started, 110 left benefit, 16 withdrew.

284 are still on benefit and in the trial; they are not the sample of the analysis, which is all 410. How the
numbers were divided over the arms was not found: here they are in turn.
"""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from opmaat.conduct import kinds
from opmaat.conduct.flow import flows
from opmaat.conduct.fold import fold
from opmaat.conduct.model import Event
from opmaat.core.receipt import Receipt
from opmaat.evaluate.course import ArmCourse, Course
from opmaat.protocol.freeze import read_frozen
from opmaat.report.sources import Sources
from opmaat.report.write import render_report

STUDY = Path(__file__).parents[3] / "studies/wageningen-2017"
STARTED, LEFT_BENEFIT, WITHDREW = 410, 110, 16
FIRST, LAST = date(2017, 10, 1), date(2018, 12, 31)


def history(place, arm):
    """The events of one household: the first 110 left benefit, half of them for work; the next 16 stopped."""
    steps = [
        (kinds.Invited(), date(2017, 8, 1)),
        (kinds.SignedUp(), date(2017, 8, 20)),
        (kinds.Drawn(), date(2017, 9, 10)),
        (kinds.Disclosed(arm), date(2017, 9, 15)),
        (kinds.Started(), FIRST),
    ]
    if place < LEFT_BENEFIT:
        steps.append((kinds.Exited("11" if place % 2 else "32"), date(2018, 6, 1)))
    elif place < LEFT_BENEFIT + WITHDREW:
        steps.append((kinds.Withdrew(), date(2018, 6, 15)))
    for number, (payload, day) in enumerate(steps):
        yield Event(
            id=f"{place}-{number}",
            household=f"h{place:03d}",
            person=None,
            valid_from=day,
            recorded_at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
            actor="system:0000",
            payload=payload,
        )


@pytest.fixture(scope="module")
def page():
    """The words of the interim report after 15 months."""
    lock = read_frozen(STUDY)
    names = list(lock.protocol.arms)
    arms = {f"h{place:03d}": names[place % len(names)] for place in range(STARTED)}
    journal = fold(
        event for place, arm in enumerate(arms.values()) for event in history(place, arm)
    ).checked()
    by_arm = {flow.arm: flow for flow in flows(journal, arms, on=LAST)}
    course = Course(
        protocol_id=lock.protocol.id,
        title={"nl": lock.protocol.title.nl, "en": lock.protocol.title.en},
        month=15,
        first_month="2017-10",
        known_at="2018-12-31T23:59:59+00:00",
        arms=tuple(
            ArmCourse(
                name=name,
                households=by_arm[name].drawn,
                persons=by_arm[name].drawn,
                exits=(),
                flow=by_arm[name],
            )
            for name in names
        ),
        reference=None,
        receipt=Receipt(stage="course", inputs={}, output="", protocol=lock.digest, version="0"),
    )
    html = render_report(Sources(lock, course=course), "interim")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html).replace("\u00a0", " "))


@pytest.mark.parametrize(
    ("still", "out", "off", "followed"),
    [
        (
            "In de bijstand en in het experiment",
            "Gestopt, verhuisd of eruit gehaald",
            "Uit de bijstand",
            "Gevolgd in de registers",
        ),
        (
            "On benefit and in the experiment",
            "Withdrew, moved or was removed",
            "Off benefit",
            "Followed in the registers",
        ),
    ],
)
def test_the_diagram_says_that_284_remain_and_that_410_are_analysed(page, still, out, off, followed):
    for words, number in ((still, 284), (out, WITHDREW), (off, LEFT_BENEFIT)):
        assert f"{words}: {number} " in page, words
    table = re.search(rf" {followed} ((?:\d+ )+)", page).group(1).split()
    assert table[-1] == str(STARTED)
    assert sum(map(int, table[:-1])) == STARTED


def test_nothing_is_said_of_an_effect(page):
    assert not re.search(r"p = |p-waarde|95%|interval:", page)
