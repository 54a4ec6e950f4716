"""Region: the level above groups, and who brings figures for all of them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import languages

from .people import phone_validator


class Region(models.Model):
    """Groups beside each other, as a regional unit of public health looks after them. It is told of them, and leads
    none: a group is put into it, and taken out of it, by an administrator (`Group.region`).
    """

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=160)
    about = models.TextField(_("about the region"), blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True, validators=[phone_validator])
    email = models.EmailField(_("e-mail"), blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["slug"]

    def __str__(self):
        return languages.resolve(self, "name")[0] or self.slug

    def get_absolute_url(self):
        return reverse("actionplans:region", args=[self.pk, self.slug_in(languages.active())])

    def slug_in(self, language):
        return languages.slug_in(self, "name", language)


class RegionSeatQuerySet(models.QuerySet):
    def current(self, today=None):
        today = today or timezone.localdate()
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today), starts_on__lte=today)


class RegionSeat(models.Model):
    """Who is data steward of every group of a region, and for how long. It is a seat in none of them."""

    region = models.ForeignKey(Region, models.CASCADE, verbose_name=_("region"), related_name="seats")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="region_seats"
    )
    starts_on = models.DateField(_("from"), default=timezone.localdate)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = RegionSeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("data steward of a region")
        verbose_name_plural = _("data stewards of a region")
        ordering = ["region", "starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "user"],
                condition=Q(ends_on__isnull=True),
                name="region_seat_once_per_person",
                violation_error_message=_("This person already holds that seat."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="region_seat_ends_after_it_began",
                violation_error_message=_("A seat must not end before it begins."),
            ),
        ]

    def __str__(self):
        return f"{self.user} – {self.region}"
