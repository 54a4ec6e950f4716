"""One language of a programme: held back, asked for, published. Each is one press of a button."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal import addresses
from portal.stale import StaleObject

from .. import held
from ..models import Programme
from ..review_forms import VersionForm


@login_required
@never_cache
@require_POST
def language_hold(request, pk, code):
    programme = _fetch(request, pk, code)
    return _done(
        request, programme, held.hold, code, words=_("It is held back. Readers see the text in another language.")
    )


@login_required
@never_cache
@require_POST
def language_ask(request, pk, code):
    programme, version = _fetch(request, pk, code), _version(request)
    return _done(request, programme, held.ask, code, version, words=_("The coordinator is asked to publish it."))


@login_required
@never_cache
@require_POST
def language_publish(request, pk, code):
    programme, version = _fetch(request, pk, code), _version(request)
    return _done(request, programme, held.publish, code, version, words=_("This language is published."))


def _fetch(request, pk, code):
    if code not in held.NAMES:
        raise Http404
    return get_object_or_404(Programme.objects.editable_by(request.user), pk=pk)


def _version(request):
    """The version that was looked at; one that cannot be read is none, and so is refused as stale."""
    form = VersionForm(request.POST)
    return form.cleaned_data["version"] if form.is_valid() else None


def _done(request, programme, deed, code, *looked_at, words):
    try:
        deed(programme, code, request.user, *looked_at)
    except StaleObject:
        programme.refresh_from_db()
        return render(request, "programmes/moved_meanwhile.html", {"programme": programme}, status=409)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, words)
    return redirect(addresses.back(request, reverse("programmes:programme-edit", args=[programme.pk])))
