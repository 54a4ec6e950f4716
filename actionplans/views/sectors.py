"""Who works on what: the table of sectors and topics, one cell of it, and the table as CSV."""

from django.http import Http404
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import languages, spreadsheets
from programmes.models import Programme

from .. import carrying
from ..models import Measure
from ..sectors import Sectors
from .coverage import answer, chosen_group, shell

MOST_LISTED = 100  # of a kind, in one cell


def _read(request):
    group, phase = chosen_group(request), request.GET.get("phase", "")
    return Sectors(group, request.user, phase, names_group=bool(request.GET.get("of")))


@require_safe
def sectors(request):
    """Sectors in rows, topics in columns; narrowed to a life phase by `?phase=`."""
    shown = _read(request)
    context = {**shell(request, shown.group), "sectors": shown}
    return answer(request, "sectors", context)


@require_safe
def sectors_csv(request):
    """One row a cell, in the reader's language and as the reader may see it."""
    shown = _read(request)
    rows = [
        [str(sector), count, str(cell.topic), len(cell.programmes), len(cell.measures)]
        for sector, count, cells in shown.table
        for cell in cells
    ]
    head = [_("Sector"), _("Partners"), _("Topic"), _("Programmes"), _("Measures")]
    response = spreadsheets.csv_response("sectors", [head, *rows])
    if request.user.is_authenticated:
        add_never_cache_headers(response)
    return response


@require_safe
def sectors_cell(request, sector, topic):
    """Which partners of a sector carry which programmes and measures of a topic; and whom one could ask."""
    shown = _read(request)
    try:
        cell = shown.cell(sector, topic)
    except KeyError as error:
        raise Http404 from error
    programmes = Programme.objects.filter(pk__in=cell.programmes).select_related("organisation")
    measures = Measure.objects.filter(pk__in=cell.measures).with_facts().select_related("plan")
    measures = carrying.say_when(list(measures), request.user, timezone.localdate())
    partners = shown.partners.get(cell.sector.pk, [])
    working = {one for number in cell.programmes for one in shown.programmes[number]}
    working |= {one for number in cell.measures for one in shown.measures[number]}
    context = {
        **shell(request, shown.group),
        "sectors": shown,
        "cell": cell,
        "programmes": _a_to_z(programmes)[:MOST_LISTED],
        "measures": _a_to_z(measures)[:MOST_LISTED],
        "working": [one for one in partners if one.pk in working],
        "others": [one for one in partners if one.pk not in working],
    }
    return answer(request, "sectors_cell", context)


def _a_to_z(rows):
    return sorted(rows, key=lambda one: (languages.sort_key(str(one)), one.pk))
