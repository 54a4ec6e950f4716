"""`make bench SIZES="1k 10k"`: how long pages take, as multiples of a bare Django view measured in the same run.

Starts the portal and the bare view as production does (gunicorn, preloaded, one worker each, pinned to one core)
on a generated database, asks both in interleaved rounds over kept connections, and prints what it saw as Markdown.
Each address comes once in a round and with a query key that nobody knows, so that pages are made, not remembered.
"""

import argparse
import contextlib
import json
import re
import signal
import statistics
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import addresses, database, generate, report
from benchmarks.servers import Gunicorn, cores, pinned

WEIGHED = 4  # addresses of a row, in each language
BARE, AGAIN, UNCHANGED = "bare view", "same page again", "same page, 304"
EDITS = {
    "its summary": "UPDATE programmes_programme SET summary_sl = summary_sl || %s, version = version + 1 WHERE id = %s",
    "its title": "UPDATE programmes_programme SET title_sl = %s || title_sl, version = version + 1 WHERE id = %s",
    "full or not": "UPDATE programmes_programme SET is_full = NOT is_full AND %s > '', version = version + 1"
    " WHERE id = %s",
}
_number = count(1)


def say(text):
    print(text, file=sys.stderr, flush=True)


def fresh(path):
    return addresses.fresh(path, next(_number))


