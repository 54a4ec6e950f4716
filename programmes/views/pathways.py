"""Pathways: who does what, whom to call, what happens next. A list and a page for all; the work of who writes them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners.models import Location, Organisation, coordinated_by, groups_of
from portal import addresses, languages, spreadsheets
from portal.addresses import free_slug
from portal.models import Term, Vocabulary
from portal.qr import qr_svg
from portal.stale import StaleObject

from ..forms.pathways import PathwayForm, StepForm
from ..models import Pathway, PathwayStep
from ..pathways import in_order

STALE = gettext_lazy("Somebody else changed it meanwhile. Look again.")


# ---- to read -------------------------------------------------------------------------------------
@require_safe
def pathways(request):
    """All that are published, by topic (`?topic=`); members also see what their own group has not published."""
    rows = list(Pathway.objects.published().select_related("group").prefetch_related("terms", "steps"))
    topics = {topic.slug: topic for row in rows for topic in row.topics}
    chosen = topics.get(request.GET.get("topic", ""))
    context = {
        "pathways": in_order(row for row in rows if chosen is None or chosen in row.topics),
        "topics": sorted(topics.values(), key=lambda topic: (topic.order, topic.slug)),
        "chosen": chosen,
        "names_groups": len({row.group_id for row in rows}) > 1,
    }
    if request.user.is_authenticated:
        own = Pathway.objects.visible_to(request.user).exclude(state=Pathway.State.PUBLISHED)
        context |= {"own": in_order(own), "groups": list(coordinated_by(request.user).order_by("pk"))}
    response = render(request, "programmes/pathways.html", context)
    if request.user.is_authenticated:
        add_never_cache_headers(response)
    return response


@require_safe
def pathway(request, pk, slug):
    """One pathway, to understand in half a minute, to ring from and to print on one sheet."""
    shown = get_object_or_404(Pathway.objects.visible_to(request.user).with_steps(), pk=pk)
    if moved := addresses.settle(request, shown, slug):
        return moved
    return _page(request, shown)


def _page(request, shown, lacks=(), status=200):
    here = request.build_absolute_uri(shown.get_absolute_url())
    steps = list(shown.steps.all())
    context = {
        "pathway": shown,
        "steps": _reachable(steps),
        "here": here,
        "qr": qr_svg(here),
        "noindex": bool(request.GET) or not shown.is_published,
    }
    if request.user.is_authenticated:
        may_edit = Pathway.objects.editable_by(request.user).filter(pk=shown.pk).exists()
        mine = PathwayStep.objects.editable_by(request.user).filter(pathway=shown)
        context |= {
            "may_edit": may_edit,
            "mine": set(mine.values_list("pk", flat=True)),
            "is_member": may_edit or groups_of(request.user).filter(pk=shown.group_id).exists(),
            "lacks": shown.lacks(Pathway.State.PUBLISHED) if may_edit and not shown.is_published else [],
        }
    response = render(request, "programmes/pathway.html", context, status=status)
    if request.user.is_authenticated:
        add_never_cache_headers(response)
    return response


def _reachable(steps):
    """The steps, each with `link`: the organisation while it is a member, and `place` only while it is in use. Of
    others the name stays, and nobody is told to ring them.
    """
    own = Organisation.objects.members().filter(pk__in={s.organisation_id for s in steps})
    members = set(own.values_list("pk", flat=True))
    places = Location.objects.in_use().filter(organisation__in=Organisation.objects.members().values("pk"))
    open_ones = set(places.filter(pk__in={s.place_id for s in steps}).values_list("pk", flat=True))
    for step in steps:
        step.is_member = step.organisation_id is None or step.organisation_id in members
        if step.place_id not in open_ones:
            step.place = None
        step.whom = step.call if step.is_member or step.place else None
    return steps


@require_safe
def pathways_csv(request):
    """All published pathways, one row a step, in the reader's language."""
    head = ["pathway", "title", "for_whom", "topics", "step", "step_title", "what_is_done", "organisation", "role",
            "phone", "phone_of", "within_days", "cooperation_level", "programmes", "group", "looked_at_on",
            "url"]  # fmt: skip
    rows = in_order(Pathway.objects.published().with_steps())
    steps = _reachable([step for row in rows for step in row.steps.all()])
    found = {}
    for step in steps:
        found.setdefault(step.pathway_id, []).append(step)
    table = [_row(request, row, number, step) for row in rows for number, step in enumerate(found.get(row.pk, ()), 1)]
    return spreadsheets.csv_response("pathways", [head, *table])


def _row(request, row, number, step):
    text = lambda record, field: languages.resolve(record, field)[0]
    return [
        row.pk,
        str(row),
        text(row, "for_whom"),
        "; ".join(str(topic) for topic in row.topics),
        number,
        str(step),
        text(step, "text"),
        str(step.organisation or ""),
        text(step, "role"),
        step.whom.phone if step.whom else "",
        str(step.whom.whose) if step.whom else "",
        "" if step.within_days is None else step.within_days,
        str(step.level or ""),
        "; ".join(str(programme) for programme in step.programmes.all()),
        str(row.group),
        row.looked_at_on,
        request.build_absolute_uri(row.get_absolute_url()),
    ]


