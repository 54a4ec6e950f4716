"""A PostgreSQL server that belongs to this checkout: started when first needed, stopped when last left.

Three files in its folder decide everything, all of them locked by `flock`, which the kernel lets go of
however a process ends:

- `start.lock`: whoever starts or stops the server holds it alone.
- `users.lock`: every process that uses the server holds a share. On leaving, a process gives back its
  share; if it can then have the lock alone, it was the last, and stops the server. A forked child inherits
  its parent's share, and the share lasts until both have gone.
- `server.lock`: PostgreSQL's own processes inherit it. While one of them lives, nobody starts another server
  on the same data; once they are gone, whatever their pid files say is void.

A process stops the server on its way out of the interpreter. SIGTERM takes no such way: an entry point that
wants the server stopped turns it into SystemExit (`signal.signal(SIGTERM, lambda *_: sys.exit(0))`). A server
left behind by a killed process is used, and stopped, by the next one that comes.
"""

import atexit
import contextlib
import hashlib
import os
import shlex
import shutil
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from .programs import EmbeddedError, Programs

if sys.platform != "win32":
    import fcntl

CHECKOUT = Path(__file__).resolve().parents[2]
OWNER = DATABASE = "portal"
PORT = 5432  # names the socket; nothing listens on the network
PATIENCE = 30  # seconds for a server to start, to stop, or to be gone
LONGEST_SOCKET_FOLDER = 88  # bytes: a socket's whole path may have 104 to 108, depending on the system

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    # Safe against kill -9, not against a power cut: nothing of value is kept here.
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "log_min_messages": "warning",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


