"""The inequality lens: for whom things are done, who is not reached, and how far apart the parts of a figure are.

Nothing is made up: where a figure is not known, that is what stands there, never a zero. Outside the group a figure
with a count of fewer than five people in it is not taken apart at all, for the rest would tell what is hidden.
"""

from collections import Counter
from decimal import Decimal
from typing import NamedTuple

from partners.models import groups_of
from portal import languages
from portal.models import Vocabulary
from programmes.catalogue import Catalogue, Choice
from programmes.index.bits import NOTHING, union

from . import figures
from .coverage import Standing, measures_of, programmes_of
from .coverage_links import catalogue_link
from .models import Indicator, IndicatorPart, Measure

EVERYBODY = "general-population"
NEAR = (Decimal("0.8"), Decimal("1.25"))  # of the share among the people: within it a part is reached about evenly
Approach = Measure.Approach


class Share(NamedTuple):
    """How many measures and programmes have an approach, of how many."""

    approach: Approach
    measures: int
    measures_percent: int | None  # None: there are none at all
    programmes: int
    programmes_percent: int | None


class Reached(NamedTuple):
    """A group of people, and what there is for it."""

    choice: Choice
    programmes: int
    measures: int
    address: str


class Spread(NamedTuple):
    """How far apart the parts of a share are, in percentage points."""

    indicator: Indicator
    best: IndicatorPart
    worst: IndicatorPart
    gap: Decimal


class Part(NamedTuple):
    """Participants of one part, and its share among the people; None where it is not known."""

    part: IndicatorPart
    share: Decimal
    population: Decimal | None

    @property
    def verdict(self):
        """less, even or more than the share among the people; "unknown" without it."""
        if not self.population:
            return "unknown"
        ratio = self.share / self.population
        return "less" if ratio < NEAR[0] else "more" if ratio > NEAR[1] else "even"


