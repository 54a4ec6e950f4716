"""Who works with whom on what: partners of a group, the programmes they share and the measures they carry together."""

from collections import defaultdict
from itertools import combinations
from typing import Any, NamedTuple

from partners.models import Membership, Organisation
from portal import languages
from portal.models import Term, Vocabulary
from programmes.models import Programme, ProgrammePartner

from .models import Commitment, Measure


class Pair(NamedTuple):
    first: Organisation
    second: Organisation
    programmes: list[Programme]
    measures: list[Measure]

    @property
    def shared(self):
        return len(self.programmes) + len(self.measures)

    @property
    def key(self):
        return f"{self.first.pk}-{self.second.pk}"


class Row(NamedTuple):
    """A line of the table: a partner, and for every partner the pair with them, or None."""

    organisation: Organisation
    cells: list[Pair | None]
    linked: int  # how many partners it works with


class Network(NamedTuple):
    rows: list[Row]
    pairs: list[Pair]
    alone: list[Organisation]
    unlinked_sectors: list[Term]  # have partners, of whom none works with anybody
    missing_sectors: list[Term]  # have no partner at all


def network(group, user):
    """The network of one group as the person may see it; a fixed number of queries."""
    members = Membership.objects.current().filter(group=group).select_related("organisation__sector")
    partners = sorted({m.organisation for m in members}, key=lambda o: (languages.sort_key(str(o)), o.pk))
    shared = _shared(partners, user)
    pairs = {(a, b): Pair(a, b, *_sorted(shared[a.pk, b.pk])) for a, b in combinations(partners, 2)}
    pairs = {key: pair for key, pair in pairs.items() if pair.shared}
    rows = []
    for one in partners:
        cells = [pairs.get((one, other)) or pairs.get((other, one)) for other in partners]
        rows.append(Row(one, cells, sum(cell is not None for cell in cells)))
    linked = {row.organisation.sector_id for row in rows if row.linked}
    present = {o.sector_id for o in partners}
    sectors = list(Term.objects.of(Vocabulary.SECTOR).filter(is_active=True).order_by("order", "slug"))
    return Network(
        rows,
        sorted(pairs.values(), key=lambda pair: -pair.shared),
        [row.organisation for row in rows if not row.linked],
        [s for s in sectors if s.pk in present - linked],
        [s for s in sectors if s.pk not in present],
    )


def _sorted(things):
    return [sorted(found, key=lambda record: (languages.sort_key(str(record)), record.pk)) for found in things]


def _shared(partners, user):
    """{(number, number) in the order of `partners`: ([programmes], [measures])}."""
    place = {organisation.pk: number for number, organisation in enumerate(partners)}
    found: dict[Any, Any] = defaultdict(lambda: ([], []))
    for kind, together in enumerate((_programmes(place, user), _measures(place, user))):
        for record, numbers in together:
            known = sorted(numbers & place.keys(), key=place.__getitem__)
            for pair in combinations(known, 2):
                found[pair][kind].append(record)
    return found


def _programmes(place, user):
    """[(programme, numbers of who runs it together)]; drafts only where the person may see them."""
    visible = Programme.objects.visible_to(user).exclude(status=Programme.Status.ARCHIVED)
    sharing = ProgrammePartner.objects.filter(programme__in=visible, organisation__in=place)
    together: dict[Programme, set[int]] = defaultdict(set)
    for row in sharing.select_related("programme"):
        together[row.programme] |= {row.organisation_id, row.programme.organisation_id}
    return together.items()


def _measures(place, user):
    """[(measure, numbers of who has accepted a part)] of those the person may see."""
    visible = Measure.objects.visible_to(user)
    parts = Commitment.objects.accepted().filter(measure__in=visible, membership__organisation__in=place)
    together: dict[Measure, set[int]] = defaultdict(set)
    for commitment in parts.select_related("measure", "membership"):
        together[commitment.measure].add(commitment.membership.organisation_id)
    return together.items()
