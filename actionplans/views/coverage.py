"""Coverage: the tables, one cell, what was judged not to be needed, and what changed since a snapshot."""

from itertools import islice

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners.models import Group, Seat, coordinated_by, groups_of
from portal import languages, spreadsheets
from portal.models import Term
from programmes.catalogue import Catalogue
from programmes.facets import FACET_OF, FACETS
from programmes.filters import ProgrammeFilter
from programmes.models import Programme

from .. import carrying, snapshots
from ..coverage import (
    FILTERS,
    MATRICES,
    MEANINGS,
    Coverage,
    State,
    programmes_of,
)
from ..coverage_links import cell_address, measure_link, need_link
from ..forms.coverage import JudgementForm
from ..models import CoverageJudgement, Measure, Need, Strategy

MOST_LISTED = 50  # programmes named in a cell; the catalogue has the rest


def chosen_group(request):
    """The group of `?of=`; without it the reader's first, else the first with a strategy in force. Http404."""
    if slug := request.GET.get("of"):
        return get_object_or_404(Group, slug=slug)
    groups = Group.objects.order_by("pk")
    in_force = groups.filter(strategies__in=Strategy.objects.in_force())
    group = groups_of(request.user).order_by("pk").first() or in_force.first() or groups.first()
    if group is None:
        raise Http404
    return group


def shell(request, group):
    """What the pages on coverage share: the bar of members, whose pages these are, and what links keep."""
    user = request.user
    return {
        "shell": "workspace.html" if user.is_authenticated else "base.html",
        "group": group,
        "keeps": f"?{urlencode({'of': group.slug})}" if request.GET.get("of") else "",
        "is_member": groups_of(user).filter(pk=group.pk).exists(),
        "may_judge": user.is_authenticated and coordinated_by(user).filter(pk=group.pk).exists(),
    }


def answer(request, template, context):
    """The page; for those who are signed in, no cache keeps it."""
    response = render(request, f"actionplans/{template}.html", context)
    if request.user.is_authenticated:
        add_never_cache_headers(response)
    return response


def _read(request, group, matrix):
    """The Coverage that the query string asks for; of it only the group and the filters are read."""
    only = QueryDict(mutable=True)
    for name in FILTERS:
        only.setlist(name, request.GET.getlist(name))
    catalogue = Catalogue()
    found = ProgrammeFilter(only, catalogue)
    return Coverage(group, matrix, request.user, found.chosen, catalogue, names_group=bool(request.GET.get("of")))


def _matrix(name):
    if name not in MATRICES:
        raise Http404
    return MATRICES[name]


@require_safe
def coverage(request):
    """One of the two tables, and the open needs, those without a programme first."""
    group = chosen_group(request)
    matrix = MATRICES.get(request.GET.get("matrix", ""), MATRICES["phases"])
    shown = _read(request, group, matrix)
    context = {
        **shell(request, group),
        "coverage": shown,
        "matrix": matrix,
        "filters": [_filter(shown, name) for name in FILTERS],
        "legend": [(state, MEANINGS[state], count) for state, count in shown.totals],
        "snapshots": group.snapshots.defer("cells").exists(),
        "tables": [(one, _table_address(shown, one)) for one in MATRICES.values()],
        "csv_query": _table_address(shown, matrix),
    }
    return answer(request, "coverage", context)


def _filter(shown, name):
    """(name, heading, [(Choice, count)], what is chosen) of one filter."""
    chosen = shown.chosen.get(name, [])
    counted, _more = shown.catalogue.counted(name, programmes_of(shown.index, shown.group), chosen)
    if name == "place":
        counted = [*counted, *_places_of_needs(shown, {choice.value for choice, _count in counted})]
    return name, FACETS[name][0], counted, chosen


def _places_of_needs(shown, there):
    """[(Choice, 0)] of settlements that a need names but no programme is in: the gaps one looks for."""
    needs = Need.objects.visible_to(shown.user).filter(group=shown.group)
    slugs = set(needs.order_by().values_list("settlements__slug", flat=True)) - {None} - there
    return [(choice, 0) for choice in shown.catalogue.named("place", sorted(slugs))]


