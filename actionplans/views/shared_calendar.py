"""The calendar the members of a group share: a month, a week, on paper, and in one's own calendar program."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners.models import CalendarLink, groups_of

from .. import calendar_feed, shared_calendar
from ..forms.shared_calendar import CalendarForm, month_end, month_name, month_of, week_name, week_of
from .whose import group_of

IN_A_CELL = 4  # lines a day of a month holds; the week shows all
MOST_CLASHES = 4  # that stand open; the others are folded


@require_safe
@never_cache
@login_required
def calendar(request):
    """A month of the group, or with `?week=` a week; what gets in each other's way comes first."""
    group = group_of(request, groups_of(request.user))
    today = timezone.localdate()
    monday = week_of(request.GET.get("week"))
    first = monday or month_of(request.GET.get("month")) or today.replace(day=1)
    last = monday + timedelta(days=6) if monday else month_end(first)
    form = CalendarForm(request.GET, choices=shared_calendar.choices(group))
    found = shared_calendar.narrowed(shared_calendar.read(group, request.user, first, last), **form.chosen)
    context = {
        "group": group,
        "groups": list(groups_of(request.user).order_by("pk")),
        "form": form,
        "first": first,
        "last": last,
        "is_week": bool(monday),
        "days": _days(found, first, last, today, None if monday else IN_A_CELL),
        "count": len(found.rows),
        "troubled": found.troubled,
        "clashes": found.clashes[:MOST_CLASHES],
        "more_clashes": found.clashes[MOST_CLASHES:],
        "troubles": len(found.troubled) + len(found.clashes),
        "carried": {"group": request.GET.get("group", ""), "week" if monday else "month": _name(first, monday)},
        **_ways(first, last, monday, today),
    }
    return render(request, "actionplans/calendar.html", context)


def _name(day, is_week):
    return week_name(day) if is_week else month_name(day)


def _ways(first, last, is_week, today):
    """The names of the weeks and months that links lead to."""
    return {
        "earlier": _name(first - timedelta(days=1), is_week),
        "later": _name(last + timedelta(days=1), is_week),
        "this_week": week_name(today if first <= today <= last else first),
        "this_month": month_name(first),
        "now": _name(today, is_week),
        "is_now": first <= today <= last,
    }


def _days(found, first, last, today, most):
    """[{day, its holiday, its rows with whether they clash, how many more, the week to see them in}]"""
    marked, by_day = found.marked, {}
    for one in found.rows:
        by_day.setdefault(one.day, []).append((one, shared_calendar.address(one), (*one.key, one.day) in marked))
    days = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        rows = by_day.get(day, [])
        shown = _in_cell(rows, most)
        days.append(
            {
                "day": day,
                "weekday": day.weekday(),
                "is_today": day == today,
                "holiday": found.holidays.get(day),
                "rows": shown,
                "count": len(rows),
                "more": len(rows) - len(shown),
                "week": week_name(day),
            }
        )
    return days


def _in_cell(rows, most):
    """At most `most` of a day's rows, in their order: first what the group meets for or owes, and what clashes."""
    if most is None or len(rows) <= most:
        return rows
    places = sorted(range(len(rows)), key=lambda place: rows[place][0].kind == "programme" and not rows[place][2])
    return [rows[place] for place in sorted(places[:most])]


# ---- in one's own calendar program --------------------------------------------------------------------
@require_safe
@never_cache
@login_required
def calendar_link(request):
    """How a calendar program reads it; a link just made is shown this once."""
    if not groups_of(request.user).exists():
        raise Http404
    token = request.session.pop("calendar_link", "")
    address = request.build_absolute_uri(reverse("actionplans:calendar-feed", args=[token])) if token else ""
    known = CalendarLink.objects.filter(user=request.user).first()
    return render(request, "actionplans/calendar_link.html", {"address": address, "known": known})


@require_POST
@never_cache
@login_required
def calendar_link_renew(request):
    if not groups_of(request.user).exists():
        raise Http404
    request.session["calendar_link"] = CalendarLink.objects.renew(request.user)
    return redirect("actionplans:calendar-link")


@require_POST
@never_cache
@login_required
def calendar_link_end(request):
    """Nobody reads the calendar by the link any more."""
    CalendarLink.objects.filter(user=request.user).delete()
    messages.success(request, _("The link no longer works."))
    return redirect("actionplans:calendar")


@require_safe
@never_cache
def feed(request, token):
    """For whoever has the link: what its owner may see of their groups today."""
    user = CalendarLink.objects.opened_by(token)
    if user is None or not groups_of(user).exists():
        raise Http404
    headers = {"Content-Disposition": 'inline; filename="calendar.ics"', "X-Robots-Tag": "noindex"}
    return HttpResponse(calendar_feed.feed(user), content_type="text/calendar; charset=utf-8", headers=headers)
