"""Who works on what: in a table of sectors and topics, which programmes and measures the partners of a sector carry.

A programme counts for the sector of its provider and of each partner that takes part in it. A measure counts for the
sectors of those who have accepted to lead it, take part or pay, at its own topics and at those of its programmes.
Questions are a fixed number, whatever the size of the group.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.http import urlencode

from partners.models import ExpectedSector, Organisation
from portal import languages
from portal.models import Term, Vocabulary
from programmes.models import Programme, ProgrammePartner, ProgrammeTerm

from .coverage import measures_of
from .models import Commitment, MeasureProgramme, MeasureTerm


@dataclass(frozen=True)
class Cell:
    """Where a sector meets a topic; numbers of programmes and measures."""

    sector: Term
    topic: Term
    programmes: frozenset
    measures: frozenset
    address: str

    @property
    def is_empty(self):
        return not self.programmes and not self.measures


class Sectors:
    """`phase`: the slug of a life phase to which programmes and measures are narrowed; "" for all."""

    def __init__(self, group, user, phase="", names_group=False):
        self.group, self.user, self.names_group = group, user, names_group
        terms = Term.objects.of(Vocabulary.TOPIC, Vocabulary.LIFE_PHASE, Vocabulary.SECTOR)
        terms = terms.defer("seeded", "maps", *languages.columns("description", "everyday_words"))
        self.terms = {term.pk: term for term in terms.order_by("order", "slug")}
        self.phase = next((t for t in self._of(Vocabulary.LIFE_PHASE) if t.slug == phase), None)

    def _of(self, vocabulary):
        return [term for term in self.terms.values() if term.vocabulary == vocabulary and term.is_active]

    @cached_property
    def phases(self):
        return self._of(Vocabulary.LIFE_PHASE)

    @cached_property
    def topics(self):
        return self._of(Vocabulary.TOPIC)

    @cached_property
    def partners(self):
        """{number of the sector: [Organisation], A–Z} of the members today."""
        found = defaultdict(list)
        rows = Organisation.objects.members().filter(memberships__in=self.group.memberships.current())
        for organisation in sorted(rows.distinct(), key=lambda one: (languages.sort_key(str(one)), one.pk)):
            found[organisation.sector_id].append(organisation)
        return found

    @cached_property
    def sectors(self):
        """Those with a partner, and those the group wants one from; in the order of the vocabulary."""
        wanted = ExpectedSector.objects.filter(group=self.group).values_list("sector", flat=True)
        numbers = {*self.partners, *wanted}
        return [t for t in self.terms.values() if t.vocabulary == Vocabulary.SECTOR and t.pk in numbers]

    @cached_property
    def _sector_of(self):
        return {one.pk: sector for sector, rows in self.partners.items() for one in rows}

    # ---- who carries what ---------------------------------------------------------------------
    @cached_property
    def programmes(self):
        """{number of the programme: {number of the organisation}} of what residents see."""
        found = defaultdict(set)
        public = Programme.objects.published()
        for number, owner in public.filter(organisation__in=self._sector_of).values_list("pk", "organisation"):
            found[number].add(owner)
        shared = ProgrammePartner.objects.filter(organisation__in=self._sector_of, programme__in=public.values("pk"))
        for number, partner in shared.values_list("programme", "organisation"):
            found[number].add(partner)
        return found

    @cached_property
    def measures(self):
        """{number of the measure: {number of the organisation}} of what this reader sees and is not over."""
        found = defaultdict(set)
        accepted = Commitment.objects.accepted().filter(measure__in=measures_of(self.group, self.user).values("pk"))
        for number, organisation in accepted.values_list("measure", "membership__organisation"):
            if organisation in self._sector_of:
                found[number].add(organisation)
        return found

    @cached_property
    def _programme_terms(self):
        return _terms_by(ProgrammeTerm.objects.filter(programme__in=self.programmes), "programme")

    @cached_property
    def _measure_terms(self):
        """Its own, and those of its programmes."""
        found = _terms_by(MeasureTerm.objects.filter(measure__in=self.measures), "measure")
        rows = MeasureProgramme.objects.filter(measure__in=self.measures).values_list("measure", "programme")
        for measure, programme in rows:
            found[measure] |= self._programme_terms[programme]
        return found

    @cached_property
    def _standing(self):
        """{(sector, topic): ({programme}, {measure})}"""
        found = defaultdict(lambda: (set(), set()))
        topics = {topic.pk for topic in self.topics}
        kinds = ((self.programmes, self._programme_terms), (self.measures, self._measure_terms))
        for place, (carried, terms) in enumerate(kinds):
            for number, organisations in carried.items():
                if self.phase and self.phase.pk not in terms[number]:
                    continue
                for sector in {self._sector_of[one] for one in organisations}:
                    for topic in terms[number] & topics:
                        found[sector, topic][place].add(number)
        return found

    # ---- the table ----------------------------------------------------------------------------
    @cached_property
    def table(self):
        """[(sector, how many partners, [Cell])]"""
        return [
            (sector, len(self.partners.get(sector.pk, ())), [self._cell(sector, topic) for topic in self.topics])
            for sector in self.sectors
        ]

    def _cell(self, sector, topic):
        programmes, measures = self._standing.get((sector.pk, topic.pk), ((), ()))
        address = reverse("actionplans:sectors-cell", args=[sector.slug, topic.slug]) + self.query
        return Cell(sector, topic, frozenset(programmes), frozenset(measures), address)

    def cell(self, sector, topic):
        """One Cell by its slugs, of a sector without a partner too; KeyError when there is no such sector or topic."""
        rows = {term.slug: term for term in self.terms.values() if term.vocabulary == Vocabulary.SECTOR}
        columns = {term.slug: term for term in self.topics}
        return self._cell(rows[sector], columns[topic])

    @property
    def pairs(self):
        return [
            *([("of", self.group.slug)] if self.names_group else []),
            *([("phase", self.phase.slug)] if self.phase else []),
        ]

    @property
    def query(self):
        """`?…` of the group and the filter, which every link keeps; "" without any."""
        return f"?{urlencode(self.pairs)}" if self.pairs else ""


def _terms_by(rows, owner):
    """{number of the owner: {number of the term}}"""
    found = defaultdict(set)
    for number, term in rows.values_list(owner, "term"):
        found[number].add(term)
    return found
