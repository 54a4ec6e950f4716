"""CheckReminder: that a person was told that nobody has confirmed a partner or a place for six months."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .locations import Location
from .organisations import Organisation


class CheckReminder(models.Model):
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, verbose_name=_("organisation"), null=True, related_name="check_reminders"
    )
    location = models.ForeignKey(
        Location, models.CASCADE, verbose_name=_("location"), null=True, related_name="check_reminders"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="+")
    checked_on = models.DateField(_("last checked on"), null=True)  # empty: nobody ever confirmed it

    class Meta:
        verbose_name = _("reminder to check a partner or place")
        verbose_name_plural = _("reminders to check partners and places")
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=True, location__isnull=False)
                | Q(organisation__isnull=False, location__isnull=True),
                name="check_reminder_about_one_thing",
            ),
            models.UniqueConstraint(
                fields=["organisation", "location", "user", "checked_on"],
                nulls_distinct=False,
                name="check_reminder_said_once_a_check",
            ),
        ]

    def __str__(self):
        return f"{self.organisation or self.location}: {self.user}"
