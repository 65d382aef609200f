"""The parser: which verbs there are. A verb's module is imported only when the verb is used."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from io import TextIOWrapper

import click

from opmaat.cli.output import tell_issues_as_json
from opmaat.core.errors import Issue
from opmaat.core.version import __version__

_AS_JSON = "opmaat.as_json"

VERBS = {
    "catalogue": "Show approaches that are known, and how well they are known.",
    "check": "Check a protocol and print everything that is wrong with it.",
    "plan": "Compute what the experiment can show, before anyone is invited.",
    "diagnose": "Play the plan many times with made-up people: size, coverage, bias and power.",
    "rehearse": "See the whole experiment happen to made-up people, from the register to the report.",
    "freeze": "Freeze a protocol, so that analyses can run from it.",
    "amend": "Change a frozen protocol, with a reason that the report shows.",
    "caseload": "Read the register, screen it, and keep the list of those who are eligible.",
    "draw": "Draw lots for the list: promise, draw, and open when all is due.",
    "disclose-arm": "Disclose the arm of one household when it is due, and keep who did that.",
    "verify-draw": "Check a draw, and redo it where the list is at hand.",
    "estimate": "Answer every question of the frozen protocol with the data.",
    "report": "Write the report of the estimates, in Dutch and English.",
    "verify": "Walk back from a report to its protocol and data.",
    "keep": "Show what a household keeps of its earnings, arm beside arm.",
    "serve": "Start the website: participants, caseworkers, auditors.",
    "params": "Print legal amounts with their articles and sources.",
}


class _Verbs(click.Group):
    """A group of commands that are imported late, so that help is there at once."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Remember whether one object for programs is asked for, also where the rest cannot be understood."""
        ctx.meta[_AS_JSON] = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Carry out a verb; wrong use is told as one object for programs where that is asked for."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            if not ctx.meta[_AS_JSON]:
                raise
            name = ctx.invoked_subcommand or "opmaat"
            fix = f"See 'opmaat {name} --help'." if name in VERBS else "See 'opmaat --help'."
            issue = Issue("wrong-use", name, error.format_message(), fix)
            tell_issues_as_json(name, [issue], exit_code=error.exit_code)
            ctx.exit(error.exit_code)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of the work."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one verb."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"opmaat.cli.{cmd_name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of verbs without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.command(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="opmaat")
def opmaat() -> None:
    """Opmaat: from the idea for an experiment to a published, reproducible answer.

    Exit codes: 0 fine, 2 wrong use, 10 protocol, 11 data file, 12 not permitted, 13 a check failed,
    14 a receipt does not match, 15 disclosure refused.
    """


def main() -> None:
    """Run the command line; every verb ends with one of the exit codes of :func:`opmaat`."""
    # matrices here are tall and narrow: threads of linear algebra wait for each other longer than they work
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console need not know every sign of a label
    opmaat()
