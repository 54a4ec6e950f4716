"""Picture: the logo of a partner or group, or the photo of a place; its files carry a random name and never change."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import languages

from .groups import Group
from .locations import Location
from .organisations import Organisation


class Picture(models.Model):
    """`file_key` names them (portal.pictures). Another picture takes its place under another key."""

    organisation = models.OneToOneField(
        Organisation, models.CASCADE, verbose_name=_("organisation"), null=True, blank=True, related_name="logo"
    )
    location = models.OneToOneField(
        Location, models.CASCADE, verbose_name=_("location"), null=True, blank=True, related_name="photo"
    )
    group = models.OneToOneField(
        Group, models.CASCADE, verbose_name=_("group"), null=True, blank=True, related_name="logo"
    )
    file_key = models.CharField(_("name of its files"), max_length=32, unique=True)
    alt = models.CharField(_("what the picture shows"), max_length=200, blank=True)
    wide_width = models.PositiveSmallIntegerField(_("width"))
    wide_height = models.PositiveSmallIntegerField(_("height"))
    square_side = models.PositiveSmallIntegerField(_("width and height of the square one"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("said that it may be published"),
        null=True,
        related_name="+",
    )
    added_at = models.DateTimeField(_("added at"), default=timezone.now)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=True, location__isnull=False, group__isnull=True)
                | Q(organisation__isnull=False, location__isnull=True, group__isnull=True)
                | Q(organisation__isnull=True, location__isnull=True, group__isnull=False),
                name="picture_of_an_organisation_a_place_or_a_group",
                violation_error_message=_("A picture belongs to an organisation, to a place or to a group."),
            )
        ]

    def __str__(self):
        return languages.resolve(self, "alt")[0] or self.file_key

    @property
    def wide(self):
        return reverse("picture", args=[self.file_key, "wide"])

    @property
    def square(self):
        return reverse("picture", args=[self.file_key, "square"])