class Lens:
    """All that the page shows of a group to a reader."""

    def __init__(self, group, user):
        self.group, self.user = group, user
        self.catalogue = Catalogue()
        self.is_inside = groups_of(user).filter(pk=group.pk).exists()
        self.measures = list(measures_of(group, user).order_by().values_list("approach", flat=True))
        self.programmes = programmes_of(self.catalogue.index, group)
        known = Indicator.objects.with_figures() if self.is_inside else figures.public()
        self.indicators = sorted(known.filter(group=group), key=lambda one: languages.sort_key(str(one)))

    # ---- for whom -----------------------------------------------------------------------------
    def shares(self):
        """[Share] for each approach."""
        of_measures, of_programmes = Counter(self.measures), self._programmes_by_approach()
        every = sum(of_programmes.values())
        return [
            Share(
                approach,
                of_measures[approach],
                _percent(of_measures[approach], len(self.measures)),
                of_programmes[approach],
                _percent(of_programmes[approach], every),
            )
            for approach in Approach
        ]

    def _programmes_by_approach(self):
        """By the target groups of a programme: none but the general population, it and an equity group, only those."""
        targeted = self.programmes & union(self._bits(slug) for slug in self._equity_slugs())
        both = targeted & self._bits(EVERYBODY)
        return {
            Approach.UNIVERSAL: self.programmes.count() - targeted.count(),
            Approach.PROPORTIONATE: both.count(),
            Approach.TARGETED: targeted.count() - both.count(),
        }

    def _bits(self, slug):
        return self.catalogue.index.bits["group"].get(slug, NOTHING)

    def _equity_slugs(self):
        terms = sorted(self.catalogue.index.terms.values(), key=lambda term: (term.order, term.slug))
        groups = [term for term in terms if term.vocabulary == Vocabulary.TARGET_GROUP]
        return [t.slug for t in groups if t.is_equity and t.is_active and t.slug != EVERYBODY]

    def reached(self):
        """[Reached] of the groups in vulnerable positions: first those for whom there is least."""
        standing = Standing(self.group, self.user, self.catalogue.index)
        measures = Counter(
            slug
            for carriers in standing.carriers.values()
            for slug in {slug for terms in carriers for slug in terms["group"]}
        )
        rows = [
            Reached(
                self.catalogue.labels["group"][slug],
                self.programmes.count_with(self._bits(slug)),
                measures[slug],
                catalogue_link([("group", slug)]),
            )
            for slug in self._equity_slugs()
        ]
        return sorted(rows, key=lambda row: (row.programmes, row.measures))

    # ---- figures ------------------------------------------------------------------------------
    def spreads(self):
        """[Spread] of the shares that are known for two parts or more; the widest gap first.

        Counts are left out: more women than men among those reached, or living here, is no advantage of anybody. Whom
        a count reaches beside who lives here, `participants` says.
        """
        told = [one for one in self.indicators if one.unit == Indicator.Unit.PERCENT]
        found = [spread for one in told if (spread := self._spread(one))]
        return sorted(found, key=lambda spread: -spread.gap)

    def _spread(self, indicator):
        """The widest of its breakdowns: women beside men, one settlement beside another."""
        found = [spread for one in indicator.breakdowns if (spread := self._spread_of(indicator, one))]
        return max(found, key=lambda spread: spread.gap, default=None)

    def _spread_of(self, indicator, breakdown):
        parts = sorted(breakdown.parts, key=lambda part: part.value)
        if len(parts) < 2:
            return None
        worst, best = parts[0], parts[-1]
        if indicator.better == Indicator.Better.LOWER:
            worst, best = best, worst
        return Spread(indicator, best, worst, abs(best.value - worst.value))

    def _hides(self, breakdown):
        return not self.is_inside and bool(breakdown.hidden)

    def participants(self):
        """[(indicator, Breakdown, [Part] or None where it is hidden)] of counts of people reached, known by part."""
        context = [one for one in self.indicators if one.kind == Indicator.Kind.CONTEXT]
        populations = [shares for one in context for broken in one.breakdowns if (shares := _shares(one, broken))]
        return [
            (one, broken, None if self._hides(broken) else _parts(shares, populations))
            for one in self.indicators
            if one.kind in (Indicator.Kind.REACH, Indicator.Kind.EQUITY)
            for broken in one.breakdowns
            if (shares := _shares(one, broken))
        ]

    def not_taken_apart(self):
        """Counts and shares of people reached of which nobody knows who is behind them."""
        kinds = (Indicator.Kind.REACH, Indicator.Kind.EQUITY)
        return [one for one in self.indicators if one.kind in kinds and not one.breakdowns]


def _percent(count, whole):
    return round(100 * count / whole) if whole else None


def _shares(indicator, breakdown):
    """{part: per cent of the count}; empty where it is no count, or its parts are more than the whole."""
    if indicator.unit != Indicator.Unit.COUNT or not breakdown.total or not breakdown.is_of_whole:
        return {}
    return {part: 100 * part.value / breakdown.total for part in breakdown.parts}


def _parts(shares, populations):
    fitting = [found for one in populations if (found := _matched(shares, one))]
    known = fitting[0] if len(fitting) == 1 else {}  # of two populations nobody knows which is meant
    return [Part(part, share, known.get(part)) for part, share in shares.items()]


def _matched(parts, others):
    """{part: share of the part of that name among `others`}; empty when one of them has no namesake."""
    named = {name: share for other, share in others.items() for name in _names(other)}
    found = {part: next((named[name] for name in _names(part) if name in named), None) for part in parts}
    return found if all(share is not None for share in found.values()) else {}


def _names(part):
    """What a part is called in each language, so that two of the same name are one; of a choice, the choice."""
    if part.by:
        return [(part.by, part.sex or part.settlement_id or part.term_id)]
    texts = ((code, getattr(part, f"label_{code}")) for code in languages.CODES)
    return [(code, text.casefold().strip()) for code, text in texts if text]
