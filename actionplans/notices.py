"""What is done with notices: proposing, sending to everybody whom it reaches, returning, saying to have read one."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal import outbox

from .mails import coordinating, link_for
from .models import Noted, Notice

outbox.optional("notices", _("Notices of partners that are not urgent"), "notice", "notice-proposed", "notice-returned")


def propose(notice, by):
    """Tells the coordinators that one waits to be sent; who may send it hears nothing of their own."""
    people = coordinating(notice.group_id)
    if people.filter(pk=by.pk).exists():
        return
    for person in people:
        _tell(notice, person, "notice-proposed", key=f"notice {notice.pk} {notice.version} proposed {person.pk}")


@transaction.atomic
def send(notice):
    """Sends it, in each one's language. Raises StaleObject. → to how many people."""
    notice.move_to(Notice.State.SENT)
    is_urgent = notice.priority == Notice.Priority.URGENT
    kind = "notice-urgent" if is_urgent else "notice"
    people = list(notice.people())
    for person in people:
        _tell(notice, person, kind, urgent=is_urgent, key=f"notice {notice.pk} to {person.pk}")
    return len(people)


@transaction.atomic
def give_back(notice, note):
    """Raises ValidationError without a note, StaleObject."""
    notice.move_to(Notice.State.RETURNED, note)
    if notice.author:
        _tell(notice, notice.author, "notice-returned", key=f"notice {notice.pk} {notice.version} returned")


def note(notice, user):
    """That the person has read it; a second time says nothing new."""
    Noted.objects.get_or_create(notice=notice, user=user)


def _tell(notice, person, kind, **how):
    context = {"notice": notice, "link": link_for(person, "actionplans:notice", notice.pk)}
    outbox.send(kind, person, context=context, **how)
