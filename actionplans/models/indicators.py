"""Indicator: a figure the group watches, where it began, where it should go and where it is."""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Organisation, Seat, coordinated_by, groups_of
from portal import languages

from ..moves import move

SMALLEST = 5  # people; smaller counts are not shown outside the group


class IndicatorQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(group__in=groups_of(user))

    def editable_by(self, user):
        return self.filter(group__in=coordinated_by(user))

    def fed_by(self, user):
        """Those whose figures one may enter: one's organisation owns them, one is the data steward, or coordinates."""
        if not user.is_authenticated:
            return self.none()
        stewards = Seat.objects.current().filter(user=user, role=Seat.Role.DATA_STEWARD)
        own = Q(owner__in=Organisation.objects.editable_by(user), group__in=groups_of(user))
        return self.filter(own | Q(group__in=coordinated_by(user)) | Q(group__in=stewards.values("membership__group")))


class Indicator(models.Model):
    class Kind(models.TextChoices):
        CONTEXT = "context", _("context")
        STRUCTURE = "structure", _("structure")
        PROCESS = "process", _("process")
        REACH = "reach", _("reach")
        EQUITY = "equity", _("equity")
        OUTCOME = "outcome", _("outcome")

    class Unit(models.TextChoices):
        PERCENT = "percent", _("per cent")
        COUNT = "count", _("number")

    class Better(models.TextChoices):
        HIGHER = "higher", _("higher is better")
        LOWER = "lower", _("lower is better")

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="indicators")
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    unit = models.CharField(_("unit"), max_length=10, choices=Unit)
    better = models.CharField(_("direction"), max_length=8, choices=Better)
    source = models.CharField(_("source"), max_length=200, blank=True)
    baseline_on = models.DateField(_("baseline measured on"), null=True, blank=True)
    baseline = models.DecimalField(_("baseline"), max_digits=12, decimal_places=2, null=True, blank=True)
    explanation = models.CharField(_("what it says, in one sentence"), max_length=300, blank=True)
    owner = models.ForeignKey(
        Organisation, models.SET_NULL, verbose_name=_("who enters its figures"), null=True, blank=True, related_name="+"
    )
    comparator_name = models.CharField(_("compared with"), max_length=160, blank=True)
    comparator = models.DecimalField(_("value there"), max_digits=12, decimal_places=2, null=True, blank=True)

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(baseline__isnull=True, baseline_on__isnull=True)
                | Q(baseline__isnull=False, baseline_on__isnull=False),
                name="indicator_baseline_has_a_date",
                violation_error_message=_("Give the baseline together with the day it was measured."),
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "name")[0] or self.slug

    @cached_property
    def series(self):
        """[(day, value)] of the approved values, oldest first; reads the prefetched values."""
        approved = IndicatorValue.State.APPROVED
        return sorted((v.measured_on, v.value) for v in self.values.all() if v.state == approved)

    @property
    def latest(self):
        """(day, value) of the newest value, or None."""
        return self.series[-1] if self.series else None

    @property
    def next_target(self):
        """The first target after the latest value, else the last one; None without targets."""
        targets = sorted(self.targets.all(), key=lambda t: t.due_on)
        ahead = [t for t in targets if not self.latest or t.due_on > self.latest[0]]
        return next(iter(ahead or targets[-1:]), None)

    @property
    def moved(self):
        """+1 when it moved the right way since the baseline, -1 the wrong way, 0 not at all, None when unknown."""
        if self.baseline is None or self.latest is None or self.latest[0] <= self.baseline_on:
            return None
        change = self.latest[1] - self.baseline
        if self.better == self.Better.LOWER:
            change = -change
        return (change > 0) - (change < 0)


class IndicatorValueQuerySet(models.QuerySet):
    def approved(self):
        return self.filter(state=IndicatorValue.State.APPROVED)

    def submitted(self):
        return self.filter(state=IndicatorValue.State.SUBMITTED)

    def editable_by(self, user):
        return self.filter(indicator__in=Indicator.objects.fed_by(user))


class IndicatorValue(models.Model):
    """A figure of a day: as a number, or as a share, whose percentage is computed."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("waiting for approval")
        RETURNED = "returned", _("returned with a note")
        APPROVED = "approved", _("approved")

    NEXT: dict[str, tuple[str, ...]] = {
        State.DRAFT: (State.SUBMITTED,),
        State.SUBMITTED: (State.APPROVED, State.RETURNED, State.DRAFT),
        State.RETURNED: (State.SUBMITTED,),
        State.APPROVED: (State.RETURNED,),
    }

    indicator = models.ForeignKey(Indicator, models.CASCADE, verbose_name=_("indicator"), related_name="values")
    measured_on = models.DateField(_("measured on"))
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=2)
    numerator = models.PositiveIntegerField(_("how many"), null=True, blank=True)
    denominator = models.PositiveIntegerField(_("out of how many"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.APPROVED)
    note = models.CharField(_("note"), max_length=300, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("entered by"), null=True, blank=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("approved by"),
        null=True,
        blank=True,
        related_name="+",
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = IndicatorValueQuerySet.as_manager()

    class Meta:
        verbose_name = _("value of an indicator")
        verbose_name_plural = _("values of indicators")
        ordering = ["measured_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "measured_on"],
                name="indicator_value_once_a_day",
                violation_error_message=_("There is already a value of that day."),
            ),
            models.CheckConstraint(
                condition=Q(numerator__isnull=True, denominator__isnull=True)
                | Q(numerator__isnull=False, denominator__gt=0),
                name="indicator_value_share_is_whole",
                violation_error_message=_("A share needs both numbers, the second above zero."),
            ),
        ]

    def __str__(self):
        return f"{self.measured_on}: {self.value}"

    def move_to(self, state, by, note=""):
        """Submits, approves or returns it.

        Raises PermissionDenied when who entered it approves it, ValidationError when it is returned without a
        note, StaleObject when somebody moved it first.
        """
        if state == self.State.APPROVED and self.entered_by_id == by.pk:
            raise PermissionDenied(gettext("Somebody else has to approve what you entered."))
        if state == self.State.RETURNED and not note.strip():
            raise ValidationError({"note": gettext("Say what has to be looked at again.")})
        approved = {"approved_by": by} if state == self.State.APPROVED else {}
        move(self, "state", state, note=note.strip(), **approved)


class IndicatorTarget(models.Model):
    indicator = models.ForeignKey(Indicator, models.CASCADE, verbose_name=_("indicator"), related_name="targets")
    due_on = models.DateField(_("due on"))
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("target of an indicator")
        verbose_name_plural = _("targets of indicators")
        ordering = ["due_on"]
        constraints = [models.UniqueConstraint(fields=["indicator", "due_on"], name="indicator_target_once_a_day")]

    def __str__(self):
        return f"{self.due_on}: {self.value}"


class IndicatorPart(models.Model):
    """The latest value for a part of the people: by sex, place or target group."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, verbose_name=_("indicator"), related_name="parts")
    label = models.CharField(_("for whom"), max_length=120)
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=2)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("breakdown of an indicator")
        verbose_name_plural = _("breakdowns of indicators")
        ordering = ["order", "pk"]

    def __str__(self):
        return languages.resolve(self, "label")[0]

    @property
    def is_small(self):
        """A count of so few people that it could point at one of them."""
        return self.indicator.unit == Indicator.Unit.COUNT and self.value < SMALLEST
