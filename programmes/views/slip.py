from django.conf import settings
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal import addresses, languages
from portal.qr import qr_svg

from ..cards import holidays
from ..meanings import explained
from ..models import Programme, SlipCount

MOST_NOT_FOR = 280


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def slip(request, pk, slug):
    """A referral slip in the professional's language and the patient's (`?for=de`), without any personal data.

    Looking changes nothing; printing (POST) is counted per programme and month, and nothing else is kept.
    """
    programme = get_object_or_404(Programme.objects.published().with_card(), pk=pk)
    if moved := addresses.settle(request, programme, slug):
        return moved
    patient = request.GET.get("for", "")
    if patient not in languages.CODES:
        patient = "en" if request.LANGUAGE_CODE != "en" else settings.LANGUAGE_CODE
    if request.method == "POST":
        SlipCount.objects.add(programme)
        return redirect(f"{request.path}?for={patient}&printed=1")
    days = holidays()
    sides = []
    for code in dict.fromkeys([request.LANGUAGE_CODE, patient]):
        with override(code):
            link = request.build_absolute_uri(programme.get_absolute_url())
            sides.append({"code": code, "link": link})
    return render(
        request,
        "programmes/slip.html",
        {
            "programme": programme,
            "dates": programme.next_dates(days, limit=2),
            "sides": sides,
            "patient": patient,
            "patient_languages": settings.LANGUAGES,
            "room": _room(programme),
            "cost_means": explained(programme.costs),
            "qr": qr_svg(sides[-1]["link"]),
            "printed": "printed" in request.GET,
            "noindex": True,
        },
    )


def _room(programme):
    """How many characters about whom it is not for fit on half a page, beside all else that stands there."""
    is_full = len(programme.places) > 1 or languages.resolve(programme, "bring")[0]
    return 0 if is_full else MOST_NOT_FOR
