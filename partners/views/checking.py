"""The page behind the link in a reminder about a partner or place. GET shows, POST confirms; nobody need sign in."""

import contextlib

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from portal.stale import StaleObject

from .. import checking, completeness
from ..models import Organisation


@never_cache
def confirm_link(request, token):
    try:
        asked = checking.asked(token)
    except checking.LinkDead:
        return render(request, "partners/confirm_link.html", {"is_dead": True, "noindex": True}, status=410)
    is_done = request.method == "POST" and not asked.is_used
    if is_done:
        with contextlib.suppress(StaleObject):  # somebody else said so in the same moment: it is confirmed
            checking.confirm(asked.record, asked.user)
        asked.record.refresh_from_db()
    is_partner = isinstance(asked.record, Organisation)
    missing = completeness.of_organisation(asked.record) if is_partner else completeness.of_place(asked.record)
    edit = "partners:organisation-edit" if is_partner else "partners:place-edit"
    context = {
        "record": asked.record,
        "organisation": asked.record if is_partner else None,
        "place": None if is_partner else asked.record,
        "person": asked.user,
        "is_used": asked.is_used,
        "is_done": is_done,
        "missing": ", ".join(missing),
        "edit": reverse(edit, args=[asked.record.pk]),
        "noindex": True,
    }
    return render(request, "partners/confirm_link.html", context, status=410 if asked.is_used else 200)
