"""Location: where things take place, when its door is open, and how one gets in."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from portal import languages
from portal.models import Vocabulary

from .. import hours
from .checked import Checked
from .groups import Group, Settlement
from .organisations import Organisation
from .people import phone_validator
from .rights import coordinated_by


class LocationQuerySet(models.QuerySet):
    def in_use(self):
        """Not closed down."""
        return self.filter(closed_down_on__isnull=True)

    def visible_to(self, user):
        return self.in_use().filter(organisation__in=Organisation.objects.visible_to(user))

    def once_visible_to(self, user):
        """Closed down: their address says so instead of "not found", for it has been in people's hands."""
        gone = self.filter(closed_down_on__isnull=False)
        return gone.filter(organisation__in=Organisation.objects.visible_to(user))

    def editable_by(self, user):
        return self.filter(organisation__in=Organisation.objects.editable_by(user))

    def with_hours(self):
        """Opening hours, exceptions and access facts in a fixed number of queries."""
        return self.select_related("settlement", "organisation").prefetch_related("hours", "exceptions", "access")


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Location(Checked):
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("organisation"), related_name="locations"
    )
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=160)
    address = models.CharField(_("address"), max_length=200, blank=True)
    settlement = models.ForeignKey(
        Settlement,
        models.PROTECT,
        verbose_name=_("settlement"),
        null=True,
        blank=True,
        related_name="locations",
    )
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True, validators=[phone_validator])
    how_to_get_there = models.TextField(_("how to get there"), blank=True)
    access = models.ManyToManyField(
        "portal.Term", through="LocationAccess", verbose_name=_("access"), related_name="locations"
    )
    is_centre = models.BooleanField(_("health promotion centre"), default=False)
    is_remote = models.BooleanField(_("online or by telephone"), default=False)
    appointment_days = ArrayField(
        models.PositiveSmallIntegerField(choices=Weekday),
        verbose_name=_("by appointment on"),
        default=list,
        blank=True,
    )
    closed_down_on = models.DateField(_("closed down on"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = LocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                # A comparison with NULL is unknown, and an unknown check passes: so IS NOT NULL beside it.
                condition=Q(lat__isnull=True, lon__isnull=True)
                | Q(lat__isnull=False, lat__range=(-90, 90), lon__isnull=False, lon__range=(-180, 180)),
                name="location_position_whole_and_on_earth",
                violation_error_message=_("Give both latitude (-90 to 90) and longitude (-180 to 180), or neither."),
            ),
            models.CheckConstraint(
                condition=Q(is_remote=True) | ~Q(address=""),
                name="location_has_an_address_or_is_remote",
                violation_error_message=_("Give the address, or say that it is online or by telephone."),
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "name")[0] or self.slug

    def get_absolute_url(self):
        return reverse("partners:place", args=[self.pk, self.slug_in(languages.active())])

    def slug_in(self, language):
        return languages.slug_in(self, "name", language)

    @property
    def position(self):
        """(latitude, longitude) in degrees, or None."""
        return None if self.lat is None else (self.lat, self.lon)

    @cached_property
    def weekly(self):
        """[(weekday 0–6, opens, closes)], as partners.hours reads it."""
        return [(row.weekday, row.opens, row.closes) for row in self.hours.all()]

    def exception_rows(self, shared=()):
        """[(first, last, opens, closes, reason)]: its own exceptions, then the group's public holidays (`shared`)."""
        return [row.as_row() for row in [*self.exceptions.all(), *shared]]

    def opening(self, shared=(), now=None):
        """Is the door open now, when does it open: a hours.OpeningState."""
        moment = now or timezone.localtime()
        return hours.state_at(moment, self.weekly, self.exception_rows(shared), appointments=self.appointment_days)

    def week(self):
        """Seven lists of (opens, closes), Monday first."""
        return hours.week(self.weekly)


class LocationAccess(models.Model):
    location = models.ForeignKey(Location, models.CASCADE, verbose_name=_("location"))
    term = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("access"),
        limit_choices_to={"vocabulary": Vocabulary.ACCESSIBILITY},
    )

    class Meta:
        verbose_name = _("access fact")
        verbose_name_plural = _("access facts")
        ordering = ["term__order"]
        constraints = [models.UniqueConstraint(fields=["location", "term"], name="location_access_once")]

    def __str__(self):
        return str(self.term)


class OpeningHours(models.Model):
    Weekday = Weekday

    location = models.ForeignKey(Location, models.CASCADE, verbose_name=_("location"), related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="opening_hours_close_after_they_open",
                violation_error_message=_("Closing time must be after opening time."),
            ),
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="opening_hours_weekday_exists"),
            models.UniqueConstraint(
                fields=["location", "weekday", "opens"],
                name="opening_hours_once",
                violation_error_message=_("On this day the place already has hours that begin at that time."),
            ),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class OpeningExceptionQuerySet(models.QuerySet):
    def editable_by(self, user):
        """Those of places one may edit, and the public holidays of groups one coordinates."""
        places = Location.objects.editable_by(user).values("pk")
        return self.filter(Q(location__in=places) | Q(group__in=coordinated_by(user).values("pk")))


class OpeningException(models.Model):
    """Days on which other hours hold, at one place or, as a public holiday, for a whole group."""

    location = models.ForeignKey(
        Location, models.CASCADE, verbose_name=_("location"), null=True, blank=True, related_name="exceptions"
    )
    group = models.ForeignKey(
        Group,
        models.CASCADE,
        verbose_name=_("group"),
        null=True,
        blank=True,
        related_name="holidays",
        help_text=_("For a public holiday: it holds for every place of the group."),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    opens = models.TimeField(_("opens"), null=True, blank=True, help_text=_("Empty: closed."))
    closes = models.TimeField(_("closes"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=160, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = OpeningExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("exception to opening hours")
        verbose_name_plural = _("exceptions to opening hours")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(location__isnull=True, group__isnull=False) | Q(location__isnull=False, group__isnull=True),
                name="opening_exception_of_a_place_or_a_group",
                violation_error_message=_("Choose either a location or a group."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="opening_exception_days_in_order",
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True)
                | Q(opens__isnull=False, closes__isnull=False, closes__gt=F("opens")),
                name="opening_exception_hours_in_order",
                violation_error_message=_("Give both times, closing after opening, or neither."),
            ),
        ]

    def __str__(self):
        return " – ".join(dict.fromkeys(date_format(day) for day in (self.starts_on, self.ends_on)))

    def as_row(self):
        return (self.starts_on, self.ends_on, self.opens, self.closes, languages.resolve(self, "reason")[0])
