"""Which other programmes resemble one: by shared topics first, then life phases and target groups."""

from portal.models import Vocabulary

from .facets import FACET_OF
from .index import current
from .index.bits import NOTHING

ALIKE = (Vocabulary.TOPIC, Vocabulary.LIFE_PHASE, Vocabulary.TARGET_GROUP)


def similar(programme, exclude=(), limit=3):
    """Numbers of up to `limit` available programmes, most alike first; at least one topic is shared."""
    index = current()
    terms = [t for t in programme.terms.all() if t.vocabulary in ALIKE]
    sets = {t: index.bits[FACET_OF[t.vocabulary]].get(t.slug, NOTHING) for t in terms}
    with_topics = _at_least([sets[t] for t in terms if t.vocabulary == Vocabulary.TOPIC])
    with_any = _at_least(list(sets.values()))
    left_out = {programme.pk, *exclude}
    found = []
    for same_topics in with_topics:
        for alike in with_any:
            both = (same_topics & alike) - index.paused
            for bits in (both - index.full, both & index.full):
                found += [n for n in bits.numbers()[: limit + len(left_out)] if n not in left_out]
                left_out.update(found)
            if len(found) >= limit:
                return found[:limit]
    return found


def _at_least(sets):
    """[bits of what is in all of the sets, in all but one, …, in any]."""
    found = []
    for bits in sets:
        found = _raised(found, bits)
    return found[::-1]


def _raised(found, bits):
    """`found[n]` is what is in n + 1 of the sets so far; the same with one set more."""
    raised = [*found, NOTHING]
    for place in range(len(found), 0, -1):
        raised[place] |= found[place - 1] & bits
    raised[0] |= bits
    return raised
