"""What went wrong for people, approach by approach, without telling which approach is which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_uppercase

from django.db import connection
from django.db.models import Count, QuerySet

from opmaat.web.fieldwork.models import Harmed, StopLimit
from opmaat.web.gateway.harms import Harm, HarmCount, StopRule, stopped_arms
from opmaat.web.people.sealing import lookup
from opmaat.web.trial.models import Standing, Study
from opmaat.web.trial.queries import study_protocol

# Joined in one pass: a question per row would be asked of every household to which something happened.
_BY_ARM = f"""
    SELECT standing.arm, harmed.harm, sum(harmed.events), count(*)
    FROM {Harmed._meta.db_table} harmed
    JOIN {Standing._meta.db_table} standing
        ON standing.municipality_id = harmed.municipality_id AND standing.household = harmed.household
    WHERE harmed.municipality_id = %s AND harmed.study = %s
        AND standing.arm IS NOT NULL AND standing.started_on IS NOT NULL
    GROUP BY standing.arm, harmed.harm"""  # nosec B608


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedArm:
    """One approach under a letter: how many started, households by harm, and the limits that it met."""

    letter: str
    started: int
    households: Mapping[str, int]
    met: frozenset[str]


def limits_of(study: Study) -> QuerySet:
    """Return the limits of a study at which an approach is looked at again."""
    return StopLimit.objects.of(study.municipality).filter(study=study).order_by("harm")


def masked_arms(study: Study) -> list[MaskedArm]:
    """Return the harms of every approach that people were told, each under a letter.

    The letter follows from a key that is not in the database, and is the same each time.
    """
    counts = harm_counts(study)
    rules = [
        StopRule(harm=Harm(one.harm), above_control_bp=one.above_control_bp, households=one.households)
        for one in limits_of(study)
    ]
    met = stopped_arms(counts, rules, control=study_protocol(study).control)
    by_arm: dict[str, list[HarmCount]] = defaultdict(list)
    for count in counts:
        by_arm[count.arm].append(count)
    order = sorted(study_protocol(study).arms, key=lambda arm: lookup("masked arm", f"{study.name} {arm}"))
    return [
        MaskedArm(
            letter=ascii_uppercase[order.index(arm)],
            started=by_arm[arm][0].started,
            households={count.harm.value: count.households for count in by_arm[arm]},
            met=frozenset(harm.value for harm in met.get(arm, ())),
        )
        for arm in order
        if arm in by_arm
    ]


def harm_counts(study: Study) -> list[HarmCount]:
    """Return every harm of every arm that was told, zeros included, as the engine counts them."""
    mine = Standing.objects.of(study.municipality).filter(study=study.name)
    started = mine.exclude(arm=None).exclude(started_on=None)
    totals = dict(started.values_list("arm").annotate(count=Count("*")))
    with connection.cursor() as cursor:
        cursor.execute(_BY_ARM, [study.municipality.pk, study.name])
        rows = cursor.fetchall()
    found = {(name, harm): (events, households) for name, harm, events, households in rows}
    return [
        HarmCount(name, harm, *found.get((name, harm.value), (0, 0)), started=total)
        for name, total in sorted(totals.items())
        for harm in Harm
    ]
