"""How many referral slips were printed: a number per programme and month, and nothing about anybody."""

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .programmes import Programme


class SlipCountQuerySet(models.QuerySet):
    def add(self, programme, today=None):
        """Counts one printed slip; two at once are both counted."""
        month = (today or timezone.localdate()).replace(day=1)
        self.get_or_create(programme=programme, month=month)
        self.filter(programme=programme, month=month).update(count=F("count") + 1)


class SlipCount(models.Model):
    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name=_("programme"), related_name="slip_counts")
    month = models.DateField(_("month"), help_text=_("The first day of the month."))
    count = models.PositiveIntegerField(_("slips printed"), default=0)

    objects = SlipCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("slips printed")
        verbose_name_plural = _("slips printed")
        ordering = ["-month", "programme"]
        constraints = [models.UniqueConstraint(fields=["programme", "month"], name="slip_count_once_a_month")]

    def __str__(self):
        return f"{self.programme}: {self.count}"
