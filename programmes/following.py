"""Telling members that a programme they follow is full, paused, over, or meets at another time or place.

What matters is compared with what the person was told last, however it was changed: by form, import, administration
or SQL. So nobody hears of a change that was taken back before the mail went, and none is lost.
"""

from collections import defaultdict

from django.conf import settings
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from portal import dates, languages, outbox, ticks

from .models import Following, Programme, Schedule

outbox.optional("followed", gettext_lazy("Changes of programmes you follow"), "programme-changed")


def facts(programme, today=None):
    """{"state": …, "times": …}, as JSON keeps it; reads prefetched schedules. Texts are left out: only deeds count."""
    today = today or timezone.localdate()
    times = sorted(
        [s.rule, f"{s.starts_at or ''}", f"{s.ends_at or ''}", f"{s.valid_to or ''}", s.location_id or 0]
        for s in programme.schedules.all()
        if s.valid_to is None or s.valid_to >= today
    )
    return {"state": _state(programme), "times": times}


def _state(programme):
    if not programme.is_public:
        return "gone"
    if programme.is_paused:
        return f"paused {programme.resumes_on or ''}".strip()
    return "full" if programme.is_full else "open"


def follow(programme, user):
    """Following twice changes nothing."""
    Following.objects.get_or_create(programme=programme, user=user, defaults={"said": facts(programme)})


def differences(before, now, programme):
    """[sentence] in the language that is active; [] where nothing that matters changed."""
    found = []
    if before.get("state") != now["state"]:
        found.append(_state_in_words(now["state"], before.get("state", ""), programme))
    if before.get("times") != now["times"] and now["state"] != "gone":
        found.append(_("Its times or its place changed."))
    return found


def _state_in_words(state, before, programme):
    if state == "gone":
        return _("It is not offered any more, or nobody confirmed it for a year.")
    if state == "full":
        return _("It is full; there is a waiting list.")
    if state.startswith("paused"):
        day = programme.resumes_on
        words = {"day": dates.date_in_sentence(day, languages.active())} if day else {}
        return _("It is paused until %(day)s.") % words if day else _("It is paused.")
    return _("There are free places again.") if before == "full" else _("It takes place again.")


@ticks.register
def changed(today=None):
    """One mail a person with all of their programmes that changed since they last heard. → words, or None."""
    rows = Following.objects.filter(user__is_active=True).select_for_update(skip_locked=True, of=("self",))
    rows = rows.select_related("user").prefetch_related(
        Prefetch("programme", Programme.objects.select_related("organisation")),
        Prefetch("programme__schedules", Schedule.objects.order_by("pk")),
    )
    news = defaultdict(list)
    for row in rows.order_by("pk"):
        now = facts(row.programme, today)
        if now != row.said:
            news[row.user].append((row.programme, row.said, now))
            Following.objects.filter(pk=row.pk).update(said=now)
    for person, changes in news.items():
        _tell(person, changes)
    count = len(news)
    words = ngettext("%(count)s person told of changes", "%(count)s people told of changes", count)
    return words % {"count": count} if count else None


def _tell(person, changes):
    with override(person.language):
        items = [
            {
                "title": str(programme),
                "sentences": differences(before, now, programme),
                "link": settings.PORTAL_ADDRESS + programme.get_absolute_url(),
            }
            for programme, before, now in changes
        ]
    items = [item for item in items if item["sentences"]]
    if items:
        outbox.send("programme-changed", person, context={"items": items})
