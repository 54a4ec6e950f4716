"""Servers as in production, pinned to one core; asking them; what they weigh. Linux only where /proc is read."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from .database import ROOT, server

BROWSER = "gzip, deflate, br, zstd"  # what a browser of today accepts
LONGEST_ANSWER = 1800  # seconds: slow is a result, too


class Answer(NamedTuple):
    seconds: float
    status: int
    headers: http.client.HTTPMessage
    body: bytes  # as on the wire
    cpu: float  # seconds that the worker and its database process ran, whatever else the machine did; 0 where unknown


def cores():
    """(those of the portal and the bare view, those of PostgreSQL and of the asker); both None with one core only."""
    if not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2:
        return None, None
    *others, last = sorted(os.sched_getaffinity(0))
    return {last}, set(others)


@contextlib.contextmanager
def pinned(cores_for_us):
    """This process, and the embedded PostgreSQL if it is ours, on these cores for as long as it lasts."""
    processes = [0, *_postmaster()] if cores_for_us else []
    before = {process: os.sched_getaffinity(process) for process in processes}
    for process in processes:
        os.sched_setaffinity(process, cores_for_us)
    try:
        yield
    finally:
        for process, affinity in before.items():
            with contextlib.suppress(ProcessLookupError):
                os.sched_setaffinity(process, affinity)


def _postmaster():
    """[number of the embedded server's first process]: those that answer our connections are its children."""
    if os.environ.get("DATABASE_URL"):
        return []
    with contextlib.suppress(OSError, ValueError, IndexError):
        return [int((server.data / "postmaster.pid").read_text().splitlines()[0])]
    return []


class Gunicorn:
    """One worker of `module` with the production's configuration; a context in which it runs."""

    def __init__(self, module, environment, core):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.command = [
            *(sys.executable, "-m", "gunicorn", module, "-c", "deploy/gunicorn.conf.py", "--log-level", "error"),
            *("--workers", "1", "--worker-class", "gthread", "--bind", f"127.0.0.1:{self.port}"),
            *("--keep-alive", "600", "--timeout", str(LONGEST_ANSWER), "--max-requests", "0"),
        ]
        self.environment, self.core, self.module, self.backends = environment, core, module, []

    def __enter__(self):
        self.started = time.perf_counter()
        pin = (lambda: os.sched_setaffinity(0, self.core)) if self.core else None
        self.process = subprocess.Popen(self.command, cwd=ROOT, env=self.environment, preexec_fn=pin)
        while time.perf_counter() - self.started < LONGEST_ANSWER and self.process.poll() is None:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST_ANSWER)
                return self
            time.sleep(0.02)
        self.__exit__()
        raise SystemExit(f"{self.module} did not start")

    def __exit__(self, *_why):
        self.process.terminate()
        self.process.wait()

    def ask(self, path, expected=200, **headers):
        """The Answer over the kept connection; SystemExit, with one line, when its status is another."""
        ran, start = self._ran(), time.perf_counter()
        self.connection.request("GET", path, headers={"Accept-Encoding": BROWSER, **headers})
        response = self.connection.getresponse()
        body = response.read()
        seconds = time.perf_counter() - start
        if response.status != expected:
            raise SystemExit(f"{path} answered {response.status}, not {expected}")
        return Answer(seconds, response.status, response.headers, body, self._ran() - ran)

    def watch(self, backends):
        """Counts these processes of PostgreSQL as well: [process number]."""
        self.backends = backends

    def _ran(self):
        """Seconds that the worker's threads and the watched processes have been on a core so far."""
        return sum(map(on_core, (*self._workers(), *self.backends)))

    def _workers(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        try:
            return [int(number) for number in children.read_text().split()]
        except OSError:
            return []

    def since_start(self):
        return time.perf_counter() - self.started

    def memory(self):
        """(of the worker, of worker and master together) in bytes: proportional set size; None where unknown."""
        try:
            workers = [_pss(number) for number in self._workers()]
            return sum(workers), sum(workers) + _pss(self.process.pid)
        except OSError:
            return None


def on_core(process):
    """Seconds that all threads of a process have run; 0 where unknown."""
    spent = 0
    for row in Path(f"/proc/{process}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):
            spent += int(row.read_text().split()[0])
    return spent / 1e9


def _pss(process):
    for row in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if row.startswith("Pss:"):
            return int(row.split()[1]) * 1024
    return 0
