"""What the arms are made to do to behaviour in a rehearsal: a file of assumptions, none unless given.

Effects act on behaviour. What they amount to in an outcome is never read from here: the truth is found by
playing the same people under every arm (:mod:`opmaat.rehearse.many.truth`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le

from opmaat.core.texts import Text
from opmaat.protocol.finding import Finding, KeyPath, unknown
from opmaat.protocol.model import Protocol
from opmaat.protocol.typed_yaml import file_kind, read_typed
from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS
from opmaat.survey.scale import scale_names

Multiplier = Annotated[float, Gt(0), Le(20)]
Shift = Annotated[float, Ge(-5), Le(5)]


@dataclass(frozen=True, kw_only=True)
class ArmEffects:
    """What one arm does to behaviour; 1 and 0 are nothing.

    ``finding`` and ``losing`` multiply the odds, each month, of finding work that ends benefit and of losing
    it; ``part_time`` those of starting part-time work beside benefit; ``hours`` multiplies the hours of that
    work; ``permanent`` the odds that a contract is or becomes permanent. ``at_cap`` is the share of those who
    work beside benefit that keep earnings at the amount that uses up the arm's disregard. ``joining``,
    ``taking_up``, ``answering`` and ``withdrawing`` multiply odds too. ``scores`` shifts scales, in standard
    deviations of the made-up people. All but joining, taking up and answering only act on who takes up what
    the arm offers, from the start until it ends or they withdraw.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    finding: Multiplier = 1.0
    losing: Multiplier = 1.0
    part_time: Multiplier = 1.0
    hours: Multiplier = 1.0
    permanent: Multiplier = 1.0
    at_cap: Annotated[float, Ge(0), Le(1)] = 0.0
    joining: Multiplier = 1.0
    taking_up: Multiplier = 1.0
    answering: Multiplier = 1.0
    withdrawing: Multiplier = 1.0
    scores: Mapping[str, Shift] = field(default_factory=dict)


NO_EFFECT = ArmEffects()


@dataclass(frozen=True, kw_only=True)
class Effects:
    """The effects of every arm; an arm that is not named has none.

    ``assumption`` says why, and is needed as soon as an arm is named. The control arm is not.

    >>> Effects(version=1).of("guidance").finding
    1.0
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    version: Literal[1]
    assumption: Text | None = None
    arms: Mapping[str, ArmEffects] = field(default_factory=dict)

    def of(self, arm: str) -> ArmEffects:
        """Return the effects of an arm."""
        return self.arms.get(arm, NO_EFFECT)


NO_EFFECTS = Effects(version=1)


def _spared(path: KeyPath) -> KeyPath:
    """Return the key without which the rest is checked when its value is wrong; none for the version."""
    return {"assumption": path[:1], "arms": path}.get(str(path[0]), ())


_KIND = file_kind("file of effects", "effects.yaml", Effects, spared=_spared)


def read_effects(path: Path, protocol: Protocol) -> Effects:
    """Read a file of effects.

    Parameters
    ----------
    path
        The file, or the folder that has an ``effects.yaml``.
    protocol
        Whose arms the file names.

    Raises
    ------
    ProtocolError
        With every problem at once: wrong values, unknown arms or scales, an effect on the control arm,
        effects without a word on why they are assumed.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> from opmaat.protocol.load import load_protocol
    >>> file = Path(mkdtemp()) / "effects.yaml"
    >>> _ = file.write_text(
    ...     "{version: 1, assumption: {nl: verzonnen, en: made up}, arms: {job: {finding: 1.2}}}"
    ... )
    >>> read_effects(file, load_protocol(Path("studies/nsw-1975"))).of("job").finding
    1.2
    """
    return read_typed(path, _KIND, lambda effects: _check(effects, protocol))


def _check(effects: Effects, protocol: Protocol) -> Iterator[Finding]:
    """Yield what does not fit together."""
    for name, arm in effects.arms.items():
        if name not in protocol.arms:
            yield unknown(("arms", name), "arm", name, protocol.arms)
        elif name == protocol.control:
            problem = "The control arm is what the others are compared with, and has no effects."
            yield Finding(
                ("arms", name),
                "effect-of-control",
                problem,
                "Leave it out; turn its effects into those of the others.",
            )
        for scale in arm.scores:
            if scale not in scale_names():
                yield unknown(("arms", name, "scores", scale), "scale", scale, scale_names())
    if effects.assumption is None and effects.arms:
        problem = "Effects are assumed, and nothing says on what ground."
        yield Finding(("assumption",), "no-assumption", problem, "Add 'assumption: {nl: ..., en: ...}'.")
