"""What the portal knows of a person: handed out on request, and erased on request (GDPR, articles 15 and 17)."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import languages, outbox
from portal.models import MailRhythm, Outbox

from .models import CalendarLink, Group, HandOver, Invitation, JoinRequest, Seat, User


def personal_data(user):
    """A mapping of plain values: the person, their seats, what they said under their name, sessions, ways to sign in,
    and mails of the last months.
    """
    return {
        "email": user.email,
        "full_name": user.full_name,
        "phone": user.phone,
        "language": user.language,
        "ask_me_about": {code: getattr(user, f"expertise_{code}") or "" for code in languages.CODES},
        "members_see_address": user.is_listed,
        "date_joined": user.date_joined.isoformat(),
        "last_login": user.last_login and user.last_login.isoformat(),
        "seats": [
            {
                "organisation": str(seat.membership.organisation),
                "group": str(seat.membership.group),
                "role": seat.role,
                "starts_on": seat.starts_on.isoformat(),
                "ends_on": seat.ends_on and seat.ends_on.isoformat(),
            }
            for seat in user.seats.select_related("membership__organisation", "membership__group")
        ],
        "regions": [
            {
                "region": str(seat.region),
                "starts_on": seat.starts_on.isoformat(),
                "ends_on": seat.ends_on and seat.ends_on.isoformat(),
            }
            for seat in user.region_seats.select_related("region")
        ],
        "working_groups": [str(row.working_group) for row in user.working_groups.select_related("working_group")],
        "said_among_members": [
            {"about": str(comment.about), "text": comment.text, "at": comment.sent_at.isoformat()}
            for comment in _said(user)
        ],
        "follows": [str(row.programme) for row in user.followed.select_related("programme")],
        "calendar_links": [at.isoformat() for at in _links(user).values_list("made_at", flat=True)],
        "sessions": [
            {"ip": session.ip, "browser": session.user_agent, "began": session.created_at.isoformat()}
            for session in UserSession.objects.filter(user=user)
        ],
        "second_factors": list(Authenticator.objects.filter(user=user).values_list("type", flat=True)),
        "mails_come": outbox.rhythm(user.pk).how,
        "mails_switched_off": list(user.switched_off.values_list("topic", flat=True)),
        "mails": [
            {"subject": subject, "at": at.isoformat()}
            for subject, at in Outbox.objects.filter(to__iexact=user.email).values_list("subject", "created_at")
        ],
    }


def _said(user):
    comments = apps.get_model("actionplans", "Comment").objects.filter(by=user)
    return comments.select_related("strategy", "need", "plan__strategy", "measure")


def _links(user):
    return CalendarLink.objects.filter(user=user)


def last_coordinated(user):
    """Groups that would have no coordinator without the person."""
    today = timezone.localdate()
    seats = Seat.objects.current(today).filter(role=Seat.Role.COORDINATOR)
    own = Group.objects.filter(pk__in=seats.filter(user=user).values_list("membership__group", flat=True))
    others = seats.filter(user__is_active=True).exclude(user=user).values_list("membership__group", flat=True)
    return list(own.exclude(pk__in=others))


@transaction.atomic
def erase(user):
    """Takes away name, addresses, ways to sign in and sessions, and ends the seats.

    The row stays, so that a history says "a former member" and not somebody else; so do the earlier values in the
    history of the row, which are taken out too. Raises ValidationError for the last coordinator of a group; the groups
    are locked meanwhile, so that two who leave at once cannot both.
    """
    today = timezone.localdate()
    coordinated = user.seats.filter(role=Seat.Role.COORDINATOR).values_list("membership__group", flat=True)
    list(Group.objects.select_for_update().filter(pk__in=list(coordinated)).order_by("pk"))
    if last_coordinated(user):
        raise ValidationError(_("A group needs a coordinator: give that role to somebody else first."))
    Invitation.objects.filter(email__iexact=user.email).delete()
    JoinRequest.objects.filter(email__iexact=user.email).update(email="")
    EmailAddress.objects.filter(user=user).delete()
    Outbox.objects.filter(to__iexact=user.email).delete()
    HandOver.objects.filter(Q(person=user) | Q(by=user) | Q(moved__contains=[{"to": user.pk}])).delete()
    user.switched_off.all().delete()
    user.working_groups.all().delete()
    _links(user).delete()
    MailRhythm.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    keys = UserSession.objects.filter(user=user).values_list("session_key", flat=True)
    Session.objects.filter(session_key__in=list(keys)).delete()
    UserSession.objects.filter(user=user).delete()
    for seats in (user.seats, user.region_seats):
        seats.filter(starts_on__gt=today).delete()
        seats.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=today)).update(ends_on=today)
    blank = {
        "email": f"erased-{user.pk}@invalid.example",
        "full_name": "",
        "phone": "",
        "is_active": False,
        "is_staff": False,
        "is_superuser": False,
        **dict.fromkeys(languages.columns("expertise"), ""),
    }
    User.objects.filter(pk=user.pk).update(**blank)
    events = apps.get_model("partners", "UserEvent").objects.filter(pgh_obj_id=user.pk)
    events.update(**blank)
    erased = User.objects.get(pk=user.pk)
    erased.set_unusable_password()
    erased.save(update_fields=["password"])
