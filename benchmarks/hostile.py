"""`python benchmarks/hostile.py 10k`: odd strings asked of the search, in a portal of 10,000 programmes.

Prints how many were errors, and how long the slowest took; fails when one was an error or took longer than it may.
The strings are the same ones each time. With --here the database that DATABASE_URL names is asked as it is.
"""

import argparse
import os
import sys
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a script, Python looks beside the script only

from benchmarks import database, generate

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


def ask(number, say=print):
    """(errors, milliseconds of each, milliseconds of CPU of each) of so many strings; each in a request of its own."""
    from portal.changes import one_request
    from portal.search.did_you_mean import suggest
    from programmes.search import find

    errors, took, cpu = [], [], []
    for place, (typed, language) in enumerate(strings(number), start=1):
        begun, begun_cpu = time.perf_counter(), time.thread_time()
        try:
            with one_request():
                find(typed, language)
        except Exception as error:  # whatever it is, it is what we look for
            errors.append((typed, language, error))
        took.append((time.perf_counter() - begun) * 1000)
        cpu.append((time.thread_time() - begun_cpu) * 1000)
        if place % 10 == 0:
            suggest(typed, language)
        if place % 100 == 0:
            say(f"{place:,} asked, {len(errors)} errors: {summary(took)}; CPU of this process: {summary(cpu)}")
    return errors, took, cpu


def summary(times):
    times = sorted(times)
    return f"median {part(times, 0.5):.1f} ms, p99 {part(times, 0.99):.1f} ms, slowest {times[-1]:.1f} ms"


def part(times, share):
    return times[min(int(len(times) * share), len(times) - 1)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("size", nargs="?", type=database.size_of, default=10_000, help="1k, 10k, 100k or a number; 10k")
    parser.add_argument("--strings", type=int, default=10_000)
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
    errors, took, cpu = ask(options.strings)
    print(f"{options.strings:,} strings, {len(errors)} errors: {summary(took)}; CPU of this process: {summary(cpu)}")
    for typed, language, error in errors[:5]:
        print(f"{language} {typed!r}: {type(error).__name__}: {error}")
    print(f"{sum(one > LIMIT for one in took)} took longer than {LIMIT} ms")
    return 1 if errors or max(took) > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