@require_safe
def coverage_csv(request):
    """Both tables, one row a cell, in the reader's language and as the reader may see them."""
    group = chosen_group(request)
    rows: list = [
        [_("Table"), _("Row"), _("Column"), _("State"), _("Programmes"), _("Measures"), _("Needs"), _("Reason")]
    ]
    for matrix in MATRICES.values():
        shown = _read(request, group, matrix)
        for _row, cells in shown.table:
            for cell in cells:
                reason = languages.resolve(cell.judgement, "reason")[0] if cell.judgement else ""
                texts = [matrix.name.label, cell.row.label, cell.column.label, cell.state.label]
                rows.append([*texts, cell.programmes, cell.measures, cell.needs, reason])
    response = spreadsheets.csv_response("coverage", rows)
    if request.user.is_authenticated:
        add_never_cache_headers(response)
    return response


# ---- one cell -------------------------------------------------------------------------------------
@require_safe
def coverage_cell(request, matrix, row, column):
    """What stands in a cell: programmes, measures, needs; and what can be done about it."""
    group, table = chosen_group(request), _matrix(matrix)
    shown = _read(request, group, table)
    cell = _cell(shown, row, column)
    place = (row, column)
    numbers = list(islice(shown.catalogue.ordered("az", shown.programmes(row, column)), MOST_LISTED))
    programmes = Programme.objects.select_related("organisation").in_bulk(numbers)
    measures = Measure.objects.with_facts().select_related("plan").filter(pk__in=shown.measures[place])
    measures = carrying.say_when(list(measures), request.user, timezone.localdate())
    common = shell(request, group)
    context = {
        **common,
        "coverage": shown,
        "matrix": table,
        "cell": cell,
        "meaning": MEANINGS[cell.state],
        "programmes": [programmes[number] for number in numbers if number in programmes],
        "measures": sorted(measures, key=lambda measure: languages.sort_key(str(measure))),
        "needs": [need for need in shown.open if need.pk in shown.needs[place]],
        "catalogue_address": shown.in_catalogue(row, column),
        "need_address": _need_address(shown, place) if common["is_member"] else "",
        "measure_address": measure_link(group, request.user, shown.numbers(row, column)) if common["is_member"] else "",
        "back": _table_address(shown, table),
        "noindex": True,
    }
    return answer(request, "coverage_cell", context)


def _need_address(shown, place):
    row, column = place
    more = [("group", shown.group.slug), *(("place", slug) for slug in shown.chosen.get("place", ()))]
    return need_link(shown.matrix, row, column, shown.user, shown.numbers(row, column), more)


def _table_address(shown, matrix):
    pairs = [("matrix", matrix.name.value), *([("of", shown.group.slug)] if shown.names_group else [])]
    return "?" + urlencode([*pairs, *shown.filter_pairs])


def _cell(shown, row, column):
    try:
        return shown.cell(row, column)
    except KeyError as error:
        raise Http404 from error


@never_cache
@login_required
def coverage_judge(request, matrix, row, column):
    """The coordinator says why nothing is needed in a cell, or puts it in other words."""
    group, table = get_object_or_404(coordinated_by(request.user), pk=chosen_group(request).pk), _matrix(matrix)
    shown = _read(request, group, table)
    cell = _cell(shown, row, column)
    form = _form(request, group, table, row, column)
    if form.is_valid():
        try:
            is_kept = form.keep()
        except IntegrityError:  # somebody judged the same cell in this very moment
            form = _form(request, group, table, row, column)
            is_kept = form.is_valid() and form.keep()
        if is_kept:
            messages.success(request, _("The cell now says “not needed”, with the reason."))
            return redirect(cell.address)
    form, status = form.answer()
    context = {**shell(request, group), "form": form, "cell": cell, "matrix": table}
    return render(request, "actionplans/coverage_judge.html", context, status=status)


def _form(request, group, matrix, row, column):
    seats = Seat.objects.current().filter(user=request.user, membership__group=group, role=Seat.Role.COORDINATOR)
    cell = {"group": group, "matrix": matrix.name, "row": _term(matrix.rows, row)}
    cell["column"] = _term(matrix.columns, column)
    judgement = CoverageJudgement.objects.filter(**cell).first()
    judgement = judgement or CoverageJudgement(**cell, seat=seats.first(), judged_on=timezone.localdate())
    form = JudgementForm(request.POST or None, instance=judgement)
    form.seat = seats.first()
    return form


def _term(facet, slug):
    vocabulary = next(vocabulary for vocabulary, name in FACET_OF.items() if name == facet)
    return get_object_or_404(Term, vocabulary=vocabulary, slug=slug)


