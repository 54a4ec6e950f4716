"""Which addresses are asked: drawn by a seeded generator from what the programmes really have, so none is empty."""

import re
from collections import defaultdict
from random import Random
from urllib.parse import urlencode

from .words import searchable

DIFFERENT = 40  # addresses of each row that has many
CATALOGUE = "/sl/programi/"
# Rows that are the list of programmes and not its week or places
LISTS = ("catalogue", "catalogue, one facet", "catalogue, two facets", "catalogue, text and facet", "page 7 of a facet")
PAGE_7 = 24 * 6 + 1  # programmes that a facet must have to have a seventh page
FACETS = {
    "life_phase": "phase", "topic": "topic", "target_group": "group", "cost": "cost", "referral_route": "route",
    "format": "format", "setting": "setting",
}  # fmt: skip


def draw(connection, size):
    """{row: [addresses]} for a generated database; programmes by number only, their address redirects."""
    rng = Random(size)
    picked = rng.sample(range(1, size + 1), min(size, 6 * DIFFERENT))
    facets = _facets_of(connection, picked)
    picked = [number for number in picked if len(facets[number]) > 1]
    one = [[rng.choice(facets[number])] for number in picked[:DIFFERENT]]
    two = [rng.sample(facets[number], 2) for number in picked[DIFFERENT : 2 * DIFFERENT]]
    near = [[("near", slug), rng.choice(facets[number])] for slug, number in zip(_settlements(connection, rng),
            picked[2 * DIFFERENT :], strict=False)]  # fmt: skip
    return {
        "home": ["/sl/"],
        "catalogue": [CATALOGUE],
        "catalogue, one facet": _catalogue(one),
        "catalogue, two facets": _catalogue(two),
        "catalogue, text and facet": _catalogue(_worded(connection, rng, facets, picked)),
        "near me and facet": _catalogue(near),
        "page 7 of a facet": _catalogue([facet, ("page", "7")] for facet in _frequent(connection)),
        "week, two facets": _catalogue([*pairs, ("view", "week")] for pairs in two),
        "places, two facets": _catalogue([*pairs, ("view", "places")] for pairs in two),
        "programme": [f"{CATALOGUE}{number}/" for number in picked[-DIFFERENT:]],
    }


def fresh(path, number):
    """The same page under an address that no page cache knows yet."""
    return f"{path}{'&' if '?' in path else '?'}_={number}"


def _catalogue(queries):
    return list(dict.fromkeys(f"{CATALOGUE}?{urlencode(pairs)}" for pairs in queries))


def _facets_of(connection, numbers):
    """{programme: [(facet, value)]}, in a fixed order, each facet at most once."""
    found = defaultdict(dict)
    for number, vocabulary, slug in connection.execute(
        "SELECT programme_id, vocabulary, slug FROM programmes_programmeterm JOIN portal_term t ON t.id = term_id"
        " WHERE programme_id = ANY(%s) ORDER BY programme_id, vocabulary, slug",
        [numbers],
    ):
        if vocabulary in FACETS:
            found[number].setdefault(FACETS[vocabulary], slug)
    for number, rule, place in connection.execute(
        "SELECT programme_id, rule, p.slug FROM programmes_schedule s LEFT JOIN partners_location l"
        " ON l.id = s.location_id LEFT JOIN partners_settlement p ON p.id = l.settlement_id"
        " WHERE programme_id = ANY(%s) ORDER BY s.id",
        [numbers],
    ):
        if day := re.search(r"BYDAY=\d?([A-Z]{2})", rule):
            found[number].setdefault("day", day[1])
        if place:
            found[number].setdefault("place", place)
    return defaultdict(list, {number: sorted(pairs.items()) for number, pairs in found.items()})


def _settlements(connection, rng):
    slugs = [slug for (slug,) in connection.execute("SELECT slug FROM partners_settlement ORDER BY id")]
    return rng.sample(slugs, min(len(slugs), DIFFERENT)) * (DIFFERENT // len(slugs) + 1)


def _frequent(connection):
    """[(facet, value)] with a seventh page, most frequent first."""
    rows = connection.execute(
        "SELECT vocabulary, slug FROM portal_term t JOIN (SELECT term_id, count(*) AS n FROM programmes_programmeterm"
        " GROUP BY 1) c ON c.term_id = t.id WHERE n >= %s AND vocabulary = ANY(%s) ORDER BY n DESC, slug LIMIT %s",
        [PAGE_7, list(FACETS), DIFFERENT],
    )
    return [(FACETS[vocabulary], slug) for vocabulary, slug in rows]


def _worded(connection, rng, facets, numbers):
    """[[("q", word), facet]] with a different word each, from the text of a programme that has the facet."""
    texts = dict(
        connection.execute(
            "SELECT id, concat_ws(' ', title_sl, summary_sl, description_sl) FROM programmes_programme"
            " WHERE id = ANY(%s) ORDER BY id",
            [numbers],
        ).fetchall()
    )
    known, used, found = set(searchable()), set(), []
    for number in numbers:
        words = re.findall(r"\w+", texts[number])
        fresh = [word.lower() for word in words if word.lower() in known - used]
        if fresh and len(found) < DIFFERENT:
            used.add(word := rng.choice(fresh))
            found.append([("q", word), rng.choice(facets[number])])
    return found
