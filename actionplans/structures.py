"""Structures that hold the work of a group: what is agreed, named and paid for. Counted, never typed."""

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.models import Group, Seat

from .models import Interface, Measure, Strategy

MOST = 3  # groups on the page of figures; an installation with more has the page of the network


def structures():
    """[(Group, [sentence])] of the groups with a strategy in force; a fixed number of queries for each."""
    in_force = Strategy.objects.in_force().select_related("group").order_by("group")
    return [(strategy.group, _of(strategy.group, strategy)) for strategy in in_force[:MOST]]


def _of(group: Group, strategy):
    speaks = Seat.objects.current().filter(membership=OuterRef("pk"), role=Seat.Role.REPRESENTATIVE)
    members = group.memberships.current().annotate(speaks=Exists(speaks))
    named = members.aggregate(all=Count("pk"), speaking=Count("pk", filter=Q(speaks=True)))
    bodies = group.working_groups.filter(lead__isnull=False).count()
    measures = Measure.objects.public().of_strategies([strategy.pk]).once()
    paid = measures.filter(Q(budget_eur__gt=0) | Q(budget_lines__isnull=False)).distinct().count()
    agreed = Interface.objects.public().filter(group=group, state=Interface.State.AGREED).count()
    found = [_("There is a strategy in force.")]
    if strategy.adopted_by:
        found = [_("There is a strategy in force, adopted by: %(body)s.") % {"body": strategy.adopted_by}]
    if named["all"]:
        found.append(
            _("Partners that have named who speaks for them: %(count)s of %(all)s.")
            % {"count": named["speaking"], "all": named["all"]}
        )
    if bodies:
        words = ngettext("One working group has a lead.", "%(count)s working groups have a lead.", bodies)
        found.append(words % {"count": bodies})
    if paid:
        words = ngettext(
            "One measure has money of its own in the budget.",
            "%(count)s measures have money of their own in the budget.",
            paid,
        )
        found.append(words % {"count": paid})
    if agreed:
        words = ngettext(
            "One task of another sector is agreed upon.", "%(count)s tasks of other sectors are agreed upon.", agreed
        )
        found.append(words % {"count": agreed})
    return found
