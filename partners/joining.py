"""Would like to take part: who asks, who hears of it, what is answered, what an accepted request becomes."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from rapidfuzz import fuzz

from portal import addresses, languages, outbox, ticks
from portal.search.text import fold

from .models import JoinRequest, Membership, Organisation, Seat, User, inviting

ALIKE = 80  # of 100: names that a person should look at before a second organisation is made of the first
WEEK = timedelta(days=7)


@transaction.atomic
def ask(asked, token=""):
    """Stores a new request and tells the coordinators. → the request."""
    asked.store(token)
    _tell(asked)
    return asked


def _tell(asked, key="join request {pk} to {person}"):
    for person in _whom(asked.group_id):
        with override(person.language):
            link = settings.PORTAL_ADDRESS + reverse("partners:join-request", args=[asked.pk])
        context = {"asked": asked, "link": link}
        outbox.send("joining-new", person, context=context, key=key.format(pk=asked.pk, person=person.pk))


def _whom(group):
    """The group's coordinators; administrators where it has none."""
    seats = Seat.objects.current().filter(membership__group=group, role=Seat.Role.COORDINATOR)
    people = User.objects.filter(is_active=True)
    coordinators = people.filter(pk__in=seats.values_list("user", flat=True))
    return coordinators if coordinators.exists() else people.filter(is_superuser=True)


@ticks.register
def waiting(now=None):
    """Reminds the coordinators of requests that nobody has taken up for a week; once a request and person."""
    since = (now or timezone.now()) - WEEK
    for asked in JoinRequest.objects.filter(state=JoinRequest.State.NEW, created_at__lt=since):
        _tell(asked, key="join request {pk} waits {person}")


def similar(name, user):
    """Up to five organisations with a name like this one in any language, the most alike first."""
    wanted, found = fold(name), []
    for organisation in Organisation.objects.visible_to(user).only("slug", *languages.columns("name")):
        names = {fold(getattr(organisation, column) or "") for column in languages.columns("name")} - {""}
        alike = max((max(fuzz.ratio(wanted, n), fuzz.token_sort_ratio(wanted, n)) for n in names), default=0)
        if alike >= ALIKE:
            found.append((-alike, organisation.pk, organisation))
    return [organisation for _alike, _pk, organisation in sorted(found)[:5]]


@transaction.atomic
def accept(asked, by, answer="", known=None, name="", sector=None):
    """The request becomes a membership of `known`, or of a new organisation. → the membership.

    Raises StaleObject when somebody else answered first; nothing is made then.
    """
    asked.move_to(JoinRequest.State.ACCEPTED, by, answer)
    texts = {f"name_{asked.language}": name, f"offer_{asked.language}": asked.offer}
    organisation = known or addresses.save_new(Organisation(sector=sector, **texts), name)
    asked.organisation = organisation
    asked.save(update_fields=["organisation"])
    membership = _membership(asked.group, organisation)
    _answer(asked, "joining-accepted")
    return membership


def _membership(group, organisation):
    """The one that is current, or a new one from today; also where another request makes it at the same moment."""
    current = Membership.objects.current().filter(group=group, organisation=organisation).first()
    return current or Membership.objects.get_or_create(group=group, organisation=organisation, left_on=None)[0]


@transaction.atomic
def decline(asked, by, answer):
    """Raises StaleObject when somebody else answered first, ValidationError without a reason."""
    asked.move_to(JoinRequest.State.DECLINED, by, answer)
    _answer(asked, "joining-declined")


def _answer(asked, kind):
    if asked.email:
        outbox.send(kind, asked.email, asked.language, {"asked": asked}, key=f"join request {asked.pk} answer")


def invitation_for(user, number):
    """What the form of an invitation begins with for an accepted request; {} for anything else."""
    number = int(number) if number.isdecimal() and len(number) < 15 else 0
    accepted = JoinRequest.objects.editable_by(user).filter(state=JoinRequest.State.ACCEPTED)
    asked = accepted.filter(pk=number).first()
    if asked is None:
        return {}
    membership = inviting(user).filter(group=asked.group_id, organisation=asked.organisation_id).first()
    is_represented = membership and Seat.objects.current().filter(
        membership=membership, role=Seat.Role.REPRESENTATIVE, ends_on=None
    )
    return {
        "email": asked.email,
        "language": asked.language,
        "membership": membership and membership.pk,
        "role": Seat.Role.EDITOR if is_represented and is_represented.exists() else Seat.Role.REPRESENTATIVE,
    }
