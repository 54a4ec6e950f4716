"""Residents' voice: a report without an account, its follow page, and who sees to it."""

import re
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import get_language_from_path, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners.models import Group, Location, Membership, Organisation, groups_of
from portal import errors, languages, outbox, robots
from portal.models import EmptySearch
from portal.once import once_followed, token_of
from portal.stale import StaleObject
from portal.tokens import digest

from .. import reporting
from ..forms.reports import AnswerForm, ReportForm
from ..models import ProblemReport, Programme


@never_cache
def report(request):
    """A form about the page `?page=`, or about what is missing. Stores nothing about who sent it."""
    address = request.POST.get("page") or request.GET.get("page", "")
    page = _own_path(address)
    group = _group(request, address, page)
    asks_where = group is None and _about(page) == (None, None)
    form = ReportForm(request.POST or None, initial={"kind": request.GET.get("kind", "")}, asks_where=asks_where)
    if form.is_valid():
        if form.is_from_a_robot:
            return errors.bad_request(request)
        if not robots.is_too_often(request, "report"):
            token = once_followed(
                token_of(request), lambda token: _store(form, page, group, request.LANGUAGE_CODE, token)
            )
            return redirect("programmes:report-followed", token=token)
        return _too_many(request, form, page, group)
    return _form(request, form, page, group)


def _form(request, form, page, group, **more):
    context = {"form": form, "page": page, "group": group, "noindex": True, **more}
    return render(request, "programmes/report.html", context)


def _too_many(request, form, page, group):
    """The form as it was filled in, with the minutes after which it can be sent."""
    now = timezone.now()
    seconds = robots.HOUR - now.minute * 60 - now.second
    response = _form(request, form, page, group, wait=-(-seconds // 60))
    response.status_code, response["Retry-After"] = 429, str(seconds)
    return response


SLUG = re.compile(r"[a-z0-9-]{1,80}")
# Pages that may be kept with a report. Others carry secrets in their address (invitations, links of mails).
PAGES = {
    *("home", "accessibility", "privacy", "open-data"),
    *("programmes:catalogue", "programmes:programme", "programmes:slip", "programmes:list", "programmes:self-help"),
    *("programmes:pathways", "programmes:pathway"),
    *("partners:places", "partners:place", "partners:partners", "partners:partner", "partners:about", "partners:join"),
    *("actionplans:plan", "actionplans:measure", "actionplans:needs", "actionplans:need", "actionplans:indicators"),
    *("actionplans:practices", "actionplans:practice", "actionplans:groups", "actionplans:region"),
}


def _own_path(address):
    """The path of a public page of ours, "" for any other: it is kept, and shown as a link later."""
    try:
        path = urlsplit(address[:400]).path
    except ValueError:
        return ""
    match = _match(path)
    return path if match and match.view_name in PAGES else ""


def _match(path):
    """What a path leads to, in the language it is written in; None for nothing of ours."""
    with override(get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            return resolve(path)
        except Resolver404:
            return None


def _group(request, address, page):
    """Number of the group on whose page the reader stood, None where that is not known. Of an address only its path is
    kept, so the form carries what the rest of it told.
    """
    carried = request.POST.get("group", "")
    if carried.isascii() and carried.isdecimal() and len(carried) < 18:
        return Group.objects.filter(pk=carried).values_list("pk", flat=True).first()
    if not page:
        return None
    query = {name: value for name, value in parse_qsl(urlsplit(address[:400]).query) if SLUG.fullmatch(value)}
    return reporting.group_of_page(_match(page), query)


@transaction.atomic
def _store(form, page, group, language, token):
    new = form.save(commit=False)
    new.page, new.language = page, language
    new.programme, new.organisation = _about(page)
    if new.organisation is None:
        new.group_id = reporting.group_for(group, form.cleaned_data.get("municipality"))
    new.store(token)
    reporting.tell(new, reporting.keepers(new))
    return new


def _about(page):
    """(programme, organisation) of a path of ours; None for what the page is not about."""
    if not page:
        return None, None
    match = _match(page)
    pk, name = match.kwargs.get("pk", 0), match.view_name
    if name in ("programmes:programme", "programmes:slip"):
        programme = Programme.objects.filter(pk=pk).select_related("organisation").first()
        return programme, programme and programme.organisation
    if name == "partners:place":
        place = Location.objects.filter(pk=pk).select_related("organisation").first()
        return None, place and place.organisation
    if name == "partners:partner":
        return None, Organisation.objects.filter(pk=pk).first()
    return None, None


@require_safe
@never_cache
def report_followed(request, token):
    """What became of a report, for whoever holds its link."""
    shown = get_object_or_404(ProblemReport, token_digest=digest(token))
    return render(request, "programmes/report_followed.html", {"report": shown, "noindex": True})


@require_safe
@never_cache
@login_required
def reports(request):
    """Reports about one's own pages; coordinators also see those of their group about no page in particular."""
    mine = ProblemReport.objects.editable_by(request.user).select_related("programme", "organisation")
    context = {
        "open": mine.open().order_by("created_at"),
        "answered": mine.exclude(pk__in=mine.open().values("pk"))[:50],
    }
    return render(request, "programmes/reports.html", context)


@never_cache
@login_required
def report_answer(request, pk):
    """One report: takes it up, or ends it with an answer, which the sender gets when they left an address."""
    shown = get_object_or_404(ProblemReport.objects.editable_by(request.user), pk=pk)
    form = AnswerForm(request.POST or None)
    status = 200
    if form.is_valid():
        try:
            _answer(shown, request.POST.get("to", ""), request.user, form.cleaned_data["answer"])
        except ValidationError as error:
            form.add_error("answer", error)
        except StaleObject:
            status = 409
            shown.refresh_from_db()
        else:
            messages.success(request, _("Saved. Thank you for looking at it."))
            return redirect("programmes:reports")
    context = {"report": shown, "form": form, "is_stale": status == 409}
    return render(request, "programmes/report_answer.html", context, status=status)


@transaction.atomic
def _answer(shown, state, by, answer):
    if state not in ProblemReport.State.values:
        raise ValidationError(_("Choose what became of it."))
    shown.move_to(state, by, answer)
    if shown.email and not shown.is_open:
        outbox.send("report-answered", shown.email, shown.language, {"report": shown}, key=f"report {shown.pk} answer")


@require_safe
@never_cache
@login_required
def unmet(request):
    """What people looked for and did not find, and said is missing: for members, to become a need."""
    groups = groups_of(request.user)
    get_object_or_404(groups[:1])
    members = Organisation.objects.filter(memberships__in=Membership.objects.current().filter(group__in=groups))
    said = ProblemReport.objects.filter(kind=ProblemReport.Kind.MISSING)
    missing = said.filter(Q(pk__in=said.of_nobody_in(groups).values("pk")) | Q(organisation__in=members))
    searched = EmptySearch.objects.shown().order_by("-month", "-count")[:200]
    names = dict(settings.LANGUAGES)
    rows = [(search.words, names.get(search.language, ""), search.month, search.count) for search in searched]
    context = {"rows": rows, "missing": missing[:100], "languages": languages.CODES}
    return render(request, "programmes/unmet.html", context)
