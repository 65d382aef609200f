"""Kill a step of a draw at every change it makes to the disk, and take the step again each time.

Run as `killed.py STUDY VERB...`; prints per kill what was told when the step was taken again, and the digests
of the published files. Every step runs in a child of its own that kills itself as `kill -9` would.
"""

import hashlib
import json
import os
import shutil
import signal
import sys
from itertools import count
from pathlib import Path

from click.testing import CliRunner

from opmaat.cli.main import opmaat

CHANGES = {"os.rename", "os.remove", "os.link", "os.chmod", "os.mkdir"}


def changes(event, arguments, home):
    """Tell whether an event changes the disk under the study."""
    if event == "open":
        path, _, flags = arguments
        return isinstance(path, str) and path.startswith(home) and bool(flags & (os.O_WRONLY | os.O_RDWR))
    return event in CHANGES and os.fspath(arguments[0]).startswith(home)


def kill_at(number, home):
    """Arrange that this process is killed just before its change of that number."""
    seen = count(1)

    def hook(event, arguments):
        if changes(event, arguments, home) and next(seen) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def take(arguments, answer, *, number=None):
    """Take a step in a child; returns the codes of its issues, or None when it was killed."""
    child = os.fork()
    if not child:
        if number is not None:
            kill_at(number, arguments[1])
        result = CliRunner(catch_exceptions=False).invoke(opmaat, arguments)
        answer.write_text(result.stdout)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return None
    return [issue["code"] for issue in json.loads(answer.read_text()).get("issues", ())]


def published(home):
    """Return the digests of what is published."""
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted((home / "draw").iterdir())
    }


def main():
    """Kill the step once at every change, until it comes through."""
    study, verb = Path(sys.argv[1]), sys.argv[2:]
    home, answer, found = study.with_name("killed"), study.with_name("answer.json"), []
    arguments = [verb[0], str(home), *verb[1:], "--json"]
    shutil.copytree(study, home)
    CliRunner().invoke(opmaat, arguments)  # so that the children need not import anything
    shutil.rmtree(home)
    for number in count(1):
        shutil.copytree(study, home)
        came_through = take(arguments, answer, number=number) is not None
        told = [] if came_through else take(arguments, answer)
        if told == ["in-use"]:
            (home / "private" / "in-use").unlink()
            told = take(arguments, answer)
        left = [file.name for file in home.rglob(".*.*.*")]
        open_to_others = [
            file.name
            for file in (home / "private").iterdir()
            if file.stat().st_mode & 0o077 and file.name != ".gitignore"
        ]
        found.append({"told": told, "left": left, "open": open_to_others, "published": published(home)})
        shutil.rmtree(home)
        if came_through:
            break
    print(json.dumps(found))


if __name__ == "__main__":
    main()
