"""Invitation: a seat that waits for its person, who comes by a link that only their mailbox knows."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tokens import digest

from .organisations import Membership, Organisation, Seat
from .people import User
from .rights import coordinated_by

VALID = timedelta(days=7)


class UsedUp(Exception):
    """The link was used, was withdrawn, is older than seven days, or its seat is no longer free."""


class InvitationQuerySet(models.QuerySet):
    def open(self, now=None):
        """Still to be used: neither accepted nor withdrawn nor too old."""
        return self.filter(accepted_at=None, withdrawn_at=None, sent_at__gt=(now or timezone.now()) - VALID)

    def pending(self):
        """Not answered yet, too old or not: whoever invited can send them again."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def editable_by(self, user):
        """Those into groups the person coordinates, or into organisations the person represents."""
        return self.filter(membership__in=inviting(user))


def inviting(user):
    """Memberships into whose seats the person may invite."""
    if not user.is_authenticated:
        return Membership.objects.none()
    represented = Seat.objects.current().filter(user=user, role=Seat.Role.REPRESENTATIVE)
    own = represented.values_list("membership", flat=True)
    return Membership.objects.current().filter(Q(group__in=coordinated_by(user)) | Q(pk__in=own))


def roles_to_give(user, membership):
    """Coordinators give every role; representatives those who work for their own organisation."""
    if coordinated_by(user).filter(pk=membership.group_id).exists():
        return list(Seat.Role)
    return [Seat.Role.DEPUTY, Seat.Role.EDITOR]


class Invitation(models.Model):
    membership = models.ForeignKey(Membership, models.CASCADE, verbose_name=_("membership"), related_name="invitations")
    role = models.CharField(_("role"), max_length=20, choices=Seat.Role)
    email = models.EmailField(_("e-mail"), max_length=254)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    invited_by = models.ForeignKey(User, models.SET_NULL, verbose_name=_("invited by"), null=True, related_name="+")
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "membership",
                "role",
                models.functions.Lower("email"),
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invitation_once_while_open",
                violation_error_message=_("This person is invited already; send that invitation again."),
            )
        ]

    def __str__(self):
        return self.email

    @property
    def organisation(self) -> Organisation:
        return self.membership.organisation

    @property
    def is_open(self):
        return self.accepted_at is None and self.withdrawn_at is None and self.sent_at > timezone.now() - VALID

    def renew(self):
        """A new token, valid for seven days from now; the old link no longer works. Returns the token."""
        token = secrets.token_urlsafe(32)
        self.token_digest, self.sent_at = digest(token), timezone.now()
        self.save()
        return token

    @transaction.atomic
    def accept(self, user=None, **fields):
        """Gives the seat to `user`, or to a new one made of `fields` (full_name, language, password).

        Whoever is second with the same link gets UsedUp. Returns the user.
        """
        changed = Invitation.objects.open().filter(pk=self.pk).update(accepted_at=timezone.now())
        if not changed or not Membership.objects.current().filter(pk=self.membership_id).exists():
            raise UsedUp(self)
        if user is None:
            user = User.objects.create_user(self.email, fields.pop("password"), **fields)
        try:
            with transaction.atomic():
                Seat.objects.get_or_create(membership=self.membership, user=user, role=self.role, ends_on=None)
        except IntegrityError as error:  # somebody else represents the organisation by now
            raise UsedUp(self) from error
        return user