class Server:
    """One cluster in one folder.

    That folder is the only place where files are made or permissions changed; where its path will not do for
    a socket, there is a second one in /tmp.
    """

    def __init__(self, folder: Path | None = None):
        self._given_folder = folder or os.environ.get("EMBEDDED_FOLDER")
        self._share: int | None = None
        self._forget_threads()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget_threads)

    def _forget_threads(self) -> None:
        # In a forked child the thread that held the lock does not exist, so it would never be released.
        self._threads = threading.Lock()

    # ---- what others call ------------------------------------------------------------------------
    def ensure(self) -> str:
        """The folder of the server's socket, with the server running and this process one of its users.

        Raises EmbeddedError.
        """
        with self._threads:
            if self._share is None:
                self._join()
        return str(self.sockets)

    def recover(self) -> None:
        """Start the server again if it died under us. Raises EmbeddedError."""
        with self._threads:
            self._join()

    def release(self) -> None:
        """Give back this process's share, and stop the server if nobody else has one."""
        with self._threads, contextlib.suppress(FileNotFoundError):  # somebody deleted the folder: fine
            if self._share is None:
                return
            with self.exclusively():
                os.close(self._share)
                self._share = None
                if not self._has_users():
                    self._stop()

    def remove(self) -> bool:
        """Delete the cluster with all its data; False, and nothing is done, while a process uses it."""
        if not self.folder.exists():
            return True
        with self.exclusively():
            if self._has_users():
                return False
            self._stop()
            shutil.rmtree(self.sockets, ignore_errors=True)
            shutil.rmtree(self.folder)
        return True

    @contextlib.contextmanager
    def exclusively(self) -> Iterator[None]:
        """Let no other process start, stop or create at the same time. Not re-entrant."""
        lock = os.open(self.folder / "start.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            # Closing alone would not do: a child forked meanwhile keeps the file open, and the lock with it.
            fcntl.flock(lock, fcntl.LOCK_UN)
            os.close(lock)

    # ---- where -----------------------------------------------------------------------------------
    @cached_property
    def folder(self) -> Path:
        """In the checkout if we may write there. Root's is outside: PostgreSQL will not run as root, and the
        account it runs under may be unable to reach the checkout."""
        if self._given_folder:
            return Path(self._given_folder).absolute()
        inside = CHECKOUT / ".local" / "pg"
        nearest = next(path for path in (inside, *inside.parents) if path.exists())
        if os.geteuid() and os.access(nearest, os.W_OK):
            return inside
        return Path("/var/tmp") / self._name_for(CHECKOUT)  # noqa: S108 - `_own` refuses what others put there

    @cached_property
    def sockets(self) -> Path:
        inside = self.folder / "run"
        # A comma would make two addresses of one, for the server as for its clients.
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER and "," not in str(inside):
            return inside
        return Path("/tmp") / self._name_for(self.folder)  # noqa: S108 - as above

    @staticmethod
    def _name_for(path: Path) -> str:
        return f"{OWNER}-pg-{hashlib.sha256(os.fsencode(f'{path}:{os.geteuid()}')).hexdigest()[:10]}"

    @cached_property
    def data(self) -> Path:
        return self.folder / "data"

    @cached_property
    def programs(self) -> Programs:
        return Programs(self.folder)

    @property
    def _socket(self) -> Path:
        return self.sockets / f".s.PGSQL.{PORT}"

    # ---- joining and leaving -----------------------------------------------------------------------
    def _join(self) -> None:
        if sys.platform == "win32":
            raise EmbeddedError("The embedded PostgreSQL runs on Linux and macOS only")
        self.programs.account()  # before a folder is made for somebody who cannot use it
        try:
            self._own(self.folder, 0o700 if os.geteuid() else 0o711)
            with self.exclusively():
                self._bring_up()
                if self._share is None:
                    self._share = self._take_share()
        except OSError as error:
            raise EmbeddedError(f"The database in {self.folder} cannot be used: {error}") from error
        atexit.unregister(self._leave)
        atexit.register(self._leave)

    def _leave(self) -> None:
        """Release at the end of the interpreter, undisturbed by a second Ctrl-C, or by the signal with which
        gunicorn ends a worker that is ending already: either would break it off, and the server stay."""
        while True:
            try:
                for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
                    signal.signal(number, signal.SIG_IGN)
                return self.release()
            except (KeyboardInterrupt, SystemExit):
                continue  # one that was under way already

    def _own(self, path: Path, mode: int, uid: int | None = None) -> None:
        """Create the folder unless it is there; see that it is ours (or then `uid`'s) and has this mode.

        Raises EmbeddedError when somebody else put it, or a link, where we are about to write.
        """
        path.mkdir(parents=True, exist_ok=True)
        found = path.lstat()
        if path.is_symlink() or found.st_uid not in {os.geteuid(), uid}:
            raise EmbeddedError(f"{path} was made by somebody else: remove it")
        path.chmod(mode)
        if uid is not None and uid != found.st_uid:
            os.chown(path, uid, -1)

    def _take_share(self) -> int:
        share = os.open(self.folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(share, fcntl.LOCK_SH)
        return share

    def _has_users(self) -> bool:
        # Never asked through our own share: that may be our parent's as well, and would be turned into this.
        lock = self._lock_alone("users.lock")
        if lock is not None:
            os.close(lock)
        return lock is None

    def _lock_alone(self, name: str) -> int | None:
        """The open file, locked until it is closed; None if somebody else holds it."""
        lock = os.open(self.folder / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return lock

    # ---- starting ----------------------------------------------------------------------------------
    def _bring_up(self) -> None:
        """Wait until the server is ready, or no process of an earlier one is left; then start it."""
        deadline = time.monotonic() + PATIENCE
        while not self._is_ready():
            lock = self._lock_alone("server.lock")
            if lock is not None:
                try:
                    return self._start(lock)
                finally:
                    os.close(lock)
            if time.monotonic() > deadline:
                raise EmbeddedError(f"The PostgreSQL server in {self.folder} neither answers nor ends")
            time.sleep(0.02)

    def _start(self, lock: int) -> None:
        uid = self.programs.account().pw_uid
        self._own(self.sockets, 0o700, uid)
        if not self.data.exists():
            self._create(uid, lock)
        # Nobody holds server.lock, so these are left over, even if their pid is somebody's by now.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self._socket.unlink(missing_ok=True)
        self._socket.with_name(f"{self._socket.name}.lock").unlink(missing_ok=True)
        log = self._empty_log(uid)
        settings = {**SETTINGS, "unix_socket_directories": str(self.sockets)}
        options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
        where = [f"--pgdata={self.data}", f"--log={log}", f"--options={options}"]
        arguments = ["start", "--wait", "--silent", f"--timeout={PATIENCE}", *where]
        self.programs.run(self.programs.path("pg_ctl"), *arguments, keep=(lock,))

    def _create(self, uid: int, lock: int) -> None:
        """Make the cluster, under another name first: a killed initdb must not look like a finished one."""
        new = self.folder / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        self._own(new, 0o700, uid)
        # The built-in locale knows the same letters on every machine; plain C would not lower a Č.
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        rest = ["--auth=trust", "--no-sync", "--no-instructions", "--no-data-checksums"]
        arguments = [f"--pgdata={new}", f"--username={OWNER}", *locale, *rest]
        self.programs.run(self.programs.path("initdb"), *arguments, keep=(lock,))
        new.rename(self.data)

    def _empty_log(self, uid: int) -> Path:
        log = self.folder / "log"
        log.unlink(missing_ok=True)
        log.touch(mode=0o600)
        os.chown(log, uid, -1)
        return log

    # ---- looking and stopping ----------------------------------------------------------------------
    def _is_ready(self) -> bool:
        """Does it answer, and is it past starting up and not yet shutting down?"""
        return self._state()[7:8] == ["ready"] and self._listener() is not None

    def _state(self) -> list[str]:
        """PostgreSQL's own words: the lines of postmaster.pid; none if there is no such file."""
        try:
            return [line.strip() for line in (self.data / "postmaster.pid").read_text().splitlines()]
        except FileNotFoundError:
            return []

    def _listener(self) -> int | None:
        """The pid of who answers on the socket, 0 if it is in another container; None if nobody does.

        Asked of the kernel where it tells, for the number in the file may by now be another process's.
        """
        with socket.socket(socket.AF_UNIX) as caller:
            try:
                caller.connect(str(self._socket))
            except OSError:
                return None
            if sys.platform == "linux":
                return struct.unpack("3i", caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        return int(self._state()[0]) if self._state() else None

    def _stop(self) -> None:
        pid = self._listener()
        if not pid:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)  # a fast shutdown: it ends what is still connected
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            lock = self._lock_alone("server.lock")
            if lock is not None:
                return os.close(lock)
            time.sleep(0.01)


server = Server()
