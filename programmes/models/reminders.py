"""Reminder: that a person was told that nobody has confirmed a programme for so long."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .programmes import Programme


class Reminder(models.Model):
    class Threshold(models.TextChoices):
        DUE = "due", _("not confirmed for six months")
        HIDDEN = "hidden", _("hidden after twelve months")

    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name=_("programme"), related_name="reminders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="+")
    checked_on = models.DateField(_("last checked on"))
    threshold = models.CharField(_("threshold"), max_length=8, choices=Threshold)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "user", "checked_on", "threshold"], name="reminder_said_once_a_check"
            )
        ]

    def __str__(self):
        return f"{self.programme}: {self.get_threshold_display()}"
