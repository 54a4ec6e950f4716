"""The catalogue in memory: one bit per programme, one integer per choice of a facet.

Bit order is the reader's alphabet. A search is `&` between groups and `|` inside one; a count is
`bit_count()`. Built in a fixed number of queries, whatever the size.
"""

from collections import defaultdict
from datetime import timedelta
from functools import cached_property
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation, Settlement
from portal import languages
from portal.distance import kilometres
from portal.models import Term, Vocabulary

from .cards import holidays
from .models import Programme, ProgrammeTerm, Schedule
from .search import ranks

PARTS_OF_DAY = {"morning": _("Morning"), "afternoon": _("Afternoon"), "evening": _("Evening")}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

# name in the address → (heading, vocabulary whose terms are the choices, or None)
FACETS = {
    "phase": (_("Life phase"), Vocabulary.LIFE_PHASE),
    "topic": (_("Topic"), Vocabulary.TOPIC),
    "group": (_("For whom"), Vocabulary.TARGET_GROUP),
    "place": (_("Place"), None),
    "day": (_("Weekday"), Vocabulary.WEEKDAY),
    "time": (_("Time of day"), None),
    "cost": (_("Cost"), Vocabulary.COST),
    "route": (_("How to join"), Vocabulary.REFERRAL_ROUTE),
    "format": (_("Kind of programme"), Vocabulary.FORMAT),
    "spoken": (_("Spoken language"), Vocabulary.LANGUAGE),
    "access": (_("Accessibility"), Vocabulary.ACCESSIBILITY),
    "setting": (_("Setting"), Vocabulary.SETTING),
    "provider": (_("Provider"), None),
}
FACET_OF: dict[str, str] = {vocabulary: name for name, (_heading, vocabulary) in FACETS.items() if vocabulary}
SWITCHES = ("no_referral", "referral", "this_week")
# Ways to join that need no referral, and through which professionals send people all the same.
BY_PROFESSIONALS = ("professional-recommendation", "brief-advice")


class Choice(NamedTuple):
    value: str
    label: str
    language: str | None
    order: tuple


