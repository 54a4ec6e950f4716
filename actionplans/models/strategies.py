"""Strategy: what the group wants for its people over some years, as objectives that each answer a need."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models import Group, coordinated_by, groups_of
from portal import languages

from .indicators import Indicator
from .needs import Need


class StrategyQuerySet(models.QuerySet):
    def public(self):
        """In consultation, adopted, or replaced by a later one."""
        return self.filter(status__in=Strategy.PUBLIC)

    def in_force(self):
        return self.filter(status=Strategy.Status.ADOPTED)

    def editable_by(self, user):
        return self.filter(group__in=coordinated_by(user))

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.public()
        return self.filter(Q(status__in=Strategy.PUBLIC) | Q(group__in=groups_of(user)))


class Strategy(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        CONSULTATION = "consultation", _("in public consultation")
        APPROVED = "approved", _("approved")
        ADOPTED = "adopted", _("adopted")
        SUPERSEDED = "superseded", _("replaced by a later one")

    PUBLIC = (Status.CONSULTATION, Status.ADOPTED, Status.SUPERSEDED)

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="strategies")
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    vision = models.TextField(_("vision"), blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    status = models.CharField(_("status"), max_length=14, choices=Status, default=Status.DRAFT)
    number = models.CharField(_("version number"), max_length=10, blank=True)
    adopted_by = models.CharField(_("adopted by"), max_length=200, blank=True)
    adopted_on = models.DateField(_("adopted on"), null=True, blank=True)
    supersedes = models.ForeignKey(
        "self", models.SET_NULL, verbose_name=_("replaces"), null=True, blank=True, related_name="replaced_by"
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = StrategyQuerySet.as_manager()

    class Meta:
        verbose_name = _("strategy")
        verbose_name_plural = _("strategies")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="strategy_ends_after_it_begins",
                violation_error_message=_("The period must end after it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(status="adopted") | Q(adopted_on__isnull=False),
                name="strategy_adopted_on_a_day",
                violation_error_message=_("Say on which day the strategy was adopted."),
            ),
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(status="adopted"),
                name="strategy_one_in_force_per_group",
                violation_error_message=_("This group already has a strategy in force; replace it first."),
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "title")[0] or self.slug


class StrategyValue(models.Model):
    """One of the values the group works by, in a few words."""

    strategy = models.ForeignKey(Strategy, models.CASCADE, verbose_name=_("strategy"), related_name="values")
    words = models.CharField(_("words"), max_length=160)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("value of a strategy")
        verbose_name_plural = _("values of strategies")
        ordering = ["order", "pk"]

    def __str__(self):
        return languages.resolve(self, "words")[0]


class Objective(models.Model):
    class Level(models.TextChoices):
        SYSTEM = "system", _("for how services work together")
        COMMUNITY = "community", _("for the community")
        INDIVIDUAL = "individual", _("for each person")
        BOTH = "both", _("for each person and the community")

    strategy = models.ForeignKey(Strategy, models.CASCADE, verbose_name=_("strategy"), related_name="objectives")
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    level = models.CharField(_("level"), max_length=12, choices=Level)
    needs = models.ManyToManyField(
        Need, through="ObjectiveNeed", verbose_name=_("needs it answers"), related_name="objectives"
    )
    indicators = models.ManyToManyField(
        Indicator, through="ObjectiveIndicator", verbose_name=_("indicators"), related_name="objectives"
    )

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering = ["strategy", "number"]
        constraints = [models.UniqueConstraint(fields=["strategy", "number"], name="objective_number_once")]

    def __str__(self):
        return languages.resolve(self, "title")[0] or self.slug


class ObjectiveNeed(models.Model):
    objective = models.ForeignKey(Objective, models.CASCADE, verbose_name=_("objective"))
    need = models.ForeignKey(Need, models.PROTECT, verbose_name=_("need"))

    class Meta:
        verbose_name = _("need of an objective")
        verbose_name_plural = _("needs of objectives")
        constraints = [models.UniqueConstraint(fields=["objective", "need"], name="objective_need_once")]

    def __str__(self):
        return f"{self.objective} ← {self.need}"


class ObjectiveIndicator(models.Model):
    objective = models.ForeignKey(Objective, models.CASCADE, verbose_name=_("objective"))
    indicator = models.ForeignKey(Indicator, models.CASCADE, verbose_name=_("indicator"))

    class Meta:
        verbose_name = _("indicator of an objective")
        verbose_name_plural = _("indicators of objectives")
        constraints = [models.UniqueConstraint(fields=["objective", "indicator"], name="objective_indicator_once")]

    def __str__(self):
        return str(self.indicator)
