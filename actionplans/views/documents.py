"""Documents of working groups and meetings: links and short texts, added and taken away on their pages."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from partners.models import WorkingGroup
from portal import languages
from portal.once import once, token_of

from ..forms.documents import DocumentForm
from ..models import Document, Meeting
from ..models.documents import may_add


def shown_on(owner, user):
    """What `_documents.html` shows on the page of a working group or a meeting; two questions, and those of rights."""
    removable = Document.objects.editable_by(user).filter(pk__in=owner.documents.all())
    return {
        "documents": owner.documents.select_related("added_by"),
        "removable": set(removable.values_list("pk", flat=True)),
        "may_add_document": may_add(user, owner.group),
    }


@never_cache
@login_required
def working_group_document(request, pk):
    owner = get_object_or_404(WorkingGroup.objects.visible_to(request.user).select_related("group"), pk=pk)
    return _add(request, owner, working_group=owner)


@never_cache
@login_required
def meeting_document(request, pk):
    owner = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("group"), pk=pk)
    return _add(request, owner, meeting=owner)


def _add(request, owner, **of):
    if not may_add(request.user, owner.group):
        raise Http404
    document = Document(group=owner.group, added_by=request.user, language=languages.active(), **of)
    form = DocumentForm(request.POST or None, instance=document)
    if form.is_valid():
        once(token_of(request), form.save)
        messages.success(request, _("The document is added."))
        return redirect(f"{owner.get_absolute_url()}#documents")
    context = {"form": form, "heading": _("Add a document"), "back": owner.get_absolute_url(), "back_name": str(owner)}
    return render(request, "actionplans/plain_form.html", context, status=422 if form.errors else 200)


@require_POST
@never_cache
@login_required
def document_remove(request, pk):
    """Only the link goes; what it led to lies where it was."""
    rows = Document.objects.editable_by(request.user).select_related("working_group", "meeting")
    document = get_object_or_404(rows, pk=pk)
    address = document.owner.get_absolute_url()
    document.delete()
    messages.success(request, _("The document is no longer listed."))
    return redirect(f"{address}#documents")
