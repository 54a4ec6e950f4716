"""Group: the local health-promotion group, and the municipalities and settlements it works for."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal import languages
from portal.models import Vocabulary
from portal.stale import StaleObject

from .people import phone_validator
from .regions import Region


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


class GroupQuerySet(models.QuerySet):
    def taking_part(self):
        """Those that one may join: in the network, or about to be."""
        return self.exclude(standing=Group.Standing.FINISHED)


class Group(models.Model):
    """The tenant: partners of one or several municipalities who work together."""

    class Edits(models.TextChoices):
        BEFORE = "before", _("before they show")
        AFTER = "after", _("after they show")

    class Standing(models.TextChoices):
        APPLIED = "applied", _("has applied")
        PARTICIPATING = "participating", _("takes part")
        FINISHED = "finished", _("has finished")

    STANDING_NEXT: dict[str, tuple[str, ...]] = {
        Standing.APPLIED: (Standing.PARTICIPATING, Standing.FINISHED),
        Standing.PARTICIPATING: (Standing.FINISHED,),
        Standing.FINISHED: (Standing.APPLIED, Standing.PARTICIPATING),
    }

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=160)
    purpose = models.TextField(_("purpose"), blank=True)
    about = models.TextField(_("about the group"), blank=True)
    meeting_rhythm = models.CharField(_("meeting rhythm"), max_length=200, blank=True)
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    municipalities = models.ManyToManyField(Municipality, verbose_name=_("municipalities"), related_name="groups")
    region = models.ForeignKey(
        Region,
        models.SET_NULL,
        verbose_name=_("region"),
        null=True,
        blank=True,
        related_name="groups",
        help_text=_("Data stewards of the region enter figures and evidence for the group."),
    )
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
    standing = models.CharField(
        _("where it stands in the network"), max_length=13, choices=Standing, default=Standing.PARTICIPATING
    )
    standing_since = models.DateField(_("since"), null=True, blank=True)

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ["pk"]

    def __str__(self):
        return languages.resolve(self, "name")[0] or self.slug

    def get_absolute_url(self):
        return reverse("partners:about")

    @property
    def since(self):
        """Since when it stands where it stands; of a group that takes part, since its founding where nobody said."""
        is_member = self.standing == self.Standing.PARTICIPATING
        return self.standing_since or (self.founded_on if is_member else None)

    def set_standing(self, standing, since):
        """Moves it in the network, or puts the day right. Raises StaleObject on a move the table does not have, or
        when somebody else moved it first.
        """
        if standing != self.standing and standing not in self.STANDING_NEXT[self.standing]:
            raise StaleObject(self)
        rows = Group.objects.filter(pk=self.pk, standing=self.standing, standing_since=self.standing_since)
        if not rows.update(standing=standing, standing_since=since):
            raise StaleObject(self)
        self.refresh_from_db()


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
