"""The photo of a programme: brought, described, taken away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal.stale import StaleObject

from .. import editing, review
from ..forms import PhotoForm
from ..models import Programme
from ..photos import NONE


@never_cache
@login_required
def programme_photo(request, pk):
    programme = get_object_or_404(Programme.objects.editable_by(request.user), pk=pk)
    form = PhotoForm(request.POST or None, request.FILES or None, instance=programme, user=request.user)
    if form.is_valid() and form.keep():
        return _saved(request, pk, form.is_proposed)
    form, status = form.answer()
    programme.refresh_from_db()
    shown = Programme(**{name: value for name, value in editing.shown(programme, request.user).items() if name in NONE})
    context = {
        "form": form,
        "programme": programme,
        "shown": shown,
        "is_reviewed": review.reviews_first(programme, request.user),
        "proposal": review.open_proposal(programme),
    }
    return render(request, "programmes/programme_photo.html", context, status=status)


def _saved(request, pk, is_proposed):
    if is_proposed:
        messages.success(request, _("Your changes wait for the coordinator. Until then residents read the old text."))
    else:
        messages.success(request, _("Your changes are saved."))
    return redirect("programmes:programme-edit", pk)


@never_cache
@login_required
@require_POST
def programme_photo_remove(request, pk):
    programme = get_object_or_404(Programme.objects.editable_by(request.user), pk=pk)
    version = request.POST.get("version", "")
    try:
        if version != str(programme.version):
            raise StaleObject(programme)
        return _saved(request, pk, editing.save(programme, NONE, request.user, programme.version))
    except StaleObject:
        messages.error(request, _("Somebody changed the picture meanwhile. It was not taken away; look at it again."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("programmes:programme-photo", pk)
