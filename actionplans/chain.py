"""The chain along life phases: what there is in each, and who hands over to whom between them."""

from collections import defaultdict
from itertools import islice
from typing import NamedTuple

from django.utils.translation import gettext as _

from partners.models import Membership
from portal.models import Vocabulary
from programmes.catalogue import Catalogue, Choice
from programmes.index.bits import NOTHING
from programmes.models import Programme

from .coverage import programmes_of
from .coverage_links import catalogue_link
from .models import Transition

EXAMPLES = 4  # programmes named per phase
EVERY_AGE = "all-ages"  # not a link of the chain: stands beside it


class Handover(NamedTuple):
    """A transition with what is broken about it, in sentences."""

    transition: Transition
    breaks: list[str]


class Link(NamedTuple):
    """A life phase: its programmes, what leads on from it, and whether nothing leads to the next phase."""

    phase: Choice
    number: int  # of its term
    programmes: int
    examples: list[Programme]
    address: str
    handovers: list[Handover]
    next_phase: Choice | None
    next_number: int | None
    is_broken: bool
    is_unnamed: bool  # broken, and no transition shown says how


def chain(group, user, today=None):
    """[Link] of a group in the order of the life phases, with those of its transitions that the reader may see.

    Whether the chain holds does not depend on the reader: a transition they do not see mends it all the same.
    """
    catalogue = Catalogue()
    phases = [
        term
        for term in sorted(catalogue.index.terms.values(), key=lambda term: (term.order, term.slug))
        if term.vocabulary == Vocabulary.LIFE_PHASE and term.is_active and term.slug != EVERY_AGE
    ]
    public = programmes_of(catalogue.index, group)
    bits = {term.slug: public & catalogue.index.bits["phase"].get(term.slug, NOTHING) for term in phases}
    numbers = {slug: list(islice(catalogue.ordered("best", some), EXAMPLES)) for slug, some in bits.items()}
    programmes = Programme.objects.in_bulk({n for some in numbers.values() for n in some})
    handovers = _handovers(group, today)
    visible = set(Transition.objects.visible_to(user).filter(group=group).values_list("pk", flat=True))
    links = []
    for term, following in zip(phases, [*phases[1:], None], strict=False):
        own = handovers[term.pk]
        ahead = [h for h in own if following and h.transition.to_phase_id == following.pk]
        shown = [h for h in own if h.transition.pk in visible]
        is_broken = following is not None and all(h.breaks for h in ahead)
        labels = catalogue.labels["phase"]
        links.append(
            Link(
                phase=labels[term.slug],
                number=term.pk,
                programmes=bits[term.slug].count(),
                examples=[programmes[n] for n in numbers[term.slug] if n in programmes],
                address=catalogue_link([("phase", term.slug)]),
                handovers=shown,
                next_phase=labels[following.slug] if following else None,
                next_number=following.pk if following else None,
                is_broken=is_broken,
                is_unnamed=is_broken and not any(h in shown for h in ahead),
            )
        )
    return links


def _handovers(group, today):
    """{number of the phase they lead from: [Handover]}"""
    members = set(Membership.objects.current(today).filter(group=group).values_list("organisation", flat=True))
    rows = Transition.objects.filter(group=group).select_related("from_phase", "to_phase", "giver", "taker")
    found = defaultdict(list)
    for transition in rows.order_by("to_phase__order", "pk"):
        found[transition.from_phase_id].append(Handover(transition, breaks(transition, members)))
    return found


def breaks(transition, members):
    """[sentence] of what keeps the transition from holding; `members`: numbers of the group's organisations today."""
    found = []
    if transition.giver is None:
        found.append(_("Nobody hands over."))
    if transition.taker is None:
        found.append(_("Nobody takes over."))
    for partner in (transition.giver, transition.taker):
        if partner and partner.pk not in members:
            found.append(_("%(partner)s no longer belongs to the group.") % {"partner": partner})
    if transition.state == Transition.State.OPEN and not found:
        found.append(_("It is not agreed yet."))
    return found
