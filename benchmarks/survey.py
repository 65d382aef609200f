"""Answers of 10,000 people in three waves to every scale: letters, checks and scores, beside plain numpy."""

import time
from datetime import date

import numpy as np

from opmaat.core.tables import Column, Table
from opmaat.core.texts import Text
from opmaat.survey.collect import collect
from opmaat.survey.model import Fieldwork, Questionnaire, SurveyWave
from opmaat.survey.scale import items_of, scale, scale_names
from opmaat.survey.schedule import Member, schedule, window
from opmaat.survey.score import score, turned_items

PEOPLE = 10_000
START = date(2017, 11, 1)
SCALES = tuple(scale(name) for name in scale_names() if scale(name).has_texts)
WAVES = tuple(
    SurveyWave(name=name, month=month, fieldwork=Fieldwork(days=28, reminders=(7, 14)))
    for name, month in (("baseline", 0), ("midline", 12), ("endline", 24))
)
QUESTIONNAIRE = Questionnaire(
    id="all",
    title=Text("Alles", "Everything"),
    waves=WAVES,
    items={name: item for found in SCALES for name, item in items_of(found).items()},
    scales=SCALES,
)


def measure():
    """Return the rows of this file."""
    sent = {(f"p{place}", wave.name): window(START, wave) for place in range(PEOPLE) for wave in WAVES}
    table = answers_to_all(sent)
    members = [Member(f"p{place}", START) for place in range(PEOPLE)]
    letters = best(lambda: schedule(QUESTIONNAIRE, members))
    checked = best(lambda: collect(QUESTIONNAIRE, table, sent))
    cells = table.rows * len(QUESTIONNAIRE.asked)
    what = f"{cells:,} answers checked: 2 s / ours"
    return [
        row("90,000 letters of three waves: 2 s / ours", 2 / letters, 1, f"ours {letters:.2f} s"),
        row(what, 2 / checked, 1, f"ours {checked:.2f} s"),
        scores_beside_numpy(collect(QUESTIONNAIRE, table, sent)[0]),
    ]


def scores_beside_numpy(answers):
    """Compare with the same means without a rule for missing items and without alpha."""
    score(answers, SCALES[0])  # imports what alpha's interval needs
    ours = best(lambda: [score(answers, found) for found in SCALES])
    plain = best(lambda: [np.nanmean(turned_items(answers, found), axis=1) for found in SCALES])
    what = f"{len(SCALES)} scales of {PEOPLE:,} people scored with alpha: numpy's nanmean / ours"
    return row(what, plain / ours, 0.2, f"ours {ours * 1000:.1f} ms, numpy {plain * 1000:.1f} ms")


def answers_to_all(sent):
    """Return a table with an answer in every cell."""
    random = np.random.default_rng(5)
    cells = {
        "person": [person for person, _ in sent],
        "wave": [wave for _, wave in sent],
        "given_on": [found.opens.isoformat() for found in sent.values()],
    }
    for name, item in QUESTIONNAIRE.asked.items():
        drawn = random.integers(item.lowest, item.highest + 1, len(sent))
        cells[name] = [str(number) for number in drawn]
    columns = {name: Column(np.array(column, dtype=object)) for name, column in cells.items()}
    return Table("answers", columns, np.arange(len(sent)), "row")


def best(work, times=3):
    """Return the shortest of several times, in seconds."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def row(what, ratio, aim, detail):
    return {"what": what, "ratio": round(ratio, 2), "aim": aim, "better": "higher", "detail": detail}
