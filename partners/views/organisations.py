"""My organisation: how complete it is, its places, people and programmes; and its profile."""

from collections import defaultdict
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal import addresses, languages, translation_states
from programmes.models import ProblemReport

from .. import completeness
from ..forms.on_behalf import OnBehalfForm
from ..holidays import exceptions
from ..models import Location, Organisation, Seat, coordinated_by
from ..models.rights import written_down_by
from ..organisation_forms import OrganisationForm

FEW = 3  # organisations that are shown whole on one page
PER_PAGE = 50


class Own(NamedTuple):
    """An organisation as its editors see it."""

    organisation: Organisation
    missing: str
    outdated: str
    places: list  # [(place, its state today, what it lacks, translations that are outdated)]
    closed: list
    people: list
    reports: list  # of readers, not answered yet, the oldest first


@require_safe
@never_cache
@login_required
def my_organisation(request):
    """The organisations one may edit: each whole, or where they are many, a list to search."""
    own = Organisation.objects.editable_by(request.user)
    words = request.GET.get("q", "").strip()[:100]
    if words or own.count() > FEW:
        return _list(request, own, words)
    context = {
        "own": _whole(own),
        "holidays_of": coordinated_by(request.user),
        "writes_down": written_down_by(request.user),
    }
    return render(request, "partners/my_organisation.html", context)


@require_safe
@never_cache
@login_required
def my_organisation_one(request, pk):
    own = _whole(Organisation.objects.editable_by(request.user).filter(pk=pk))
    if not own:
        raise Http404
    return render(
        request,
        "partners/my_organisation.html",
        {"own": own, "is_one_of_many": True, "writes_down": written_down_by(request.user)},
    )


def _list(request, own, words):
    named = Q()
    for column in languages.columns("name"):
        named |= Q(**{f"{column}__icontains": words})
    found = (own.filter(named) if words else own).select_related("logo")
    found = found.order_by(languages.sort_expression("name", languages.active()), "pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": [(o, ", ".join(completeness.of_organisation(o))) for o in page],
        "page": page,
        "words": words,
        "holidays_of": coordinated_by(request.user),
    }
    return render(request, "partners/my_organisations.html", context)


def _whole(organisations):
    """[Own], A–Z, in a fixed number of queries."""
    seats = Seat.objects.current().select_related("user").order_by("role", "pk")
    places = Location.objects.with_hours().select_related("settlement", "photo")
    running = Count("programmes", filter=~Q(programmes__status="archived"))
    found = organisations.select_related("sector", "logo").annotate(programme_count=running)
    found = found.prefetch_related(Prefetch("locations", places), Prefetch("memberships__seats", seats))
    shared, now = exceptions(organisation.pk for organisation in found), timezone.localtime()
    states = translation_states.outdated(found)
    states_of_places = translation_states.outdated([place for o in found for place in o.locations.all()])

    def outdated(record):
        own = states if isinstance(record, Organisation) else states_of_places
        return translation_states.in_words(record, own.get(record.pk, ()))

    reports = defaultdict(list)
    for report in ProblemReport.objects.open().filter(organisation__in=found).order_by("created_at", "pk"):
        reports[report.organisation_id].append(report)
    return [
        _own(o, shared[o.pk], now, outdated, reports[o.pk])
        for o in sorted(found, key=lambda o: languages.sort_key(str(o)))
    ]


def _own(organisation, shared, now, outdated, reports):
    places = sorted(organisation.locations.all(), key=lambda place: languages.sort_key(str(place)))
    in_use = [
        (place, place.opening(shared, now), ", ".join(completeness.of_place(place)), outdated(place))
        for place in places
        if place.closed_down_on is None
    ]
    missing = ", ".join(completeness.of_organisation(organisation))
    people = [seat for membership in organisation.memberships.all() for seat in membership.seats.all()]
    closed = [place for place in places if place.closed_down_on]
    return Own(organisation, missing, outdated(organisation), in_use, closed, people, reports)


@never_cache
@login_required
def organisation_edit(request, pk):
    organisation = get_object_or_404(Organisation.objects.editable_by(request.user), pk=pk)
    form = OrganisationForm(request.POST or None, instance=organisation)
    if form.is_valid() and form.keep():
        messages.success(request, _("Your changes are saved."))
        return redirect("partners:my-one", pk)
    form, status = form.answer()
    context = {"form": form, "organisation": Organisation.objects.get(pk=pk)}
    return render(request, "partners/organisation_form.html", context, status=status)


@require_POST
@login_required
def organisation_confirm(request, pk):
    """ "Still correct": what stands on its public page."""
    return confirmed(request, get_object_or_404(Organisation.objects.editable_by(request.user), pk=pk))


@never_cache
@login_required
def organisation_on_behalf(request, pk):
    """Confirmed by telephone, in person or on paper: the coordinator writes it down."""
    return on_behalf(request, get_object_or_404(Organisation.objects.editable_by(request.user), pk=pk), pk)


def on_behalf(request, record, organisation):
    """The page on which the coordinator writes down who confirmed an organisation or a place."""
    if organisation not in written_down_by(request.user):
        raise Http404
    form = OnBehalfForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        record.confirm(request.user, **form.cleaned_data)
        messages.success(request, _("Noted: “%(title)s” is still correct.") % {"title": record})
        return redirect("partners:my-one", organisation)
    context = {"form": form, "record": record, "back": reverse("partners:my-one", args=[organisation])}
    return render(request, "partners/on_behalf.html", context, status=422 if form.errors else 200)


def confirmed(request, record):
    """Notes that the person says so of an organisation or a place, and goes back to where they pressed."""
    record.confirm(request.user)
    messages.success(request, _("Noted: “%(title)s” is still correct.") % {"title": record})
    return redirect(addresses.back(request, reverse("partners:my")))
