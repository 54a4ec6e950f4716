"""The yearly assessment of programmes: the list to work through, one programme, and what follows from a decision."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners.models import coordinated_by, groups_of
from portal import languages, spreadsheets
from portal.stale import StaleObject
from programmes.models import Programme

from .. import assessments as deed
from ..filters import AssessmentFilter
from ..forms.assessments import AssessmentForm
from ..models import Assessment
from ..models.assessments import year_of
from .whose import group_of

ON_A_PAGE = 20


class _Asked:
    """Which group and year a request is about. Http404 for a group one is not in, and for what is no year."""

    def __init__(self, request):
        self.user, self.today = request.user, timezone.localdate()
        self.groups = groups_of(request.user)
        self.group = group_of(request, self.groups)
        self.open_year = year_of(self.today)
        text = request.POST.get("year") or request.GET.get("year") or str(self.open_year)
        self.year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else 0
        if not 0 < self.year <= self.open_year:
            raise Http404
        self.is_open = self.year == self.open_year
        self.may_decide = coordinated_by(request.user).filter(pk=self.group.pk).exists()
        self.names_group = self.groups.count() > 1

    @property
    def carried(self):
        """What links and forms keep: the year where it is not the open one, the group for who works with several."""
        found = {} if self.is_open else {"year": self.year}
        return {**found, "group": self.group.slug} if self.names_group else found

    def address(self, name, *args, **more):
        query = urlencode({**self.carried, **more})
        return reverse(f"actionplans:{name}", args=args) + (f"?{query}" if query else "")

    def rows(self):
        found = deed.programmes(self.group, self.year, self.today)
        return deed.with_words(found, self.group, self.year, self.user).select_related("organisation")


# ---- the list -------------------------------------------------------------------------------------
@require_safe
@never_cache
@login_required
def assessments(request):
    """What is not assessed first; with `?show=` only some."""
    asked = _Asked(request)
    rows = asked.rows()
    chosen = AssessmentFilter(request.GET, queryset=rows)
    counts = deed.counts(rows)
    page = Paginator(deed.in_order(chosen.qs), ON_A_PAGE).get_page(request.GET.get("page"))
    shown = request.GET.get("show", "")
    context = {
        "asked": asked,
        "group": asked.group,
        "years": [(year, asked.address("assessments", year=year)) for year in deed.years(asked.group, asked.today)],
        "rows": deed.rows_of(page, asked.group, asked.year, request.user, asked.names_group),
        "page": page,
        "form": chosen.form,
        "kinds": _kinds(asked, request, counts, shown),
        "all_address": _address(asked, request, ""),
        "total": counts["all"],
        "done": counts["all"] - counts["open"],
        "open": counts["open"],
        "shown": shown if shown in deed.KINDS else "",
        "matching": page.paginator.count,
        "compared": deed.compared(asked.group, asked.year),
        "before": asked.year - 1,
        "query": request.GET.urlencode(),
        "own": set(_own(request.user).filter(pk__in=[row.pk for row in page]).values_list("pk", flat=True)),
        "results_address": asked.address("results"),
    }
    return render(request, "actionplans/assessments.html", context)


def _kinds(asked, request, counts, shown):
    """[(key, label, how many, address)] of what there is, or is chosen."""
    return [
        (key, label, counts[key], _address(asked, request, key))
        for key, (label, _test) in deed.KINDS.items()
        if counts[key] or key == shown
    ]


def _address(asked, request, show):
    more = {"show": show} if show else {}
    if organisation := request.GET.get("organisation"):
        more["organisation"] = organisation
    return asked.address("assessments", **more)


def _own(user):
    return Programme.objects.editable_by(user)


@require_safe
@never_cache
@login_required
def assessments_csv(request):
    """The same rows as a table for a spreadsheet, all of them."""
    asked = _Asked(request)
    chosen = AssessmentFilter(request.GET, queryset=asked.rows())
    rows = deed.rows_of(deed.in_order(chosen.qs), asked.group, asked.year, request.user)
    head = [_("Year"), _("Programme"), _("Provider"), _("Status"), _("Verdict"), _("Reason"), _("By when"),
            _("What comes instead"), _("Said on"), _("Said by"), _("The provider proposes"),
            _("The year before"), _("People who took part"), _("Cost in euros"), _("Figures of the year"),
            _("Cost per person in euros"), _("The only one in"), _("May overlap in"), _("Last checked"),
            _("Open reports of readers"), _("Reports in the year")]  # fmt: skip
    table = [head, *(_cells(asked.year, row) for row in rows)]
    return spreadsheets.csv_response(f"assessments-{asked.year}", table)


def _cells(year, row):
    said, known = row.decided, row.known
    return [
        year,
        str(row.programme),
        str(row.programme.organisation),
        row.programme.get_status_display(),
        said.get_verdict_display() if said else "",
        languages.resolve(said, "reason")[0] if said else "",
        (said and said.until) or "",
        str((said and said.instead) or ""),
        said.given_on if said else "",
        str((said and said.given_by) or ""),
        row.proposed.get_verdict_display() if row.proposed else "",
        row.before.get_verdict_display() if row.before else "",
        *((known.participants, known.cost_eur, known.year) if known else ("", "", "")),
        "" if known is None or known.per_person is None else round(known.per_person),
        "; ".join(f"{place.row.label} × {place.column.label}" for place in row.standing.alone),
        "; ".join(f"{place.row.label} × {place.column.label}" for place in row.standing.crowded),
        row.programme.checked_on or "",
        row.open_reports,
        row.reports,
    ]


# ---- one programme --------------------------------------------------------------------------------
@never_cache
@login_required
def assessment(request, pk):
    """What is known of a programme, what was decided in other years, and the form of who decides or proposes."""
    asked = _Asked(request)
    programme = get_object_or_404(asked.rows(), pk=pk)
    form = _form(request, asked, programme)
    if form and form.is_valid():
        try:
            is_kept = form.keep()
        except IntegrityError:  # somebody assessed the same programme in this very moment
            form = _form(request, asked, programme)
            is_kept = form.is_valid() and form.keep()
        if is_kept:
            proposed = form.instance.is_proposal
            words = _("Your proposal is with the coordinator.") if proposed else _("The decision is written down.")
            messages.success(request, words)
            return redirect(asked.address("assessment", pk))
    form, status = form.answer() if form else (None, 200)
    return render(request, "actionplans/assessment.html", _about(request, asked, programme, form), status=status)


def _form(request, asked, programme):
    """The form of the group's decision, for coordinators; of a proposal, for the provider until the group decided."""
    if not asked.is_open or request.method not in ("GET", "HEAD", "POST"):
        return None
    key = {"group": asked.group, "programme": programme, "year": asked.year}
    is_proposal = not asked.may_decide
    if is_proposal:
        if not _own(request.user).filter(pk=programme.pk).exists():
            return _refused(request)
        if Assessment.objects.decided().filter(**key).exists():
            return _refused(request)
    record = Assessment.objects.filter(**key, is_proposal=is_proposal).first()
    initial = {} if record or is_proposal else _as_proposed(key)
    record = record or Assessment(**key, is_proposal=is_proposal, given_by=request.user)
    return AssessmentForm(request.POST or None, instance=record, initial=initial, by=request.user)