class Catalogue:
    """All published programmes, as a reader of one language meets them."""

    def __init__(self, language=None, now=None):
        self.language = language or languages.active()
        self.now = now or timezone.now()
        published = Programme.objects.published(timezone.localdate(self.now))
        programmes = list(
            published.only("pk", "slug", "organisation", "status", "is_full", "resumes_on", *languages.columns("title"))
        )
        titles = {p.pk: languages.resolve(p, "title", self.language)[0] or p.slug for p in programmes}
        programmes.sort(key=lambda p: (languages.sort_key(titles[p.pk], self.language), p.pk))
        self.programmes = {p.pk: p for p in programmes}
        self.ids = list(self.programmes)
        self.place_of = {pk: place for place, pk in enumerate(self.ids)}
        self.all = (1 << len(self.ids)) - 1
        self.bits = {name: defaultdict(int) for name in (*FACETS, *SWITCHES)}
        self.schedules = defaultdict(list)
        self.holidays = holidays()
        self._read_terms(published)
        self._read_schedules(published)
        for programme in programmes:
            self._add("provider", str(programme.organisation_id), programme.pk)

    def _add(self, facet, value, pk):
        self.bits[facet][value] |= 1 << self.place_of[pk]

    def _read_terms(self, published):
        pairs = ProgrammeTerm.objects.filter(programme__in=published).values_list(
            "programme_id", "term__vocabulary", "term__slug", "term__facts"
        )
        for pk, vocabulary, slug, facts in pairs:
            if facet := FACET_OF.get(vocabulary):
                self._add(facet, slug, pk)
            if vocabulary == Vocabulary.REFERRAL_ROUTE:
                needs_referral = facts.get("referral_required")
                if not needs_referral:
                    self._add("no_referral", "1", pk)
                if needs_referral or slug in BY_PROFESSIONALS:
                    self._add("referral", "1", pk)

    def _read_schedules(self, published):
        schedules = (
            Schedule.objects.filter(programme__in=published)
            .select_related("location__settlement")
            .prefetch_related("languages", "location__access", "location__exceptions")
        )
        for schedule in schedules:
            pk = schedule.programme_id
            self.schedules[pk].append(schedule)
            for day in schedule.weekdays:
                self._add("day", WEEKDAYS[day], pk)
            for part in schedule.parts_of_day:
                self._add("time", part, pk)
            for term in schedule.languages.all():
                self._add("spoken", term.slug, pk)
            if schedule.location:
                for term in schedule.location.access.all():
                    self._add("access", term.slug, pk)
                if schedule.location.settlement:
                    self._add("place", schedule.location.settlement.slug, pk)

    # ---- choices ------------------------------------------------------------------------------
    @cached_property
    def choices(self):
        """{facet: [Choice]}: terms in the order of their vocabulary; places and providers that occur, A–Z."""
        found = {name: [] for name in FACETS}
        for term in Term.objects.of(*FACET_OF).order_by("order", "slug"):
            facet = FACET_OF[term.vocabulary]
            if term.is_active or term.slug in self.bits[facet]:
                label, code = languages.resolve(term, "label", self.language)
                found[facet].append(Choice(term.slug, label, self._foreign(code), (term.order,)))
        found["time"] = [Choice(v, str(label), None, ()) for v, label in PARTS_OF_DAY.items() if v in self.bits["time"]]
        found["place"] = self._sorted(
            Choice(s.slug, s.name, None, ()) for s in Settlement.objects.filter(slug__in=self.bits["place"])
        )
        found["provider"] = self._sorted(
            self._provider(o) for o in Organisation.objects.filter(pk__in=self.bits["provider"])
        )
        return found

    def _provider(self, organisation):
        name, code = languages.resolve(organisation, "name", self.language)
        return Choice(str(organisation.pk), name, self._foreign(code), ())

    def _foreign(self, code):
        return None if code == self.language else code

    def _sorted(self, choices):
        return sorted(choices, key=lambda c: languages.sort_key(c.label, self.language))

    # ---- matching -----------------------------------------------------------------------------
    def bits_of(self, chosen, without=None):
        """Bits of the programmes that match: AND between groups, OR inside one. `without` leaves one group out."""
        found = self.all
        for name, values in chosen.items():
            if values and name != without:
                group = 0
                for value in values:
                    group |= self.bits[name].get(value, 0)
                found &= group
        return found

    def text_bits(self, text):
        """(bits, {pk: rank}) of a full-text search; every word must occur, else any of them."""
        found = {pk: rank for pk, rank in ranks(text, self.language).items() if pk in self.place_of}
        return self.bits_for(found), found

    def bits_for(self, pks):
        bits = 0
        for pk in pks:
            bits |= 1 << self.place_of[pk]
        return bits

    def pks(self, bits):
        """Programme numbers of the bits, in A–Z order."""
        found = []
        while bits:
            lowest = bits & -bits
            found.append(self.ids[lowest.bit_length() - 1])
            bits ^= lowest
        return found

    # ---- time and place -----------------------------------------------------------------------
    def occurrences(self, pk, **limits):
        """[Occurrence] of all schedules of one programme, soonest first."""
        after = self.programmes[pk].runs_again(limits.pop("after", self.now))
        if after is None:
            return []
        schedules = self.schedules[pk]
        dates = (o for s in schedules for o in s.occurrences(holidays=self.holidays, after=after, **limits))
        return sorted(dates, key=lambda o: (o.start, o.end))

    @cached_property
    def next_start(self):
        """{pk: start of its next date}; programmes by arrangement are missing."""
        first = {pk: self.occurrences(pk, after=self.now, limit=1) for pk in self.ids}
        return {pk: dates[0].start for pk, dates in first.items() if dates}

    def mark_this_week(self):
        """Fills the bits of "this week": something within the next seven days."""
        until = self.now + timedelta(days=7)
        self.bits["this_week"]["1"] = self.bits_for(pk for pk, start in self.next_start.items() if start <= until)

    def distance(self, pk, here):
        """Kilometres from `here` to its nearest location, or None when none has a position."""
        spots = [s.location.position for s in self.schedules[pk] if s.location and s.location.position]
        return min((kilometres(here, spot) for spot in spots), default=None)
