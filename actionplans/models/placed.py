"""A measure that also runs in other plans than the one it was proposed in, and what it wants to reach each year."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import languages

from .commitments import Commitment
from .plans import ActionPlan
from .strategies import Objective


class PlanMeasureQuerySet(models.QuerySet):
    def editable_by(self, user):
        return self.filter(plan__in=ActionPlan.objects.editable_by(user))

    def visible_to(self, user):
        return self.filter(plan__in=ActionPlan.objects.visible_to(user))


class PlanMeasure(models.Model):
    """One more plan of the same group in which a measure runs. It stays one: reported, owed and counted once."""

    plan = models.ForeignKey(ActionPlan, models.CASCADE, verbose_name=_("action plan"), related_name="placed")
    measure = models.ForeignKey(
        "actionplans.Measure", models.CASCADE, verbose_name=_("measure"), related_name="also_in"
    )
    objective = models.ForeignKey(
        Objective,
        models.PROTECT,
        verbose_name=_("objective"),
        null=True,
        blank=True,
        related_name="placed",
        help_text=_("Of the other strategy; empty where the plan belongs to the measure’s own strategy."),
    )
    added_on = models.DateField(_("added on"), default=timezone.localdate)

    objects = PlanMeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure that also runs in a plan")
        verbose_name_plural = _("measures that also run in plans")
        ordering = ["plan", "measure"]
        constraints = [models.UniqueConstraint(fields=["plan", "measure"], name="plan_measure_once")]

    def __str__(self):
        return str(self.plan)


class YearlyStepQuerySet(models.QuerySet):
    def open(self, day):
        """Not reached yet, of the year of `day` or an earlier one, of measures that are planned or in progress."""
        return self.filter(is_done=False, year__lte=day.year, measure__phase__in=("planned", "in_progress"))

    def led_by(self, organisations):
        """Of measures that one of these organisations has accepted to lead."""
        leads = Commitment.objects.accepted().filter(role=Commitment.Role.LEAD)
        return self.filter(measure__in=leads.filter(membership__organisation__in=organisations).values("measure"))

    def without_lead(self):
        leads = Commitment.objects.accepted().filter(role=Commitment.Role.LEAD)
        return self.exclude(measure__in=leads.values("measure"))


class YearlyStep(models.Model):
    """What a measure that runs over several years wants to reach in one of them, and whether it did."""

    measure = models.ForeignKey(
        "actionplans.Measure", models.CASCADE, verbose_name=_("measure"), related_name="yearly_steps"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    aim = models.CharField(_("what is to be reached this year"), max_length=300)
    is_done = models.BooleanField(_("reached"), default=False)
    result = models.CharField(
        _("what became of it"), max_length=300, blank=True, help_text=_("A sentence is enough. Everybody reads it.")
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = YearlyStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("yearly step")
        verbose_name_plural = _("yearly steps")
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "year"],
                name="yearly_step_once_a_year",
                violation_error_message=_("This year has its step already."),
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100),
                name="yearly_step_of_a_sensible_year",
                violation_error_message=_("Choose a year between 2000 and 2100."),
            ),
        ]

    def __str__(self):
        return f"{self.year}: {languages.resolve(self, 'aim')[0]}"

    @property
    def due_on(self):
        """The last day of its year."""
        return date(self.year, 12, 31)
