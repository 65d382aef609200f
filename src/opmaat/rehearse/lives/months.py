"""Lives as registers show them: what deliveries of benefits and wages would say, without the files."""

from __future__ import annotations

import numpy as np

from opmaat.panel.months import PersonMonths
from opmaat.rehearse.lives.benefit import settlements
from opmaat.rehearse.lives.lives import Lives
from opmaat.rehearse.people.people import numbered


def person_months(lives: Lives, *, with_amounts: bool = True) -> PersonMonths:
    """Return what registers know of each person, month by month.

    ``with_amounts`` also settles what was paid; without it benefit is 0, which is much faster.
    """
    people = lives.people
    known = np.ones(lives.months, dtype=np.bool_)
    shape = (people.count, lives.months)
    paid = settlements(lives).paid_cents.T[people.household] if with_amounts else np.zeros(shape, np.int64)
    return PersonMonths(
        persons=numbered(people.count),
        household=people.household,
        first_month=lives.first_month,
        benefit_known=known,
        wages_known=known,
        on_benefit=lives.on_benefit,
        exit_code=lives.exit_code,
        benefit_cents=np.where(lives.on_benefit, paid, 0),
        norm_cents=np.where(lives.on_benefit, lives.norm_cents[people.household], 0),
        wage_cents=lives.wage_cents,
        hours=lives.hours,
        permanent=lives.permanent,
        self_employed=lives.self_employed,
        provenance={},
    )
