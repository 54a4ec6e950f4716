"""gunicorn -c deploy/gunicorn.conf.py portal.wsgi: a few steady workers behind a proxy."""

import contextlib
import ctypes
import gc
import os

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # of malloc.h
LARGE = 256 * 1024  # bytes

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", 2))
threads = 4
# The code is read once, before the workers part; they share that memory.
preload_app = True
timeout = 30


def when_ready(server):
    """Reads dictionaries, catalogue, templates and translations before the workers part, so that they share them."""
    from django.apps import apps  # the settings are there only now
    from django.db import DatabaseError, connections

    if not apps.is_installed("portal"):  # another application, as the benchmarks serve one to compare with
        return
    from portal.warm import warm

    try:
        warm(server.app.wsgi())
    except DatabaseError as error:  # the workers will say so to whoever asks
        server.log.warning("The catalogue could not be read yet: %s", error)
    connections.close_all()
    # What is there now stays: collecting what requests leave behind need not walk it, nor copy it to each worker.
    gc.collect()
    gc.freeze()
    gc.collect()  # and it is done often, for it counts from now on:
    gc.set_threshold(700, 5, 4)  # records read for cards refer to each other, and would wait by the ten megabytes
    _spare_memory()


def _spare_memory():
    """Gives back what it took to get there, and lets threads share one heap of large pieces: glibc only.

    It keeps ever more for later, once it has seen megabytes come and go, as dictionaries do at the start: 3 MB
    a worker. It costs 0.7 ms of each page that is made, for what compresses it takes fresh memory.
    """
    with contextlib.suppress(AttributeError, OSError):
        libc = ctypes.CDLL(None)
        libc.mallopt(M_ARENA_MAX, 1)
        libc.mallopt(M_TRIM_THRESHOLD, LARGE)
        libc.mallopt(M_MMAP_THRESHOLD, LARGE)
        libc.malloc_trim(0)


# A worker that is replaced now and then cannot grow for months; not all of them at the same moment.
max_requests = 5000
max_requests_jitter = 500
# No record of visits: what somebody looked for stands in the address, and is not ours to keep.
accesslog = None
