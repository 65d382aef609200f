"""Draws beside a plain argsort of the same random matrix, and beside the time that the work may take."""

import time
from pathlib import Path

import numpy as np

from opmaat.assign.ceremony.steps import Begun, BegunList, Secrets, commit, drawn, entry, seed_of
from opmaat.assign.ceremony.verify import verify_list
from opmaat.assign.draw import draw
from opmaat.assign.procedures.blocked import BlockedDraw
from opmaat.assign.procedures.stream import Stream
from opmaat.caseload.model import Caseload, Totals
from opmaat.core.codes import Codes
from opmaat.core.receipt import Receipt
from opmaat.protocol.assignment import Blocked
from opmaat.protocol.load import load_protocol

STUDY = Path(__file__).parent.parent / "tests/spec/errors/study"
SECRETS = Secrets(bytes(32), bytes(32))


def measure():
    """Return the rows of this file."""
    return [redraws_beside_argsort(), seven_thousand(), a_million_verified()]


def redraws_beside_argsort():
    strata, shares = np.sort(np.random.default_rng(1).integers(0, 20, 890)), np.full(5, 0.2)
    plan = BlockedDraw(strata, shares)
    words = Stream(b"peer").words(10_000, 890)
    peer = best(lambda: np.argsort(words, axis=1))
    ours = best(lambda: plan.draws(Stream(b"ours"), 10_000))
    what = "10,000 re-draws of 890 households, 5 arms, 20 strata: ours / numpy argsort of the random matrix"
    return row(what, ours / peer, 3, better="lower", detail=f"ours {ours:.2f} s, argsort {peer:.2f} s")


def seven_thousand():
    protocol, caseload = made_up(7_000)
    ours = best(lambda: draw(protocol, caseload, bytes(32)))
    what = "7,000 households drawn from their caseload: 0.1 s / ours"
    return row(what, 0.1 / ours, 1, better="higher", detail=f"ours {ours:.3f} s")


def a_million_verified():
    protocol, caseload = made_up(1_000_000)
    commitment = commit(
        protocol,
        caseload,
        SECRETS,
        public_value="a",
        form="joined",
        last_arm_due="2026-01-01",
        today="2026-01-01",
    )
    allocation = draw(protocol, caseload, seed_of(SECRETS.nonce, "a"))
    one = BegunList(frame=1_000_000, list=commitment.list, begun_on="2026-01-01")
    begun = Begun(
        study="a", round="", commitment=commitment.digest(), public_value="a", lists=(one,), version="0"
    )
    published = drawn(begun, (entry(one, allocation, SECRETS.salt),), b"")

    def verify():
        checks = list(verify_list(protocol, commitment, published, caseload=caseload, secrets=SECRETS))
        assert all(check.holds for check in checks)

    ours = best(verify, times=2)
    what = "a million assignments verified, list and draw: 10 s / ours"
    return row(what, 10 / ours, 1, better="higher", detail=f"ours {ours:.2f} s")


def made_up(households):
    """Return a protocol that draws within strata, and a caseload for it."""
    from dataclasses import replace

    chance = np.random.default_rng(1)
    protocol = load_protocol(STUDY)
    plan = Blocked(method="blocked", strata=("stratum",), timing="before_invitation")
    names = tuple(f"{number:040x}" for number in range(households))
    stratum = Codes(chance.integers(0, 20, households), tuple(f"s{code:02d}" for code in range(20)))
    caseload = Caseload(
        study="a",
        round="",
        reference_date="2026-01-01",
        households=names,
        persons=tuple((name,) for name in names),
        kept_out=(None,) * households,
        characteristics={"stratum": stratum},
        screened=(),
        totals=Totals(households, 0, 0, households, households, households, households),
        reference=(),
        receipt=Receipt(stage="caseload", inputs={}, output="", protocol=protocol.digest(), version="0"),
    )
    return replace(protocol, assignment=plan), caseload


def best(work, times=3):
    """Return the shortest of several times, in seconds."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def row(what, ratio, aim, *, better, detail):
    return {"what": what, "ratio": round(ratio, 2), "aim": aim, "better": better, "detail": detail}
