"""The logo of an organisation or a group, the photo of a place: brought, described, taken away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ..models import Location, Organisation, Picture, coordinated_by
from ..organisation_forms import GroupLogoForm, LogoForm, PictureForm


@never_cache
@login_required
def organisation_logo(request, pk):
    organisation = get_object_or_404(Organisation.objects.editable_by(request.user), pk=pk)
    logo = Picture.objects.filter(organisation=organisation).first() or Picture(organisation=organisation)
    return _keep(request, LogoForm, logo, organisation, _of_organisation(organisation.pk))


@never_cache
@login_required
def place_photo(request, pk):
    place = get_object_or_404(Location.objects.editable_by(request.user).select_related("organisation"), pk=pk)
    photo = Picture.objects.filter(location=place).first() or Picture(location=place)
    return _keep(request, PictureForm, photo, place, _of_organisation(place.organisation_id))


@never_cache
@login_required
def group_logo(request, pk):
    """It stands on the group's page and at the head of its strategy as a document."""
    group = get_object_or_404(coordinated_by(request.user), pk=pk)
    logo = Picture.objects.filter(group=group).first() or Picture(group=group)
    return _keep(request, GroupLogoForm, logo, group, (reverse("partners:group-setup", args=[pk]), str(group)))


def _of_organisation(number):
    return reverse("partners:my-one", args=[number]), _("My organisation")


def _keep(request, kind, picture, owner, back):
    """`back`: (address, words) of the page to go on with."""
    form = kind(request.POST or None, request.FILES or None, instance=picture)
    form.by = request.user
    if form.is_valid() and form.keep():
        messages.success(request, _("The picture is saved."))
        return redirect(back[0])
    form, status = form.answer()
    context = {
        "form": form,
        "owner": owner,
        "picture": Picture.objects.filter(pk=form.instance.pk).first(),
        "back": back[0],
        "back_name": back[1],
    }
    return render(request, "partners/picture_form.html", context, status=status)


@never_cache
@login_required
@require_POST
def picture_remove(request, pk):
    own = Picture.objects.filter(organisation__in=Organisation.objects.editable_by(request.user))
    own |= Picture.objects.filter(location__in=Location.objects.editable_by(request.user))
    own |= Picture.objects.filter(group__in=coordinated_by(request.user))
    picture = get_object_or_404(own.select_related("location"), pk=pk)
    version = request.POST.get("version", "")
    asked = int(version) if version.isdecimal() and len(version) < 10 else 0
    gone, _rows = Picture.objects.filter(pk=pk, version=asked).delete()
    if gone:
        messages.success(request, _("The picture is taken away."))
    else:
        messages.error(request, _("Somebody changed the picture meanwhile. It was not taken away; look at it again."))
    if picture.group_id:
        return redirect("partners:group-setup", picture.group_id)
    return redirect("partners:my-one", picture.organisation_id or picture.location.organisation_id)
