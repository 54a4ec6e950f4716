"""JoinRequest: somebody would like to take part, without an account; who answers, and what."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models import Outbox
from portal.stale import StaleObject
from portal.tokens import digest

from .groups import Group
from .organisations import Organisation
from .rights import coordinated_by

ERASE_AFTER = timedelta(days=30)  # after the answer, the sender's address is erased
ERASE_UNANSWERED = timedelta(days=365)  # after the request, when nobody answered it


class JoinRequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=[JoinRequest.State.NEW, JoinRequest.State.IN_PROGRESS])

    def editable_by(self, user):
        """Those to the groups the person coordinates."""
        return self.filter(group__in=coordinated_by(user)) if user.is_authenticated else self.none()

    def prune(self, now=None):
        """Erases the sender's address thirty days after the answer, in the outbox too, and a year after a request
        that nobody answered. → how many.
        """
        now = now or timezone.now()
        before = now - ERASE_AFTER
        Outbox.objects.filter(kind__in=["joining-accepted", "joining-declined"], created_at__lt=before).delete()
        old = Q(answered_at__lt=before) | Q(answered_at=None, created_at__lt=now - ERASE_UNANSWERED)
        return self.exclude(email="").filter(old).update(email="")


class JoinRequest(models.Model):
    class State(models.TextChoices):
        NEW = "new", _("new")
        IN_PROGRESS = "in_progress", _("being looked at")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    NEXT: dict[str, tuple[str, ...]] = {
        State.NEW: (State.IN_PROGRESS, State.ACCEPTED, State.DECLINED),
        State.IN_PROGRESS: (State.ACCEPTED, State.DECLINED),
        State.ACCEPTED: (),
        State.DECLINED: (),
    }

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="join_requests")
    name = models.CharField(_("name"), max_length=160)
    offer = models.TextField(_("what you do, and what you would bring"), max_length=2000)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.NEW)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, verbose_name=_("organisation"), null=True, related_name="+"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("answered by"), null=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to take part")
        verbose_name_plural = _("requests to take part")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["new", "in_progress"], answered_at__isnull=True)
                | Q(state__in=["accepted", "declined"], answered_at__isnull=False),
                name="join_request_answered_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(answer=""),
                name="join_request_declined_with_a_reason",
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_open(self):
        return bool(self.NEXT[self.state])

    def store(self, token=""):
        """Saves a new request; returns the token of the page on which its sender follows it."""
        token = token or secrets.token_urlsafe(24)
        self.token_digest = digest(token)
        self.save()
        return token

    def move_to(self, state, by, answer=""):
        """Changes the state and keeps the answer.

        Raises StaleObject on a move the table does not have, for then somebody else answered first; ValidationError
        when it is declined without a reason.
        """
        if state not in self.NEXT[self.state]:
            raise StaleObject(self)
        answer = answer.strip()
        if state == self.State.DECLINED and not answer:
            raise ValidationError(_("Say in a friendly sentence why not, or not now."))
        changes = {"state": state, "answered_by": by}
        if not self.NEXT[state]:
            changes |= {"answer": answer, "answered_at": timezone.now()}
        if not JoinRequest.objects.filter(pk=self.pk, state=self.state).update(**changes):
            raise StaleObject(self)
        self.refresh_from_db()
