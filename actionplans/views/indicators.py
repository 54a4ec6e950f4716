from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import languages, spreadsheets

from .. import figures, structures
from ..models import Indicator

COLUMNS = ("indicator", "kind", "unit", "better", "measured_on", "value", "baseline_on", "baseline", "target_on",
           "target", "compared_with", "comparison", "by", "for_whom", "source", "explanation")  # fmt: skip


@require_safe
def indicators(request):
    """How the municipality is doing, kind by kind, each figure as sentence, drawing and table."""
    rows = sorted(figures.public(), key=lambda i: languages.sort_key(str(i)))
    order = (Indicator.Kind.OUTCOME, Indicator.Kind.CONTEXT, Indicator.Kind.EQUITY, Indicator.Kind.REACH,
             Indicator.Kind.PROCESS, Indicator.Kind.STRUCTURE)  # fmt: skip
    kinds = [(kind, [i for i in rows if i.kind == kind]) for kind in order]
    context = {
        "kinds": [(kind.label, kind.value, found) for kind, found in kinds if found],
        "structures": structures.structures(),
    }
    return render(request, "actionplans/indicators.html", context)


@require_safe
def indicators_csv(request):
    """Every value of every public indicator, one row each; days as ISO 8601.

    Below them their parts, with what they are a part by; a part that must not be told is there without its number.
    """
    return spreadsheets.csv_response("indicators", [COLUMNS, *_rows()])


def _rows():
    for indicator in figures.public():
        target = indicator.next_target
        for day, value in indicator.series:
            yield [
                str(indicator), indicator.kind, indicator.unit, indicator.better, day.isoformat(), value,
                indicator.baseline_on, indicator.baseline, target and target.due_on,
                target and target.value, languages.resolve(indicator, "comparator_name")[0],
                indicator.comparator, "", "", *_said(indicator),
            ]  # fmt: skip
        yield from _parts(indicator)


def _parts(indicator):
    start = [str(indicator), indicator.kind, indicator.unit, indicator.better]
    for broken in (one for figure in indicator.taken_apart for one in figure):
        day = broken.measured_on and broken.measured_on.isoformat()
        for part, is_told in broken.rows:
            value = part.value if is_told else None
            yield [*start, day, value, *[None] * 6, broken.by, part.name[0], *_said(indicator)]


def _said(indicator):
    """Where its figures come from, and what it says in a sentence."""
    return [languages.resolve(indicator, field)[0] for field in ("source", "explanation")]