# ---- to write ------------------------------------------------------------------------------------
def _kept(request, pk):
    return get_object_or_404(Pathway.objects.editable_by(request.user).select_related("group"), pk=pk)


def _form_page(request, form, heading, back, back_name, **carried):
    form, status = form.answer()
    context = {"form": form, "heading": heading, "back": back, "back_name": back_name, "carried": carried}
    return render(request, "programmes/pathway_form.html", context, status=status)


@never_cache
@login_required
def pathway_add(request):
    """A draft of a group the person coordinates (`?group=` where they are several)."""
    groups = coordinated_by(request.user)
    slug = request.POST.get("group") or request.GET.get("group")
    group = get_object_or_404(groups.filter(slug=slug)) if slug else get_object_or_404(groups.order_by("pk")[:1])
    topic = Term.objects.of(Vocabulary.TOPIC).filter(slug=request.GET.get("topic", ""), is_active=True)
    initial = {Vocabulary.TOPIC.value: [term.pk for term in topic]} if request.GET.get("topic") else None
    form = PathwayForm(request.POST or None, instance=Pathway(group=group), initial=initial)
    if form.is_valid():
        form.instance.slug = free_slug(Pathway, form.instance)
        form.keep()
        messages.success(request, _("The draft is saved. Now write the steps."))
        return redirect(form.instance)
    back = reverse("programmes:pathways")
    return _form_page(request, form, _("New pathway"), back, _("Who does what, whom to call"), group=group.slug)


@never_cache
@login_required
def pathway_edit(request, pk):
    shown = _kept(request, pk)
    form = PathwayForm(request.POST or None, instance=shown)
    if form.is_valid() and form.keep():
        messages.success(request, _("Your changes are saved."))
        return redirect(shown)
    return _form_page(request, form, str(shown), shown.get_absolute_url(), str(shown))


def _seen(request, pk):
    """The record with the version the page was read at, so that a later one is not moved unseen."""
    shown = _kept(request, pk)
    version = request.POST.get("version", "")
    shown.version = int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else 0
    return shown


@require_POST
@never_cache
@login_required
def pathway_move(request, pk):
    """Publishes or withdraws it, if it stands where this person saw it."""
    shown = _seen(request, pk)
    try:
        shown.move_to(request.POST.get("to", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except StaleObject:
        messages.error(request, STALE)
    else:
        messages.success(request, _("It is now: %(status)s.") % {"status": shown.get_state_display()})
    return redirect(shown)


@require_POST
@never_cache
@login_required
def pathway_looked(request, pk):
    """Somebody rang through it, and all of it still holds."""
    shown = _seen(request, pk)
    try:
        shown.looked_at()
    except StaleObject:
        messages.error(request, STALE)
    else:
        messages.success(request, _("Thank you. It was looked at today."))
    return redirect(shown)


# ---- steps ---------------------------------------------------------------------------------------
def _step(request, pk, rows=None):
    rows = PathwayStep.objects.editable_by(request.user) if rows is None else rows
    return get_object_or_404(rows.select_related("pathway__group", "organisation"), pk=pk)


@never_cache
@login_required
def step_add(request, pk):
    """One more step, at the end."""
    shown = _kept(request, pk)
    last = shown.steps.aggregate(last=Max("order"))["last"] or 0
    form = StepForm(request.POST or None, instance=PathwayStep(pathway=shown, order=last + 1))
    if form.is_valid() and form.keep():
        messages.success(request, _("The step is saved."))
        return redirect(form.instance)
    return _form_page(request, form, _("New step"), shown.get_absolute_url(), str(shown))


@never_cache
@login_required
def step_edit(request, pk):
    """Of coordinators all of it; of the organisation whose step it is all but who does it, and the level."""
    step = _step(request, pk)
    is_own = not coordinated_by(request.user).filter(pk=step.pathway.group_id).exists()
    form = StepForm(request.POST or None, instance=step, is_own=is_own)
    if form.is_valid() and form.keep():
        messages.success(request, _("Your changes are saved."))
        return redirect(step)
    return _form_page(request, form, str(step), step.pathway.get_absolute_url(), str(step.pathway))


def _of_coordinators(request, pk):
    return _step(request, pk, PathwayStep.objects.filter(pathway__in=Pathway.objects.editable_by(request.user)))


@require_POST
@never_cache
@login_required
def step_shift(request, pk):
    """One place up (`by` is -1) or down (1)."""
    step = _of_coordinators(request, pk)
    step.shift(1 if request.POST.get("by") == "1" else -1)
    return redirect(step)


@require_POST
@never_cache
@login_required
def step_remove(request, pk):
    """Takes a step out, if nobody has changed it since it was seen; a published pathway keeps two."""
    step = _of_coordinators(request, pk)
    version = request.POST.get("version", "")
    same = PathwayStep.objects.filter(pk=pk, version=int(version) if version.isdecimal() and len(version) < 9 else 0)
    if step.pathway.is_published and step.pathway.steps.count() <= 2:
        messages.error(request, _("A published pathway has two steps at least. Withdraw it first."))
    elif same.delete()[0]:
        messages.success(request, _("The step is taken out. It stands in the history."))
    else:
        messages.error(request, STALE)
    return redirect(step.pathway)
