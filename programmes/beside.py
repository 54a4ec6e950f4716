"""What stands beside the programmes: places, partners, pathways called as was typed; pages of the plan that say it."""

from typing import Any, NamedTuple

from portal import languages
from portal.kept import until_news
from portal.search import engine, index, query, text
from portal.search.text import fold

MOST, MOST_OF_PLAN = 3, 2  # of each kind
LOOKED_AT = 10  # the best hits of each kind, of which not every one is called so
SHORTEST_BEGINNING = 4  # letters
ICONS = {
    "place": "pin",
    "partner": "people",
    "pathway": "way",
    "practice": "share",
    "measure": "document",
    "need": "chart",
}
PLAN = ("practice", "measure", "need")
_NAMES = languages.columns("name")


def _of_place(rows):
    """What is shown of a place, and nothing else: a record has a hundred columns."""
    return rows.select_related("settlement").only("slug", "address", "is_remote", "settlement__name", *_NAMES)


def _of_partner(rows):
    labels = (f"sector__{column}" for column in languages.columns("label"))
    return rows.select_related("sector").only("slug", "sector__slug", *labels, *_NAMES)


def _saying(kind, records, words, language):
    """The best of what says the words, those first in whose name they stand."""
    rows = []
    for record in records.values():
        name, code = _named(kind, record, language)
        rows.append(Beside(kind, record, _holds(name, code, words)))
    return sorted(rows, key=lambda row: not row.is_named)[:MOST_OF_PLAN]


def _named(kind, record, language):
    """(its name, the language that is in)"""
    name, code = languages.resolve(record, index.KINDS[kind].label, language)
    return name, code or language


NARROW = {"place": _of_place, "partner": _of_partner}


class Beside(NamedTuple):
    kind: str
    record: Any
    is_named: bool  # all words typed stand in its name; else in its address, or in the texts of a page of the plan

    @property
    def icon(self):
        return ICONS[self.kind]

    @property
    def label(self):
        """The field that names it."""
        return index.KINDS[self.kind].label

    @property
    def is_plan(self):
        return self.kind in PLAN


@until_news(200)
def beside(typed, language):
    """[Beside]: a few of each kind; first what the words name, and of that places and partners."""
    words = text.telling(query.parse(typed).words, language)
    if not words:
        return []
    found = engine.records(tuple(ICONS), typed, language, LOOKED_AT, NARROW, whole=PLAN, few=LOOKED_AT)
    rows = [
        *_matching("place", found["place"], words, language, lambda place: f"{place.address} {place.settlement or ''}"),
        *_matching("partner", found["partner"], words, language, lambda partner: ""),
        *_matching("pathway", found["pathway"], words, language, lambda one: _in(one, "summary", language)),
    ]
    rows.sort(key=lambda one: not one.is_named)
    return rows + [row for kind in PLAN for row in _saying(kind, found[kind], words, language)]


def _matching(kind, records, words, language, more):
    rows = []
    for record in records.values():
        name, code = _named(kind, record, language)
        is_named = _holds(name, code, words)
        if is_named or _holds(f"{name} {more(record)}", code, words):
            rows.append(Beside(kind, record, is_named))
    return sorted(rows, key=lambda row: not row.is_named)[:MOST]


def _in(record, field, language):
    return languages.resolve(record, field, language)[0]


def _holds(name, language, words):
    """True when each word stands in the name, in some form or as the beginning of a longer one."""
    own = text.words(name)
    keys = frozenset().union(*(query.word_keys(word, language) for word in own))
    folded = [fold(word) for word in own]
    return all(
        not keys.isdisjoint(query.word_keys(word, language))
        or (len(word) >= SHORTEST_BEGINNING and any(one.startswith(fold(word)) for one in folded))
        for word in words
    )
