"""Places and partners whose names hold what was typed: shown beside the programmes."""

from typing import NamedTuple

from partners.models import Location, Organisation
from portal import languages
from portal.kept import until_news
from portal.search import engine, query, text
from portal.search.text import fold

MOST = 3  # of each kind
LOOKED_AT = 10  # the best hits of each kind, of which not every one is called so
SHORTEST_BEGINNING = 4  # letters


class Beside(NamedTuple):
    icon: str
    record: Location | Organisation
    is_named: bool  # all words typed stand in its name; else in its address


@until_news(200)
def beside(typed, language):
    """[Beside]: at most three places and three partners, those first whose name it is."""
    words = text.telling(query.parse(typed).words, language)
    if not words:
        return []
    numbers = engine.brief(("place", "partner"), typed, language)
    places = engine.shown("place", numbers.get("place", []), LOOKED_AT, _of_place).values()
    partners = engine.shown("partner", numbers.get("partner", []), LOOKED_AT, _of_partner).values()
    found = [
        *_matching("pin", places, words, language, lambda place: f"{place.address} {place.settlement or ''}"),
        *_matching("people", partners, words, language, lambda partner: ""),
    ]
    return sorted(found, key=lambda one: not one.is_named)


def _of_place(rows):
    """What is shown of a place, and nothing else: a record has a hundred columns."""
    return rows.select_related("settlement").only("slug", "address", "is_remote", "settlement__name", *_NAMES)


def _of_partner(rows):
    labels = (f"sector__{column}" for column in languages.columns("label"))
    return rows.select_related("sector").only("slug", "sector__slug", *labels, *_NAMES)


_NAMES = languages.columns("name")


def _matching(icon, records, words, language, more):
    rows = []
    for record in records:
        name, code = languages.resolve(record, "name", language)
        is_named = _holds(name, words, code or language)
        if is_named or _holds(f"{name} {more(record)}", words, code or language):
            rows.append(Beside(icon, record, is_named))
    return sorted(rows, key=lambda row: not row.is_named)[:MOST]


def _holds(name, words, language):
    """True when each word stands in the name, in some form or as the beginning of a longer one."""
    own = text.words(name)
    keys = frozenset().union(*(query.word_keys(word, language) for word in own))
    folded = [fold(word) for word in own]
    return all(
        not keys.isdisjoint(query.word_keys(word, language))
        or (len(word) >= SHORTEST_BEGINNING and any(one.startswith(fold(word)) for one in folded))
        for word in words
    )
