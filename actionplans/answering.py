"""Saving what an organisation answers in a round: reports and figures follow from it."""

from django.db import transaction
from django.utils import timezone

from portal import languages
from portal.stale import StaleObject

from . import mails
from .models import Answer, IndicatorValue, Round, StatusReport


@transaction.atomic
def keep_answers(opened, organisation, rows, by):
    """Saves the rows [((kind, number), record, valid form)] that say something new. → how many.

    A sentence about a measure becomes a status report, a figure a value that waits for approval. The round is
    locked meanwhile, so that it is not closed in between: raises StaleObject when it was.
    """
    locked = Round.objects.select_for_update().get(pk=opened.pk)
    if not locked.is_open:
        raise StaleObject(locked)
    count = 0
    for (kind, number), record, form in rows:
        given = form.cleaned_data
        if not given.get("kind"):
            continue
        fields = {
            "organisation": organisation,
            "kind": given["kind"],
            "text": given.get("text", ""),
            "reached": given.get("reached"),
        }
        known = Answer.objects.filter(round=locked, **{f"{kind}_id": number}).first()
        if known and given.get("value") is None and all(getattr(known, n) == value for n, value in fields.items()):
            continue
        Answer.objects.update_or_create(
            round=locked,
            **{f"{kind}_id": number},
            defaults={**fields, "answered_by": by, "answered_at": timezone.now()},
        )
        if kind == "measure":
            _report(record, organisation, given, by)
        elif given.get("value") is not None:
            count += _figure(record, given, by)
            continue
        count += 1
    return count


def _report(measure, organisation, given, by):
    """Nothing has changed is no report; the answer itself counts as heard."""
    if given["kind"] == Answer.Kind.NO_CHANGE:
        return
    StatusReport.objects.create(
        measure=measure,
        organisation=organisation,
        written_by=by,
        reached=given["reached"],
        needs_help=given["kind"] == Answer.Kind.NEED_HELP,
        **{f"text_{languages.active()}": given["text"]},
    )


def _figure(indicator, given, by):
    """1 when a figure was new. One that is approved already stays as it is: it is corrected by who approved it."""
    waiting = IndicatorValue.State.SUBMITTED
    known = indicator.values.filter(measured_on=given["measured_on"]).first()
    if known is None:
        new = IndicatorValue.objects.create(
            indicator=indicator,
            measured_on=given["measured_on"],
            value=given["value"],
            state=waiting,
            entered_by=by,
        )
        mails.value_submitted(new, by)
        return 1
    if known.state == IndicatorValue.State.APPROVED or known.value == given["value"]:
        return 0
    changed = {"value": given["value"], "numerator": None, "denominator": None, "state": waiting, "entered_by": by}
    IndicatorValue.objects.filter(pk=known.pk).update(**changed, version=known.version + 1)
    known.refresh_from_db()
    mails.value_submitted(known, by)
    return 1
