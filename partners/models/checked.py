"""Checked: records of which their keepers say now and then that they are still correct, so that readers trust them."""

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

REMIND_AFTER = relativedelta(months=6)  # without a word, its keepers are asked to look again


class Way(models.TextChoices):
    """How somebody else heard that a record is correct; its keepers themselves need none."""

    TELEPHONE = "telephone", _("by telephone")
    IN_PERSON = "in_person", _("in person")
    PAPER = "paper", _("on paper or by e-mail")


class Role(models.TextChoices):
    """Who of the organisation said so; never a name."""

    HEAD = "head", _("head of the organisation")
    REPRESENTATIVE = "representative", _("representative in the group")
    STAFF = "staff", _("member of staff")
    VOLUNTEER = "volunteer", _("volunteer")


SAID = {
    Way.TELEPHONE: _("Confirmed by telephone on behalf of the organisation (%(role)s)"),
    Way.IN_PERSON: _("Confirmed in person on behalf of the organisation (%(role)s)"),
    Way.PAPER: _("Confirmed on paper or by e-mail on behalf of the organisation (%(role)s)"),
}


class OnBehalf(models.Model):
    """That its last check was told to somebody who wrote it down: how, and by which role."""

    checked_way = models.CharField(_("confirmed how"), max_length=10, choices=Way, blank=True, editable=False)
    checked_role = models.CharField(_("confirmed by which role"), max_length=14, choices=Role, blank=True,
                                    editable=False)  # fmt: skip

    class Meta:
        abstract = True

    @property
    def confirmed_words(self):
        """What everybody reads of it; "" when its keepers confirmed it themselves."""
        if self.checked_way not in SAID:
            return ""
        return SAID[Way(self.checked_way)] % {"role": self.get_checked_role_display()}


class Checked(OnBehalf):
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

    def confirm(self, by, way="", role=""):
        """ "Still correct", said today. The version stays: nothing that it says changed.

        With a `Way` and a `Role`: somebody of the organisation told `by`, who writes it down.
        """
        said = {"checked_on": timezone.localdate(), "checked_by": by, "checked_way": way, "checked_role": role}
        type(self)._default_manager.filter(pk=self.pk).update(**said)
        self.refresh_from_db(fields=list(said))
