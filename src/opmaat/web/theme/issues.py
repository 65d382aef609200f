"""What the engine finds wrong, in the language of the reader as far as there are words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from opmaat.web.theme.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldProblem:
    """A problem in the reader's words, and as the engine says it where that tells more.

    ``precisely`` is English, and empty where the words are the engine's own.
    """

    code: str
    where: str
    problem: str
    fix: str
    precisely: str
    language: str

    @property
    def place(self) -> str:
        """Where it was found, as far as that says more than which page one is on."""
        return self.where if any(sign in self.where for sign in ":.,") else ""


def told_problem(issue: Mapping[str, str], *rooms: str) -> ToldProblem:
    """Return an issue, as :meth:`opmaat.core.errors.Issue.as_dict` gives it, in the language of the request.

    The words stand in the texts of the first of the rooms that has them, under ``room.problems.code`` and
    ``room.problems.code_fix``, and those about any file that comes in under ``theme.files``; where there are
    none, the engine's own are taken.
    """
    say, code = words(), issue["code"]
    keys = [f"{room}.problems.{code}" for room in (*rooms, "theme.files")]
    own = next((key for key in keys if say.knows(key)), "")
    return ToldProblem(
        code=code,
        where=issue["where"],
        problem=say.say(own) if own else issue["problem"],
        fix=say.say(f"{own}_fix") if own else issue["fix"],
        precisely=f"{issue['problem']} {issue['fix']}" if own else "",
        language=say.language if own else "en",
    )
