"""RefusedSignIn: how often in an hour somebody was not let in. Kept for ninety days.

Of the address that was tried nothing is kept, and nothing of where it came from: only the number of the account it
opens, so that an administrator sees that one is being tried at. The proxy's log has the rest.
"""

from datetime import timedelta

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .people import User

KEPT = timedelta(days=90)


class RefusedSignInQuerySet(models.QuerySet):
    def count_up(self, reason, email="", user=None):
        """Adds one to the count of this hour, reason and account; as many questions for an unknown address."""
        account = user.pk if user else User.objects.filter(email__iexact=email).values_list("pk", flat=True).first()
        hour = timezone.now().replace(minute=0, second=0, microsecond=0)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO partners_refusedsignin (hour, reason, account, count) VALUES (%s, %s, %s, 1) "
                "ON CONFLICT (hour, reason, account) DO UPDATE SET count = partners_refusedsignin.count + 1",
                [hour, reason, account or 0],
            )

    def prune(self, now=None):
        """Forgets what is older than ninety days; → how many rows."""
        return self.filter(hour__lt=(now or timezone.now()) - KEPT).delete()[0]


class RefusedSignIn(models.Model):
    class Reason(models.TextChoices):
        PASSWORD = "password", _("wrong password or unknown address")
        SECOND = "second", _("wrong code or passkey")
        TOO_OFTEN = "too_often", _("too many attempts")

    hour = models.DateTimeField(_("hour"), editable=False)
    reason = models.CharField(_("why"), max_length=10, choices=Reason)
    account = models.BigIntegerField(_("number of the account"), default=0)  # 0: of nobody
    count = models.PositiveIntegerField(_("how often"), default=0)

    objects = RefusedSignInQuerySet.as_manager()

    class Meta:
        verbose_name = _("refused sign-in")
        verbose_name_plural = _("refused sign-ins")
        ordering = ["-hour", "-count", "pk"]
        constraints = [models.UniqueConstraint(fields=["hour", "reason", "account"], name="refused_sign_in_once")]

    def __str__(self):
        return f"{self.get_reason_display()} ({self.hour:%Y-%m-%d %H})"
