"""An invitation on its way: made once, renewed when it is open already, and sent with its link."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import override

from portal import outbox

from .models import Invitation, User


def renewed(wanted):
    """(invitation, its token): the wanted one, or the one that is open already, so that nobody is invited twice."""
    try:
        with transaction.atomic():
            return wanted, wanted.renew()
    except IntegrityError:
        known = Invitation.objects.pending().get(
            membership=wanted.membership, role=wanted.role, email__iexact=wanted.email
        )
        return known, known.renew()


def send(invitation, token):
    """Writes to the person who is invited; the link stands in the mail only."""
    with override(invitation.language):
        link = settings.PORTAL_ADDRESS + reverse("partners:accept", args=[token])
    user = User.objects.filter(email__iexact=invitation.email).first()
    context = {"invitation": invitation, "link": link}
    outbox.send("invitation", user or invitation.email, invitation.language, context, urgent=True)
