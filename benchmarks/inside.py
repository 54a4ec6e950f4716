"""What is looked at from within the portal's process: queries of a page, and where its time goes.

Run by `run.py` in a process of its own, with the addresses as JSON on standard input:
`inside.py count` prints {address: queries} as JSON, `inside.py profile 200` asks them in turn 200 times.
"""

import cProfile
import json
import os
import pstats
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from benchmarks.addresses import fresh

PATIENCE = 5  # seconds: a page slower than that is not asked twice only to warm the cards


def asker():
    """A function that asks the portal for an address, past gunicorn, and returns the seconds it took."""
    application, factory = get_wsgi_application(), RequestFactory()

    def ask(path):
        environ, statuses = factory.get(path, headers={"Accept-Encoding": "gzip"}).environ, []
        start = time.perf_counter()
        answer = application(environ, lambda status, headers: statuses.append(status))
        for _part in answer:
            pass
        answer.close()
        if not statuses[0].startswith("200"):
            sys.exit(f"{path} answered {statuses[0]}")
        return time.perf_counter() - start

    return ask


def count(paths):
    """{address: queries} of a page whose cards are warm but which is not cached itself."""
    ask, found = asker(), {}
    ask(fresh(paths[0], 0))
    for path in paths:
        for number in (1, 2):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                seconds = ask(fresh(path, number))
            found[path] = len(queries)
            if seconds > PATIENCE:
                break
    return found


def profile(paths, times):
    """Prints the functions in which the pages spend most of their time."""
    ask = asker()
    for path in paths:
        ask(fresh(path, "warm"))
    profiler = cProfile.Profile()
    for number in range(times):
        profiler.runcall(ask, fresh(paths[number % len(paths)], number))
    pstats.Stats(profiler, stream=sys.stdout).strip_dirs().sort_stats("cumulative").print_stats(30)


if __name__ == "__main__":
    django.setup()
    given = json.load(sys.stdin)
    if sys.argv[1] == "count":
        json.dump(count(given), sys.stdout)
    else:
        profile(given, int(sys.argv[2]))
