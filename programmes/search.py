"""Full-text search over programmes: number and rank of those that match, in the reader's language."""

from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchRank
from django.db.models import F, Func, OuterRef, TextField, Value

from partners.models import Location
from portal.models import Term
from portal.search import text as search_text

from .models import Programme


def _joined(queryset, field, language):
    """SQL for all texts of `field` in the rows of a correlated queryset, joined by spaces."""
    texts = ArraySubquery(queryset.order_by().values_list(search_text.shown(field, language)))
    return Func(texts, Value(" "), function="array_to_string", output_field=TextField())


class Hits(NamedTuple):
    tiers: list
    foreign: dict
    words: object = None


def find(text, language):
    from itertools import groupby

    r = ranks(text, language)
    return Hits(
        [
            [k for k, _ in g]
            for _, g in groupby(sorted(r.items(), key=lambda i: -round(i[1], 2)), key=lambda i: round(i[1], 2))
        ],
        {},
    )


def ranks(text, language):
    """{programme number: rank} for the programmes that hold every word of `text`; if none does, any of them."""
    every = search_text.query(text, language)
    if every is None:
        return {}
    terms = Term.objects.filter(programmes=OuterRef("pk"))
    places = Location.objects.filter(schedules__programme=OuterRef("pk"))
    v, shown = search_text.vector, search_text.shown
    vector = (
        v(shown("title", language), "A", language)
        + v(shown("summary", language), "B", language)
        + v(_joined(terms, "label", language), "B", language)
        + v(_joined(terms, "everyday_words", language), "C", language)
        + v(shown("organisation__name", language), "C", language)
        + v(_joined(places, "name", language), "C", language)
        + v(shown("description", language), "D", language)
        + v(shown("what_happens", language), "D", language)
    )
    published = Programme.objects.published().annotate(vector=vector)
    for query in (every, search_text.query(text, language, every=False)):
        hits = published.filter(vector=query).annotate(rank=SearchRank(F("vector"), query)).values_list("pk", "rank")
        if found := dict(hits):
            return found
    return {}
