"""The coordinator's review: the queue, one page per programme, and the answers to it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners.models import User
from portal.stale import StaleObject

from .. import editing, held
from .. import review as deeds
from ..content import content
from ..differences import differences
from ..models import Proposal
from ..parts import in_words, part_of, parts_of
from ..past import content_at, last_change, last_review
from ..queue import queue
from ..review_forms import PublishForm, ReturnForm, RevertForm, VersionForm

TAKE = "take_"


@never_cache
@login_required
@require_safe
def review(request):
    """What waits for this coordinator. Who coordinates no group has no such page."""
    if not deeds.coordinates(request.user):
        raise Http404
    context = {
        "rows": queue(request.user),
        "approved": deeds.approved(request.user).select_related("publication"),
        "held": [
            (one, [c for c in one.held_languages if c not in one.ready_languages])
            for one in deeds.holding(request.user)
        ],
    }
    return render(request, "programmes/review.html", context)


@never_cache
@login_required
@require_safe
def review_programme(request, pk):
    return _page(request, _fetch(request, pk))


def _fetch(request, pk):
    found = deeds.to_review(request.user).select_related("organisation", "publication__by")
    return get_object_or_404(found, pk=pk)


@never_cache
@login_required
@require_POST
def review_publish(request, pk):
    """Publishes what is in review or proposed, now or on a day."""
    programme = _fetch(request, pk)
    proposal = _open(programme)
    of = parts_of(_different(content(programme), proposal.changes)) if proposal else []
    form = PublishForm(request.POST, auto_id="publish-%s", of=of)
    if not form.is_valid():
        return _page(request, programme, 400, publish=form)
    day, left = form.cleaned_data["publish_on"], []
    try:
        if proposal:
            version, revision = _looked_at(form)
            how = {"on": day, "taken": _taken(request, proposal, form.chosen), "parts": form.chosen}
            left = deeds.accept(proposal, request.user, version, revision, **how)
        else:
            deeds.publish(programme, request.user, form.cleaned_data["version"], on=day)
    except (StaleObject, deeds.Conflict, ValidationError, PermissionDenied) as error:
        return _refused(request, programme, error, publish=form)
    if left:
        messages.success(request, _("It is published in part. Still waiting: %(parts)s.") % {"parts": in_words(left)})
        return redirect("programmes:review-programme", pk)
    messages.success(request, _("It will be published on the day you chose.") if day else _("It is published."))
    return redirect("programmes:review")


@never_cache
@login_required
@require_POST
def review_return(request, pk):
    """Back to its author, with a note."""
    programme, form = _fetch(request, pk), ReturnForm(request.POST, auto_id="return-%s")
    if not form.is_valid():
        return _page(request, programme, 400, give_back=form)
    version, revision = _looked_at(form)
    try:
        deeds.give_back(programme, request.user, version, form.cleaned_data["note"], _open(programme), revision)
    except (StaleObject, PermissionDenied) as error:
        return _refused(request, programme, error, give_back=form)
    messages.success(request, _("It is back with its author, with your note."))
    return redirect("programmes:review")


@never_cache
@login_required
@require_POST
def review_cancel(request, pk):
    """Takes back the yes for a later day."""
    programme = _fetch(request, pk)
    try:
        deeds.cancel(programme, request.user)
    except (StaleObject, PermissionDenied) as error:
        return _refused(request, programme, error)
    messages.success(request, _("It will not be published by itself; it waits for your review again."))
    return redirect("programmes:review-programme", pk=pk)


@never_cache
@login_required
@require_POST
def review_seen(request, pk):
    """What showed at once has been looked at."""
    programme, form = _fetch(request, pk), VersionForm(request.POST)
    if not form.is_valid():
        return _page(request, programme, 400)
    try:
        deeds.mark_seen(programme, request.user, form.cleaned_data["version"])
    except (StaleObject, PermissionDenied) as error:
        return _refused(request, programme, error)
    messages.success(request, _("It is marked as seen."))
    return redirect("programmes:review")


@never_cache
@login_required
@require_POST
def review_revert(request, pk):
    """Puts back what stood at the last review."""
    programme = _fetch(request, pk)
    before = _last_reviewed(programme)
    of = parts_of(_different(content(programme), before or {}))
    form = RevertForm(request.POST, auto_id="revert-%s", of=of)
    if not form.is_valid() or before is None:
        return _page(request, programme, 400, revert=form)
    try:
        given = form.cleaned_data
        deeds.revert(programme, request.user, given["version"], before, given["note"], form.chosen)
    except (StaleObject, ValidationError, PermissionDenied) as error:
        return _refused(request, programme, error, revert=form)
    messages.success(request, _("What stood at the last review is back."))
    return redirect("programmes:review")


# ---- the page -------------------------------------------------------------------------------------
def _open(programme):
    return Proposal.objects.filter(programme=programme, state=Proposal.State.OPEN).select_related("by").first()


def _looked_at(form):
    return form.cleaned_data["version"], form.cleaned_data["revision"] or 0


def _different(now, other):
    """[column] in which another content is not as now."""
    return [column for column, value in other.items() if value != now[column]]


def _taken(request, proposal, parts):
    """The columns in which the coordinator chose the proposal; None while a conflict in these parts is not decided."""
    answers = {name.removeprefix(TAKE): value for name, value in request.POST.items() if name.startswith(TAKE)}
    fields = deeds.conflicts(proposal, content(proposal.programme))
    fields = [column for column in fields if parts is None or part_of(column) in parts]
    undecided = [column for column in fields if answers.get(column) not in ("no", "yes")]
    return None if undecided else [column for column, answer in answers.items() if answer == "yes"]


def _last_reviewed(programme):
    moment = last_review(programme)
    return moment and content_at(programme, moment, is_before=True)


def _refused(request, programme, error, **forms):
    """409 with what stands now; what was typed stays. 400 with the list of what is in the way."""
    programme = _fetch(request, programme.pk)
    if isinstance(error, ValidationError):
        return _page(request, programme, 400, problems=error.messages, **forms)
    text = _("Somebody changed or decided this in the meantime. Nothing was done; this is how it stands now.")
    if isinstance(error, deeds.Conflict):
        text = _("The published version changed in the same fields. Please decide field by field.")
    return _page(request, programme, 409, problems=[text], **forms)


def _page(request, programme, status=200, problems=(), publish=None, give_back=None, revert=None):
    now, proposal = content(programme), _open(programme)
    kind, before, after = _compared(programme, proposal, now)
    fresh = {"version": programme.version, "revision": proposal.revision if proposal else None}
    of = parts_of(_different(now, after)) if kind == "proposal" else []
    publish = _again(publish, fresh) or PublishForm(initial=fresh, auto_id="publish-%s", of=of)
    give_back = _again(give_back, fresh) or ReturnForm(initial=fresh, auto_id="return-%s")
    of = parts_of(_different(now, before)) if kind == "changed" else []
    revert = _again(revert, fresh) or RevertForm(initial=fresh, auto_id="revert-%s", of=of)
    conflicts = deeds.conflicts(proposal, now) if proposal else []
    context = {
        "programme": programme,
        "kind": kind,
        "proposal": proposal,
        "rows": differences(before, after) if after else [],
        "still_right": [editing.label(column) for column in proposal.still_right] if proposal else [],
        "conflicts": differences({c: now[c] for c in conflicts}, proposal.changes) if conflicts else [],
        "blocks": _blocks(programme, kind, now, after),
        "problems": problems,
        "publish": publish,
        "give_back": give_back,
        "revert": revert,
        "changed": _changed(programme) if kind == "changed" else None,
        "fresh": fresh,
        "languages": held.rows(programme, request.user),
        "notes": programme.review_notes.select_related("by"),
    }
    return render(request, "programmes/review_programme.html", context, status=status)


def _again(form, fresh):
    """The same form with what was typed, on the version that is shown now."""
    if form is not None:
        form.data = form.data.copy()
        for name, value in fresh.items():
            form.data[name] = "" if value is None else str(value)
    return form


def _compared(programme, proposal, now):
    """(kind, content before, content after): what the coordinator is to decide about."""
    if programme.status == programme.Status.IN_REVIEW:
        return "new", {name: [] if isinstance(value, list) else "" for name, value in now.items()}, now
    if proposal:
        return "proposal", now, {**now, **proposal.changes}
    if programme.version > programme.reviewed_version and deeds.waiting_changed(programme):
        return "changed", _last_reviewed(programme) or now, now
    if programme.ready_languages:
        return "language", *_of_languages(now, programme.ready_languages)
    return "nothing", now, None


def _changed(programme):
    """(who, when) of the last change; who is None where the history does not know."""
    number, moment = last_change(programme)
    return User.objects.filter(pk=number).first(), moment


def _of_languages(now, codes):
    """(content before, content after) of the texts in these languages: nobody has read them yet."""
    texts = {name: value for name, value in now.items() if name.rpartition("_")[2] in codes}
    return dict.fromkeys(texts, ""), texts


def _blocks(programme, kind, now, after):
    if kind not in ("new", "proposal"):
        return []
    return deeds.blocking(after, now if kind == "proposal" else None, programme.held_languages)
