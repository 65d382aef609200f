"""Why a person's benefit ended: the codes of the benefits statistics (BUS), field 34.

Source: Regeling statistiek Participatiewet, IOAW en IOAZ, annex 1,
https://wetten.overheid.nl/BWBR0031830. Which codes belong to which ``group`` is our reading of their
headings; "work" is 11 and 13.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from opmaat.core.texts import Text

ExitGroup = Literal["work", "other_income", "end_of_right", "household", "moved", "administrative", "other"]


@dataclass(frozen=True, slots=True)
class ExitReason:
    """One reason for the end of benefit: its code in BUS, what kind of reason it is, and its label."""

    code: str
    group: ExitGroup
    label: Text


_REASONS = (
    ExitReason(
        "01", "end_of_right", Text("onderwijs met studiefinanciering", "education with student grant")
    ),
    ExitReason("02", "household", Text("aangaan van een relatie", "a new relationship")),
    ExitReason("03", "end_of_right", Text("AOW-leeftijd", "pension age")),
    ExitReason("04", "end_of_right", Text("overlijden", "death")),
    ExitReason("05", "end_of_right", Text("detentie", "detention")),
    ExitReason("06", "end_of_right", Text("kan onderwijs volgen", "could follow education and does not")),
    ExitReason("07", "end_of_right", Text("te lang in het buitenland", "abroad for longer than allowed")),
    ExitReason(
        "11", "work", Text("arbeid in dienstbetrekking of Ziektewet", "employment or sickness benefit")
    ),
    ExitReason("13", "work", Text("zelfstandig beroep of bedrijf", "self-employment")),
    ExitReason("14", "other_income", Text("WW", "unemployment insurance")),
    ExitReason("15", "other_income", Text("arbeidsongeschiktheid", "disability benefit")),
    ExitReason("17", "other_income", Text("alimentatie", "maintenance")),
    ExitReason("18", "other_income", Text("vermogen", "wealth")),
    ExitReason("19", "other_income", Text("ander inkomen", "other income")),
    ExitReason("31", "administrative", Text("geen inlichtingen", "gave no information")),
    ExitReason("32", "moved", Text("verhuizing naar andere gemeente", "moved to another municipality")),
    ExitReason("33", "moved", Text("vertrek naar het buitenland", "moved abroad")),
    ExitReason("34", "administrative", Text("niet verschenen, inlichtingen", "missed a talk on information")),
    ExitReason(
        "35", "administrative", Text("niet verschenen, re-integratie", "missed a talk on reintegration")
    ),
    ExitReason("97", "household", Text("oorzaak bij partner", "cause lies with the partner")),
    ExitReason("98", "other", Text("andere oorzaak", "another cause")),
)

EXIT_REASONS: Mapping[str, ExitReason] = MappingProxyType({reason.code: reason for reason in _REASONS})
