import csv

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import languages

from .. import figures
from ..models import Indicator

COLUMNS = ("indicator", "kind", "unit", "better", "measured_on", "value", "baseline_on", "baseline", "target_on",
           "target", "compared_with", "comparison")  # fmt: skip


@require_safe
def indicators(request):
    """How the municipality is doing, kind by kind, each figure as sentence, drawing and table."""
    rows = sorted(figures.public(), key=lambda i: languages.sort_key(str(i)))
    order = (Indicator.Kind.OUTCOME, Indicator.Kind.CONTEXT, Indicator.Kind.EQUITY, Indicator.Kind.REACH,
             Indicator.Kind.PROCESS, Indicator.Kind.STRUCTURE)  # fmt: skip
    kinds = [(kind, [i for i in rows if i.kind == kind]) for kind in order]
    context = {"kinds": [(kind.label, kind.value, found) for kind, found in kinds if found]}
    return render(request, "actionplans/indicators.html", context)


@require_safe
def indicators_csv(request):
    """Every value of every public indicator, one row each; numbers with a point, days as ISO 8601."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="indicators.csv"'
    table = csv.writer(response)
    table.writerow(COLUMNS)
    for indicator in figures.public():
        target = indicator.next_target
        for day, value in indicator.series:
            table.writerow([
                _safe(str(indicator)), indicator.kind, indicator.unit, indicator.better, day.isoformat(), value,
                indicator.baseline_on, indicator.baseline, target and target.due_on, target and target.value,
                _safe(languages.resolve(indicator, "comparator_name")[0]), indicator.comparator,
            ])  # fmt: skip
    return response


def _safe(text):
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
