"""Tables in and out: bring one, see what it would change, say yes; take one away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal import looks, pagination, spreadsheets

from ..forms.imports import GroupForm, ImportForm
from ..imports import saving
from ..imports.kinds import KINDS, choices, groups_of_tables
from ..imports.preview import STATES, WRONG
from ..imports.saving import Outcome
from ..models import Import

PER_PAGE = 50
_LONG = ("table", "rows")
FILES = {"csv": spreadsheets.csv_response, "xlsx": spreadsheets.xlsx_response}


def _groups(request):
    """The groups of which the person may bring and take tables. Raises Http404 when there is none."""
    groups = groups_of_tables(request.user)
    if not groups.exists():
        raise Http404
    return groups


@never_cache
@login_required
def import_table(request):
    _groups(request)
    asked = {name: request.GET[name] for name in ("kind", "group") if name in request.GET}
    form = ImportForm(request.POST or None, request.FILES or None, user=request.user, initial=asked)
    if form.is_valid():
        return redirect(form.record.get_absolute_url())
    waiting = Import.objects.visible_to(request.user).defer(*_LONG)
    context = {"form": form, "waiting": waiting, "templates": _templates(request.user)}
    return render(request, "programmes/import.html", context, status=form.status)


def _templates(user):
    """[(kind, label, the group it is filled for, or None)]"""
    for name, label in choices(user):
        for group in KINDS[name].groups(user) if KINDS[name].of_group else (None,):
            yield name, label, group


def _own(request, pk):
    """The person's import. What it holds of the table is asked for once it is shown."""
    _groups(request)
    return get_object_or_404(Import.objects.visible_to(request.user).defer(*_LONG), pk=pk)


@never_cache
@login_required
@require_safe
def import_preview(request, pk):
    record = _own(request, pk)
    saving.say_in_readers_language(record)
    return _page(request, record)


_PAGES = {Import.State.READING: "import_reading", Import.State.SAVING: "import_saving",
          Import.State.SAVED: "import_saved"}  # fmt: skip


def _page(request, record, status=200):
    if not record.is_preview:
        context = {"record": record, "sentences": _said(record)}
        return render(request, f"programmes/{_PAGES[record.state]}.html", context, status=status)
    shown = request.GET.get("show", "")
    rows = [row for row in record.rows if shown not in STATES or row["state"] == shown]
    if shown not in STATES:
        rows = sorted(rows, key=lambda row: (STATES.index(row["state"]), row["n"]))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    words = _words()
    context = {
        "record": record,
        "page": page,
        "rows": [{**row, "word": words[row["state"]]} for row in page],
        "states": [(state, words[state], record.counts.get(state, 0)) for state in STATES],
        "shown": shown if shown in STATES else "",
        "total": len(record.rows),
        "wrong": record.counts.get(WRONG, 0),
        **pagination.links(page, lambda number: f"?show={shown}&page={number}"),
    }
    return render(request, "programmes/import_preview.html", context, status=status)


def _words():
    return {"wrong": _("with errors"), "new": _("new"), "changed": _("changed"), "same": _("unchanged")}


def _said(record):
    """Sentences about what was saved."""
    counts = record.counts
    sentences = [
        ngettext("One is new.", "%(count)s are new.", counts.get("created", 0)),
        ngettext("One was changed.", "%(count)s were changed.", counts.get("changed", 0)),
        ngettext(
            "One change waits for the coordinator of the group.",
            "%(count)s changes wait for the coordinator of the group.",
            counts.get("proposed", 0),
        ),
    ]
    numbers = [counts.get(name, 0) for name in ("created", "changed", "proposed")]
    return [text % {"count": number} for text, number in zip(sentences, numbers, strict=True) if number]


@never_cache
@login_required
@require_POST
def import_confirm(request, pk):
    """Saves what the preview shows; a second yes finds it saved. 409 where the data changed, 422 with errors."""
    record = _own(request, pk)
    if record.is_preview and (record.counts.get(WRONG) or not record.to_save):
        return _page(request, record, 422)
    outcome = saving.save(record)
    record.refresh_from_db()
    if outcome is Outcome.MOVED:
        return _page(request, record, 409)
    if outcome is Outcome.WRONG:
        return _page(request, record, 422)
    return redirect(record)


@never_cache
@login_required
@require_POST
def import_read_again(request, pk):
    """Goes on with a reading that was interrupted."""
    record = _own(request, pk)
    saving.read_again(record)
    return redirect(record)


@never_cache
@login_required
@require_POST
def import_discard(request, pk):
    """Forgets a preview, or what is still being read; what is saved, or being saved, stays."""
    record = _own(request, pk)
    forgettable = [Import.State.PREVIEW, Import.State.READING]
    if not Import.objects.filter(pk=record.pk, state__in=forgettable).delete()[0]:
        return redirect(record)
    messages.success(request, _("The table is forgotten. Nothing was changed."))
    return redirect("programmes:import")


@never_cache
@login_required
@require_safe
def import_template(request, kind, form):
    """A table to begin with: its headings and one example row, or what the group has to fill in."""
    found = _kind(request, kind, form)
    group = _chosen(request, found) if found.of_group else None
    return FILES[form](f"{kind}-template", found.template(request.user, group))


def _kind(request, kind, form):
    """The Kind of an address. Raises Http404 for one the person may not bring and take."""
    if kind not in KINDS or form not in FILES or not KINDS[kind].groups(request.user).exists():
        raise Http404
    return KINDS[kind]


def _chosen(request, kind):
    choice = GroupForm(request.GET, user=request.user, groups=kind.groups(request.user))
    if not choice.is_valid():
        raise Http404
    return choice.chosen()


@never_cache
@login_required
@require_safe
def export_table(request):
    groups = [(group, choices(request.user, group)) for group in _groups(request)]
    together = [(name, label) for name, label in choices(request.user) if KINDS[name].names_group]
    return render(request, "programmes/export.html", {"groups": groups, "together": together})


@never_cache
@login_required
@require_safe
def export_file(request, kind, form):
    """All of one kind that a group has, as a file; `group` in the query where there are several."""
    found = _kind(request, kind, form)
    group = None if found.names_group else _chosen(request, found)
    looks.note(request, "export")
    return FILES[form](kind, found.rows(request.user, group))
