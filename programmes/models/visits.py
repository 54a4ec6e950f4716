"""VisitRequest: a school, firm or society asks an organisation to come, without an account."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Membership, Organisation, Seat, Settlement, User
from partners.models.people import phone_validator
from portal.models import Outbox
from portal.stale import StaleObject
from portal.tokens import digest

from .programmes import Programme

ERASE_AFTER = timedelta(days=30)  # after the answer, how to reach whoever asked is erased
ERASE_UNANSWERED = timedelta(days=365)
CONTACT = ("email", "phone", "words")


class VisitRequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=[VisitRequest.State.NEW, VisitRequest.State.IN_PROGRESS])

    def editable_by(self, user):
        """Those to programmes of organisations whose pages the person keeps."""
        return self.filter(programme__organisation__in=Organisation.objects.editable_by(user))

    def prune(self, now=None):
        """Erases how to reach whoever asked thirty days after the answer, a year after an unanswered request; in the
        outbox too. → how many.
        """
        now = now or timezone.now()
        Outbox.objects.filter(kind="visit-answered", created_at__lt=now - ERASE_AFTER).delete()
        old = Q(answered_at__lt=now - ERASE_AFTER) | Q(answered_at=None, created_at__lt=now - ERASE_UNANSWERED)
        told = Q(pk=None)
        for name in CONTACT:
            told |= ~Q(**{name: ""})
        return self.filter(old & told).update(**dict.fromkeys(CONTACT, ""))


class VisitRequest(models.Model):
    class Kind(models.TextChoices):
        SCHOOL = "school", _("kindergarten or school")
        EMPLOYER = "employer", _("firm or other employer")
        SOCIETY = "society", _("society or village community")
        OTHER = "other", _("another institution")

    class State(models.TextChoices):
        NEW = "new", _("new")
        IN_PROGRESS = "in_progress", _("being looked at")
        AGREED = "agreed", _("we are coming")
        DECLINED = "declined", _("not possible now")

    NEXT: dict[str, tuple[str, ...]] = {
        State.NEW: (State.IN_PROGRESS, State.AGREED, State.DECLINED),
        State.IN_PROGRESS: (State.AGREED, State.DECLINED),
        State.AGREED: (),
        State.DECLINED: (),
    }

    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name=_("programme"), related_name="visit_requests")
    institution = models.CharField(_("name of the institution"), max_length=160)
    kind = models.CharField(_("kind of institution"), max_length=10, choices=Kind)
    settlement = models.ForeignKey(
        Settlement, models.SET_NULL, verbose_name=_("Where?"), null=True, blank=True, related_name="+"
    )
    people = models.PositiveSmallIntegerField(_("how many people, about"), null=True, blank=True)
    words = models.TextField(_("when it would suit, and what matters to you"), max_length=600, blank=True)
    email = models.EmailField(_("e-mail of the institution"), blank=True)
    phone = models.CharField(_("telephone of the institution"), max_length=30, blank=True, validators=[phone_validator])
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.NEW)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("answered by"), null=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)

    objects = VisitRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a visit")
        verbose_name_plural = _("requests for a visit")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["agreed", "declined"], answered_at__isnull=False)
                | ~Q(state__in=["agreed", "declined"]) & Q(answered_at__isnull=True),
                name="visit_answered_at_a_time",
            ),
        ]

    def __str__(self):
        return f"{self.institution}, {self.created_at:%Y-%m-%d}"

    @property
    def is_open(self):
        return bool(self.NEXT[self.state])

    def store(self, token=""):
        """Saves a new request; returns the token of the page on which its sender follows it."""
        token = token or secrets.token_urlsafe(24)
        self.token_digest = digest(token)
        self.save()
        return token

    def readers(self):
        """Who keeps the pages of the organisation; the coordinators where it has nobody."""
        organisation = self.programme.organisation_id
        seats = Seat.objects.current().filter(user__is_active=True)
        own = seats.filter(membership__organisation=organisation, role__in=Seat.EDITING)
        if not own.exists():
            groups = Membership.objects.current().filter(organisation=organisation).values("group")
            own = seats.filter(role=Seat.Role.COORDINATOR, membership__group__in=groups)
        return User.objects.filter(pk__in=own.values("user"))

    def move_to(self, state, by, answer=""):
        """Raises ValidationError on an end without an answer, StaleObject when somebody else answered first."""
        if state not in self.NEXT[self.state]:
            raise StaleObject(self)
        is_end = not self.NEXT[state]
        if is_end and not answer.strip():
            raise ValidationError(_("Write a sentence to whoever asked."))
        changes = {"state": state, "answered_by": by}
        if is_end:
            changes |= {"answer": answer.strip(), "answered_at": timezone.now()}
        if not VisitRequest.objects.filter(pk=self.pk, state=self.state).update(**changes):
            raise StaleObject(self)
        self.refresh_from_db()
