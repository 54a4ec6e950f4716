"""Whom to ring when it cannot wait: the numbers of the country, and whether somebody's search asks for them."""

import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rapidfuzz.distance import OSA

from . import languages
from .search import query, synonyms, text
from .search.text import fold

FILE = Path(__file__).parent / "data" / "help_now.yaml"
EVERYWHERE = [{"situation": "danger", "number": "112", "hours": "always", "is_free": True}]  # all over the Union
SPEAKS = {"si": "sl", "at": "de", "de": "de", "dk": "da", "no": "nb"}  # the language of the names
SITUATIONS = {
    "danger": _("Somebody is in danger of their life"),
    "distress": _("You cannot go on, or you think of ending your life"),
    "child": _("You are a child or a young person, or you worry about one"),
    "violence": _("Somebody beats you, threatens you or frightens you"),
    "doctor": _("You need a doctor and the surgery is closed"),
}
URGENT = {"suicidal": "distress", "violence-home": "violence"}  # concepts of the search, and their situation
MOST_WORDS = 40  # of what was typed
SHORTEST = 5  # letters of a word that may be misspelt
_TOKEN = re.compile(r"\w+")


class Line(NamedTuple):
    """One telephone number: `name` in the country's own language, `hours` in the reader's, both may be empty."""

    situation: str
    number: str
    name: str
    hours: str
    is_free: bool


@cache
def _known():
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def looked_through_on():
    """The day on which the numbers of the country were last looked through; None when they never were."""
    return _known()["looked_through_on"].get(settings.PORTAL_COUNTRY)


def name_language():
    """Code of the language in which the lines are named; None where there are no names."""
    return SPEAKS.get(settings.PORTAL_COUNTRY)


def lines():
    """[Line] of the installation's country, most urgent first; of an unknown one the number of all Europe."""
    hours, language = _known()["hours"], languages.active()
    return [
        Line(
            row["situation"],
            row["number"],
            row.get("name", ""),
            hours[row["hours"]][language] if "hours" in row else "",
            row.get("is_free", False),
        )
        for row in _known()["countries"].get(settings.PORTAL_COUNTRY, EVERYWHERE)
    ]


def by_situation():
    """[(words of the situation, its slug, [Line])], only those for which there is a number."""
    known = lines()
    grouped = ((words, slug, [line for line in known if line.situation == slug]) for slug, words in SITUATIONS.items())
    return [row for row in grouped if row[2]]


def first_lines(situation="distress"):
    """[Line] where there is room for two: the number for danger, and the first one for the situation, or the first that
    listens.
    """
    firsts = {line.situation: line for line in reversed(lines())}
    second = situation if situation in firsts and situation != "danger" else "distress"
    return [firsts[slug] for slug in ("danger", second) if slug in firsts]


def asks(typed, language):
    """The situation of somebody who may be in danger, by the words typed; "" where they are everyday words.

    The list of the data file knows plain words in all languages; what people say instead of them stands among the
    phrases of the search, in the reader's language.
    """
    return _says_it_plainly(typed) or _means_it(typed, language)


def _means_it(typed, language):
    table = synonyms.of(language, synonyms.version())
    found = query.phrases(text.words(typed)[:MOST_WORDS], table).values()
    meant = (URGENT.get(phrase.concept) for _last, phrases in found for phrase in phrases)
    return next(filter(None, meant), "")


def _says_it_plainly(typed):
    folded = fold(typed.replace("’", "").replace("'", "")).replace("-", " ")
    rows, signs = _signs()
    found = set(signs.of(_TOKEN.findall(folded)[:MOST_WORDS]))
    said = (situation for situation, row in rows if all(not found.isdisjoint(group) for group in row))
    return next(said, "") if found else ""


class Signs:
    """The words of all rows, so put that a search that holds none of them is done with quickly."""

    def __init__(self, signs):
        self.by_first = defaultdict(list)  # first word → [(the others, sign)]
        self.with_endings = []
        self.misspelt = []
        for sign in signs:
            first, *others = sign.rstrip("*~").split()
            self.by_first[first].append((others, sign))
            if "*" in sign and not others:
                self.with_endings.append((first, sign))
            if "~" in sign:
                self.misspelt.append((first, sign))
        self.beginnings = tuple(first for first, _sign in self.with_endings)

    def of(self, words):
        """The signs in these folded words, some of them more than once."""
        for place, word in enumerate(words):
            for others, sign in self.by_first.get(word, ()):
                if words[place + 1 : place + 1 + len(others)] == others:
                    yield sign
            if word.startswith(self.beginnings):
                yield from (sign for first, sign in self.with_endings if word.startswith(first))
            if len(word) >= SHORTEST:
                yield from (sign for first, sign in self.misspelt if _is_like(word, first))


def _is_like(typed, word):
    """True where one letter is wrong, added, left out or swapped with the next; whatever follows."""
    if typed[0] != word[0]:
        return False
    lengths = range(len(word) - 1, len(word) + 2)
    return any(OSA.distance(word, typed[:length], score_cutoff=1) <= 1 for length in lengths)


@cache
def _signs():
    """([(situation, [set of signs])]: a row asks for one sign of each of its sets, in whatever order; Signs of all)"""
    rows = [
        (situation, [{sign.strip() for sign in group.split(",")} for group in row.split(" + ")])
        for situation, some in _known()["words"].items()
        for row in some
    ]
    return rows, Signs(sorted({sign for _situation, row in rows for group in row for sign in group}))
