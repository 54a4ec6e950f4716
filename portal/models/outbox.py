"""Outbox: every mail of the portal waits here, in the transaction that wanted it, until a mail server took it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# After a try that failed, the next one comes this much later; when they are used up, it has failed for good.
PAUSES = [timedelta(minutes=m) for m in (5, 15, 60, 180, 480, 960, 1440)]


class OutboxQuerySet(models.QuerySet):
    def due(self, now=None):
        return self.filter(state=Outbox.State.WAITING, next_try_at__lte=now or timezone.now())

    def collected(self):
        """Those that go to a member together, at most once a day."""
        return self.filter(is_urgent=False, to_user__isnull=False, calendar="")

    def prune(self, today=None):
        """Forgets mails that were sent or failed more than ninety days ago. → how many rows."""
        before = (today or timezone.localdate()) - timedelta(days=90)
        return self.exclude(state=Outbox.State.WAITING).filter(created_at__date__lt=before).delete()[0]


class Outbox(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    kind = models.CharField(_("kind"), max_length=40)
    to = models.EmailField(_("to"), max_length=254)
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("member"), null=True, blank=True, related_name="+"
    )
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    calendar = models.TextField(_("calendar entry that goes with it"), blank=True)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    key = models.CharField(_("said once"), max_length=200, null=True, blank=True, unique=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try at"), default=timezone.now)
    error = models.CharField(_("error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("outbox")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="outbox_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="outbox_sent_at_a_time",
            )
        ]

    def __str__(self):
        return self.subject

    @property
    def is_collected(self):
        return not self.is_urgent and self.to_user_id is not None and not self.calendar

    def mark_sent(self):
        self.state, self.sent_at, self.error = self.State.SENT, timezone.now(), ""
        self.tries += 1
        self.save(update_fields=["state", "sent_at", "error", "tries"])

    def mark_failed(self, error, is_final=False):
        """Waits for its next try; has failed for good when the server refused it, or after the last pause."""
        self.error = str(error)[:300]
        if is_final or self.tries >= len(PAUSES):
            self.state = self.State.FAILED
        else:
            self.next_try_at = timezone.now() + PAUSES[self.tries]
        self.tries += 1
        self.save(update_fields=["state", "next_try_at", "error", "tries"])


class MailRhythm(models.Model):
    """How often a member gets what is not urgent; without a row, each day on which something happened."""

    class How(models.TextChoices):
        DAILY = "daily", _("Each day on which something happened, in one mail")
        WEEKLY = "weekly", _("Once a week, in one mail")
        URGENT = "urgent", _("Only what is urgent or asks for my answer")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="mail_rhythm"
    )
    how = models.CharField(_("how often"), max_length=6, choices=How, default=How.DAILY)
    weekday = models.PositiveSmallIntegerField(_("on which day of the week"), default=0)  # 0 is Monday

    class Meta:
        verbose_name = _("rhythm of mails")
        verbose_name_plural = _("rhythms of mails")
        constraints = [models.CheckConstraint(condition=Q(weekday__lte=6), name="mail_rhythm_on_a_weekday")]

    def __str__(self):
        return f"{self.user}: {self.get_how_display()}"


class SwitchedOff(models.Model):
    """A topic of mails that a member does not want (portal.outbox.optional)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="switched_off"
    )
    topic = models.SlugField(_("topic"), max_length=40)

    class Meta:
        verbose_name = _("mails switched off")
        verbose_name_plural = _("mails switched off")
        constraints = [models.UniqueConstraint(fields=["user", "topic"], name="switched_off_once")]

    def __str__(self):
        return f"{self.user}: {self.topic}"
