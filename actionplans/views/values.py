"""Indicators and their figures: defined by the coordinator, entered by who owns them, approved by somebody else."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners.models import coordinated_by, groups_of
from portal import addresses
from portal.addresses import free_slug
from portal.stale import StaleObject

from .. import mails
from ..forms import IndicatorForm, ReturnForm, ValueForm
from ..models import Indicator, IndicatorValue
from ..models.indicators import groups_of_figures, groups_with_figures
from .whose import address_of, group_of


@require_safe
@never_cache
@login_required
def figures(request):
    """The group's indicators with who owns them and how fresh they are; and how many wait for approval."""
    group = group_of(request, groups_of_figures(request.user))
    rows = Indicator.objects.filter(group=group).select_related("owner").with_figures()
    may_approve = coordinated_by(request.user).filter(pk=group.pk).exists()
    waiting = IndicatorValue.objects.filter(indicator__group=group).submitted()
    context = {
        "group": group,
        "is_member": groups_of(request.user).filter(pk=group.pk).exists(),
        "indicators": rows,
        "fed": set(Indicator.objects.fed_by(request.user).filter(group=group).values_list("pk", flat=True)),
        "waiting": waiting.count() if may_approve else 0,
        "own": IndicatorValue.objects.filter(entered_by=request.user, indicator__group=group)
        .exclude(state=IndicatorValue.State.APPROVED)
        .select_related("indicator"),
        "may_edit": may_approve,
        "may_bring": groups_with_figures(request.user).filter(pk=group.pk).exists(),
    }
    return render(request, "actionplans/figures.html", context)


@never_cache
@login_required
def indicator_add(request):
    group = group_of(request, coordinated_by(request.user))
    form = IndicatorForm(request.POST or None, instance=Indicator(group=group), group=group)
    if form.is_valid():
        form.instance.slug = free_slug(Indicator, form.instance, "name")
        form.keep()
        messages.success(request, _("The indicator is defined."))
        return redirect(_figures(group))
    return _page(request, form, _("New indicator"), group, group=group.slug)


@never_cache
@login_required
def indicator_edit(request, pk):
    indicator = get_object_or_404(Indicator.objects.editable_by(request.user), pk=pk)
    form = IndicatorForm(request.POST or None, instance=indicator, group=indicator.group)
    if form.is_valid() and form.keep():
        messages.success(request, _("Your changes are saved."))
        return redirect(_figures(indicator.group))
    return _page(request, form, str(indicator), indicator.group)


def _figures(group):
    """The address of its figures: who brings them for several groups goes back to the same one."""
    return address_of("actionplans:figures", group)


def _page(request, form, heading, of, lead="", save="", **carried):
    form, status = form.answer()
    context = {
        "form": form,
        "heading": heading,
        "lead": lead,
        "back": _figures(of),
        "back_name": _("Figures"),
        "carried": carried,
        "save": save,
    }
    return render(request, "actionplans/record_form.html", context, status=status)


@never_cache
@login_required
def value_add(request, pk):
    """A new figure: saved as submitted, so that somebody else approves it."""
    indicator = get_object_or_404(Indicator.objects.fed_by(request.user).select_related("group"), pk=pk)
    new = IndicatorValue(indicator=indicator, state=IndicatorValue.State.SUBMITTED, entered_by=request.user)
    form = ValueForm(request.POST or None, instance=new, indicator=indicator)
    if form.is_valid() and form.keep():
        mails.value_submitted(form.instance, request.user)
        messages.success(request, _("Thank you. The figure shows once somebody else has approved it."))
        return redirect(_figures(indicator.group))
    return _page(request, form, _("New figure"), indicator.group, str(indicator), _("Submit"))


@never_cache
@login_required
def value_edit(request, pk):
    """A figure that is not approved yet; saving it submits it again. 409 when it was approved since it was opened."""
    values = IndicatorValue.objects.editable_by(request.user).select_related("indicator__group")
    value = get_object_or_404(values, pk=pk)
    is_approved = value.state == IndicatorValue.State.APPROVED
    if is_approved and request.method != "POST":
        raise Http404
    form = ValueForm(request.POST or None, instance=value, indicator=value.indicator)
    if form.is_valid() and is_approved:
        form.add_error(None, _("This figure was approved meanwhile, so it stays. The coordinator can return it."))
    elif form.is_valid() and _submit(form, request.user):
        messages.success(request, _("Thank you. The figure shows once somebody else has approved it."))
        return redirect(_figures(value.indicator.group))
    answer = _page(request, form, str(value.indicator), value.indicator.group, value.note, _("Submit"))
    answer.status_code = 409 if is_approved else answer.status_code
    return answer


@transaction.atomic
def _submit(form, by):
    """As RecordForm.keep; the figure waits for approval again, entered by who changed it."""
    if not form.keep():
        return False
    value = IndicatorValue.objects.get(pk=form.instance.pk)
    if value.state != IndicatorValue.State.SUBMITTED:
        value.move_to(IndicatorValue.State.SUBMITTED, by)
    IndicatorValue.objects.filter(pk=value.pk).update(entered_by=by)
    value.refresh_from_db()
    mails.value_submitted(value, by)
    return True


@require_POST
@login_required
def value_move(request, pk):
    """Returns a figure with a note, one that waits or one that was approved."""
    rows = IndicatorValue.objects.filter(indicator__in=Indicator.objects.editable_by(request.user))
    value = get_object_or_404(rows.select_related("indicator__group"), pk=pk)
    form = ReturnForm(request.POST)
    form.is_valid()
    try:
        with transaction.atomic():
            value.move_to(IndicatorValue.State.RETURNED, request.user, form.cleaned_data.get("note", ""))
            mails.value_returned(value)
    except ValidationError as error:
        for words in error.messages:
            messages.error(request, words)
    except StaleObject:
        messages.error(request, _("Somebody else moved it meanwhile. Look again."))
    else:
        words = _("“%(title)s” is now: %(status)s.")
        messages.success(request, words % {"title": value.indicator, "status": value.get_state_display()})
    return redirect(addresses.back(request, _figures(value.indicator.group)))
