from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners.models import coordinated_by, groups_of

from .. import network as networks


@require_safe
@never_cache
@login_required
def network(request):
    """Who works with whom in one of one's groups: `?group=` which, where there are several."""
    groups = (groups_of(request.user) | coordinated_by(request.user)).distinct().order_by("pk")
    number = request.GET.get("group", "")
    chosen = groups.filter(pk=int(number)) if number.isdecimal() and len(number) < 15 else groups
    group = get_object_or_404(chosen[:1])
    context = {"group": group, "groups": list(groups), "network": networks.network(group, request.user)}
    return render(request, "actionplans/network.html", context)
