"""Group: the local health-promotion group, and the municipalities and settlements it works for."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal import languages
from portal.models import Vocabulary

from .people import phone_validator


class Municipality(models.Model):
    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering = ["code"]

    def __str__(self):
        return languages.resolve(self, "name")[0] or self.code


class Settlement(models.Model):
    """A village or quarter with its position: the gazetteer behind "near me"."""

    municipality = models.ForeignKey(
        Municipality, models.CASCADE, verbose_name=_("municipality"), related_name="settlements"
    )
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    lat = models.FloatField(_("latitude"))
    lon = models.FloatField(_("longitude"))

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "name"],
                name="settlement_name_unique_in_municipality",
                violation_error_message=_("This municipality already has a settlement of that name."),
            ),
            models.CheckConstraint(
                condition=models.Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="settlement_position_on_earth",
                violation_error_message=_("Latitude runs from -90 to 90, longitude from -180 to 180."),
            ),
        ]

    def __str__(self):
        return self.name


class Group(models.Model):
    """The tenant: partners of one or several municipalities who work together."""

    class Edits(models.TextChoices):
        BEFORE = "before", _("before they show")
        AFTER = "after", _("after they show")

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=160)
    purpose = models.TextField(_("purpose"), blank=True)
    about = models.TextField(_("about the group"), blank=True)
    meeting_rhythm = models.CharField(_("meeting rhythm"), max_length=200, blank=True)
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    municipalities = models.ManyToManyField(Municipality, verbose_name=_("municipalities"), related_name="groups")
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True, validators=[phone_validator])
    email = models.EmailField(_("e-mail"), blank=True)
    reviews_programmes = models.BooleanField(_("programmes are reviewed before publication"), default=True)
    reviews_edits = models.CharField(
        _("edits of published programmes are reviewed"),
        max_length=6,
        choices=Edits,
        default=Edits.BEFORE,
        help_text=_("Only where programmes are reviewed before publication."),
    )
    accepts_signals = models.BooleanField(_("residents may report needs"), default=False)

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ["pk"]

    def __str__(self):
        return languages.resolve(self, "name")[0] or self.slug

    def get_absolute_url(self):
        return reverse("partners:about")


class GroupMunicipality(Group.municipalities.through):  # type: ignore[name-defined]
    """A municipality of a group: a name for the table between them, so that triggers can be put on it."""

    class Meta:
        proxy = True
        default_permissions = ()


class ExpectedSector(models.Model):
    """A sector that the group wants a partner from; the check-list of a new group says which have none."""

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="expected_sectors")
    sector = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("sector"),
        related_name="+",
        limit_choices_to={"vocabulary": Vocabulary.SECTOR},
    )

    class Meta:
        verbose_name = _("expected sector")
        verbose_name_plural = _("expected sectors")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["group", "sector"], name="expected_sector_once")]

    def __str__(self):
        return str(self.sector)
