"""Following: that a member wants to hear when a programme is full, paused, over, or meets at another time."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .programmes import Programme


class FollowingQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user=user) if user.is_authenticated else self.none()

    def editable_by(self, user):
        return self.visible_to(user)


class Following(models.Model):
    """`said`: what the person was told last, or saw when they began, as `programmes.following.facts` gives it."""

    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name=_("programme"), related_name="followers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("person"), related_name="followed"
    )
    said = models.JSONField(_("what the person knows"))
    since = models.DateField(_("since"), auto_now_add=True)

    objects = FollowingQuerySet.as_manager()

    class Meta:
        verbose_name = _("followed programme")
        verbose_name_plural = _("followed programmes")
        constraints = [models.UniqueConstraint(fields=["programme", "user"], name="following_once")]

    def __str__(self):
        return f"{self.user} – {self.programme}"
