"""The page: the same sections in both languages, put into the template."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from opmaat.core.texts import LANGUAGES, Language
from opmaat.core.version import __version__
from opmaat.evaluate.model import Estimates
from opmaat.pages.numbers import confidence
from opmaat.pages.render import render
from opmaat.pages.tables import Table
from opmaat.pages.wording import Wording
from opmaat.protocol.freeze import Lock
from opmaat.report.receipts import EMPTY_BLOCK
from opmaat.report.sections.balance import BalanceShown, balance_shown
from opmaat.report.sections.deviations import Deviations, deviations
from opmaat.report.sections.effects import OutcomeEffects, effects, legend
from opmaat.report.sections.found import FoundGroup, found_groups
from opmaat.report.sections.people import arms_table, missing_table
from opmaat.report.sections.planned import Planned, planned
from opmaat.report.sections.trace import Trace, trace
from opmaat.report.view import View, view_in


@dataclass(frozen=True, slots=True)
class Sections:
    """Everything the page shows in one language."""

    wording: Wording
    title: str
    facts: tuple[tuple[str, str], ...]
    has_primary: bool
    found: tuple[FoundGroup, ...]
    planned: Planned
    deviations: Deviations
    arms: Table
    balance: BalanceShown | None
    missing: Table | None
    effects: tuple[OutcomeEffects, ...]
    legend: tuple[str, ...]
    levels: str
    trace: Trace

    @property
    def language(self) -> Language:
        """The language of the texts."""
        return self.wording.language


def page(lock: Lock, estimates: Estimates) -> str:
    """Return the page with an empty block for the receipts."""
    languages = [sections(language, lock, estimates) for language in LANGUAGES]
    return render(
        "opmaat.report",
        "report.html.j2",
        languages=languages,
        version=__version__,
        seal=lock.seal(),
        receipts_block=EMPTY_BLOCK,
    )


def sections(language: Language, lock: Lock, estimates: Estimates) -> Sections:
    """Return everything the page shows in one language."""
    view = view_in(language, lock, estimates)
    protocol = lock.protocol
    return Sections(
        wording=view.wording,
        title=protocol.title.in_language(language),
        facts=tuple(_facts(view)),
        has_primary=any(estimate.primary for estimate in estimates.estimates),
        found=found_groups(view),
        planned=planned(view),
        deviations=deviations(view),
        arms=arms_table(view),
        balance=balance_shown(view),
        missing=missing_table(view),
        effects=effects(view),
        legend=legend(view),
        levels=view.wording.listed(
            list(dict.fromkeys(confidence(analysis.confidence, language) for analysis in protocol.analyses))
        ),
        trace=trace(view),
    )


def _facts(view: View) -> Iterator[tuple[str, str]]:
    """Yield whom the report is about, and since when the protocol is fixed."""
    say, protocol = view.wording.say, view.protocol
    if protocol.municipality:
        yield say("page.municipality"), protocol.municipality
    yield say("page.population"), protocol.population.description.in_language(view.language)
    yield say("page.frozen"), view.wording.day(view.lock.frozen_on)
