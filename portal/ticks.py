"""What has to happen without anybody asking: deeds that `manage.py tick` does, each by itself.

Each deed looks at what is due now, not at what day it is: after missed days it catches up, run twice it does
nothing the second time, and in parallel the rows it takes are locked.
"""

import logging

from django.db import transaction

log = logging.getLogger(__name__)
_deeds: dict = {}


def register(deed):
    """Has `deed` done at every tick, in the order of registration; it returns words about what it did, or None."""
    _deeds[f"{deed.__module__}.{deed.__name__}"] = deed
    return deed


def run():
    """Yields (name, words or the exception) of each deed; one that fails stops no other."""
    for name, deed in _deeds.items():
        try:
            with transaction.atomic():
                words = deed()
        except Exception as error:  # whatever it is, the other deeds and the mails must not wait for it
            log.exception("%s failed", name)
            words = error
        yield name, words
