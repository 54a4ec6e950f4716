"""`python benchmarks/hostile.py 10k`: odd strings asked of the search, in a portal of 10,000 programmes.

Prints how many were errors, and how long the slowest took; fails when one was an error, or kept the process and its
database busy for longer than it may: what else the machine does at the time is not the search's fault.
The strings are the same ones each time. With --here the database that DATABASE_URL names is asked as it is.
"""

import argparse
import multiprocessing
import os
import sys
import time
from itertools import islice
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a script, Python looks beside the script only

from benchmarks import database, generate
from benchmarks.servers import on_core

LIMIT = 300  # milliseconds
PIECES = [
    "'", "\\", "''\\'", "&|!():*<->", "a' | 'b", "x:*A", '"', '"" -""', "-", "OR", "\0", "a" * 300, "^#=+", "a<->b",
    "'; DROP TABLE x; --", "%s", "%(a)s", "ß", "İ", "ﬀ", "日本語", "١٢", "a\u0301", "\u202e", "😀", "vadba", "joga",
    "exercise", "the", "group", "Schlafstörungen", "søvn", "-vadba", '"vadba joga"', "people", "e-mail", "skupina",
]  # fmt: skip


def strings(number):
    """(typed, language), the same ones each time: pieces of syntax and words, every third with any signs there are."""
    random = Random(1)
    codes = ["sl", "en", "da", "nb", "de"]
    for place in range(number):
        pieces = [random.choice(PIECES) for _ in range(random.randint(1, 12))]
        if place % 3 == 0:
            pieces.append("".join(chr(random.randint(1, 0x2FFF)) for _ in range(20)))
        yield random.choice(["", " "]).join(pieces), codes[place % 5]


def ask(number, say=print, first=0, step=1):
    """(errors, milliseconds of each, milliseconds of CPU of each) of so many strings, of which every `step`th is asked.

    Each in a request of its own; of the database process only what /proc tells of one on this machine is counted.
    """
    from django.db import connection

    from portal.changes import one_request
    from portal.search.did_you_mean import suggest
    from programmes.search import find

    connection.ensure_connection()
    backend, errors, took, cpu = connection.connection.info.backend_pid, [], [], []

    def ran():
        return time.thread_time() + on_core(backend)

    for place, (typed, language) in islice(enumerate(strings(number), start=1), first, None, step):
        begun, begun_cpu = time.perf_counter(), ran()
        try:
            with one_request():
                find(typed, language)
        except Exception as error:  # whatever it is, it is what we look for
            errors.append((typed, language, error))
        took.append((time.perf_counter() - begun) * 1000)
        cpu.append((ran() - begun_cpu) * 1000)
        if place % 10 == 0:
            suggest(typed, language)
        if len(took) % 100 == 0:
            say(f"{len(took):,} asked, {len(errors)} errors: {summary(took)}; CPU: {summary(cpu)}")
            sys.stdout.flush()
    return errors, took, cpu


def _ask_part(arguments):
    """One of several processes, each with a connection of its own."""
    number, first, step = arguments
    errors, took, cpu = ask(number, first=first, step=step)
    return [(typed, language, repr(error)) for typed, language, error in errors], took, cpu


def ask_together(number, processes):
    """As `ask`, by several processes forked from this one."""
    from django.db import connections

    connections.close_all()
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        parts = pool.map(_ask_part, [(number, first, processes) for first in range(processes)], chunksize=1)
    return [[one for part in parts for one in part[column]] for column in range(3)]


def summary(times):
    times = sorted(times)
    return f"median {part(times, 0.5):.1f} ms, p99 {part(times, 0.99):.1f} ms, slowest {times[-1]:.1f} ms"


def part(times, share):
    return times[min(int(len(times) * share), len(times) - 1)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("size", nargs="?", type=database.size_of, default=10_000, help="1k, 10k, 100k or a number; 10k")
    parser.add_argument("--strings", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=1, help="that ask (1)")
    parser.add_argument("--here", action="store_true", help="ask the database of DATABASE_URL")
    options = parser.parse_args()
    if not options.here:
        os.environ |= database.environment(generate.ensure(options.size))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    from portal.search import text
    from programmes.search import find

    text.warm()  # as a server does before it forks
    for code in ("sl", "en", "da", "nb", "de"):
        find("vadba", code)
    errors, took, cpu = ask_together(options.strings, options.processes)
    print(f"{options.strings:,} strings, {len(errors)} errors: {summary(took)}; CPU: {summary(cpu)}")
    for typed, language, error in errors[:5]:
        print(f"{language} {typed!r}: {error}")
    slow, slow_by_clock = (sum(one > LIMIT for one in times) for times in (cpu, took))
    print(f"{slow} took longer than {LIMIT} ms of CPU, {slow_by_clock} by the clock")
    return 1 if errors or max(cpu) > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
