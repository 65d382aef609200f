"""The integrity of every round of a trial's draw, from what events tell of who joined and answered."""

from __future__ import annotations

from collections.abc import Iterable

from opmaat.assign.model import Allocation
from opmaat.caseload.model import Caseload
from opmaat.conduct.kinds import Answered
from opmaat.conduct.model import Journal
from opmaat.evaluate.integrity import Integrity, integrity
from opmaat.protocol.model import Protocol


def describe_draw(
    protocol: Protocol,
    rounds: Iterable[tuple[Caseload, Allocation]],
    journal: Journal,
    *,
    month: int,
    seed: int = 1,
) -> tuple[Integrity, ...]:
    """Return the integrity of each round, with the waves up to and with a month.

    Households joined when they started; they answered a wave when one of their adults did.
    """
    waves = [wave.name for wave in protocol.waves if wave.month <= month]
    started = {history.household for history in journal if history.started_on is not None}
    answered = {wave: _answered(journal, wave) & started for wave in waves}
    return tuple(
        integrity(
            protocol,
            caseload,
            allocation,
            joined=sorted(started.intersection(allocation.households)),
            answered={
                wave: sorted(who.intersection(allocation.households)) for wave, who in answered.items()
            },
            seed=seed,
        )
        for caseload, allocation in rounds
    )


def _answered(journal: Journal, wave: str) -> set[str]:
    """Return the households of which somebody answered a wave."""
    return {
        history.household
        for history in journal
        if any(payload.wave == wave for _, payload in history.of(Answered))
    }
