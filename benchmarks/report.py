"""The tables of a run as Markdown, and the goals they are held against."""

import os
import platform
import re
import statistics
from datetime import date
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")

# row → {size: at most}; medians as multiples of the bare view's, memory in MB, the heaviest list in bytes
GOALS = {
    "catalogue, two facets": {"10k": 15, "100k": 20, "1M": 60},
    "catalogue, text and facet": {"10k": 20, "100k": 35, "1M": 150},
    "near me and facet": {"10k": 18, "100k": 22, "1M": 70},
    "programme": {"10k": 15, "100k": 15, "1M": 15},
    "same page again": {"10k": 2.5, "100k": 2.5, "1M": 2.5},
    "worker memory": {"10k": 90, "100k": 130, "1M": 400},
    "heaviest list": {"10k": 15_000, "100k": 15_000, "1M": 15_000},
}
UNITS = {"worker memory": " MB", "heaviest list": " bytes"}  # of the others: times the bare view


def ratio(seconds, bare):
    return statistics.median(seconds) / statistics.median(bare)


def p95(seconds):
    return statistics.quantiles(seconds, n=20, method="inclusive")[18] if len(seconds) > 1 else seconds[0]


def pages(rows):
    """Lines of the table. `rows`: {name: {"seconds": […], "cpu": […], "gzip": bytes, "br": bytes, "queries": n}};
    bare first. `cpu` is how long the worker and its database process ran: what a busy machine hardly changes.
    """
    bare, bare_cpu = (next(iter(rows.values())).get(key) for key in ("seconds", "cpu"))
    yield "| page | asked | median ms | p95 ms | × bare | CPU ms | × bare, CPU | bytes, gzip | bytes, br | queries |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for name, row in rows.items():
        if not row["seconds"]:
            yield f"| {name} | – | – | – | – | – | – | – | – | – |"
            continue
        median, seconds = statistics.median(row["seconds"]), row["seconds"]
        known = (_shown(row.get(key)) for key in ("gzip", "br", "queries"))
        yield (
            f"| {name} | {len(seconds)} | {median * 1000:.1f} | {p95(seconds) * 1000:.1f} "
            f"| {_times(ratio(seconds, bare))} | {_cpu(row.get('cpu'), bare_cpu)} | {' | '.join(known)} |"
        )


def weights(found):
    """Lines that say {language: [(bytes, address)]} of lists as a reader gets them who has their styles and scripts."""
    if not found:
        return
    addresses = max(map(len, found.values()))
    yield f"The list as the next page, bytes with br; of {addresses} addresses the first and the heaviest:"
    yield ""
    yield "| language | first | heaviest | which |"
    yield "|---|---|---|---|"
    for code, weighed in found.items():
        most, address = max(weighed)
        yield f"| {code} | {weighed[0][0]:,} | {most:,} | `{address}` |"


def _cpu(cpu, bare):
    """Milliseconds on a core and their multiple of the bare view's, as two cells."""
    if not cpu or not bare or not statistics.median(bare):
        return "– | –"
    return f"{statistics.median(cpu) * 1000:.1f} | {_times(ratio(cpu, bare))}"


def _times(number):
    return f"{number:.1f}" if number < 10 else f"{number:,.0f}"


def _shown(value):
    return "–" if value is None else f"{value:,}"


def goals(size, measured, ran=None):
    """Lines that hold {row: figure} against the goals of the size ("10k"); none where the size has no goals.

    `ran`: the same by the time on a core, beside it: on a busy machine the better measure.
    """
    rows = [(name, sizes[size]) for name, sizes in GOALS.items() if size in sizes]
    if not rows:
        return
    yield "| goal | at most | measured | | by CPU |"
    yield "|---|---|---|---|---|"
    for name, most in rows:
        unit, figure = UNITS.get(name, " ×"), measured.get(name)
        reached = "not measured" if figure is None else "reached" if figure <= most else "**not reached**"
        shown = "–" if figure is None else _times(figure) + unit
        by_cpu = _times(ran[name]) + unit if ran and name in ran else "–"
        yield f"| {name} | {most:,}{unit} | {shown} | {reached} | {by_cpu} |"


def machine(postgresql, rounds):
    return (
        f"{date.today()}; {_processor()}, {os.cpu_count()} cores; Python {platform.python_version()}, "
        f"PostgreSQL {postgresql}; rounds: {rounds}, load {os.getloadavg()[0]:.1f} at the start."
    )


def _processor():
    try:
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def write(size, text, path=RESULTS):
    """Puts the text into the section of the size, in place of what stood there; new sections come last."""
    whole = path.read_text() if path.exists() else "# Measured\n"
    section = f"## {size} programmes\n\n{text.strip()}\n"
    pattern = re.compile(rf"^## {re.escape(size)} programmes\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if pattern.search(whole):
        whole = pattern.sub(lambda _old: f"{section}\n", whole)
    else:
        whole = f"{whole.rstrip()}\n\n{section}"
    path.write_text(f"{whole.rstrip()}\n")
