"""What can be written down about a household: for each its form, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from opmaat.core.month import Month
from opmaat.web.casework import actions, forms
from opmaat.web.casework.actions import By
from opmaat.web.casework.queries import Dossier
from opmaat.web.gateway.casework import ends_of_disregard, exemptions_to_decide, to_restore
from opmaat.web.gateway.events import Payload, kinds

Write = Callable[[Dossier, Any, By], Any]
FirstDay = Callable[[Dossier], date | None]


@dataclass(frozen=True, slots=True)
class Step:
    """A form, what writes it down (nothing new when it gives None or nothing), and the day to begin with.

    ``decides`` says that it is a decision, of which the person gets a letter.
    """

    form: type[forms.StepForm]
    write: Write
    first_day: FirstDay = lambda _: None
    decides: bool = False


def _happened(file: Dossier, form: Any, by: By) -> Any:  # noqa: ANN401
    """Write down what the form says that happened to an adult."""
    return actions.write_down(
        file=file, person=form.chosen, payload=form.payload(), day=form.day, by=by, note=form.note
    )


def _exempt(file: Dossier, form: Any, by: By) -> Any:  # noqa: ANN401
    """Lift the duties that the arm lifts."""
    payloads = exemptions_to_decide(file.history, file.protocol, form.chosen, first_day=form.day)
    return actions.decide(file=file, person=form.chosen, payloads=payloads, day=form.day, by=by)


def _restore(file: Dossier, form: Any, by: By) -> Any:  # noqa: ANN401
    """Restore what the trial lifted."""
    payloads = to_restore(file.history, form.chosen)
    return actions.decide(file=file, person=form.chosen, payloads=payloads, day=form.day, by=by)


def _grant(file: Dossier, form: Any, by: By) -> Any:  # noqa: ANN401
    """Grant the arm's disregard."""
    last_day = ends_of_disregard(file.history, file.protocol, first_day=form.day)
    payloads: list[Payload] = [] if last_day is None else [kinds.DisregardGranted(last_day)]
    return actions.decide(file=file, person=None, payloads=payloads, day=form.day, by=by)


def _end(file: Dossier, form: Any, by: By) -> Any:  # noqa: ANN401
    """End the arm's disregard."""
    return actions.decide(file=file, person=None, payloads=[kinds.DisregardEnded()], day=form.day, by=by)


def _earned(file: Dossier, form: Any, by: By) -> Any:  # noqa: ANN401
    """Write down earnings."""
    return actions.enter_earnings(
        file=file,
        person=form.chosen,
        month=Month.parse(form.cleaned_data["month"]),
        net_cents=form.cleaned_data["net"],
        by=by,
    )


def _sanction(file: Dossier, form: Any, by: By) -> Any:  # noqa: ANN401
    """Write down a reduction, if the duty may be enforced."""
    return actions.sanction(
        file=file,
        person=form.chosen,
        payload=form.payload(),
        breach=form.cleaned_data["breach"],
        first_day=form.first_day,
        seen=form.cleaned_data["seen"],
        by=by,
    )


def _started_on(file: Dossier) -> date | None:
    return file.history.started_on


def _due_since(what: str) -> FirstDay:
    """Return what finds the day since when something is due."""
    return lambda file: next((one.on for one in file.due if one.what == what), None)


STEPS: Mapping[str, Step] = MappingProxyType(
    {
        "contact": Step(forms.ContactForm, _happened),
        "plan": Step(forms.PlanForm, _happened),
        "ladder": Step(forms.LadderForm, _happened),
        "debt": Step(forms.DebtForm, _happened),
        "review": Step(forms.ReviewForm, _happened),
        "notice": Step(forms.NoticeForm, _happened),
        "exempt": Step(forms.DecisionForm, _exempt, _started_on, decides=True),
        "restore": Step(forms.DecisionForm, _restore, _due_since("exemption_ends"), decides=True),
        "disregard_start": Step(forms.HouseholdDecisionForm, _grant, _started_on, decides=True),
        "disregard_end": Step(forms.HouseholdDecisionForm, _end, _due_since("disregard_ends"), decides=True),
        "earnings": Step(forms.EarningsForm, _earned),
        "sanction": Step(forms.SanctionForm, _sanction, decides=True),
        "complaint": Step(forms.ComplaintForm, _happened),
        "answer": Step(forms.AnswerForm, _happened),
    }
)

STEP_OF_DUE: Mapping[str, str] = MappingProxyType(
    {
        "contact": "contact",
        "review": "review",
        "notice": "notice",
        "exemption_starts": "exempt",
        "exemption_ends": "restore",
        "disregard_starts": "disregard_start",
        "disregard_ends": "disregard_end",
        "complaint": "answer",
    }
)
"""Which step does what is due; a month to settle has a page of its own."""
