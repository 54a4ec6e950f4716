"""SeatNotice: that somebody was told that a seat ends on a day. HandOver: who got what of a person who leaves."""

from datetime import timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import languages

from .groups import Group
from .organisations import Seat
from .people import User
from .rights import coordinated_by, groups_of

TAKEN_BACK_WITHIN = timedelta(days=7)  # as long as an invitation holds


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


class HandOverQuerySet(models.QuerySet):
    def recent(self, now=None):
        """Those that can still be taken back."""
        now = now or timezone.now()
        return self.filter(taken_back_at=None, done_at__gt=now - TAKEN_BACK_WITHIN)

    def editable_by(self, user):
        """All of a group the person coordinates; else what they did themselves in a group they work with."""
        return self.filter(Q(group__in=coordinated_by(user)) | Q(group__in=groups_of(user), by=user.pk))

    def prune(self, now=None):
        """Forgets what can no longer be taken back; it holds names and addresses. → how many."""
        before = (now or timezone.now()) - TAKEN_BACK_WITHIN
        return self.filter(done_at__lte=before).delete()[0]


class HandOver(models.Model):
    """What a person who leaves held, and who got it: kept as long as it can be taken back.

    `moved` is [{"source": name, "words": {language: text}, "to": number of the successor or None, "changes": as in
    partners.moved_rows}].
    """

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="+")
    person = models.ForeignKey(User, models.CASCADE, verbose_name=_("who leaves"), related_name="+")
    by = models.ForeignKey(User, models.CASCADE, verbose_name=_("handed over by"), related_name="+")
    done_at = models.DateTimeField(_("handed over at"), default=timezone.now)
    ends_on = models.DateField(_("last day"))
    moved = models.JSONField(_("what moved"), default=list, encoder=DjangoJSONEncoder)
    taken_back_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    objects = HandOverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["-done_at", "-pk"]

    def __str__(self):
        return str(self.person)

    @property
    def until(self):
        """The moment until which it can be taken back."""
        return self.done_at + TAKEN_BACK_WITHIN

    @staticmethod
    def said(thing):
        """The words of one of `moved` in the reader's language."""
        return thing["words"].get(languages.active()) or next(iter(thing["words"].values()), "")
