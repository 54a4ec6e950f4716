from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal import addresses
from portal.qr import qr_svg

from ..models import Programme

CARDS = 8  # on a sheet
SHAPES = {"poster": _("Poster"), "strips": _("Poster with strips to tear off"), "cards": _("Small cards")}


@require_safe
def poster(request, pk, slug):
    """One sheet of a programme for anybody to print and hang up or hand out (`?as=strips`, `?as=cards`).

    It hangs for weeks, so it says the rule and no dates. Its short address is that of the number.
    """
    programme = get_object_or_404(Programme.objects.published().with_card(), pk=pk)
    if moved := addresses.settle(request, programme, slug):
        return moved
    shape = request.GET.get("as")
    if shape not in SHAPES:
        shape = "poster"
    short = request.build_absolute_uri(reverse("programmes:programme-number", args=[programme.pk]))
    context = {
        "programme": programme,
        "shape": shape,
        "shapes": SHAPES.items(),
        "pieces": range(CARDS),
        "short": short.partition("://")[2].rstrip("/"),
        "qr": qr_svg(short),
    }
    return render(request, "programmes/poster.html", context)
