"""Places, partners and pathways whose names hold what was typed: shown beside the programmes."""

from typing import NamedTuple

from partners.models import Location, Organisation
from portal import languages
from portal.kept import until_news
from portal.search import engine, query, text
from portal.search.text import fold

from .models import Pathway

MOST = 3  # of each kind
LOOKED_AT = 10  # the best hits of each kind, of which not every one is called so
SHORTEST_BEGINNING = 4  # letters


class Beside(NamedTuple):
    icon: str
    record: Location | Organisation | Pathway
    is_named: bool  # all words typed stand in its name; else in its address


@until_news(200)
def beside(typed, language):
    """[Beside]: at most three places, three partners and three pathways, those first whose name it is."""
    words = text.telling(query.parse(typed).words, language)
    if not words:
        return []
    places = engine.records("place", typed, language, LOOKED_AT, ["settlement"]).values()
    partners = engine.records("partner", typed, language, LOOKED_AT, ["sector"]).values()
    pathways = engine.records("pathway", typed, language, LOOKED_AT).values()
    found = [
        *_matching("pin", places, words, language, lambda place: f"{place.address} {place.settlement or ''}"),
        *_matching("people", partners, words, language, lambda partner: ""),
        *_matching("list", pathways, words, language, lambda one: languages.resolve(one, "summary", language)[0]),
    ]
    return sorted(found, key=lambda one: not one.is_named)


def _matching(icon, records, words, language, more):
    rows = []
    for record in records:
        name, code = languages.resolve(record, name_of(record), language)
        is_named = _holds(name, words, code or language)
        if is_named or _holds(f"{name} {more(record)}", words, code or language):
            rows.append(Beside(icon, record, is_named))
    return sorted(rows, key=lambda row: not row.is_named)[:MOST]


def name_of(record):
    """The field that names it."""
    return "title" if isinstance(record, Pathway) else "name"


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
