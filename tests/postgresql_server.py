"""A PostgreSQL server of one's own: in a folder that goes away again, reached by a socket in it only."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAMS = Path("/usr/lib/postgresql")
# A test that cannot lose its database's machine needs nothing written through to disk.
HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def programs():
    """Return the folder of the newest server's programs; None where there is none."""
    found = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda one: int(one.parts[-3]))
    return found[-1].parent if found else None


class Server:
    """A server; ``durable`` writes through to disk, as one in use does."""

    def __init__(self, *, durable=False):
        self._options = () if durable else HASTY
        # The path of a socket may have 107 signs, so that a folder of pytest's would be too long.
        self.folder = Path(tempfile.mkdtemp(prefix="opmaat-pg-"))
        if os.geteuid() == 0:  # the server refuses to run as root
            shutil.chown(self.folder, "postgres", "postgres")
        self.folder.chmod(0o711)
        self._run(
            "initdb", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--username=opmaat"
        )
        self.start()

    def address(self, name="postgres"):
        """Return the address of one of its databases."""
        return f"postgresql://opmaat@/{name}?host={self.folder}"

    def make(self, name, *options):
        """Make a database, empty without options, and return its address."""
        self._command("createdb", "--host", self.folder, "--username=opmaat", *options, name)
        return self.address(name)

    def start(self):
        """Start, or start again after a kill, when what the killed one held is free."""
        options = " ".join(
            f"-c {one}" for one in (*self._options, "listen_addresses=''", "max_connections=60")
        )
        for _ in range(100):
            try:
                return self._run(
                    "pg_ctl",
                    "start",
                    "--wait",
                    f"--log={self.folder}/log",
                    f"--options={options} -k {self.folder}",
                )
            except subprocess.CalledProcessError:
                time.sleep(0.3)
        raise TimeoutError((self.folder / "log").read_text())

    def kill(self):
        """Kill the server at once, as a fault of the machine does."""
        pid = int((self.folder / "data/postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGKILL)

    def stop(self):
        """Stop, and take everything away."""
        self._run("pg_ctl", "stop", "--mode=immediate")
        shutil.rmtree(self.folder)

    def _run(self, program, *arguments):
        self._command(program, f"--pgdata={self.folder}/data", *arguments)

    def _command(self, program, *arguments):
        command = [programs() / program, *arguments]
        if os.geteuid() == 0 and pwd.getpwnam("postgres"):
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
