"""Results against resources on one page: whom the group reaches, what has changed, and what it costs; for members."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners.models import groups_of
from portal import languages, pagination, spreadsheets

from ..results import MEASURE_SORTS, PROGRAMME_SORTS, Results
from ..templatetags.plans import figure
from .whose import group_of

PER_PAGE = 50


@require_safe
@never_cache
@login_required
def results(request):
    """Two tables; `?sort=` orders that of measures, `?order=` that of programmes.

    Of each so many rows at once as `PER_PAGE` says, from `?page=` and `?offers=`; with `?all=1` all of them.
    """
    group, shown = _read(request)
    keeps = f"?{urlencode({'of': group.slug})}" if shown.names_group else ""
    sort, order = request.GET.get("sort", ""), request.GET.get("order", "")
    measures, programmes = shown.measures(sort), shown.programmes(order)
    context = {
        "group": group,
        "keeps": keeps,
        "is_member": True,
        "measures": _part(request, measures, "page", "h-measures"),
        "programmes": _part(request, programmes, "offers", "h-programmes"),
        "is_cut": max(len(measures), len(programmes)) > PER_PAGE and "all" not in request.GET,
        "sort": sort if sort in MEASURE_SORTS else "title",
        "order": order if order in PROGRAMME_SORTS else "title",
        "measures_known": sum(row.reached is not None for row in measures),
        "programmes_known": sum(row.known is not None for row in programmes),
        "query": request.GET.urlencode(),
    }
    return render(request, "actionplans/results.html", context)


def _part(request, rows, name, place):
    """One page of a table, with what components/pagination.html shows; `name` is its number in the address."""
    page = Paginator(rows, len(rows) or 1 if "all" in request.GET else PER_PAGE).get_page(request.GET.get(name))

    def address(number):
        query = request.GET.copy()
        query[name] = number
        return f"?{query.urlencode()}#{place}"

    return {"total": len(rows), "page": page, **pagination.links(page, address)}


def _read(request):
    groups = groups_of(request.user)
    group = group_of(request, groups)
    return group, Results(group, request.user, names_group=groups.count() > 1)


@require_safe
@never_cache
@login_required
def results_csv(request):
    """Both tables in one, in the order of the page; what is unknown stays empty."""
    _group, shown = _read(request)
    head = [_("What it is"), _("Title"), _("Leads"), _("People reached"), _("As of"), _("What has changed"),
            _("Planned in euros"), _("Spent in euros"), _("Cost per person in euros"), _("Number of places"), _("Full"),
            _("Waiting time in weeks"), _("May overlap in"), _("Programmes in that cell"),
            _("Others in the same settlement"), _("Last verdict")]  # fmt: skip
    measures = (_of_measure(row) for row in shown.measures(request.GET.get("sort", "")))
    programmes = (_of_programme(row) for row in shown.programmes(request.GET.get("order", "")))
    return spreadsheets.csv_response("results", [head, *measures, *programmes])


def _of_measure(row):
    changed = "; ".join(filter(None, (_moved(one) for one in row.outcomes)))
    figures = [_known(row.planned), _known(row.spent), _rounded(row.per_person)]
    return [
        *(_("measure"), str(row.measure), str(row.measure.lead or ""), _known(row.reached), row.reached_on or ""),
        *(changed, *figures, "", "", "", "", "", "", ""),
    ]


def _moved(indicator):
    """ "Sleep well: 31 % → 34 %"; "" as long as nobody measured twice."""
    if indicator.latest is None or indicator.baseline is None:
        return ""
    name = languages.resolve(indicator, "name")[0]
    return f"{name}: {figure(indicator, indicator.baseline)} → {figure(indicator, indicator.latest[1])}"


def _of_programme(row):
    programme, known = row.programme, row.known
    crowded = row.standing.crowded[0] if row.standing.crowded else None
    where = (
        [f"{crowded.row.label} × {crowded.column.label}", crowded.programmes, crowded.nearby] if crowded else [""] * 3
    )
    return [
        *(_("programme"), str(programme), str(programme.organisation)),
        *((_known(known.participants), known.year) if known else ("", "")),
        *("", "", _known(known and known.cost_eur), _rounded(known and known.per_person)),
        *(_known(programme.capacity), _("yes") if programme.is_full else "", _known(programme.waiting_weeks)),
        *(*where, row.verdict.get_verdict_display() if row.verdict else ""),
    ]


def _known(value):
    return "" if value is None else value


def _rounded(value):
    return "" if value is None else round(value)
