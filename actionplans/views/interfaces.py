"""The register of interfaces: which task touches health, between whom, what was agreed, and whom to ask."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners.models import Organisation, coordinated_by, groups_of
from portal import languages, spreadsheets
from portal.stale import StaleObject

from ..forms.interfaces import InterfaceForm
from ..models import Interface
from .whose import group_of

ORDER = [Interface.State.WANTED, Interface.State.IN_TALKS, Interface.State.AGREED, Interface.State.ENDED]


def _in_order(rows):
    """What still has to be agreed comes first; within a state A–Z."""
    return sorted(rows, key=lambda row: (ORDER.index(row.state), languages.sort_key(str(row)), row.pk))


@require_safe
@never_cache
@login_required
def interfaces(request):
    """Those of one's group, by state."""
    group = group_of(request, groups_of(request.user))
    rows = Interface.objects.visible_to(request.user).with_sides().select_related("contact_person").filter(group=group)
    editable = Interface.objects.editable_by(request.user).filter(group=group)
    context = {
        "group": group,
        "groups": list(groups_of(request.user).order_by("pk")),
        "by_state": [
            (Interface.State(state).label, list(found))
            for state, found in groupby(_in_order(rows), key=lambda row: row.state)
        ],
        "mine": set(editable.values_list("pk", flat=True)),
        "may_add": _own(request.user, group).exists(),
        "publishes": group.interfaces.public().exists(),
    }
    return render(request, "actionplans/interfaces.html", context)


def _own(user, group):
    return Organisation.objects.editable_by(user).filter(memberships__group=group).distinct()


def _about(user, group):
    """What the form is told: nothing to keep to for coordinators, their own organisations for everybody else."""
    is_coordinator = coordinated_by(user).filter(pk=group.pk).exists()
    return {"group": group, "own": None if is_coordinator else list(_own(user, group))}


@never_cache
@login_required
def interface_add(request):
    group = group_of(request, groups_of(request.user))
    get_object_or_404(_own(request.user, group)[:1])
    form = InterfaceForm(request.POST or None, instance=Interface(group=group), **_about(request.user, group))
    if form.is_valid() and form.keep():
        messages.success(request, _("It stands in the register."))
        return redirect(f"{reverse('actionplans:interfaces')}?group={group.slug}")
    return _page(request, form, _("New interface"), group)


@never_cache
@login_required
def interface_edit(request, pk):
    shown = get_object_or_404(Interface.objects.editable_by(request.user).select_related("group"), pk=pk)
    form = InterfaceForm(request.POST or None, instance=shown, **_about(request.user, shown.group))
    if form.is_valid() and form.keep():
        messages.success(request, _("Your changes are saved."))
        return _back(shown)
    return _page(request, form, str(shown), shown.group)


def _back(shown):
    return redirect(f"{reverse('actionplans:interfaces')}?group={shown.group.slug}#interface-{shown.pk}")


def _page(request, form, heading, group):
    form, status = form.answer()
    context = {
        "form": form,
        "heading": heading,
        "back": f"{reverse('actionplans:interfaces')}?group={group.slug}",
        "back_name": pgettext("register", "Interfaces"),
        "carried": {"group": group.slug},
    }
    return render(request, "actionplans/record_form.html", context, status=status)


@require_POST
@never_cache
@login_required
def interface_move(request, pk):
    """To the state `to`, if it stands where this person saw it."""
    shown = _seen(request, pk)
    try:
        shown.move_to(request.POST.get("to", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except StaleObject:
        messages.error(request, _("Somebody else changed it meanwhile. Look again."))
    else:
        messages.success(request, _("It is now: %(status)s.") % {"status": shown.get_state_display()})
    return _back(shown)


@require_POST
@never_cache
@login_required
def interface_looked(request, pk):
    """Somebody looked, and all of it still holds."""
    shown = _seen(request, pk)
    try:
        shown.looked_at()
    except StaleObject:
        messages.error(request, _("Somebody else changed it meanwhile. Look again."))
    else:
        messages.success(request, _("Thank you. It was looked at today."))
    return _back(shown)


def _seen(request, pk):
    """The record with the version the page was read at, so that a later one is not moved unseen."""
    shown = get_object_or_404(Interface.objects.editable_by(request.user).select_related("group"), pk=pk)
    version = request.POST.get("version", "")
    shown.version = int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else 0
    return shown


# ---- for the table and for everybody ------------------------------------------------------------------
@require_safe
@never_cache
@login_required
def interfaces_csv(request):
    """The register as a table; the person to ask stands in it, for it is for members."""
    group = group_of(request, groups_of(request.user))
    rows = Interface.objects.visible_to(request.user).with_sides().select_related("contact_person").filter(group=group)
    head = [_("Task"), _("How it touches health"), _("Organisation"), _("Unit"), _("With whom"), _("Their unit"),
            _("Topics"), _("What was agreed"), _("Link"), _("Organisation to ask"), _("Role"), _("Person"), _("State"),
            _("Last looked at"), _("Public")]  # fmt: skip
    return spreadsheets.csv_response("interfaces", [head, *map(_row, _in_order(rows))])


def _row(row):
    text = lambda field: languages.resolve(row, field)[0]
    return [
        text("task"),
        text("touches"),
        str(row.organisation or ""),
        text("unit"),
        str(row.other or ""),
        text("other_unit"),
        ", ".join(str(term) for term in row.topics.all()),
        text("agreement"),
        row.agreement_link,
        str(row.contact or ""),
        text("contact_role"),
        str(row.contact_person or ""),
        row.get_state_display(),
        row.looked_at_on,
        _("yes") if row.is_public else "",
    ]


@require_safe
def published(request):
    """What groups show of it to everybody: of people only role and organisation."""
    rows = _in_order(Interface.objects.public().with_sides())
    rows.sort(key=lambda row: row.group_id)
    context = {
        "by_group": [(group, list(found)) for group, found in groupby(rows, key=lambda row: row.group)],
    }
    return render(request, "actionplans/interfaces_published.html", context)
