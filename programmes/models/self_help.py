"""SelfHelpRequest: somebody would like to start a self-help group, or to reach one, without an account."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Seat, Settlement, User, coordinated_by
from portal.models import Outbox, Vocabulary
from portal.stale import StaleObject
from portal.tokens import digest

from .programmes import Programme

ERASE_AFTER = timedelta(days=30)  # after the answer, all that could tell who asked is erased
ERASE_UNANSWERED = timedelta(days=365)  # after the request, when nobody answered it
PERSONAL = ("email", "theme", "words")


def _keepers():
    """Seats of those who keep the pages of their organisations."""
    return Seat.objects.current().filter(role__in=Seat.EDITING, user__is_active=True)


class SelfHelpRequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=[SelfHelpRequest.State.NEW, SelfHelpRequest.State.IN_PROGRESS])

    def editable_by(self, user):
        """To start a group: its coordinators. To a group there is: who keeps its pages, and nobody else; the
        coordinators only where it has nobody, for what is written to a self-help group is nobody else's business.
        """
        if not user.is_authenticated:
            return self.none()
        coordinated = Q(group__in=coordinated_by(user))
        kept = _keepers().values("membership__organisation")
        own = _keepers().filter(user=user).values("membership__organisation")
        return self.filter(
            Q(programme=None) & coordinated
            | Q(programme__organisation__in=own)
            | Q(programme__isnull=False) & coordinated & ~Q(programme__organisation__in=kept)
        )

    def prune(self, now=None):
        """Erases address and words thirty days after the answer, a year after an unanswered request; in the outbox
        too. → how many.
        """
        now = now or timezone.now()
        Outbox.objects.filter(kind="self-help-answered", created_at__lt=now - ERASE_AFTER).delete()
        old = Q(answered_at__lt=now - ERASE_AFTER) | Q(answered_at=None, created_at__lt=now - ERASE_UNANSWERED)
        told = Q(pk=None)
        for name in PERSONAL:
            told |= ~Q(**{name: ""})
        return self.filter(old & told).update(**dict.fromkeys(PERSONAL, ""))


class SelfHelpRequest(models.Model):
    """With a programme it is a message to that group; without one it asks for help to start a new one."""

    class Help(models.TextChoices):
        ROOM = "room", _("a room")
        PROFESSIONAL = "professional", _("a professional for the first meeting")
        ANNOUNCEMENT = "announcement", _("that others hear of it")

    class State(models.TextChoices):
        NEW = "new", _("new")
        IN_PROGRESS = "in_progress", _("being looked at")
        ANSWERED = "answered", _("answered")

    NEXT: dict[str, tuple[str, ...]] = {
        State.NEW: (State.IN_PROGRESS, State.ANSWERED),
        State.IN_PROGRESS: (State.ANSWERED,),
        State.ANSWERED: (),
    }

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="self_help_requests")
    programme = models.ForeignKey(
        Programme, models.CASCADE, verbose_name=_("self-help group"), null=True, blank=True, related_name="+"
    )
    topic = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("topic"),
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": Vocabulary.TOPIC},
    )
    theme = models.CharField(_("topic in your own words"), max_length=120, blank=True)
    settlement = models.ForeignKey(
        Settlement, models.SET_NULL, verbose_name=_("Where?"), null=True, blank=True, related_name="+"
    )
    helps = ArrayField(
        models.CharField(max_length=12, choices=Help), verbose_name=_("what would help"), default=list, blank=True
    )
    words = models.TextField(_("message"), max_length=600, blank=True)
    email = models.EmailField(_("your e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.NEW)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("answered by"), null=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)

    objects = SelfHelpRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request about self-help")
        verbose_name_plural = _("requests about self-help")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False)
                | ~Q(state="answered") & Q(answered_at__isnull=True),
                name="self_help_answered_at_a_time",
            ),
        ]

    def __str__(self):
        return f"{self.created_at:%Y-%m-%d}"

    @property
    def is_open(self):
        return bool(self.NEXT[self.state])

    @property
    def helps_in_words(self):
        return [self.Help(value).label for value in self.helps]

    def store(self, token=""):
        """Saves a new request; returns the token of the page on which its sender follows it."""
        token = token or secrets.token_urlsafe(24)
        self.token_digest = digest(token)
        self.save()
        return token

    def readers(self):
        """Who hears of it: those who may answer it; an administrator where the group has no coordinator."""
        own = _keepers().filter(membership__organisation=self.programme.organisation_id) if self.programme else None
        people = User.objects.filter(is_active=True)
        if own is not None and own.exists():
            return people.filter(pk__in=own.values("user"))
        seats = Seat.objects.current().filter(membership__group=self.group_id, role=Seat.Role.COORDINATOR)
        coordinators = people.filter(pk__in=seats.values("user"))
        return coordinators if coordinators.exists() else people.filter(is_superuser=True)

    def move_to(self, state, by, answer=""):
        """Changes the state and keeps the answer.

        Raises ValidationError on an end without an answer; StaleObject on a move the table does not have, for then
        somebody else answered first.
        """
        if state not in self.NEXT[self.state]:
            raise StaleObject(self)
        if state == self.State.ANSWERED and not answer.strip():
            raise ValidationError(_("Write a sentence to whoever asked."))
        changes = {"state": state, "answered_by": by}
        if state == self.State.ANSWERED:
            changes |= {"answer": answer.strip(), "answered_at": timezone.now()}
        if not SelfHelpRequest.objects.filter(pk=self.pk, state=self.state).update(**changes):
            raise StaleObject(self)
        self.refresh_from_db()