class Run:
    """One size: servers, rows and figures.

    `budget` is how many seconds one row may take in all; `only` are rows by name, or all of them; `different` is how
    many addresses a row has at most.
    """

    def __init__(self, name, size, rounds=5, budget=120, only=(), different=addresses.DIFFERENT):
        self.different = different
        self.name, self.size, self.rounds, self.budget, self.only = name, size, rounds, budget, only
        self.core, self.others = cores()
        self.rows = {}

    def measure(self):
        """Lines of Markdown: pages, build, refresh, memory, goals."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(pinned(self.others))
            connection = stack.enter_context(database.connect(self.name))
            version = connection.execute("SHOW server_version").fetchone()[0].split()[0]
            header = report.machine(version, self.rounds)
            environment = database.environment(self.name)
            self.bare = stack.enter_context(Gunicorn("benchmarks.bare:application", environment, self.core))
            self.portal = stack.enter_context(Gunicorn("portal.wsgi", environment, self.core))
            build = self._build()
            self._draw(connection)
            self.portal.watch(database.backends(connection))
            say(f"{self.name}: the first answers are there, now every page once")
            self._warm()
            say(f"{self.name}: {self.rounds} rounds")
            self._ask_all()
            refresh = [] if self.only else list(self._refresh(connection))
            memory, above = self._memory()
            weights = self._weigh()
            if weights:  # a worker that has answered in all languages knows their words
                memory += f" After the list was asked for in five languages {self._memory()[1]:.0f} MB above it."
        if not self.only:
            self._count_queries()
        measured, ran = ({name: report.ratio(row[what], self.rows[BARE][what])
                          for name, row in self.rows.items() if row[what]} for what in ("seconds", "cpu"))  # fmt: skip
        measured |= {"worker memory": above}
        if weights:
            measured["heaviest list"] = max(most for weighed in weights.values() for most, _path in weighed)
        goals = list(report.goals(database.label_of(self.size), measured, ran))
        weighed = report.weights(weights)
        return [header, "", *report.pages(self.rows), "", build, "", *weighed, "", *refresh, "", memory, "", *goals]

    # ---- before the rounds ------------------------------------------------------------------------
    def _build(self):
        self.portal.ask("/healthz")
        ready = self.portal.since_start()
        first = self.portal.ask(fresh(addresses.CATALOGUE)).seconds
        return (
            f"Build: {ready:.1f} s from the start to the first answer of any kind, the first catalogue page "
            f"{first:.2f} s more, {self.portal.since_start():.1f} s in all."
        )

    def _draw(self, connection):
        drawn = {name: paths[: self.different] for name, paths in addresses.draw(connection, self.size).items()}
        drawn["programme"] = [self.portal.ask(path, expected=301).headers["Location"] for path in drawn["programme"]]
        self.probe = drawn["catalogue, two facets"][0]
        self.paths = {BARE: ["/"], **{name: paths for name, paths in drawn.items() if self._is_wanted(name)}}
        self.again = [*drawn["catalogue, two facets"][:4], *drawn["programme"][:3], "/sl/"]
        remembered = [name for name in (AGAIN, UNCHANGED) if self._is_wanted(name)]
        self.rows = {name: {"seconds": [], "cpu": []} for name in (*self.paths, *remembered)}

    def _is_wanted(self, name):
        return not self.only or name in self.only

    def _warm(self):
        """Every address once, for the cards; of each row, what its first page weighs."""
        for name, paths in self.paths.items():
            server, page = (self.bare, str) if name == BARE else (self.portal, fresh)
            begun = time.monotonic()
            for encoding in ("gzip", "br"):
                answer = server.ask(page(paths[0]), **{"Accept-Encoding": encoding})
                if name == BARE or answer.headers["Content-Encoding"] == encoding:
                    self.rows[name][encoding] = len(answer.body)
            for path in paths:
                if time.monotonic() - begun < self.budget / 4:
                    server.ask(page(path))
        self.tags = {}
        for path in self.again if not self.rows.keys().isdisjoint((AGAIN, UNCHANGED)) else ():
            self.portal.ask(path)
            if tag := self.portal.ask(path).headers["ETag"]:
                self.tags[path] = tag

    # ---- the rounds -------------------------------------------------------------------------------
    def _ask_all(self):
        spent, most = dict.fromkeys(self.rows, 0.0), max(map(len, self.paths.values()))
        for step in range(self.rounds * most):
            for name, row in self.rows.items():
                if spent[name] < self.budget and (answer := self._ask(name, step)) is not None:
                    row["seconds"].append(answer.seconds)
                    row["cpu"].append(answer.cpu)
                    spent[name] += answer.seconds

    def _ask(self, name, step):
        """One Answer of the row; None where there is nothing to ask."""
        if name == BARE:
            return self.bare.ask("/")
        if name in self.paths:
            return self.portal.ask(fresh(self.paths[name][step % len(self.paths[name])]))
        path = self.again[step % len(self.again)]
        if name == AGAIN:
            return self.portal.ask(path)
        if path in self.tags:
            return self.portal.ask(path, expected=304, **{"If-None-Match": self.tags[path]})
        return None

    # ---- after the rounds -------------------------------------------------------------------------
    def _weigh(self):
        """{language: [(bytes with br, address)]} of the rows that are lists, at the addresses that people have."""
        paths = [path for name in addresses.LISTS for path in self.paths.get(name, [])[:WEIGHED]]
        page = self.portal.ask(addresses.CATALOGUE, **{"Accept-Encoding": "identity"}).body.decode()
        bases = re.findall(r'hreflang="(\w\w)" href="https?://[^/]+([^"?]+)"', page) if paths else []
        return {code: list(self._weights(base, paths)) for code, base in bases}

    def _weights(self, base, paths):
        for path in paths:
            answer = self.portal.ask(address := base + path.removeprefix(addresses.CATALOGUE))
            if answer.headers["Content-Encoding"] == "br":  # words that nothing is found for are private, so padded
                yield len(answer.body), address

    def _refresh(self, connection):
        """Lines: the first page after somebody else's edit, against one without; SystemExit when the old one came."""
        probe = self.probe
        number, title, summary = connection.execute(
            "SELECT id, title_sl, summary_sl FROM programmes_programme WHERE status = 'published' AND title_sl > ''"
            " AND summary_sl > '' AND NOT is_full ORDER BY abs(id - %s) LIMIT 1",
            [self.size // 2],
        ).fetchone()
        times = max(1, min(5, int(self.budget / 10 / self.portal.ask(fresh(probe)).seconds)))
        yield f"Refresh: first catalogue page after one programme was edited elsewhere (median of {times})."
        yield ""
        yield "| edited | page before, ms (CPU) | first page after, ms (CPU) | second after, ms (CPU) |"
        yield "|---|---|---|---|"
        try:
            for what in EDITS:
                samples = [self._edit(connection, number, what, mark, probe) for mark in range(times)]
                yield f"| {what} | {' | '.join(map(_medians, zip(*samples, strict=True)))} |"
            self._is_fresh(connection, number)
        finally:
            connection.execute("UPDATE programmes_programme SET title_sl = %s, summary_sl = %s, is_full = false"
                               " WHERE id = %s", [title, summary, number])  # fmt: skip

    def _edit(self, connection, number, what, mark, probe):
        """Answers before, first after, second after one edit of the programme."""
        before = self.portal.ask(fresh(probe))
        connection.execute(EDITS[what], [f" A{mark} ", number])
        return before, self.portal.ask(fresh(probe)), self.portal.ask(fresh(probe))

    def _is_fresh(self, connection, number):
        """Reads the programme's page, remembered or not, right after an edit."""
        path = self.portal.ask(f"{addresses.CATALOGUE}{number}/", expected=301).headers["Location"]
        for mark in ("prvikrat", "drugič"):
            self.portal.ask(path, **{"Accept-Encoding": "identity"})
            connection.execute("UPDATE programmes_programme SET summary_sl = %s WHERE id = %s", [mark, number])
            if mark.encode() not in self.portal.ask(path, **{"Accept-Encoding": "identity"}).body:
                raise SystemExit(f"{path} is stale after an edit")

    def _memory(self):
        """(line, MB of the portal's worker above the bare one's, or None)."""
        portal, bare = self.portal.memory(), self.bare.memory()
        if portal is None or bare is None:
            return "Memory: not known on this system.", None
        (worker, both), (bare_worker, bare_both) = portal, bare
        above = (worker - bare_worker) / 1e6
        return (
            f"Memory (proportional set size): worker {worker / 1e6:.0f} MB, bare worker {bare_worker / 1e6:.0f} MB, so "
            f"{above:.0f} MB above it; with the master process {both / 1e6:.0f} MB against {bare_both / 1e6:.0f} MB."
        ), above

    def _count_queries(self):
        paths = {name: self.paths[name][0] for name in self.paths if name != BARE}
        if not paths:
            return
        counts = json.loads(inside(self.name, ["count"], list(paths.values()), stdout=subprocess.PIPE).stdout)
        for name, path in paths.items():
            self.rows[name]["queries"] = counts[path]


def _medians(answers):
    """ "12.0 (8.1)": milliseconds that the answers took, and that the worker and its database process ran."""
    taken, ran = (
        statistics.median(column) * 1000 for column in zip(*((a.seconds, a.cpu) for a in answers), strict=True)
    )
    return f"{taken:.1f} ({ran:.1f})"


def inside(name, arguments, paths, **options):
    """Runs inside.py on the database with these addresses; SystemExit when it fails."""
    command = [sys.executable, str(database.ROOT / "benchmarks" / "inside.py"), *arguments]
    done = subprocess.run(command, input=json.dumps(paths), text=True, cwd=database.ROOT, check=False,
                          env=database.environment(name), **options)  # fmt: skip
    if done.returncode:
        raise SystemExit(f"inside.py {' '.join(arguments)} failed on {name}")
    return done


def profile(name, size, page, times):
    """Prints the profile of the page's addresses; of the slowest page when `page` is "slowest"."""
    with database.connect(name) as connection:
        paths = addresses.draw(connection, size)
    with Gunicorn("portal.wsgi", database.environment(name), None) as portal:
        paths["programme"] = [portal.ask(path, expected=301).headers["Location"] for path in paths["programme"]]
        if page == "slowest":
            page = max(paths, key=lambda row: min(portal.ask(fresh(paths[row][0])).seconds for _again in range(2)))
    if page not in paths:
        raise SystemExit(f"There is no page {page!r}; there are: {', '.join(paths)}")
    print(f"{page}, {times} times\n", flush=True)
    inside(name, ["profile", str(times)], paths[page])


def main():
    signal.signal(signal.SIGTERM, lambda *_why: sys.exit(1))  # or the servers would outlive us
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=database.size_of, help="1k, 10k, 100k, 1M or a number; 10k")
    parser.add_argument("--rounds", type=int, default=5, help="how often each address is asked (5)")
    parser.add_argument("--budget", type=float, default=120, help="seconds that one row may take in all (120)")
    parser.add_argument(
        "--only", metavar="PAGE", nargs="+", default=(), help="these rows by name; no refresh, no queries"
    )
    parser.add_argument("--different", type=int, default=addresses.DIFFERENT, help="addresses of a row, at most (40)")
    parser.add_argument("--languages", default="", help="of the search index, as sl,en; else all five")
    parser.add_argument("--fresh", action="store_true", help="make the databases anew")
    parser.add_argument("--drop", action="store_true", help="remove the databases, measure nothing")
    parser.add_argument("--write", action="store_true", help="put the result into benchmarks/RESULTS.md")
    parser.add_argument("--profile", metavar="PAGE", nargs="?", const="slowest", help="profile it instead of measuring")
    parser.add_argument("--times", type=int, default=200, help="how often the profiled page is asked (200)")
    options = parser.parse_args()
    languages = [code for code in options.languages.split(",") if code]
    for size in options.sizes or [10_000]:
        if options.drop:
            database.drop(database.name_of(size))
            continue
        name = generate.ensure(size, languages, options.fresh, say=say)
        database.manage(name, "compile_texts")
        database.manage(name, "collectstatic", "--noinput", "--verbosity", "0")
        if options.profile:
            profile(name, size, options.profile, options.times)
            continue
        text = "\n".join(Run(name, size, options.rounds, options.budget, options.only, options.different).measure())
        print(f"## {database.label_of(size)} programmes\n\n{text}\n", flush=True)
        if options.write:
            report.write(database.label_of(size), text)


if __name__ == "__main__":
    main()
