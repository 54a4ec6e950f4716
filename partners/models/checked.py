"""Checked: records of which their keepers say now and then that they are still correct, so that readers trust them."""

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

REMIND_AFTER = relativedelta(months=6)  # without a word, its keepers are asked to look again


class Checked(models.Model):
    checked_on = models.DateField(_("last checked on"), null=True, blank=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("last checked by"),
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        abstract = True

    @property
    def is_due(self):
        """Is it time to look again?"""
        return self.checked_on is None or self.checked_on <= timezone.localdate() - REMIND_AFTER

    def confirm(self, by):
        """ "Still correct", said today. The version stays: nothing that it says changed."""
        type(self)._default_manager.filter(pk=self.pk).update(checked_on=timezone.localdate(), checked_by=by)
        self.refresh_from_db(fields=["checked_on", "checked_by"])
