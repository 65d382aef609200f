"""opmaat serve: the website, on this machine or behind a proxy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import click

from opmaat.cli.output import PLACE, Result, verb

_SETTINGS = "opmaat.web.settings.serve"


@verb("serve")
@click.option("--home", type=PLACE, default=Path("website"), help="Folder of the database and the keys.")
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, help="Port; default 8000.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, help="Processes; default 2.")
@click.option("--demonstration", type=PLACE, help="Fill it with made-up people of this study.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="With --demonstration: the day it is there.")
@click.option("--only-prepare", is_flag=True, help="Make everything ready, and do not start.")
def command(
    home: Path,
    port: int,
    workers: int,
    demonstration: Path | None,
    today: object,
    only_prepare: bool,
) -> Result:
    """Start the website; its settings come from the environment (docs/how-to/serve.md).

    The first start makes the database and the keys in HOME. With --demonstration it is filled with made-up
    people, listens on this machine only, and prints how they sign in.
    """
    from opmaat.core.errors import Issue, UsageError

    try:
        import django
        from django.core.management import call_command
    except ImportError:
        problem, fix = "The website is not installed.", "Install Opmaat with its extra 'web'."
        raise UsageError([Issue("not-installed", "serve", problem, fix)]) from None
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    _set_environment(home.resolve(), demonstration, today)
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if demonstration is not None:
        call_command("fill_demonstration", demonstration.resolve().name)
    if not only_prepare:
        _start(port, workers, local=demonstration is not None)
    return Result((f"ready in {home}",), {"home": str(home)})


def _set_environment(home: Path, demonstration: Path | None, today: object) -> None:
    """Say to the settings where everything stands."""
    os.environ["DJANGO_SETTINGS_MODULE"] = _SETTINGS
    os.environ["OPMAAT_WEB_HOME"] = str(home)
    if demonstration is not None:
        os.environ["OPMAAT_WEB_LOCAL"] = "1"
        os.environ["OPMAAT_WEB_STUDIES"] = str(demonstration.resolve().parent)
        os.environ["OPMAAT_WEB_TODAY"] = f"{today:%Y-%m-%d}" if today is not None else _midway(demonstration)


def _midway(study: Path) -> str:
    """Return a day soon after the middle of the study, or of this year where it has no period."""
    from datetime import date, timedelta

    from opmaat.protocol.load import load_protocol

    period = load_protocol(study).period
    if period is None:
        return f"{date.today():%Y-%m-%d}"  # noqa: DTZ011
    return f"{period.first_day + timedelta(days=376):%Y-%m-%d}"


def _start(port: int, workers: int, *, local: bool) -> NoReturn:
    """Become the server."""
    host = "127.0.0.1" if local else os.environ.get("OPMAAT_WEB_BIND", "127.0.0.1")
    click.echo(f"http://localhost:{port}/")
    sys.stdout.flush()
    # Long work is done beside the server, which this process becomes: when it goes, so do the workers.
    subprocess.Popen([sys.executable, "-m", "django", "work_jobs", "--beside", str(os.getpid())])
    server = [sys.executable, "-m", "gunicorn", "opmaat.web.wsgi:application", "--preload"]
    options = ["--no-control-socket", "--threads", "4", "--workers", f"{workers}", "--bind", f"{host}:{port}"]
    os.execv(sys.executable, [*server, *options])
