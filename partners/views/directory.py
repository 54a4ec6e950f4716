from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import looks

from ..directory import look
from ..models import groups_of


@require_safe
@never_cache
@login_required
def directory(request):
    """Partners and people of one's groups: `?q=` what one looks for, `?sector=` and `?working_group=` narrow it."""
    if not groups_of(request.user).exists() and not request.user.is_superuser:
        raise Http404
    looks.note(request, "directory")
    asked = {name: request.GET.get(name, "").strip()[:100] for name in ("q", "sector", "working_group")}
    found = look(request.user, asked["q"], asked["sector"], asked["working_group"])
    context = {"found": found, "asked": asked, "is_narrowed": any(asked.values()), "noindex": True}
    return render(request, "partners/directory.html", context)
