"""The page of a record's history, and the way back."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from .entries import NOBODY, PER_PAGE, entries, fields, people
from .kinds import KINDS
from .restore import Moved, restore


class FilterForm(forms.Form):
    field = forms.ChoiceField(label=gettext_lazy("What changed"), required=False)
    person = forms.TypedChoiceField(label=gettext_lazy("Who"), required=False, coerce=int, empty_value=None)

    def __init__(self, data, kind, number):
        super().__init__(data)
        choices: Any = self.fields
        field, person = choices["field"], choices["person"]
        field.choices = [("", _("everything")), *fields(kind)]
        known = [(user.pk, str(user)) for user in people(kind, number)]
        person.choices = [("", _("everybody")), *known, (NOBODY, _("not known"))]


class RestoreForm(forms.Form):
    at = forms.DateTimeField()
    column = forms.CharField(required=False, max_length=60)
    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


@never_cache
@login_required
@require_safe
def history(request, kind, pk):
    """Who changed what, when, and by which way; for those who may edit the record."""
    kind, record = _fetch(request, kind, pk)
    return _page(request, kind, record)


@never_cache
@login_required
@require_POST
def history_restore(request, kind, pk):
    """Brings back the text before an entry (`column`), or the record as it stood after it."""
    kind, record = _fetch(request, kind, pk)
    record = get_object_or_404(kind.editable(request.user), pk=pk)
    form = RestoreForm(request.POST)
    if not form.is_valid() or form.cleaned_data["column"] not in ("", *kind.restored_columns()):
        return _page(request, kind, record, 400, _("That version could not be read."))
    column = form.cleaned_data["column"] or None
    try:
        said = restore(
            kind, record, form.cleaned_data["at"], bool(column), column, form.cleaned_data["version"], request.user
        )
    except Moved:
        text = _("Somebody changed this in the meantime. Nothing was done; this is how it stands now.")
        return _page(request, kind, record, 409, text)
    except ValidationError as error:
        return _page(request, kind, record, 400, " ".join(error.messages))
    except PermissionDenied as error:
        raise Http404 from error
    messages.success(request, said or _("It is back, as a new version."))
    return redirect("history", kind=kind.name, pk=pk)


def _fetch(request, name, pk):
    if name not in KINDS:
        raise Http404
    kind = KINDS[name]
    return kind, get_object_or_404(kind.readable(request.user), pk=pk)


def _page(request, kind, record, status=200, problem=""):
    chosen = FilterForm(request.GET, kind, record.pk)
    asked = chosen.cleaned_data if chosen.is_valid() else {"field": "", "person": None}
    page = _page_number(request)
    listed, total = entries(kind, record.pk, page, asked["field"], asked["person"])
    may_restore = kind.editable(request.user).filter(pk=record.pk).exists()
    context = {
        "record": record,
        "page": _page_of(record, request.user),
        "kind": kind,
        "kind_name": kind.model._meta.verbose_name,
        "entries": listed,
        "total": total,
        "filter": chosen,
        "may_restore": may_restore,
        "problem": problem,
        "page_number": page,
        "earlier": page + 1 if total > page * PER_PAGE else None,
        "later": page - 1 if page > 1 else None,
    }
    return render(request, "portal/history.html", context, status=status)


def _page_of(record, user):
    """The address of the record; of what has no page on the portal, that of its form in the administration for those
    who may enter there; else ""."""
    if hasattr(record, "get_absolute_url"):
        return record.get_absolute_url()
    if not user.is_staff or not admin.site.is_registered(type(record)):
        return ""
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])


def _page_number(request):
    text = request.GET.get("page", "")
    return min(max(int(text), 1), 100_000) if text.isascii() and text.isdigit() and len(text) < 7 else 1
