from django.contrib.auth.decorators import login_required
from django.http import Http404, QueryDict
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import languages, looks
from programmes.cards import holidays
from programmes.cards import programmes as in_order
from programmes.catalogue import Catalogue
from programmes.filters import ProgrammeFilter
from programmes.models import Programme

from ..directory import look
from ..models import groups_of

MOST_FOUND = 6  # programmes that words find; the catalogue has the rest


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
    _give_programmes([partner.organisation for partner in found.partners])
    context = {"found": found, "asked": asked, "is_narrowed": any(asked.values()), "noindex": True}
    return render(request, "partners/directory.html", context | _programmes_that_say(asked["q"]))


def _give_programmes(organisations):
    """Each organisation with what it offers to everybody, A–Z, as `offered`."""
    rows = Programme.objects.published().filter(organisation__in=organisations)
    by_name = sorted(rows, key=lambda programme: languages.sort_key(str(programme)))
    for organisation in organisations:
        organisation.offered = [one for one in by_name if one.organisation_id == organisation.pk]


def _programmes_that_say(words):
    """The programmes that the words find, the best first, and how many there are in all."""
    if not words:
        return {}
    query = QueryDict(mutable=True)
    query["q"] = words
    found = ProgrammeFilter(query, Catalogue())
    return {
        "programmes": in_order(list(found.numbers(0, MOST_FOUND)), holidays()),
        "programme_count": found.count,
        "catalogue_query": query.urlencode(),
    }
