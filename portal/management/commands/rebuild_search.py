"""Makes all entries of the search anew, in place: while it runs, everything stays findable."""

import multiprocessing
import os
import time
from collections import Counter, defaultdict

from django.core.management.base import BaseCommand
from django.db import connection, connections, transaction

from portal.languages import CODES
from portal.search import index, text

BATCH = 250  # records
WORTH_TWO = 2000  # records; for fewer, a second process costs more than it gives


class Command(BaseCommand):
    help = "Rebuild the search index, in batches and without a gap; shows how fast and how long still."

    def add_arguments(self, parser):
        parser.add_argument("--language", choices=CODES, help="only the entries of readers of this language")
        parser.add_argument("--kind", choices=list(index.KINDS), help="only records of this kind")
        parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))

    def handle(self, *args, language=None, kind=None, processes=1, **options):
        codes = [language] if language else CODES
        words = defaultdict(Counter)
        for name in [kind] if kind else index.KINDS:
            counted = self.rebuild(name, codes, processes)
            for code, counter in counted.items():
                words[code].update(counter)
        if not (kind or language):
            index.replace_words(words)

    def rebuild(self, kind, codes, processes):
        """{language: Counter} of the words met; prints a line that moves, then one that stays."""
        index.forget_gone(kind)
        numbers = list(index.KINDS[kind].model.objects.order_by("pk").values_list("pk", flat=True))
        batches = [(kind, numbers[first : first + BATCH], codes) for first in range(0, len(numbers), BATCH)]
        words, done, start = defaultdict(Counter), 0, time.monotonic()
        for size, counted in self.work(batches, processes if len(numbers) >= WORTH_TWO else 1):
            done += size
            for code, counter in counted.items():
                words[code].update(counter)
            self.progress(kind, done, len(numbers), time.monotonic() - start)
        seconds = time.monotonic() - start
        self.stdout.write(f"{kind}: {done} records x {len(codes)} languages in {seconds:.1f} s")
        return words

    def work(self, batches, processes):
        """(records, words) of each batch, as it is done."""
        if processes < 2:
            yield from map(rebuild_batch, batches)
            return
        text.warm()
        connections.close_all()  # each process makes its own
        with multiprocessing.get_context("fork").Pool(processes, initializer=connections.close_all) as pool:
            yield from pool.imap_unordered(rebuild_batch, batches)

    def progress(self, kind, done, total, seconds):
        if self.stdout.isatty():
            left = seconds / done * (total - done)
            line = f"{kind}: {done}/{total}, {done / seconds:.0f} a second, {left / 60:.1f} minutes left"
            self.stdout.write(f"\r{line:<70}", ending="\n" if done == total else "")
            self.stdout.flush()


def rebuild_batch(batch):
    """(records, {language: Counter of words}) of one batch, written in a transaction of its own."""
    kind, numbers, codes = batch
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL gin_pending_list_limit = '32MB'")
        if set(codes) == set(CODES):
            index.forget_notes(kind, numbers)
        return len(numbers), dict(index.refresh(kind, numbers, codes))
