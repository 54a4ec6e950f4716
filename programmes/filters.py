"""The only reader of the catalogue's query string. What makes no sense in it is left aside, calmly."""

import math
import re
from datetime import date
from functools import lru_cache, partial
from itertools import chain, combinations, islice
from typing import NamedTuple
from urllib.parse import urlencode

import django_filters
from django import forms
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.search import query

from .catalogue import Choice
from .facets import FACETS, MANY, SWITCHES
from .index.bits import union
from .options import facet_html

SORTS = {"best": _("Fits best"), "next": _("Next date"), "near": _("Nearest"), "az": _("A–Z")}
VIEWS = {"list": _("List"), "week": _("Week"), "places": _("Places")}
SWITCH_LABELS = {
    "no_referral": _("No referral needed"),
    "referral": _("By referral"),
    "this_week": _("Next 7 days"),
}
LONGEST_QUERY = 200
MOST_PAIRED = 8  # groups of choices of which two at once are left out


class KnownChoicesField(forms.Field):
    """Several choices; unknown ones are dropped, not complained about: old links keep working."""

    widget = forms.SelectMultiple

    def choose(self, value, knows):
        return [v for v in dict.fromkeys(value or []) if knows(v)]


class KnownChoiceField(forms.ChoiceField):
    """One choice; an unknown one counts as none."""

    def clean(self, value):
        return value if value and self.valid_value(value) else ""


class SettlementField(forms.Field):
    """Slug of a settlement; its name, as somebody types it, will do."""


class TypedTextField(forms.CharField):
    """What somebody typed; signs alone look for nothing."""

    def clean(self, value):
        typed = printable(value)
        parsed = query.parse(typed)
        return typed if parsed.words or parsed.refused else ""


def printable(value):
    """What somebody typed, as it may be shown again: without control characters, at most 200 characters."""
    shown = "".join(c if c.isprintable() else " " for c in str(value or "")[: LONGEST_QUERY * 4])
    return " ".join(shown.split())[:LONGEST_QUERY]


class DegreesField(forms.FloatField):
    def __init__(self, *args, limit=180, **kwargs):
        self.limit = limit
        super().__init__(*args, **kwargs)

    def clean(self, value):
        try:
            degrees = float(value)
        except (TypeError, ValueError):
            return None
        return degrees if math.isfinite(degrees) and abs(degrees) <= self.limit else None


class WeekField(forms.Field):
    """`2026-W48` → the Monday of that ISO week; anything else → None."""

    def clean(self, value):
        match = re.fullmatch(r"(20\d\d)-W(\d\d)", str(value or ""))
        try:
            return date.fromisocalendar(int(match[1]), int(match[2]), 1) if match else None
        except ValueError:
            return None


# "46.060,14.510": a position as one choice among settlements, so that choosing another, or none, takes it off.
_POSITION = re.compile(r"(-?[0-9.]{1,20}),(-?[0-9.]{1,20})")


@lru_cache(1000)
def _quoted(pair):
    """ "name=value", as it stands in an address: twenty of a page have the same pairs."""
    return urlencode([pair])


class Option(NamedTuple):
    value: str
    label: str
    language: str | None
    number: int
    is_chosen: bool
    address: str = ""


class Removable(NamedTuple):
    """One active filter, and the address without it."""

    label: str
    language: str | None
    address: str


def _filter(field_class):
    return type("Filter", (django_filters.Filter,), {"field_class": field_class})


