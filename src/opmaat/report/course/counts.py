"""What households of a choice arm chose, and what went wrong for people: counts, and nothing compared."""

from __future__ import annotations

from opmaat.conduct.harms import Harm
from opmaat.evaluate.course import ArmCourse
from opmaat.pages.tables import Column, Table
from opmaat.report.course.view import CourseView


def choice_tables(view: CourseView) -> tuple[Table, ...]:
    """Return, for each choice arm, the households by the option that they have now."""
    return tuple(
        Table(
            view.say("choice.table", arm=view.arm(arm.name)),
            (Column(view.say("choice.option"), "text"), Column(view.say("choice.households"))),
            tuple((_option(view, name), told) for name, told in view.counts(_in_order(view, arm)).items()),
        )
        for arm in view.arms
        if arm.chosen
    )


def _in_order(view: CourseView, arm: ArmCourse) -> dict[str, int]:
    """Return the options in the order of the protocol, and last those without a choice."""
    order = [*view.protocol.arms, *sorted(set(arm.chosen) - set(view.protocol.arms))]
    return {name: arm.chosen[name] for name in order if name in arm.chosen}


def _option(view: CourseView, name: str) -> str:
    """Return an option: another arm of the protocol, or what a household without a choice has."""
    return view.arm(name) if name in view.protocol.arms else view.say("choice.none")


def harms_table(view: CourseView) -> Table | None:
    """Return how often each harm happened, zeros included; None when no arm has a count."""
    if not any(arm.harms for arm in view.arms):
        return None
    rows = tuple(
        (view.say(f"harms.{harm}"), *(view.count(arm.harms.get(harm, 0)) for arm in view.arms))
        for harm in Harm
    )
    columns = (Column(view.say("harms.harm"), "text"), *view.arm_columns())
    return Table(view.say("harms.table"), columns, rows)
