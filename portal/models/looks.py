"""Look: who looked at personal data, and when. Kept for twelve months."""

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KEPT = relativedelta(months=12)


class LookQuerySet(models.QuerySet):
    def prune(self):
        """Forgets what is older than twelve months; → how many rows."""
        return self.filter(at__lt=timezone.now() - KEPT).delete()[0]


class Look(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("user"), null=True, related_name="looks"
    )
    kind = models.CharField(_("what"), max_length=40)
    number = models.BigIntegerField(_("number"), null=True)  # none: the whole list
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)

    objects = LookQuerySet.as_manager()

    class Meta:
        verbose_name = _("look at personal data")
        verbose_name_plural = _("looks at personal data")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["at"], name="look_by_time")]

    def __str__(self):
        return f"{self.kind} {self.number or '*'}"
