"""The history of a programme, with its terms, partners, schedules and continuations; and the way back."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import languages
from portal.history.kinds import Kind, Part, register
from portal.history.past import events_of
from portal.history.restore import Moved
from portal.stale import StaleObject

from . import photos, recurrence, review
from .content import content, normalised, put
from .models import (
    Continuation,
    Pathway,
    PathwayStep,
    PathwayTerm,
    Programme,
    ProgrammePartner,
    ProgrammeTerm,
    Schedule,
    ScheduleLanguage,
    StepProgramme,
)
from .past import content_at


def _owned(number):
    return {"programme_id": number}


def _of_schedules(number):
    return {"schedule_id__in": events_of(Schedule).objects.filter(programme_id=number).values("pgh_obj_id")}


def _rule(event):
    """ "every second Thursday": nobody reads a rule as it is stored. One that plain SQL spoilt stands as it is."""
    try:
        return recurrence.in_words(event.rule, None, None, languages.active(), event.valid_from)
    except ValidationError:
        return event.rule


def restore(programme, moment, is_before, column, version, by):
    """As an edit: where the group reviews edits first, as a proposal. Raises as portal.history.restore does."""
    then = content_at(programme, moment, is_before)
    if then is None:
        raise ValidationError(_("The record was not there yet."))
    wanted = {name: value for name, value in then.items() if column in (None, name)}
    if photos.is_gone(then["photo"]):
        wanted = {name: value for name, value in wanted.items() if name not in photos.COLUMNS}
    try:
        if review.reviews_first(programme, by):
            review.propose(programme, wanted, by, version)
            return _("The coordinator has it for review; until then the published version stays.")
        return _put(programme, wanted, version, by)
    except StaleObject as error:
        raise Moved from error


@transaction.atomic
def _put(programme, wanted, version, by):
    locked = Programme.objects.editable_by(by).select_for_update(of=("self",)).get(pk=programme.pk)
    if locked.version != version:
        raise Moved
    now = content(locked)
    changes = normalised(locked, wanted, now)
    if not changes:
        raise ValidationError(_("Nothing is different from what stands now."))
    if locked.status in Programme.PUBLIC:
        review.refuse({**now, **changes}, now, locked.held_languages)
    put(locked, changes)
    review.saved(locked, by)


register(
    Kind(
        "programme",
        Programme,
        readable=Programme.objects.editable_by,
        editable=Programme.objects.editable_by,
        parts=(
            Part(Schedule, gettext_lazy("schedule"), _owned, ("programme",), says={"rule": _rule}),
            Part(ScheduleLanguage, gettext_lazy("spoken language"), _of_schedules, ("schedule",)),
            Part(ProgrammeTerm, gettext_lazy("term"), _owned, ("programme",)),
            Part(ProgrammePartner, gettext_lazy("partner"), _owned, ("programme",)),
            Part(Continuation, gettext_lazy("continue with"), _owned, ("programme", "order")),
        ),
        fixed=("slug", "status", "organisation", "checked_on", "checked_by", "checked_way", "checked_role"),
        restore=restore,
    )
)


def _of_steps(number):
    return {"step_id__in": events_of(PathwayStep).objects.filter(pathway_id=number).values("pgh_obj_id")}


register(
    Kind(
        "pathway",
        Pathway,
        readable=Pathway.objects.editable_by,
        editable=Pathway.objects.editable_by,
        parts=(
            Part(PathwayStep, gettext_lazy("step"), lambda number: {"pathway_id": number}, ("pathway", "version")),
            Part(StepProgramme, gettext_lazy("programme"), _of_steps, ("step",)),
            Part(PathwayTerm, gettext_lazy("term"), lambda number: {"pathway_id": number}, ("pathway",)),
        ),
        fixed=("group", "slug", "state", "published_on", "looked_at_on"),
    )
)
register(
    Kind(
        "pathway-step",
        PathwayStep,
        readable=PathwayStep.objects.editable_by,
        editable=PathwayStep.objects.editable_by,
        parts=(Part(StepProgramme, gettext_lazy("programme"), lambda number: {"step_id": number}, ("step",)),),
        fixed=("pathway", "order", "organisation", "level"),
        hides=("version", "pathway"),
    )
)
