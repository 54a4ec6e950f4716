"""The form of a programme: new, edited, copied, and looked at before it is saved."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from partners.models import Organisation
from partners.models.rights import written_down_by
from portal import languages
from portal.once import once, token_of
from portal.reading import readable_by
from portal.record_form import still_ticked
from portal.stale import StaleObject

from .. import editing, held, review
from ..cards import card_unsaved
from ..completeness import TRANSLATED
from ..content import content, normalised, put
from ..forms import CopyForm, ProgrammeForm, ResumeForm
from ..models import Programme
from ..programme_page import page_unsaved
from .moving import moves


@login_required
@never_cache
def programme_add(request):
    if not Organisation.objects.editable_by(request.user).exists():
        raise Http404
    form = ProgrammeForm(request.POST or None, user=request.user, organisation=_asked_organisation(request))
    if form.is_valid():
        organisation, answers = form.cleaned_data["organisation"], form.answers()
        number, _is_new = once(token_of(request), lambda: editing.create(organisation, answers))
        messages.success(request, _("The draft is saved. Now say when and where it takes place."))
        return redirect("programmes:programme-edit", number)
    return _form_page(request, form, None, status=422 if form.errors else 200)


def _asked_organisation(request):
    number = request.GET.get("organisation", "")
    return int(number) if number.isdecimal() and len(number) < 18 else None


@login_required
@never_cache
def programme_edit(request, pk):
    programme = get_object_or_404(Programme.objects.editable_by(request.user), pk=pk)
    form = ProgrammeForm(request.POST or None, instance=programme, user=request.user)
    if form.is_bound and form.is_valid():
        return _save(request, form, Programme.objects.get(pk=pk))
    if not form.is_bound:
        form.start_from(editing.shown(programme, request.user))
        waiting = review.open_proposal(programme) if review.reviews_first(programme, request.user) else None
        form.initial["minor"] = bool(waiting and waiting.is_minor)
        form.right = waiting.still_right if waiting else {}
    return _form_page(request, form, programme, status=422 if form.errors else 200)


def _save(request, form, programme):
    version, base = form.opened_on()
    if version != programme.version:
        return _met(request, form, programme, base)
    try:
        proposed = editing.save(programme, form.changes(), request.user, version, form.is_minor(), form.right)
    except StaleObject:
        programme.refresh_from_db()
        return _met(request, form, programme, base)
    except ValidationError as error:
        form.add_error(None, error)
        return _form_page(request, form, programme, status=422)
    if proposed:
        messages.success(request, _("Your changes wait for the coordinator. Until then residents read the old text."))
    else:
        messages.success(request, _("Your changes are saved."))
    return redirect("programmes:programme-edit", programme.pk)


def _met(request, form, programme, base):
    """409: somebody saved meanwhile. The form comes back with both put together, and where they differ both shown."""
    now, changes = content(programme), form.changes()
    met = editing.meetings(base, now, changes)
    merged = ProgrammeForm(instance=programme, user=request.user)
    merged.start_from({**now, **changes})
    merged.initial["minor"] = form.is_minor()
    merged.right, no_longer = still_ticked(form.right, merged, TRANSLATED)
    met += [
        editing.Meeting(name, asked, base[name], now[name], _("said to be still right"))
        for name, asked, _now in no_longer
    ]
    return _form_page(request, merged, programme, status=409, met=met, is_stale=True)


def _form_page(request, form, programme, status=200, **more):
    shown_first = form.language_with_errors() or request.GET.get("write")
    context = {
        "form": form,
        "programme": programme,
        "groups": form.groups(),
        "gaps": form.gaps(),
        "writes": shown_first if shown_first in languages.CODES else languages.active(),
        "beside": request.GET.get("beside") if request.GET.get("beside") in languages.CODES else "",
        **(_about(request, programme) if programme else {}),
        **more,
    }
    return render(request, "programmes/programme_form.html", context, status=status)


def _about(request, programme):
    schedules = programme.schedules.select_related("location").prefetch_related("location__exceptions")
    return {
        "schedules": schedules,
        "moves": moves(programme, request.user),
        "languages": held.rows(programme, request.user),
        "may_write_down": programme.organisation_id in written_down_by(request.user),
        "resume_form": ResumeForm(initial={"resumes_on": programme.resumes_on}),
        "undo": _undo(request, programme),
        "removed": request.session.get("removed_schedule", {}).get("programme") == programme.pk,
        "is_reviewed": review.reviews_first(programme, request.user),
        "is_reviewed_after": review.reviews_after(programme, request.user),
        "proposal": review.open_proposal(programme),
        "returned": review.returned_with(programme),
    }


def _undo(request, programme):
    """The status to go back to, where the last move was here and the table allows it; None."""
    last = request.session.get("last_move", {})
    if last.get("programme") != programme.pk or last.get("to") != programme.status:
        return None
    return last["from"] if last["from"] in Programme.NEXT[programme.status] else None


@login_required
@never_cache
@require_POST
def programme_preview(request, pk=None):
    """The page and the card as residents would see them with what stands in the form; nothing is saved."""
    programme = get_object_or_404(Programme.objects.editable_by(request.user), pk=pk) if pk else None
    form = ProgrammeForm(request.POST, instance=programme, user=request.user)
    form.is_valid()
    with transaction.atomic():
        trial = _trial(form, pk, request.user)
        trial.held_languages = []  # they want to see what they write
        card, page = card_unsaved(trial), page_unsaved(request, trial)
        transaction.set_rollback(True)
    context = {"card": card, "page": page, "gaps": form.gaps(), "form": form}
    return render(request, "programmes/programme_preview.html", context)


def _trial(form, pk, user):
    """The programme with what is valid in the form, inside a transaction that is rolled back."""
    values = form.answers()
    if not any(values.get(f"title_{code}") for code in languages.CODES):
        values[f"title_{languages.active()}"] = _("No title yet")
    if pk is None:
        own = Organisation.objects.editable_by(user)
        organisation = form.cleaned_data.get("organisation") or own.first()
        if organisation is None:
            raise PermissionDenied
        return Programme.objects.with_card().get(pk=editing.create(organisation, values).pk)
    programme = Programme.objects.get(pk=pk)
    try:
        with transaction.atomic():
            put(programme, normalised(programme, values))
    except (ValidationError, StaleObject):
        pass  # what does not go together is said at the form; the preview shows what is saved
    return Programme.objects.with_card().get(pk=pk)


@login_required
@never_cache
def programme_copy(request, pk):
    source = get_object_or_404(readable_by(Programme.objects, request.user), pk=pk)
    if not Organisation.objects.editable_by(request.user).exists():
        raise Http404
    form = CopyForm(request.POST or None, user=request.user)
    if form.is_valid():
        organisation = form.cleaned_data["organisation"]
        number, _is_new = once(token_of(request), lambda: editing.copied(source, organisation, request.user))
        messages.success(request, _("This is your draft. Change what is different with you."))
        return redirect("programmes:programme-edit", number)
    return render(request, "programmes/programme_copy.html", {"form": form, "source": source})
