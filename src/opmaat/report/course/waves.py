"""What people answered, wave by wave: who answered, and the means of the scales."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from opmaat.evaluate.course import ArmCourse, ScoreOfWave
from opmaat.pages.figure import Figure
from opmaat.pages.lines import Line, LineChart, line_figure, round_axis
from opmaat.pages.numbers import number
from opmaat.pages.small_counts import SMALLEST
from opmaat.pages.tables import Column, Table
from opmaat.pages.wording import capital
from opmaat.report.course.view import CourseView
from opmaat.survey.scale import scale, scale_names

_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class ScaleShown:
    """The means of one scale; there is no figure with fewer than two waves to draw."""

    title: str
    figure: Figure | None
    table: Table


def response_table(view: CourseView) -> Table | None:
    """Return how many answered of those who were sent a questionnaire; None when none was sent."""
    by_arm = [{response.wave: response for response in arm.response} for arm in view.arms]
    waves = view.waves(wave for of_arm in by_arm for wave in of_arm)
    if not waves:
        return None
    rows = tuple(
        (
            _wave(view, wave),
            *(
                view.share(of_arm[wave].answered, of_arm[wave].sent)
                if wave in of_arm
                else view.say("counts.none")
                for of_arm in by_arm
            ),
        )
        for wave in waves
    )
    columns = (Column(view.say("waves.wave"), "text"), *view.arm_columns())
    return Table(view.say("waves.response"), columns, rows)


def scales_shown(view: CourseView) -> tuple[ScaleShown, ...]:
    """Return the means of every scale by wave and arm."""
    names = dict.fromkeys(score.scale for arm in view.arms for score in arm.scores)
    return tuple(_scale(view, name) for name in names)


def _scale(view: CourseView, name: str) -> ScaleShown:
    """Return one scale."""
    title = (
        scale(name).title.in_language(view.language)
        if name in scale_names()
        else capital(name.replace("_", " "))
    )
    by_arm = [{score.wave: score for score in arm.scores if score.scale == name} for arm in view.arms]
    waves = view.waves(wave for of_arm in by_arm for wave in of_arm)
    rows = tuple((_wave(view, wave), *(_cell(view, of_arm.get(wave)) for of_arm in by_arm)) for wave in waves)
    columns = (Column(view.say("waves.wave"), "text"), *view.arm_columns())
    caption = view.say("waves.table", title=title, range=_range(view, name))
    return ScaleShown(title, _figure(view, name, title=title), Table(caption, columns, rows))


def _cell(view: CourseView, score: ScoreOfWave | None) -> str:
    """Return mean, standard deviation and number, of ten or more people."""
    if score is None:
        return view.say("counts.none")
    if score.n < SMALLEST or score.mean is None or score.sd is None:
        return view.say("waves.few", count=view.count(score.n))
    mean, sd = (number(value, _DECIMALS, view.language) for value in (score.mean, score.sd))
    return view.say("waves.cell", mean=mean, sd=sd, count=number(score.n, 0, view.language))


def _range(view: CourseView, name: str) -> str:
    """Return between which values a score lies, or what a number counts, where Opmaat knows the scale."""
    if name not in scale_names():
        return ""
    known = scale(name)
    if known.answers.unit is not None:
        return view.say("waves.unit", unit=known.answers.unit.in_language(view.language))
    low, high = (number(end, 0, view.language) for end in known.score_range)
    return view.say("waves.range", low=low, high=high)


def _wave(view: CourseView, name: str) -> str:
    """Return a wave with its month."""
    months = {wave.name: wave.month for wave in view.protocol.waves}
    after = view.wording.after(months.get(name))
    shown = capital(view.wave(name))
    return f"{shown} ({after.strip()})" if after else shown


def _figure(view: CourseView, name: str, *, title: str) -> Figure | None:
    """Return the means over the months of the waves."""
    lines = [
        Line(view.arm(arm.name), points, view.style(arm.name), hidden=_hidden(view, points))
        for arm in view.arms
        if len(points := list(_points(view, arm, name))) > 1
    ]
    if not lines:
        return None
    months, means = ([point[axis] for line in lines for point in line.points] for axis in (0, 1))
    told = " ".join(
        view.say(
            "waves.alt_line",
            label=line.label,
            first=number(line.points[0][1], _DECIMALS, view.language),
            last=number(line.points[-1][1], _DECIMALS, view.language),
        )
        for line in lines
    )
    chart = LineChart(
        lines=lines,
        across=view.month_axis(months),
        upwards=round_axis("", means, lambda y: number(y, 1, view.language), least=0.5),
        beside=True,
    )
    alt = view.say("exits.alt", title=view.say("waves.alt_title", title=title), lines=told)
    return line_figure(chart, title=view.say("waves.figure"), alt=alt)


def _hidden(view: CourseView, points: list[tuple[float, float]]) -> list[float]:
    """Return the months of the waves so far without a mean that may be told."""
    told = {month for month, _ in points}
    return [float(wave.month) for wave in view.protocol.waves if wave.month not in told]


def _points(view: CourseView, arm: ArmCourse, name: str) -> Iterator[tuple[float, float]]:
    """Yield month and mean of each wave with ten answers or more."""
    months = {wave.name: wave.month for wave in view.protocol.waves}
    for score in arm.scores:
        if score.scale == name and score.wave in months and score.n >= SMALLEST and score.mean is not None:
            yield float(months[score.wave]), score.mean
