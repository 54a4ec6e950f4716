"""The programmes one may edit: what is due, what is missing, and the one thing to do next for each."""

from itertools import groupby
from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners.models import Organisation
from portal import languages, translation_states

from ..completeness import facts, gaps, in_words
from ..models import Programme, Schedule
from ..models.programmes import HIDE_AFTER, REMIND_AFTER

Status = Programme.Status


class Row(NamedTuple):
    programme: Programme
    gaps: list
    missing: str
    outdated: str  # translations whose original changed
    is_due: bool
    is_hidden: bool
    action: str  # key, for the template
    words: str


@login_required
@never_cache
@require_safe
def mine(request):
    own = list(_own(request.user))
    states = translation_states.outdated(own)
    everything = [_row(programme, states.get(programme.pk, ())) for programme in own]
    kinds = _kinds()
    chosen = request.GET.get("show", "")
    test = {key: test for key, _label, test in kinds}.get(chosen, lambda row: True)
    rows = sorted((row for row in everything if test(row)), key=_order)
    context = {
        "organisations": [(o, list(group)) for o, group in groupby(rows, key=lambda row: row.programme.organisation)],
        "kinds": [(key, label, sum(map(count, everything))) for key, label, count in kinds],
        "chosen": chosen,
        "total": len(everything),
        "may_add": bool(everything) or Organisation.objects.editable_by(request.user).exists(),
        "shown": len(rows),
    }
    return render(request, "programmes/mine.html", context)


def _own(user):
    schedules = Schedule.objects.only("pk", "programme_id")
    own = Programme.objects.editable_by(user).select_related("organisation")
    return own.prefetch_related("terms", Prefetch("schedules", schedules))


def _order(row):
    name = languages.sort_key(str(row.programme.organisation))
    return name, row.programme.organisation_id, row.words == "", languages.sort_key(str(row.programme))


def _row(programme, outdated):
    found = gaps(*facts(programme)) if programme.status != Status.ARCHIVED else []
    today = timezone.localdate()
    since = programme.checked_on if programme.status in Programme.PUBLIC else None
    is_due = since is not None and since <= today - REMIND_AFTER
    is_hidden = since is not None and since <= today - HIDE_AFTER
    action, words = _next(programme, found, is_due, today)
    older = translation_states.in_words(programme, outdated)
    return Row(programme, found, in_words(found), older, is_due, is_hidden, action, words)


def _next(programme, found, is_due, today):
    """(key, words) of the one thing to do next; ("", "") for nothing."""
    if is_due:
        return "confirm", _("Still correct")
    if programme.status == Status.DRAFT:
        return ("edit", _("Fill in what is missing")) if any(g.blocks for g in found) else ("state", _("Send it off"))
    if programme.status == Status.PAUSED and programme.resumes_on and programme.resumes_on <= today:
        return "state", _("Resume it")
    if programme.status in Programme.PUBLIC and any(gap.language for gap in found):
        return "translate", _("Translate it")
    return ("edit", _("Fill in what is missing")) if found and programme.status in Programme.PUBLIC else ("", "")


def _kinds():
    """[(key of the address, label, which rows)]."""
    statuses = [(s.value, s.label, lambda row, s=s: row.programme.status == s) for s in Status]
    return [
        ("due", _("to be confirmed"), lambda row: row.is_due),
        ("incomplete", _("something is missing"), lambda row: any(not gap.language for gap in row.gaps)),
        ("untranslated", _("a language is missing"), lambda row: any(gap.language for gap in row.gaps)),
        *statuses,
    ]
