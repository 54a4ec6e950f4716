"""Regions: the public page that puts their groups beside each other, and where their data stewards begin."""

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Max, Prefetch, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners.models import Group, Region, RegionSeat
from portal import addresses, languages, spreadsheets

from .. import regions as beside
from ..models import IndicatorValue
from ..templatetags.plans import figure

COLUMNS = ("group", "indicator", "code", "unit", "better", "measured_on", "value", "note", "source")


@require_safe
def region(request, pk, slug):
    shown = get_object_or_404(Region, pk=pk)
    if moved := addresses.settle(request, shown, slug):
        return moved
    groups = beside.groups_of_region(shown)
    columns = beside.shared(groups)
    context = {
        "region": shown,
        "groups": groups,
        "columns": [(one.indicator, beside.sentence(one, figure)) for one in columns],
        "rows": [(group, [(one.indicator, one.cells[place]) for one in columns]) for place, group in enumerate(groups)],
        "is_any_small": any(cell.is_small for one in columns for cell in one.cells),
    }
    return render(request, "actionplans/region.html", context)


@require_safe
def region_csv(request, pk):
    """A row for each group and shared indicator; `note` says why a value is empty: "unknown" or "fewer than five"."""
    shown = get_object_or_404(Region, pk=pk)
    rows = [_row(one, cell) for one in beside.shared(beside.groups_of_region(shown)) for cell in one.cells]
    return spreadsheets.csv_response(f"region-{shown.slug}", [COLUMNS, *rows])


def _row(one, cell):
    note = "unknown" if cell.value is None else "fewer than five" if cell.is_small else ""
    return [
        str(cell.group), str(one.indicator), one.indicator.shared_code, one.indicator.unit, one.indicator.better,
        cell.value and cell.value.measured_on.isoformat(), cell.value.value if cell.is_told else None, note,
        languages.resolve(cell.indicator, "source")[0] if cell.indicator else "",
    ]  # fmt: skip


@require_safe
@never_cache
@login_required
def regions(request):
    """The groups for which one brings figures, each with the day of its last one."""
    approved = Q(indicators__values__state=IndicatorValue.State.APPROVED)
    groups = Group.objects.annotate(
        indicator_count=Count("indicators", distinct=True),
        last_on=Max("indicators__values__measured_on", filter=approved),
    ).order_by("slug")
    seats = RegionSeat.objects.current().filter(user=request.user).values("region")
    found = list(Region.objects.filter(pk__in=seats).prefetch_related(Prefetch("groups", groups)))
    if not found:
        raise Http404
    return render(request, "actionplans/regions.html", {"regions": found})
