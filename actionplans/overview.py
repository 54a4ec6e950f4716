"""The plan in numbers, for whoever has ten seconds: how many measures are in which state of health today."""

from collections import Counter
from functools import lru_cache

from django.utils import timezone

from portal import changes, languages

from . import health, how_they_go
from .models import Measure, Strategy


def tally(measures):
    """[(words, count, tone)] of the states that occur, gravest first, of measures that `how_they_go` has looked at."""
    found = Counter(measure.health.state for measure in measures)
    return [
        (label, found[state], health.TONES.get(state, "")) for state, label in health.STATES.items() if found[state]
    ]


def in_numbers():
    """(the strategy in force, the tally of its public measures), or None where none is in force."""
    return _in_numbers(changes.generation(), timezone.localdate(), languages.active())


@lru_cache(maxsize=8)
def _in_numbers(generation, today, language):
    """Kept while nothing public changed, for a day and a language."""
    strategy = Strategy.objects.in_force().order_by("group").first()
    if strategy is None:
        return None
    return strategy, tally(how_they_go.give(list(Measure.objects.public().of_strategies([strategy.pk]).once())))
