"""The only reader of the catalogue's query string. What makes no sense in it is left aside, calmly."""

import math
import re
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

import django_filters
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.models import Settlement

from .catalogue import FACETS, SWITCHES

SORTS = {"best": _("Fits best"), "next": _("Next date"), "near": _("Nearest"), "az": _("A–Z")}
VIEWS = {"list": _("List"), "week": _("Week"), "places": _("Places")}
SWITCH_LABELS = {
    "no_referral": _("No referral needed"),
    "referral": _("By referral"),
    "this_week": _("This week"),
}
LONGEST_QUERY = 200


class KnownChoicesField(forms.MultipleChoiceField):
    """Several choices; unknown ones are dropped, not complained about: old links keep working."""

    def clean(self, value):
        return [v for v in dict.fromkeys(value or []) if self.valid_value(v)]


class KnownChoiceField(forms.ChoiceField):
    """One choice; an unknown one counts as none."""

    def clean(self, value):
        return value if value and self.valid_value(value) else ""


class TypedTextField(forms.CharField):
    """What somebody typed: without control characters, at most 200 characters."""

    def clean(self, value):
        printable = "".join(c if c.isprintable() else " " for c in str(value or "")[: LONGEST_QUERY * 4])
        return " ".join(printable.split())[:LONGEST_QUERY]


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


class Option(NamedTuple):
    value: str
    label: str
    language: str | None
    number: int
    is_chosen: bool
    address: str


