"""Measure: what is done about an objective, who leads it, and how it goes."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation, coordinated_by, groups_of
from portal import languages, placeholders
from portal.models import Vocabulary
from programmes.models import Programme

from .. import health
from ..moves import move
from .barriers import Barrier
from .commitments import Commitment
from .indicators import Indicator
from .placed import PlanMeasure
from .plans import ActionPlan
from .strategies import Objective, Strategy


class MeasureQuerySet(models.QuerySet):
    def public(self):
        """For everybody, of a strategy in force or replaced."""
        strategies = Strategy.objects.filter(status__in=(Strategy.Status.ADOPTED, Strategy.Status.SUPERSEDED))
        return self.filter(is_public=True).in_plans(ActionPlan.objects.public().filter(strategy__in=strategies))

    def in_plans(self, plans):
        """At home in one of these plans, or running in one of them too; each once."""
        also = PlanMeasure.objects.filter(plan__in=plans)
        return self.filter(Q(plan__in=plans) | Q(pk__in=also.values("measure")))

    def of_strategies(self, strategies):
        """At home in a plan of one of these strategies, or running in one too; each once."""
        return self.in_plans(ActionPlan.objects.filter(strategy__in=strategies))

    def once(self, day=None):
        """Without those that stand beside another for the same thing: of a measure and what carries it on one counts.

        The later one counts from the first day of its plan on, once that is adopted; until then the earlier one.
        """
        day, these = day or timezone.localdate(), Measure.objects.filter(pk__in=self.order_by().values("pk"))
        has_begun = Q(plan__starts_on__lte=day, plan__status__in=ActionPlan.PUBLIC)
        later = these.filter(has_begun, carried_from=OuterRef("pk"))
        earlier = these.filter(pk=OuterRef("carried_from"))
        return self.exclude(Exists(later)).exclude(~has_begun, Exists(earlier))

    def editable_by(self, user):
        """All of the groups one coordinates; else those one's organisation has accepted to lead."""
        own = Organisation.objects.editable_by(user) if user.is_authenticated else Organisation.objects.none()
        led = Commitment.objects.accepted().filter(role=Commitment.Role.LEAD, membership__organisation__in=own)
        return self.filter(Q(plan__strategy__group__in=coordinated_by(user)) | Q(pk__in=led.values("measure")))

    def worked_on_by(self, user):
        """Those one may edit, and those one's organisation takes part in."""
        own = Organisation.objects.editable_by(user) if user.is_authenticated else Organisation.objects.none()
        part = Commitment.objects.accepted().filter(membership__organisation__in=own)
        editable = Measure.objects.editable_by(user).values("pk")
        return self.filter(Q(pk__in=editable) | Q(pk__in=part.values("measure")))

    def commented_by(self, user):
        """On which the person may say something among members: those of one's groups."""
        return self.filter(plan__strategy__group__in=groups_of(user))

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.public()
        return self.filter(Q(pk__in=self.public().values("pk")) | Q(plan__strategy__group__in=groups_of(user)))

    def with_facts(self):
        """What a row of the plan and its health need, in a fixed number of queries."""
        commitments = Commitment.objects.select_related("membership__organisation")
        indicators = Indicator.objects.prefetch_related("values", "targets")
        return self.select_related("objective").prefetch_related(
            models.Prefetch("commitments", commitments),
            "tasks",
            "reports",
            models.Prefetch("indicators", indicators),
        )