class ProgrammeFilter(django_filters.FilterSet):
    """Reads the query string against a Catalogue: which programmes, in which order, with which counts."""

    q = _filter(TypedTextField)()
    near = _filter(SettlementField)()
    lat = _filter(DegreesField)(limit=90)
    lon = _filter(DegreesField)()
    sort = _filter(KnownChoiceField)(choices=list(SORTS.items()))
    view = _filter(KnownChoiceField)(choices=list(VIEWS.items()))
    week = _filter(WeekField)()
    for _name in SWITCHES:
        locals()[_name] = _filter(KnownChoicesField)()
    for _name in FACETS:
        locals()[_name] = _filter(KnownChoicesField)()

    def __init__(self, data, catalogue):
        # Without the form that django-filter would build and copy for every request: nothing here is shown by it.
        self.data, self.filters, self.catalogue = data, self.base_filters, catalogue
        self.settlements = catalogue.index.settlements

    @cached_property
    def read(self):
        """The cleaned query string; every field cleans without complaint, so it is always whole."""
        read = {name: self._clean(name, one.field) for name, one in self.filters.items()}
        if spot := _POSITION.fullmatch(self.data.get("near") or ""):
            for name, degrees in zip(("lat", "lon"), spot.groups(), strict=True):
                read[name] = self.filters[name].field.clean(degrees)
        return read

    def _clean(self, name, field):
        value = field.widget.value_from_datadict(self.data, {}, name)
        if isinstance(field, SettlementField):
            return self.catalogue.settlement(str(value or ""))
        if isinstance(field, KnownChoicesField):
            return field.choose(value, partial(self.catalogue.knows, name))
        return field.clean(value)

    @cached_property
    def chosen(self):
        """{facet or switch: [values]} of what is chosen."""
        return {name: self.read[name] for name in (*FACETS, *SWITCHES) if self.read[name]}

    @cached_property
    def here(self):
        """(latitude, longitude) of the reader: a settlement they chose, or a position they gave."""
        if settlement := self.settlements.get(self.read["near"]):
            return (settlement.lat, settlement.lon)
        if self.read["lat"] is not None and self.read["lon"] is not None:
            return (self.read["lat"], self.read["lon"])
        return None

    # ---- what matches ---------------------------------------------------------------------------
    @cached_property
    def hits(self):
        """What the words find (programmes.search.Hits); None when nothing was typed."""
        return self.catalogue.search(self.read["q"]) if self.read["q"] else None

    @cached_property
    def text(self):
        """Bits of the programmes the words find; all when nothing was typed."""
        return union(self.hits.groups) if self.hits else self.catalogue.index.all

    @cached_property
    def bits(self):
        return self.text & self.catalogue.matching(self.chosen)

    @cached_property
    def count(self):
        return self.bits.count()

    @cached_property
    def order(self):
        """As chosen; else what fits the words best comes first, and where nobody typed any, what is nearest."""
        wanted = self.read["sort"]
        if wanted == "near" and self.here is None:
            return "best"
        return wanted or ("near" if self.here and not self.hits else "best")

    def numbers(self, start=0, stop=None):
        """[programme number] that match, in the chosen order."""
        return list(islice(self._ordered(), start, stop))

    def _ordered(self):
        """What fits the words best first, of what fits equally the nearest, and last what only a text in another
        language says.
        """
        if not self.hits or self.order != "best":
            return self.catalogue.ordered(self.order, self.bits, self.here)
        return self.fitting(self.hits.groups, self.bits)

    def fitting(self, tiers, bits, here=None):
        """The programmes among `bits` in the order of the tiers; in each the nearest first, to `here` or the reader."""
        here = here or self.here
        order = "near" if here else "best"
        return chain.from_iterable(self.catalogue.ordered(order, bits & tier, here) for tier in tiers)

    def found_in(self, number):
        """Code of the language in whose text alone the words were found; None where it is the reader's."""
        if not self.hits or self._own.has(number):
            return None
        languages = self.hits.foreign.items()
        return next((code for code, groups in languages if any(bits.has(number) for bits in groups)), None)

    @cached_property
    def _own(self):
        """Bits of what the words find in the reader's language."""
        return union(self.hits.tiers)

    # ---- addresses ----------------------------------------------------------------------------
    @cached_property
    def query(self):
        """[(name, value)] of everything understood, page left out: the shortest address of this state."""
        pairs = [("q", self.read["q"])] if self.read["q"] else []
        pairs += [(name, value) for name, values in self.chosen.items() for value in values]
        if self.read["near"]:
            pairs.append(("near", self.read["near"]))
        elif self.here:
            pairs += zip(("lat", "lon"), self.position.split(","), strict=True)
        if self.read["week"]:
            year, week, _day = self.read["week"].isocalendar()
            pairs.append(("week", f"{year}-W{week:02}"))
        return pairs + [(name, self.read[name]) for name in ("sort", "view") if self.read[name]]

    def address(self, add=(), remove=(), drop=()):
        """`?…` of this state with pairs added or removed, and whole names dropped."""
        added = {name for name, _value in add if name in ("sort", "view", "page", "week")}
        kept = [p for p in self.query if p not in remove and p[0] not in drop and p[0] not in added]
        return "?" + "&".join(map(_quoted, [*kept, *(pair for pair in add if pair not in kept)]))

    # ---- what the page shows ------------------------------------------------------------------
    @cached_property
    def facets(self):
        """The groups of choices as HTML, with live counts; a group without any choice is left out."""
        parts = []
        for name in FACETS:
            counted, more = self.counted(name)
            if counted:
                parts.append(facet_html(self.catalogue, name, counted, self.chosen.get(name, ()), more))
        return mark_safe("".join(parts))  # noqa: S308 – rendered by templates

    def counted(self, name):
        """([(Choice, count)], how many more) of a facet: what each choice would leave, given the other groups."""
        is_chosen = name in self.chosen
        others = self.text & self.catalogue.matching(self.chosen, without=name) if is_chosen else self.bits
        return self.catalogue.counted(name, others, self.chosen.get(name, []), self._only(name))

    def _only(self, without):
        """(facet, choice) if that alone, beside the group `without`, narrows the list; () if nothing does; or None."""
        pairs = [(name, value) for name, values in self.chosen.items() if name != without for value in values]
        if self.hits or len(pairs) > 1 or (pairs and pairs[0][0] not in self.catalogue.index.bits):
            return None
        return pairs[0] if pairs else ()

    @property
    def near_name(self):
        """The settlement chosen, as it is written."""
        settlement = self.settlements.get(self.read["near"])
        return settlement.name if settlement else ""

    @cached_property
    def unknown_place(self):
        """Where the reader is, as typed, when nobody knows a settlement of that name."""
        return "" if self.here else printable(self.data.get("near"))

    @cached_property
    def has_unknown(self):
        """Whether the address holds a choice that there is not, or not any more, as an old link may."""
        names = (*FACETS, *SWITCHES)
        return any(value for name in names for value in self.data.getlist(name) if value not in self.read[name])

    @property
    def position(self):
        """The position that the reader gave instead of a settlement, to a hundred metres; "" without one."""
        return f"{self.here[0]:.3f},{self.here[1]:.3f}" if self.here and not self.read["near"] else ""

    @cached_property
    def quick(self):
        """The one-tap chips: [Option]; each a link that switches itself on or off."""
        wanted = [
            ("cost", "free", _("Free")),
            ("no_referral", "1", SWITCH_LABELS["no_referral"]),
            ("route", "drop-in", _("Drop-in")),
            ("spoken", self.catalogue.language, _("In my language")),
            ("access", "step-free", _("Step-free")),
            ("this_week", "1", SWITCH_LABELS["this_week"]),
            ("referral", "1", SWITCH_LABELS["referral"]),
        ]
        return [self._chip(name, value, str(label)) for name, value, label in wanted if self._leads_on(name, value)]

    def _leads_on(self, name, value):
        """Whether the chip leads to anything, or takes itself off; beside others of its group it only adds."""
        return name in self.chosen or bool(self.bits & self.catalogue.index.having(name, [value]))

    def _chip(self, name, value, label):
        pair, is_on = (name, value), value in self.chosen.get(name, [])
        return Option(value, label, None, 0, is_on, self.address(remove=[pair]) if is_on else self.address(add=[pair]))

    @cached_property
    def narrowing(self):
        """[Removable] of everything that narrows the list now."""
        words = Removable(gettext("“%(words)s”") % {"words": self.read["q"]}, None, self.address(drop=["q"]))
        found = [words] if self.read["q"] else []
        for name, choices in self._chosen_choices.items():
            for choice in choices:
                without = self.address(remove=[(name, choice.value)])
                found.append(Removable(choice.label, choice.language, without))
        return found

    @cached_property
    def active(self):
        """The same, and where the reader is, which narrows nothing but the order."""
        if not self.here:
            return self.narrowing
        near = gettext("near %(place)s") % {"place": self.near_name} if self.near_name else gettext("near you")
        nearest = [("sort", "near")]  # from nowhere nothing is nearest
        off = Removable(near, None, self.address(remove=nearest, drop=["near", "lat", "lon"]))
        return [*self.narrowing, off]

    @cached_property
    def choices_made(self):
        """How many choices there are beside the words typed, which stand in their field and in the heading."""
        return len(self.active) - bool(self.read["q"])

    @property
    def cleared(self):
        """The address without any choice: the words stay, and so do the view and its order."""
        nearest = [("sort", "near")]  # from nowhere nothing is nearest
        left = self.address(remove=nearest, drop=["near", "lat", "lon", *self.chosen])
        return left if left != "?" else "."

    @cached_property
    def _chosen_choices(self):
        """{facet or switch: [Choice]} of what is chosen, in words."""
        return {name: self._in_words(name, values) for name, values in self.chosen.items()}

    def _in_words(self, name, values):
        if name in SWITCHES:
            return [Choice("1", str(SWITCH_LABELS[name]), None)]
        if name in MANY:
            return self.catalogue.named(name, values)
        return [self.catalogue.labels[name][value] for value in values]

    @cached_property
    def loosen(self):
        """[(count, Removable, Bits)] for an empty list: what leaving one thing out would show, most first.

        Where that is nothing, two things; then all but the words.
        """
        names = [*(["q"] if self.read["q"] else []), *self.chosen]
        left_out = [*((name,) for name in names)], [*combinations(names[:MOST_PAIRED], 2)], [tuple(self.chosen)]
        for some in left_out:
            # Without anything at all it would be the whole catalogue, which is offered anyway.
            rests = [(without, self._without(without)) for without in some if len(without) < len(names)]
            if ways := [(rest.count(), self._left_out(without), rest) for without, rest in rests if rest]:
                return sorted(ways, key=lambda way: -way[0])
        return []

    def _without(self, names):
        chosen = {name: values for name, values in self.chosen.items() if name not in names}
        return (self.catalogue.index.all if "q" in names else self.text) & self.catalogue.matching(chosen)

    def _left_out(self, names):
        labels = [choice.label for name in names for choice in self._chosen_choices.get(name, ())]
        return Removable(
            ", ".join([self.read["q"], *labels] if "q" in names else labels), None, self.address(drop=names)
        )