class Facet(NamedTuple):
    name: str
    heading: str
    options: list
    is_open: bool


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
    near = _filter(KnownChoiceField)()
    lat = _filter(DegreesField)(limit=90)
    lon = _filter(DegreesField)()
    sort = _filter(KnownChoiceField)(choices=list(SORTS.items()))
    view = _filter(KnownChoiceField)(choices=list(VIEWS.items()))
    week = _filter(WeekField)()
    no_referral = _filter(KnownChoicesField)(choices=[("1", "1")])
    referral = _filter(KnownChoicesField)(choices=[("1", "1")])
    this_week = _filter(KnownChoicesField)(choices=[("1", "1")])
    for _name in FACETS:
        locals()[_name] = _filter(KnownChoicesField)(widget=forms.SelectMultiple)

    def __init__(self, data, catalogue, queryset):
        super().__init__(data, queryset=queryset)
        self.catalogue = catalogue
        for name, choices in catalogue.choices.items():
            self.form.fields[name].choices = [(choice.value, choice.label) for choice in choices]
        self.settlements = {s.slug: s for s in Settlement.objects.order_by("name")}
        self.form.fields["near"].choices = [(slug, s.name) for slug, s in self.settlements.items()]
        for name in SWITCHES:
            self.form.fields[name].widget = forms.SelectMultiple()

    @cached_property
    def read(self):
        """The cleaned query string; every field cleans without complaint, so it is always whole."""
        self.form.is_valid()
        return self.form.cleaned_data

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

    @cached_property
    def text(self):
        """(bits, ranks) of the words typed; all programmes when nothing was typed."""
        if not self.read["q"]:
            return self.catalogue.all, {}
        return self.catalogue.text_bits(self.read["q"])

    @cached_property
    def order(self):
        wanted = self.read["sort"]
        if wanted == "near" and self.here is None:
            return "best"
        return wanted or ("near" if self.here else "best")

    @cached_property
    def pks(self):
        """Numbers of the matching programmes, in the chosen order."""
        found = self.catalogue.pks(self.text[0] & self.bits())
        return sorted(found, key=getattr(self, f"_by_{self.order}")) if self.order != "az" else found

    def filter_queryset(self, queryset):
        return queryset.filter(pk__in=self.pks)

    def bits(self, without=None):
        if "this_week" in self.chosen:
            self.catalogue.mark_this_week()
        return self.catalogue.bits_of(self.chosen, without=without)

    # ---- order --------------------------------------------------------------------------------
    def _by_next(self, pk):
        start = self.catalogue.next_start.get(pk)
        return (start is None, start and start.timestamp(), self.catalogue.place_of[pk])

    def _by_near(self, pk):
        distance = self.catalogue.distance(pk, self.here)
        return (distance is None, distance and round(distance, 1), *self._by_best(pk))

    def _by_best(self, pk):
        """Available before paused or full; then what fits the words; then without referral, free, and soon."""
        programme, bit = self.catalogue.programmes[pk], 1 << self.catalogue.place_of[pk]
        return (
            programme.is_paused + programme.is_full,
            -round(self.text[1].get(pk, 0.0), 2),
            not self.catalogue.bits["no_referral"]["1"] & bit,
            not self.catalogue.bits["cost"]["free"] & bit,
            *self._by_next(pk),
        )

    # ---- addresses ----------------------------------------------------------------------------
    @cached_property
    def query(self):
        """[(name, value)] of everything understood, page left out: the shortest address of this state."""
        pairs = [("q", self.read["q"])] if self.read["q"] else []
        pairs += [(name, value) for name, values in self.chosen.items() for value in values]
        if self.read["near"]:
            pairs.append(("near", self.read["near"]))
        elif self.here:
            pairs += [("lat", f"{self.here[0]:.3f}"), ("lon", f"{self.here[1]:.3f}")]
        if self.read["week"]:
            year, week, _day = self.read["week"].isocalendar()
            pairs.append(("week", f"{year}-W{week:02}"))
        return pairs + [(name, self.read[name]) for name in ("sort", "view") if self.read[name]]

    def address(self, add=(), remove=(), drop=()):
        """`?…` of this state with pairs added or removed, and whole names dropped."""
        added = {name for name, _value in add if name in ("sort", "view", "page", "week")}
        kept = [p for p in self.query if p not in remove and p[0] not in drop and p[0] not in added]
        return "?" + urlencode([*kept, *(pair for pair in add if pair not in kept)])

    # ---- what the page shows ------------------------------------------------------------------
    @cached_property
    def facets(self):
        """[Facet] with live counts: how many programmes each choice would leave, given the other groups."""
        return [facet for name in FACETS if (facet := self._facet(name)).options]

    def _facet(self, name):
        others = self.text[0] & self.bits(without=name)
        chosen = self.chosen.get(name, [])
        options = []
        for choice in self.catalogue.choices[name]:
            count = (others & self.catalogue.bits[name].get(choice.value, 0)).bit_count()
            pair, is_chosen = (name, choice.value), choice.value in chosen
            if count or is_chosen:
                address = self.address(remove=[pair]) if is_chosen else self.address(add=[pair])
                options.append(Option(choice.value, choice.label, choice.language, count, is_chosen, address))
        return Facet(name, str(FACETS[name][0]), options, bool(chosen) or name in ("phase", "topic"))

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
        return [self._chip(name, value, str(label)) for name, value, label in wanted]

    def _chip(self, name, value, label):
        pair, is_on = (name, value), value in self.chosen.get(name, [])
        return Option(value, label, None, 0, is_on, self.address(remove=[pair]) if is_on else self.address(add=[pair]))

    @cached_property
    def active(self):
        """[Removable] of everything that narrows the list now."""
        words = Removable(gettext("“%(words)s”") % {"words": self.read["q"]}, None, self.address(drop=["q"]))
        found = [words] if self.read["q"] else []
        labels = {(n, c.value): c for n, choices in self.catalogue.choices.items() for c in choices}
        for name, values in self.chosen.items():
            for value in values:
                choice = labels.get((name, value))
                label = choice.label if choice else str(SWITCH_LABELS[name])
                found.append(Removable(label, choice and choice.language, self.address(remove=[(name, value)])))
        return found

    @cached_property
    def loosen(self):
        """[(count, Removable)] for an empty list: what leaving one thing out would show, most first."""
        ways = []
        for removable, bits in self._without_one():
            if count := bits.bit_count():
                ways.append((count, removable, bits))
        return sorted(ways, key=lambda way: -way[0])

    def _without_one(self):
        if self.read["q"] and self.chosen:
            yield Removable(self.read["q"], None, self.address(drop=["q"])), self.bits()
        for name in self.chosen:
            labels = ", ".join(
                str(SWITCH_LABELS[name]) if name in SWITCHES else label
                for value, label in (self.form.fields[name].choices if name not in SWITCHES else [("1", "")])
                if value in self.chosen[name]
            )
            yield Removable(labels, None, self.address(drop=[name])), self.text[0] & self.bits(without=name)

    # ---- the week -----------------------------------------------------------------------------
    def monday(self, today):
        return self.read["week"] or today - timedelta(days=today.weekday())
