"""Following a programme: a member is told by mail when it is full, paused, over, or meets at another time."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal import addresses, languages

from .. import following
from ..models import Following, Programme


@require_safe
@never_cache
@login_required
def followed(request):
    rows = Following.objects.visible_to(request.user).select_related("programme__organisation")
    ordered = sorted(rows, key=lambda row: languages.sort_key(str(row.programme)))
    return render(request, "programmes/followed.html", {"rows": ordered})


@require_POST
@login_required
def programme_follow(request, pk):
    """Begins, or stops with `stop`; goes back to the page of this site one came from."""
    if request.POST.get("stop"):
        get_object_or_404(Following.objects.editable_by(request.user), programme=pk).delete()
        messages.success(request, _("You are told nothing of it any more."))
    else:
        programme = get_object_or_404(Programme.objects.visible_to(request.user), pk=pk)
        following.follow(programme, request.user)
        messages.success(request, _("You get a mail when it changes."))
    return redirect(addresses.back(request, reverse("programmes:followed")))
