"""How long a table of so many rows takes: to read, to preview, to save; new rows, and then the same ones changed.

    .venv/bin/python benchmarks/imports.py          # 2,000 rows of each kind, on the database of the demo
    .venv/bin/python benchmarks/imports.py 5000 places

Everything is undone at the end; the search index, which a tick would bring up to date, is not measured. It prints the
rows of a table for RESULTS.md; CPU is that of the portal's process, without PostgreSQL's.
"""

# ruff: noqa: E402 – models can be imported once Django is set up
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django

django.setup()

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from partners.models import Group, User
from portal import spreadsheets
from portal.models import Vocabulary
from programmes.imports import export, saving
from programmes.imports.known import Known
from programmes.imports.preview import preview
from programmes.imports.sheets import SHEETS
from programmes.models import Import

ROWS = 2_000


def table(kind, user, number):
    """[[text]] of so many new records as people type them: what the template has, names in two languages."""
    known = Known(user)
    organisation = str(min(known.organisations.values(), key=lambda one: one.pk))
    terms = {v: next(known.term_said(t) for t in known.terms.values() if t.vocabulary == v and t.is_active) for v in (
        Vocabulary.SECTOR, Vocabulary.TOPIC, Vocabulary.COST, Vocabulary.ACCESSIBILITY)}  # fmt: skip
    settlement = known.settlement_said(min(known.settlements.values(), key=lambda one: one.pk))
    head, row = {
        "programmes": (
            ["title_sl", "title_de", "organisation", "summary_sl", "when", "topic", "cost", "age_min", "contact_phone"],
            lambda n: [f"Hoja {n}", f"Gehen {n}", organisation, "Hodimo vsak teden.", "every Monday 9:00–10:00",
                       terms[Vocabulary.TOPIC], terms[Vocabulary.COST], n % 90, "01 000 00 10"],
        ),
        "places": (
            ["name_sl", "name_de", "organisation", "address", "settlement", "lat", "lon", "access", "opening_hours"],
            lambda n: [f"Dvorana {n}", f"Saal {n}", organisation, f"Lipova {n}", settlement, "46.05", "14.5",
                       terms[Vocabulary.ACCESSIBILITY], "every Monday and Tuesday 8:00–12:00"],
        ),
        "organisations": (
            ["name_sl", "name_de", "sector", "about_sl", "email", "phone"],
            lambda n: [f"Planinci {n}", f"Bergfreunde {n}", terms[Vocabulary.SECTOR], "Hodimo v hribe.",
                       f"info{n}@example.org", "01 000 00 10"],
        ),
    }[kind]  # fmt: skip
    return [head, *(row(n) for n in range(number))]


def changed(kind, record):
    """The table of what was just saved, by number, each with another text."""
    name = SHEETS[kind].named
    newest = SHEETS[kind].model.objects.order_by("-pk")[: record.to_save or ROWS]
    return [["number", f"{name}_sl"], *([one.pk, f"{getattr(one, f'{name}_sl')} novo"] for one in newest)]


def measure(kind, user, group, rows):
    """The import, {step: (seconds, seconds of this process on a core)}, questions of the preview and of the saving."""
    data = spreadsheets.xlsx_response("x", rows).content
    steps, clocks = {}, (time.perf_counter, time.process_time)
    start = [clock() for clock in clocks]

    def lap(name):
        now = [clock() for clock in clocks]
        steps[name] = [after - before for before, after in zip(start, now, strict=True)]
        start[:] = now

    read = spreadsheets.read("x.xlsx", data)
    lap("read")
    with CaptureQueriesContext(connection) as looked:
        record = saving.begin(kind, user, group, "x.xlsx", read)
        saving.read(record.pk)  # a long one, which the portal reads in a thread of its own
        record.refresh_from_db()
    lap("preview")
    if record.counts["wrong"]:
        sys.exit(f"{kind}: {next(row['errors'] for row in record.rows if row['errors'])}")
    Import.objects.filter(pk=record.pk).update(state=Import.State.SAVING)
    lap("between")
    with CaptureQueriesContext(connection) as asked:
        outcome = saving.carry_out(record.pk)
    lap("save")
    if outcome is not saving.Outcome.SAVED:
        sys.exit(f"{kind}: {outcome}")
    return record, steps, len(looked), len(asked)


def round_trip(kind, user, group):
    """How many rows of the whole export would change anything: none, or something is wrong."""
    found = export.rows(kind, user, group)
    read = spreadsheets.read("x.xlsx", spreadsheets.xlsx_response("x", found).content)
    counts = preview(kind, user, read.head, read.rows).counts
    return len(found) - 1, len(found) - 1 - counts["same"]


def main(number, kinds):
    group = Group.objects.order_by("pk")[0]
    user = User.objects.filter(seats__role="coordinator", seats__membership__group=group).order_by("pk")[0]
    print("| kind | rows | read s (CPU) | preview s (CPU) | save s (CPU) | questions of the preview | of the saving |")
    print("|---|---|---|---|---|---|---|")
    for kind in kinds:
        taken, different = round_trip(kind, user, group)
        with transaction.atomic(), override("en"):
            record, *new = measure(kind, user, group, table(kind, user, number))
            _record, *again = measure(kind, user, group, changed(kind, record))
            transaction.set_rollback(True)
        for what, (steps, looked, asked) in (("new", new), ("changed", again)):
            taken_by = [steps[name] for name in ("read", "preview", "save")]
            seconds = " | ".join(f"{wall:.1f} ({cpu:.1f})" for wall, cpu in taken_by)
            print(f"| {kind}, {what} | {number:,} | {seconds} | {looked} | {asked} |", flush=True)
        print(f"\n{kind}: of {taken} taken away and brought back, {different} differ\n", flush=True)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    numbers = [int(text) for text in arguments if text.isdecimal()]
    main(numbers[0] if numbers else ROWS, [text for text in arguments if text in SHEETS] or list(SHEETS))