def _refused(request):
    """No form for who may not write; a POST of theirs finds nothing."""
    if request.method == "POST":
        raise Http404
    return None


def _as_proposed(key):
    """A decision begins with what the provider has proposed."""
    proposed = Assessment.objects.proposals().filter(**key).first()
    if proposed is None:
        return {}
    names = (
        "verdict",
        *languages.columns("reason"),
        "until",
        "instead_id",
        "participants",
        "cost_eur",
        "evidence_id",
        "link",
    )
    return {name.removesuffix("_id"): getattr(proposed, name) for name in names}


def _about(request, asked, programme, form):
    row = deed.rows_of([programme], asked.group, asked.year, request.user, asked.names_group)[0]
    earlier = Assessment.objects.visible_to(request.user).decided().filter(group=asked.group, programme=programme)
    may_edit = _own(request.user).filter(pk=programme.pk).exists()
    said = row.decided or row.proposed
    may_change = said and Assessment.objects.editable_by(request.user).filter(pk=said.pk).exists()
    return {
        "asked": asked,
        "programme": programme,
        "row": row,
        "form": form,
        "earlier": earlier.filter(year__lt=asked.year).select_related("given_by", "evidence", "instead"),
        "tasks": row.decided.tasks.select_related("organisation") if row.decided else [],
        "may_end": bool(row.decided and row.decided.is_to_be_ended() and may_edit),
        "may_edit": may_edit,
        "history": said.pk if may_change else None,
        "list_address": asked.address("assessments"),
        "end_address": asked.address("assessment-end", programme.pk),
        "next": _next(request, asked, programme),
    }


def _next(request, asked, programme):
    """(the programme, its address) that a coordinator goes on with; None when all are assessed."""
    if not asked.may_decide or not asked.is_open:
        return None
    found = deed.next_open(asked.group, asked.year, request.user, programme)
    return found and (found, asked.address("assessment", found.pk))


@require_POST
@login_required
def assessment_end(request, pk):
    """Ends a programme that the group has decided to stop."""
    asked = _Asked(request)
    decided = Assessment.objects.decided().visible_to(request.user)
    decided = decided.filter(group=asked.group, year=asked.year, verdict=Assessment.Verdict.STOP)
    found = get_object_or_404(decided.select_related("programme"), programme=pk, programme__in=_own(request.user))
    try:
        deed.end(found, request.user)
    except StaleObject:
        messages.error(request, _("Somebody else moved it meanwhile. Look again."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The programme has ended. Its page says so, and what there is instead."))
    return redirect(asked.address("assessment", pk))