@require_POST
@login_required
def coverage_judgement_end(request, pk):
    """Takes a judgement back; not if somebody has changed it since the page was opened."""
    judgement = get_object_or_404(
        CoverageJudgement.objects.editable_by(request.user).select_related("group", "row", "column"), pk=pk
    )
    version = request.POST.get("version", "")
    same = CoverageJudgement.objects.filter(pk=pk, version=int(version) if version.isdecimal() else 0)
    if same.delete()[0]:
        messages.success(request, _("The judgement is taken back; the cell shows again what is there."))
    else:
        messages.error(request, _("Somebody changed the reason meanwhile. Read it before you take it back."))
    address = cell_address(MATRICES[judgement.matrix], judgement.row.slug, judgement.column.slug)
    return redirect(f"{address}?{urlencode({'of': judgement.group.slug})}")


# ---- snapshots ------------------------------------------------------------------------------------
@require_POST
@login_required
def coverage_snapshot(request):
    """Keeps what everybody sees today."""
    group = get_object_or_404(coordinated_by(request.user), pk=chosen_group(request).pk)
    _snapshot, is_new = snapshots.take(group)
    if is_new:
        messages.success(request, _("Today's tables are kept. From now on they can be compared with."))
    else:
        messages.info(request, _("Today's tables are kept already."))
    return redirect(f"{reverse('actionplans:coverage-changes')}?{urlencode({'of': group.slug})}")


@require_safe
def coverage_changes(request):
    """Which gaps closed and which opened between a snapshot (`since`) and another (`until`) or now."""
    group = chosen_group(request)
    matrix = MATRICES.get(request.GET.get("matrix", ""), MATRICES["phases"])
    kept, since, until = _two_days(request, group)
    context = {
        **shell(request, group),
        "matrix": matrix,
        "matrices": MATRICES.values(),
        "snapshots": kept,
        "since": since,
        "until": until,
    }
    if since:
        pictures = (_of_table(cells, matrix) for cells in _pictures(group, since, until))
        table, columns, changes = snapshots.compared(matrix, *pictures)
        was, now = snapshots.gaps(table)
        days = {"since": since.pk, **({"until": until.pk} if until else {}), "of": group.slug}
        context |= {
            "table": table,
            "columns": columns,
            "changes": changes,
            "gaps_before": was,
            "gaps_after": now,
            "closed": snapshots.closed(changes),
            "opened": snapshots.opened(changes),
            "others": snapshots.others(changes),
            "legend": [(state, MEANINGS[state], None) for state in State],
            "csv_query": "?" + urlencode(days),
        }
    return answer(request, "coverage_changes", context)


@require_safe
def coverage_changes_csv(request):
    """Every cell of both tables that is another on the second day, one row each; Http404 where nothing is kept yet."""
    group = chosen_group(request)
    _kept, since, until = _two_days(request, group)
    if since is None:
        raise Http404
    days = [str(since), str(until) if until else date_format(timezone.localdate())]
    heads = [_("State"), _("Programmes"), _("Measures")]
    rows: list = [[_("Table"), _("Row"), _("Column"), *(f"{head}, {day}" for day in days for head in heads)]]
    was, now = _pictures(group, since, until)
    for matrix in MATRICES.values():
        for row, column, before, after in snapshots.different(matrix, _of_table(was, matrix), _of_table(now, matrix)):
            facts = [value for state, *counts in (before, after) for value in (state.label, *counts)]
            rows.append([matrix.name.label, row.label, column.label, *facts])
    response = spreadsheets.csv_response("coverage-changes", rows)
    if request.user.is_authenticated:
        add_never_cache_headers(response)
    return response


def _two_days(request, group):
    """([CoverageSnapshot], the earlier one, the later or None for today), in the order of time however chosen."""
    kept = list(group.snapshots.order_by("-taken_on", "-pk"))
    since, until = _snapshot(kept, request.GET.get("since")), _snapshot(kept, request.GET.get("until"))
    since = since or next((one for one in kept if one.year), kept[-1] if kept else None)
    if since and until and (until.taken_on, until.pk) < (since.taken_on, since.pk):
        since, until = until, since
    return kept, since, until


def _pictures(group, since, until):
    return since.cells, until.cells if until else snapshots.picture(group)


def _of_table(cells, matrix):
    return cells.get(matrix.name.value, {"rows": [], "columns": [], "cells": {}})


def _snapshot(kept, number):
    """The CoverageSnapshot of that number among the group's; None for none, Http404 for another group's."""
    if not number:
        return None
    found = next((one for one in kept if str(one.pk) == number), None)
    if found is None:
        raise Http404
    return found
