from django.db.models import Count, Prefetch, Q
from django.shortcuts import render
from django.views.decorators.http import require_safe

from partners.models import Group
from portal import languages

from ..models import SharedPractice, Strategy

ORDER = (Group.Standing.PARTICIPATING, Group.Standing.APPLIED, Group.Standing.FINISHED)


@require_safe
def groups(request):
    """The network: all groups of the installation by where they stand, and how a municipality joins."""
    published = Q(practices__state=SharedPractice.State.PUBLISHED)
    in_force = Prefetch("strategies", Strategy.objects.in_force().prefetch_related("objectives"), to_attr="in_force")
    rows = Group.objects.annotate(practice_count=Count("practices", filter=published, distinct=True))
    found = sorted(
        rows.select_related("region").prefetch_related("municipalities", in_force),
        key=lambda group: (ORDER.index(group.standing), languages.sort_key(str(group)), group.pk),
    )
    regions = {group.region for group in found if group.region}
    by_name = sorted(regions, key=lambda region: languages.sort_key(str(region)))
    context = {"groups": found, "regions": by_name, "may_edit": request.user.is_superuser}
    return render(request, "actionplans/groups.html", context)
