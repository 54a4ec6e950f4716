"""`make bench`: how long pages take, as multiples of a bare Django view measured in the same run.

Starts both servers as production does (gunicorn, one worker), asks in interleaved rounds over kept
connections, and prints the median, the 95th percentile, the ratio, bytes on the wire and queries.
The database is the demo's; benchmarks/RESULTS.md keeps what was measured, and on which machine.
"""

import http.client
import os
import platform
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = int(os.environ.get("ROUNDS", "60"))
ROOT = Path(__file__).resolve().parents[1]
PAGES = {
    "home": "/sl/",
    "catalogue, 24 cards": "/sl/programi/",
    "catalogue, two facets": "/sl/programi/?cost=free&route=drop-in",
    "catalogue, text and facet": "/sl/programi/?q=hoja&cost=free",
    "near me and facet": "/sl/programi/?near=brezov-dol&cost=free",
    "the week": "/sl/programi/?view=week",
    "programme": "/sl/programi/6-opuscam-kajenje/",
    "places": "/sl/kraji/",
    "my list of three": "/sl/seznam/?p=1,2,3",
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(module, port, **environment):
    """A gunicorn with one worker on the port; returns when it answers."""
    command = [sys.executable, "-m", "gunicorn", module, "--bind", f"127.0.0.1:{port}", "--workers", "1",
               "--threads", "2", "--keep-alive", "60", "--log-level", "error"]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return server
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{module} did not start")


def ask(connection, path):
    """(seconds, bytes on the wire) of one answer; SystemExit when it is not 200."""
    start = time.perf_counter()
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    response = connection.getresponse()
    body = response.read()
    seconds = time.perf_counter() - start
    if response.status != 200:
        raise SystemExit(f"{path} answered {response.status}")
    return seconds, len(body)


def measure(portal, bare):
    """{page: ([seconds], bytes)} with the bare view's own row, rounds interleaved."""
    rows = {"bare view": ([], 0), **{name: ([], 0) for name in PAGES}}
    for number in range(ROUNDS + 3):
        for name in rows:
            seconds, size = ask(bare, "/") if name == "bare view" else ask(portal, PAGES[name])
            if number >= 3:  # the first rounds fill caches
                rows[name] = ([*rows[name][0], seconds], size)
    return rows


def table(rows):
    bare = statistics.median(rows["bare view"][0])
    yield "| page | median ms | p95 ms | × bare | bytes, gzip |"
    yield "|---|---|---|---|---|"
    for name, (seconds, size) in rows.items():
        median, p95 = statistics.median(seconds), statistics.quantiles(seconds, n=20)[18]
        yield f"| {name} | {median * 1000:.1f} | {p95 * 1000:.1f} | {median / bare:.0f} | {size} |"


def prepare(environment):
    for arguments in (["migrate", "--verbosity", "0"], ["compile_texts"], ["load_demo"],
                      ["collectstatic", "--noinput", "--verbosity", "0"]):  # fmt: skip
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=os.environ | environment, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip


def main():
    environment = {"SECRET_KEY": "bench" * 12, "ALLOWED_HOSTS": "127.0.0.1", "HTTPS": "0"}
    prepare(environment)
    ports = free_port(), free_port()
    servers = [serve("portal.wsgi", ports[0], **environment), serve("benchmarks.bare:application", ports[1])]
    try:
        rows = measure(*(http.client.HTTPConnection("127.0.0.1", port) for port in ports))
    finally:
        for server in servers:
            server.terminate()
            server.wait()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {ROUNDS} rounds\n")
    print("\n".join(table(rows)))


if __name__ == "__main__":
    main()