class Measure(models.Model):
    class Phase(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        PLANNED = "planned", _("planned")
        IN_PROGRESS = "in_progress", _("in progress")
        PAUSED = "paused", _("paused")
        COMPLETED = "completed", _("completed")
        EMBEDDED = "embedded", _("part of everyday work")
        STOPPED = "stopped", _("stopped")

    OVER = (Phase.COMPLETED, Phase.EMBEDDED, Phase.STOPPED)
    NEXT: dict[str, tuple[str, ...]] = {
        Phase.PROPOSED: (Phase.PLANNED, Phase.STOPPED),
        Phase.PLANNED: (Phase.IN_PROGRESS, Phase.PROPOSED, Phase.STOPPED),
        Phase.IN_PROGRESS: (Phase.PAUSED, Phase.COMPLETED, Phase.EMBEDDED, Phase.STOPPED),
        Phase.PAUSED: (Phase.IN_PROGRESS, Phase.STOPPED),
        Phase.COMPLETED: (Phase.EMBEDDED, Phase.IN_PROGRESS),
        Phase.EMBEDDED: (),
        Phase.STOPPED: (Phase.PROPOSED,),
    }

    class Approach(models.TextChoices):
        UNIVERSAL = "universal", _("for everybody")
        PROPORTIONATE = "proportionate", _("for everybody, more where the need is greater")
        TARGETED = "targeted", _("for those who need it most")

    plan = models.ForeignKey(ActionPlan, models.CASCADE, verbose_name=_("action plan"), related_name="measures")
    objective = models.ForeignKey(Objective, models.PROTECT, verbose_name=_("objective"), related_name="measures")
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    rationale = models.TextField(_("why this helps"), blank=True)
    no_indicator_reason = models.TextField(
        _("why it has no indicator"), blank=True, help_text=_("Only where nothing can be counted.")
    )
    phase = models.CharField(_("phase"), max_length=12, choices=Phase, default=Phase.PROPOSED)
    approach = models.CharField(_("approach"), max_length=14, choices=Approach)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    budget_eur = models.PositiveIntegerField(_("budget in euros"), null=True, blank=True)
    cooperation_level = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("cooperation level"),
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": Vocabulary.COOPERATION_LEVEL},
    )
    prevention_level = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("prevention level"),
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": Vocabulary.PREVENTION_LEVEL},
    )
    pause_reason = models.CharField(_("why it pauses"), max_length=300, blank=True)
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    judged_state = models.CharField(_("judged by the coordinator as"), max_length=12, choices=health.JUDGED, blank=True)
    judged_reason = models.CharField(_("reason of the judgement"), max_length=300, blank=True)
    judged_until = models.DateField(_("judgement holds until"), null=True, blank=True)
    carried_from = models.ForeignKey(
        "self", models.SET_NULL, verbose_name=_("carried on from"), null=True, blank=True, related_name="carried_on"
    )
    decision = models.ForeignKey(
        "Decision",
        models.SET_NULL,
        verbose_name=_("follows from the decision"),
        null=True,
        blank=True,
        editable=False,
        related_name="measures",
    )
    is_public = models.BooleanField(_("for everybody to read"), default=True)
    terms = models.ManyToManyField("portal.Term", through="MeasureTerm", verbose_name=_("terms"), related_name="+")
    programmes = models.ManyToManyField(
        Programme, through="MeasureProgramme", verbose_name=_("programmes"), related_name="measures"
    )
    indicators = models.ManyToManyField(
        Indicator, through="MeasureIndicator", verbose_name=_("indicators"), related_name="measures"
    )
    barriers = models.ManyToManyField(
        Barrier, through="MeasureBarrier", verbose_name=_("barriers"), related_name="measures"
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["objective", "starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="measure_dates_in_order",
                violation_error_message=_("A measure must not end before it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(phase="paused") | ~Q(pause_reason=""),
                name="measure_pauses_with_a_reason",
                violation_error_message=_("Say why."),
            ),
            models.CheckConstraint(
                condition=Q(judged_state="", judged_reason="", judged_until__isnull=True)
                | (~Q(judged_state="") & ~Q(judged_reason="") & Q(judged_until__isnull=False)),
                name="measure_judged_with_reason_and_end",
                violation_error_message=_("A judgement needs its reason and the day until which it holds."),
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "title")[0] or self.slug

    def get_absolute_url(self):
        return reverse("actionplans:measure", args=[self.pk, self.slug_in(languages.active())])

    def slug_in(self, language):
        return languages.slug_in(self, "title", language)

    def clean(self):
        """Raises ValidationError for an objective of another strategy than its plan's, as the database does."""
        is_known = self.objective_id and self.plan_id
        if is_known and self.objective.strategy_id != self.plan.strategy_id:
            raise ValidationError(gettext("Choose an objective of the strategy of its plan."))

    @property
    def is_over(self):
        return self.phase in self.OVER

    @property
    def runs_over_years(self):
        """False when its first and last day are known and of one year."""
        return not (self.starts_on and self.ends_on) or self.starts_on.year != self.ends_on.year

    @property
    def year_now(self):
        """(in which year from its first day it is, of how many); None outside of its time, or of one year only."""
        today = timezone.localdate()
        if self.is_over or not (self.starts_on and self.ends_on) or not self.starts_on <= today <= self.ends_on:
            return None
        year, years = (_years(self.starts_on, day) + 1 for day in (today, self.ends_on))
        return (year, years) if years > 1 else None

    @property
    def lead(self):
        """The organisation that has accepted to lead it, or None. `how_they_go` knows it for many."""
        if hasattr(self, "known_lead"):
            return self.known_lead
        for commitment in self.commitments.all():
            if commitment.role == Commitment.Role.LEAD and commitment.status == Commitment.Status.ACCEPTED:
                return commitment.membership.organisation
        return None

    @property
    def is_overridden(self):
        """Whether the coordinator's judgement still holds; after its last day the facts speak."""
        return self.judged_until is not None and self.judged_until >= timezone.localdate()

    @property
    def contact(self):
        """Who answers questions about it: the organisation that leads it, or its group while that cannot be reached."""
        lead = self.lead
        return lead if lead and (lead.phone or lead.email) else self.plan.strategy.group

    @property
    def helpers(self):
        """The other organisations that have accepted a part."""
        return [
            commitment.membership.organisation
            for commitment in self.commitments.all()
            if commitment.role != Commitment.Role.LEAD and commitment.status == Commitment.Status.ACCEPTED
        ]

    @property
    def latest_report(self):
        return max(self.reports.all(), key=lambda report: (report.written_on, report.pk), default=None)

    @cached_property
    def health(self):
        """How it goes, computed from what is known and today; a `health.Health`. `how_they_go` knows it for many."""
        today = timezone.localdate()
        report = self.latest_report
        return self.health_with(
            today,
            has_lead=self.lead is not None,
            overdue=[days for task in self.tasks.all() if (days := task.days_overdue(today))],
            reported_on=report.written_on if report else None,
            behind=[str(i) for i in self.indicators.all() if health.is_behind(i)],
        )

    def health_with(self, today, **facts):
        """The `health.Health` that follows from its own fields and these `health.Facts`."""
        judged = (self.judged_state, self.judged_reason, self.judged_until) if self.judged_until else None
        known = health.Facts(
            phase=self.phase,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            paused_until=self.paused_until,
            judged=judged,
            **facts,
        )
        return health.of(known, today)

    def lacks(self, phase):
        """Sentences on what is missing before it may move to a phase; empty when it may."""
        found = []
        if phase in (self.Phase.PLANNED, self.Phase.IN_PROGRESS):
            found += placeholders.left_in(self, "title", "description", "rationale")
            if not self.objective.needs.exists():
                found.append(gettext("No need stands behind its objective."))
            if not self.commitments.filter(role=Commitment.Role.LEAD, status=Commitment.Status.ACCEPTED).exists():
                found.append(gettext("No organisation has accepted to lead it."))
            if not self.starts_on or not self.ends_on:
                found.append(gettext("It needs a first and a last day."))
            has_reason = any(getattr(self, name) for name in languages.columns("no_indicator_reason"))
            if not self.indicators.exists() and not has_reason:
                found.append(gettext("It needs an indicator, or the reason why there is none."))
        if phase in self.OVER and not self.evaluations.exists():
            found.append(gettext("First write the evaluation: what the group decides, and why."))
        return found

    def move_to(self, phase, reason="", until=None):
        """Raises ValidationError with what is missing, or without a reason for a pause; StaleObject."""
        if lacks := self.lacks(phase):
            raise ValidationError(lacks)
        is_paused = phase == self.Phase.PAUSED
        if is_paused and not reason.strip():
            raise ValidationError({"reason": gettext("Say why.")})
        pause = {"pause_reason": reason.strip() if is_paused else "", "paused_until": until if is_paused else None}
        move(self, "phase", phase, **pause)


def _years(first, day):
    """Whole years from a first day to another."""
    return day.year - first.year - ((day.month, day.day) < (first.month, first.day))


class MeasureTerm(models.Model):
    VOCABULARIES = (Vocabulary.LIFE_PHASE, Vocabulary.TOPIC, Vocabulary.TARGET_GROUP, Vocabulary.SETTING)

    measure = models.ForeignKey(Measure, models.CASCADE, verbose_name=_("measure"))
    term = models.ForeignKey(
        "portal.Term", models.PROTECT, verbose_name=_("term"), limit_choices_to={"vocabulary__in": VOCABULARIES}
    )

    class Meta:
        verbose_name = _("term of a measure")
        verbose_name_plural = _("terms of measures")
        constraints = [models.UniqueConstraint(fields=["measure", "term"], name="measure_term_once")]

    def __str__(self):
        return str(self.term)


class BudgetLine(models.Model):
    """What a part of a measure costs, and who pays for it."""

    measure = models.ForeignKey(Measure, models.CASCADE, verbose_name=_("measure"), related_name="budget_lines")
    label = models.CharField(_("for what"), max_length=160)
    amount_eur = models.PositiveIntegerField(_("amount in euros"))
    spent_eur = models.PositiveIntegerField(
        _("spent so far, in euros"), null=True, blank=True, help_text=_("Empty: unknown. Nothing spent is 0.")
    )
    payer = models.CharField(_("who pays"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.label}: {self.amount_eur} €"


class MeasureProgramme(models.Model):
    measure = models.ForeignKey(Measure, models.CASCADE, verbose_name=_("measure"))
    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name=_("programme"))

    class Meta:
        verbose_name = _("programme of a measure")
        verbose_name_plural = _("programmes of measures")
        constraints = [models.UniqueConstraint(fields=["measure", "programme"], name="measure_programme_once")]

    def __str__(self):
        return str(self.programme)


class MeasureIndicator(models.Model):
    measure = models.ForeignKey(Measure, models.CASCADE, verbose_name=_("measure"))
    indicator = models.ForeignKey(Indicator, models.CASCADE, verbose_name=_("indicator"))

    class Meta:
        verbose_name = _("indicator of a measure")
        verbose_name_plural = _("indicators of measures")
        constraints = [models.UniqueConstraint(fields=["measure", "indicator"], name="measure_indicator_once")]

    def __str__(self):
        return str(self.indicator)


class MeasureBarrier(models.Model):
    measure = models.ForeignKey(Measure, models.CASCADE, verbose_name=_("measure"))
    barrier = models.ForeignKey(Barrier, models.CASCADE, verbose_name=_("barrier"))

    class Meta:
        verbose_name = _("barrier of a measure")
        verbose_name_plural = _("barriers of measures")
        constraints = [models.UniqueConstraint(fields=["measure", "barrier"], name="measure_barrier_once")]

    def __str__(self):
        return str(self.barrier)
