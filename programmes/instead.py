"""What to offer where the words find nothing, or only some of them do."""

from functools import lru_cache
from itertools import islice
from math import inf
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count
from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.translation import override

from partners.models import Location
from portal import languages
from portal.distance import kilometres
from portal.kept import until_news
from portal.search import did_you_mean, query, text

from .facets import WEEKDAYS
from .index.bits import Bits, union

MOST_WORDS = 6  # are looked up one by one
AREA = 25  # kilometres within which it counts more that somebody is there to answer the telephone


class Meant(NamedTuple):
    words: str
    address: str
    tiers: list[Bits]  # of the programmes that the words find, whatever else is chosen, best first

    @property
    def bits(self):
        return union(self.tiers)


def meant(found):
    """What the reader of a ProgrammeFilter may have meant to type, as Meant; None where there is nothing to offer."""
    typed = found.read["q"]
    words = did_you_mean.suggest(typed, found.catalogue.language) if typed else None
    if words is None or _all_find_something(found, set(text.words(typed)) - set(text.words(words))):
        return None
    tiers = found.catalogue.search(words).groups
    if not any(tiers):
        return None
    # An offer that led to the next empty list would be none: then the words alone.
    fits = union(tiers) & found.catalogue.matching(found.chosen)
    address = found.address(drop=["q"], add=[("q", words)]) if fits else f"?{urlencode({'q': words})}"
    return Meant(words, address, tiers)


def _all_find_something(found, words):
    return found.text and all(_found(found, word) for word in sorted(words)[:MOST_WORDS])


def _found(found, words):
    return union(found.catalogue.search(words).groups)


class Day(NamedTuple):
    """The offer to see what takes place on a weekday instead of what only says its name."""

    label: str
    language: str | None
    number: int  # of programmes
    address: str


def weekday(found):
    """Day when one of the words typed is the name of a weekday, in any of its forms; None without one."""
    typed, language = found.read["q"].split(), found.catalogue.language
    at, day = next(
        ((place, day) for place, word in enumerate(typed) for day in [_weekday(word, language)] if day), (0, "")
    )
    choice = found.catalogue.labels["day"].get(day)
    if choice is None or day in found.read["day"]:
        return None
    before = typed[:at]
    while before and _is_small(before[-1], language):  # "on" Saturdays
        before.pop()
    rest = [*before, *typed[at + 1 :]]
    words = "" if all(_is_small(word, language) for word in rest) else " ".join(rest)
    matching = found.catalogue.matching({**found.chosen, "day": [day]})
    count = (_found(found, words) & matching if words else matching).count()
    drop, add = ["q", "day"], [("q", words)] if words else []
    address = found.address(drop=drop, add=[*add, ("day", day)])
    return Day(choice.label, choice.language, count, address) if count else None


def _weekday(typed, language):
    """MO … SU for a word that names a weekday: "sobotah", "lordage", "samstags"; "" for any other."""
    words = text.words(typed)
    keys = query.word_keys(words[0], language) if len(words) == 1 and typed[0] != "-" else frozenset()
    return next((day for day, known in _weekdays(language).items() if known & keys), "")


@lru_cache
def _weekdays(language):
    with override(language):
        return {day: query.word_keys(str(WEEKDAY_NAMES[place]).lower(), language) for place, day in enumerate(WEEKDAYS)}


def _is_small(typed, language):
    words = text.words(typed)
    return all(text.is_stop_word(word, language) and not text.is_negation(word, language) for word in words)


@until_news(1)
def _centres():
    """[Location] of the public health promotion centres that can be rung up, first where somebody is most often."""
    centres = Location.objects.filter(is_centre=True).exclude(phone="").visible_to(AnonymousUser())
    shown = centres.only("slug", "phone", "lat", "lon", *languages.columns("name"))
    return list(shown.annotate(times=Count("hours")).order_by("-times", "slug"))


def centre(here):
    """The centre to ring: in the area around (latitude, longitude), anywhere where that is None; None without one."""
    far = lambda one: inf if here is None or one.lat is None else kilometres(here, (one.lat, one.lon)) // AREA
    return min(_centres(), key=far, default=None)


class Nearest(NamedTuple):
    """What stands in place of an empty list; `settlement`: what the reader looked for, and all of it is near to it."""

    numbers: list[int]
    is_near: bool  # to what was looked for; else anything
    settlement: Any = None
    address: str = ""

    @property
    def here(self):
        return (self.settlement.lat, self.settlement.lon) if self.settlement else None


def nearest(found, meant, most):
    """Nearest for an empty list: of the first that has any.

    What is near the settlement that was looked for; with the words that were meant, when those typed find nothing;
    with one choice less, the words rather kept than left out; all. What fits the words best comes first.
    """
    if near := _near_settlement(found, most):
        return near
    tiers, near = found.hits.groups if found.hits else [], []
    if meant and not found.text:
        tiers, near = meant.tiers, [meant.bits & found.catalogue.matching(found.chosen), meant.bits]
    ways = [bits for _count, _way, bits in found.loosen]
    near += [*(bits & found.text for bits in ways), *ways]
    bits = next(filter(None, near), None)
    numbers = bits or found.catalogue.index.all
    return Nearest(list(islice(found.fitting([*tiers, numbers - union(tiers)], numbers), most)), bits is not None)


def _near_settlement(found, most):
    """Where nothing is at the only place chosen, or where the words that find nothing name a settlement."""
    places, catalogue = found.read["place"], found.catalogue
    slug = "" if found.text else catalogue.settlement(found.read["q"])
    bits, tiers = catalogue.matching(found.chosen, without="place"), []
    if not slug and len(places) == 1:
        slug = places[0]
        bits, tiers = bits & found.text, found.hits.groups if found.hits else []
    settlement = catalogue.index.settlements.get(slug)
    if settlement is None or not bits:
        return None
    here = (settlement.lat, settlement.lon)
    numbers = list(islice(found.fitting(tiers or [bits], bits, here), most))
    left_out = ["place", "near", "lat", "lon", *([] if found.text else ["q"])]
    return Nearest(numbers, True, settlement, found.address(drop=left_out, add=[("near", slug)]))
