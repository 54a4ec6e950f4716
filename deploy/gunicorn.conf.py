"""gunicorn -c deploy/gunicorn.conf.py portal.wsgi: a few steady workers behind a proxy."""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", 2))
threads = 4
# The code is read once, before the workers part; they share that memory.
preload_app = True
timeout = 30


def when_ready(server):
    """Reads the dictionaries of the search before the workers part, so that they share them."""
    from portal.search import text  # the settings are there only now

    text.warm()


# A worker that is replaced now and then cannot grow for months; not all of them at the same moment.
max_requests = 5000
max_requests_jitter = 500
# No record of visits: what somebody looked for stands in the address, and is not ours to keep.
accesslog = None
