"""What a programme said at an earlier moment."""

from portal.history.past import as_of, events_of

from .content import columns, plain
from .models import Continuation, Programme, ProgrammePartner, ProgrammeTerm, Schedule, ScheduleLanguage


def content_at(programme, moment, is_before=False):
    """Its content (programmes.content) at that moment, or right before it; None when it was not there yet."""
    then = as_of(Programme, moment, is_before, pgh_obj_id=programme.pk)
    if not then:
        return None

    def of(model):
        return as_of(model, moment, is_before, programme_id=programme.pk)

    found = {name: plain(field, getattr(then[0], name)) for name, field in columns().items()}
    found["terms"] = sorted(event.term_id for event in of(ProgrammeTerm))
    found["partners"] = sorted([event.organisation_id, event.role] for event in of(ProgrammePartner))
    following = sorted(of(Continuation), key=lambda event: (event.order, event.pgh_obj_id))
    found["continues_with"] = [event.next_id for event in following]
    found["schedules"] = _schedules(of(Schedule), moment, is_before)
    return found


def _schedules(events, moment, is_before):
    spoken = {}
    for event in as_of(ScheduleLanguage, moment, is_before, schedule_id__in=[e.pgh_obj_id for e in events]):
        spoken.setdefault(event.schedule_id, []).append(event.term_id)
    known = columns(Schedule)
    return [
        {
            "id": event.pgh_obj_id,
            **{name: plain(field, getattr(event, name)) for name, field in known.items()},
            "languages": sorted(spoken.get(event.pgh_obj_id, [])),
        }
        for event in events
    ]


def last_change(programme):
    """(who, when) of its last version, of one that changed since the last review; (None, None) otherwise.

    Who is a user's number, None where the history does not know.
    """
    later = events_of(Programme).objects.filter(pgh_obj_id=programme.pk, version__gt=programme.reviewed_version)
    facts = ("pgh_context__metadata__user", "pgh_created_at")
    return later.order_by("-version", "pgh_id").values_list(*facts).first() or (None, None)


def last_review(programme):
    """The moment before which everything had been looked at: that of its first version after the reviewed one."""
    later = events_of(Programme).objects.filter(pgh_obj_id=programme.pk, version__gt=programme.reviewed_version)
    return later.order_by("pgh_id").values_list("pgh_created_at", flat=True).first()
