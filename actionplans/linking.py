"""From a programme into the plan: its provider links it to a measure, and through its objective to a need.

Whose organisation leads the measure or takes part in it links at once, as does the coordinator; everybody else
suggests it, and who may edit the measure decides.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.stale import StaleObject

from . import mails
from .models import ActionPlan, Measure, MeasureProgramme, MeasureSuggestion


def measures_for(programme, user):
    """Measures of its provider's groups that go on, that the user sees, and that neither have it nor were asked."""
    groups = programme.organisation.memberships.current().values("group")
    going_on = Measure.objects.in_plans(ActionPlan.objects.taking_measures().filter(strategy__group__in=groups))
    there = MeasureProgramme.objects.filter(programme=programme).values("measure")
    open_ones = MeasureSuggestion.objects.open().filter(programme=programme).values("measure")
    rows = Measure.objects.visible_to(user).filter(pk__in=going_on.values("pk")).exclude(phase__in=Measure.OVER)
    return rows.exclude(pk__in=there).exclude(pk__in=open_ones).select_related("objective", "plan__strategy")


@transaction.atomic
def link(programme, measure, by):
    """The programme belongs to the measure from now on; True when it did not before. Raises ValidationError.

    Who suggested it hears of it, but when it was who links it. Raises the version: an open form of the measure must
    not take it out again unseen.
    """
    if _running(measure).is_over:
        raise ValidationError(_("The measure is over."))
    _row, is_new = MeasureProgramme.objects.get_or_create(measure=measure, programme=programme)
    if is_new:
        _changed(measure)
    if row := MeasureSuggestion.objects.filter(measure=measure, programme=programme).first():
        if row.declined_on is None:
            mails.suggestion_answered(row, by)
        row.delete()
    return is_new


@transaction.atomic
def unlink(programme, measure):
    """Raises StaleObject when somebody took it out before."""
    _running(measure)
    if not MeasureProgramme.objects.filter(measure=measure, programme=programme).delete()[0]:
        raise StaleObject(measure)
    _changed(measure)


@transaction.atomic
def suggest(programme, measure, why, by):
    """Asks who answers for the measure, and writes to them; one that was declined is asked anew."""
    now = {"why": why, "suggested_on": timezone.localdate(), "declined_on": None, "reason": "", "suggested_by": by}
    row, _is_new = MeasureSuggestion.objects.update_or_create(measure=measure, programme=programme, defaults=now)
    mails.suggestion_made(row)


def take(suggestion, by):
    """Raises ValidationError as `link`; StaleObject when it was withdrawn or decided meanwhile."""
    with transaction.atomic():
        if not MeasureSuggestion.objects.select_for_update().filter(pk=suggestion.pk, declined_on=None).exists():
            raise StaleObject(suggestion)
        link(suggestion.programme, suggestion.measure, by)


@transaction.atomic
def decline(suggestion, reason, by):
    """Who suggested it reads the reason. Raises ValidationError without one; StaleObject as `take`."""
    if not reason.strip():
        raise ValidationError(_("Say why."))
    still = MeasureSuggestion.objects.filter(pk=suggestion.pk, declined_on=None)
    if not still.update(declined_on=timezone.localdate(), reason=reason.strip()):
        raise StaleObject(suggestion)
    suggestion.refresh_from_db()
    mails.suggestion_answered(suggestion, by)


def _running(measure):
    return Measure.objects.select_for_update(of=("self",)).get(pk=measure.pk)


def _changed(measure):
    Measure.objects.filter(pk=measure.pk).update(version=F("version") + 1)
