"""Practices: what groups did, told for others; published and withdrawn by one press, copied into other plans."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners.models import coordinated_by, groups_of
from portal import addresses
from portal.addresses import free_slug
from portal.models import Term
from portal.stale import StaleObject

from .. import adopting
from ..filters import PracticeFilter
from ..forms.practices import AdoptForm, PracticeForm, told_of
from ..models import Measure, SharedPractice
from .measures import coordinated

MOST = 24  # on one page
TERMS = Prefetch("terms", Term.objects.order_by("vocabulary", "order", "slug"))


@require_safe
def practices(request):
    """What groups did and others may copy; members also see what their own group has not published."""
    rows = SharedPractice.objects.published().select_related("group", "organisation")
    rows = rows.prefetch_related(TERMS)
    chosen = PracticeFilter(request.GET, queryset=rows)
    page = Paginator(chosen.qs, MOST).get_page(request.GET.get("page"))
    query = chosen.read
    context = {
        "page": page,
        "form": chosen.form,
        "is_filtered": bool(query),
        "own": _unpublished(request.user),
        "pages": [(n, _page_address(query, n), n == page.number) for n in page.paginator.page_range],
        "previous": page.has_previous() and _page_address(query, page.number - 1),
        "next": page.has_next() and _page_address(query, page.number + 1),
    }
    response = render(request, "actionplans/practices.html", context)
    if request.user.is_authenticated:
        add_never_cache_headers(response)
    return response


def _page_address(query, number):
    return f"?{addresses.urlencode({**query, 'page': number})}"


def _unpublished(user):
    if not user.is_authenticated:
        return ()
    own = SharedPractice.objects.filter(group__in=groups_of(user))
    return own.exclude(state=SharedPractice.State.PUBLISHED).select_related("group")


@require_safe
def practice(request, pk, slug):
    """One practice, to read, to print and to copy."""
    shown = _shown(request, pk)
    if moved := addresses.settle(request, shown, slug):
        return moved
    return _page(request, shown)


def _shown(request, pk):
    rows = SharedPractice.objects.visible_to(request.user)
    rows = rows.select_related("group", "organisation", "measure__adoption__practice__group")
    return get_object_or_404(rows.prefetch_related(TERMS), pk=pk)


def _page(request, shown, adopting_form=None, status=200):
    measure = Measure.objects.visible_to(request.user).filter(pk=shown.measure_id).first()
    context = {"practice": shown, "measure": measure, "noindex": bool(request.GET) or not shown.is_published}
    if request.user.is_authenticated:
        context |= _for_members(shown, request.user, adopting_form)
    response = render(request, "actionplans/practice.html", context, status=status)
    if request.user.is_authenticated:
        add_never_cache_headers(response)
    return response


def _for_members(shown, user, form):
    """Who took it up, for the group that told it; what its coordinators and those of others may do with it."""
    may_edit = SharedPractice.objects.editable_by(user).filter(pk=shown.pk).exists()
    is_own = may_edit or groups_of(user).filter(pk=shown.group_id).exists()
    places = adopting.places(user, shown) if shown.is_published else []
    public = set()
    if is_own:
        taken = shown.adoptions.select_related("group", "measure")
        public = set(Measure.objects.visible_to(user).filter(adoption__in=taken).values_list("pk", flat=True))
    return {
        "may_edit": may_edit,
        "is_own": is_own,
        "lacks": shown.lacks(SharedPractice.State.PUBLISHED) if may_edit and not shown.is_published else [],
        "taken_up": [(row, row.measure_id in public) for row in taken] if is_own else [],
        "mine": adopting.taken_up(user, shown),
        "form": form or (AdoptForm(places=places) if places else None),
        "has_no_place": shown.is_published and not places and _coordinates_another(user, shown),
    }


def _coordinates_another(user, shown):
    """True for coordinators of another group which has no plan with an objective yet."""
    others = coordinated_by(user).exclude(pk=shown.group_id)
    return others.exclude(adoptions__practice=shown).exists()


@never_cache
@login_required
def practice_add(request, pk):
    """Tells a measure for others; the form begins with what the measure says. One a measure."""
    measure = get_object_or_404(coordinated(request.user).select_related("plan__strategy"), pk=pk)
    if known := SharedPractice.objects.filter(measure=measure).first():
        return redirect(known if request.method == "POST" else reverse("actionplans:practice-edit", args=[known.pk]))
    group = measure.plan.strategy.group_id
    new = SharedPractice(measure=measure, group_id=group)
    form = PracticeForm(request.POST or None, instance=new, initial=told_of(measure), group=group)
    if form.is_valid():
        form.instance.slug = free_slug(SharedPractice, form.instance)
        form.keep()
        messages.success(request, _("Saved. Look at it, then publish it."))
        return redirect(form.instance)
    return _form_page(request, form, _("Share with other groups"), measure)


@never_cache
@login_required
def practice_edit(request, pk):
    shown = get_object_or_404(SharedPractice.objects.editable_by(request.user), pk=pk)
    form = PracticeForm(request.POST or None, instance=shown, group=shown.group_id)
    if form.is_valid() and form.keep():
        messages.success(request, _("Your changes are saved."))
        return redirect(shown)
    return _form_page(request, form, _("Edit"), shown)


def _form_page(request, form, heading, about):
    form, status = form.answer()
    context = {"form": form, "heading": heading, "back": about.get_absolute_url(), "back_name": str(about)}
    return render(request, "actionplans/record_form.html", context, status=status)


@require_POST
@login_required
def practice_move(request, pk):
    """Publishes it, or takes it back; what others copied stays with them."""
    shown = get_object_or_404(SharedPractice.objects.editable_by(request.user), pk=pk)
    try:
        shown.move_to(request.POST.get("state", ""))
    except ValidationError as error:
        for words in error.messages:
            messages.error(request, words)
    except StaleObject:
        messages.error(request, _("Somebody else changed it meanwhile. Look again."))
    else:
        is_published = shown.is_published
        words = _("It is public now, and others may copy it.") if is_published else _("It is no longer public.")
        messages.success(request, words)
    return redirect(shown)


@require_POST
@login_required
def practice_copy(request, pk):
    """Copies it into a plan of a group one coordinates, as a proposed measure; pressed twice, once."""
    shown = get_object_or_404(SharedPractice.objects.published().select_related("group", "organisation"), pk=pk)
    places, mine = adopting.places(request.user, shown), adopting.taken_up(request.user, shown).first()
    if not places and not mine:
        raise Http404
    form = AdoptForm(request.POST, places=places)
    if not form.is_valid() and mine:
        messages.info(request, _("It stands in your plan already."))
        return redirect(_way_to(mine.measure, request.user))
    if not form.is_valid():
        request.slug_in = shown.slug_in
        return _page(request, shown, form, 422)
    try:
        with transaction.atomic():
            measure, is_new = adopting.adopt(shown, form.cleaned_data["place"], request.user)
    except StaleObject:
        messages.error(request, _("The other group has withdrawn it meanwhile."))
        return redirect(reverse("actionplans:practices"))
    words = _("It stands in your plan as proposed. Make it your own, and ask who leads it.")
    messages.success(request, words if is_new else _("It stands in your plan already."))
    return redirect(_way_to(measure, request.user))


def _way_to(measure, user):
    """Its page; for administrators, who do not read along in groups, its form."""
    if Measure.objects.visible_to(user).filter(pk=measure.pk).exists():
        return measure.get_absolute_url()
    return reverse("actionplans:measure-edit", args=[measure.pk])
