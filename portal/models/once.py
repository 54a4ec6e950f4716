"""Once: forms that were sent already, so that a second click makes no second record."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

KEPT = timedelta(days=2)


class OnceQuerySet(models.QuerySet):
    def prune(self, now=None):
        """→ how many rows were forgotten: a form that old is no second click."""
        return self.filter(sent_at__lt=(now or timezone.now()) - KEPT).delete()[0]


class Once(models.Model):
    """The digest of a form's own token, and the number of the record that it made; or of a whole press, and where it
    led to."""

    digest = models.CharField(max_length=64, unique=True)
    number = models.BigIntegerField(null=True)
    led_to = models.TextField(blank=True)
    sent_at = models.DateTimeField(default=timezone.now)

    objects = OnceQuerySet.as_manager()

    def __str__(self):
        return f"{self.digest[:8]} → {self.number or self.led_to}"
