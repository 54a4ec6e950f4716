"""SeatNotice: that somebody was told that a seat ends on a day."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .organisations import Seat
from .people import User


class SeatNotice(models.Model):
    seat = models.ForeignKey(Seat, models.CASCADE, verbose_name=_("seat"), related_name="notices")
    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("user"), related_name="+")
    ends_on = models.DateField(_("until"))
    is_last = models.BooleanField(_("a few days before"), default=False)

    class Meta:
        verbose_name = _("notice that a seat ends")
        verbose_name_plural = _("notices that seats end")
        constraints = [models.UniqueConstraint(fields=["seat", "user", "ends_on", "is_last"], name="seat_notice_twice")]

    def __str__(self):
        return f"{self.seat}: {self.ends_on}"
