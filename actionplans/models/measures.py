"""Measure: what is done about an objective, who leads it, and how it goes."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from partners.models import Membership, Organisation, coordinated_by, groups_of
from portal import languages
from portal.models import Vocabulary
from programmes.models import Programme

from .. import health
from .indicators import Indicator
from .strategies import Objective, Strategy


class ActionPlan(models.Model):
    """The measures of some years of a strategy."""

    strategy = models.ForeignKey(Strategy, models.CASCADE, verbose_name=_("strategy"), related_name="plans")
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))

    class Meta:
        verbose_name = _("action plan")
        verbose_name_plural = _("action plans")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="action_plan_ends_after_it_begins",
                violation_error_message=_("The period must end after it begins."),
            ),
        ]

    def __str__(self):
        return self.slug


class MeasureQuerySet(models.QuerySet):
    def public(self):
        """For everybody, of a strategy in force or replaced."""
        strategies = Strategy.objects.filter(status__in=(Strategy.Status.ADOPTED, Strategy.Status.SUPERSEDED))
        return self.filter(is_public=True, plan__strategy__in=strategies)

    def editable_by(self, user):
        """All of the groups one coordinates; else those one's organisation has accepted to lead."""
        own = Organisation.objects.editable_by(user) if user.is_authenticated else Organisation.objects.none()
        led = Commitment.objects.accepted().filter(role=Commitment.Role.LEAD, membership__organisation__in=own)
        return self.filter(Q(plan__strategy__group__in=coordinated_by(user)) | Q(pk__in=led.values("measure")))

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

    class Approach(models.TextChoices):
        UNIVERSAL = "universal", _("for everybody")
        PROPORTIONATE = "proportionate", _("for everybody, more where the need is greater")
        TARGETED = "targeted", _("for those who need it most")

    plan = models.ForeignKey(ActionPlan, models.CASCADE, verbose_name=_("action plan"), related_name="measures")
    objective = models.ForeignKey(Objective, models.PROTECT, verbose_name=_("objective"), related_name="measures")
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
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
    is_public = models.BooleanField(_("for everybody to read"), default=True)
    programmes = models.ManyToManyField(
        Programme, through="MeasureProgramme", verbose_name=_("programmes"), related_name="measures"
    )
    indicators = models.ManyToManyField(
        Indicator, through="MeasureIndicator", verbose_name=_("indicators"), related_name="measures"
    )
    barriers = models.ManyToManyField(
        "Barrier", through="MeasureBarrier", verbose_name=_("barriers"), related_name="measures"
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
        ]

    def __str__(self):
        return languages.resolve(self, "title")[0] or self.slug

    def get_absolute_url(self):
        return reverse("actionplans:measure", args=[self.pk, self.slug_in(languages.active())])

    def slug_in(self, language):
        return languages.slug_in(self, "title", language)

    @property
    def lead(self):
        """The organisation that has accepted to lead it, or None."""
        for commitment in self.commitments.all():
            if commitment.role == Commitment.Role.LEAD and commitment.status == Commitment.Status.ACCEPTED:
                return commitment.membership.organisation
        return None

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
        """How it goes, computed from what is known and today; a `health.Health`."""
        today = timezone.localdate()
        report = self.latest_report
        return health.of(
            health.Facts(
                phase=self.phase,
                starts_on=self.starts_on,
                ends_on=self.ends_on,
                has_lead=self.lead is not None,
                overdue=[days for task in self.tasks.all() if (days := task.days_overdue(today))],
                reported_on=report.written_on if report else None,
                behind=[str(i) for i in self.indicators.all() if health.is_behind(i)],
            ),
            today,
        )


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


class CommitmentQuerySet(models.QuerySet):
    def accepted(self):
        return self.filter(status=Commitment.Status.ACCEPTED)


class Commitment(models.Model):
    """What an organisation was asked to do for a measure, and what it answered: asked, not assigned."""

    class Role(models.TextChoices):
        LEAD = "lead", _("leads")
        PARTNER = "partner", _("takes part")
        FUNDER = "funder", _("pays for it")

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("asked")
        ACCEPTED = "accepted", _("accepted")
        COUNTERED = "countered", _("answered with another offer")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    measure = models.ForeignKey(Measure, models.CASCADE, verbose_name=_("measure"), related_name="commitments")
    membership = models.ForeignKey(Membership, models.PROTECT, verbose_name=_("membership"), related_name="commitments")
    role = models.CharField(_("role"), max_length=8, choices=Role)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PROPOSED)
    contribution = models.CharField(_("contribution"), max_length=300, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["measure", "role", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure"],
                condition=Q(role="lead", status="accepted"),
                name="commitment_one_lead",
                violation_error_message=_("This measure already has a lead."),
            ),
            models.UniqueConstraint(fields=["measure", "membership", "role"], name="commitment_once_per_role"),
            models.CheckConstraint(
                condition=~Q(status__in=["declined", "withdrawn"]) | ~Q(reason=""),
                name="commitment_ends_with_a_reason",
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self):
        return f"{self.membership.organisation}: {self.get_role_display()} ({self.get_status_display()})"


class Task(models.Model):
    class State(models.TextChoices):
        TO_DO = "to_do", _("to do")
        DOING = "doing", _("being done")
        BLOCKED = "blocked", _("blocked")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    measure = models.ForeignKey(Measure, models.CASCADE, verbose_name=_("measure"), related_name="tasks")
    title = models.CharField(_("title"), max_length=200)
    organisation = models.ForeignKey(
        Organisation,
        models.SET_NULL,
        verbose_name=_("responsible"),
        null=True,
        blank=True,
        related_name="tasks",
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.TO_DO)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", done_on__isnull=False) | (~Q(state="done") & Q(done_on__isnull=True)),
                name="task_done_on_a_day",
                violation_error_message=_("A task that is done has a day on which it was; others have none."),
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "title")[0]

    def days_overdue(self, today):
        """Days past due while it is open; 0 when it is not overdue."""
        if self.due_on is None or self.state in (self.State.DONE, self.State.CANCELLED):
            return 0
        return max(0, (today - self.due_on).days)


class StatusReport(models.Model):
    """One sentence or more on how a measure goes; a history, never overwritten."""

    measure = models.ForeignKey(Measure, models.CASCADE, verbose_name=_("measure"), related_name="reports")
    written_on = models.DateField(_("written on"), default=timezone.localdate)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("status report")
        verbose_name_plural = _("status reports")
        ordering = ["-written_on", "-pk"]

    def __str__(self):
        return f"{self.written_on}: {self.measure}"


class Barrier(models.Model):
    """What keeps people from taking part, who sees to it, and how."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("noted")
        IN_PROGRESS = "in_progress", _("being worked on")
        SOLVED = "solved", _("solved")

    kind = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("kind"),
        related_name="+",
        limit_choices_to={"vocabulary": Vocabulary.BARRIER_TYPE},
    )
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    solution = models.TextField(_("proposed solution"), blank=True)
    owner = models.ForeignKey(
        Organisation, models.SET_NULL, verbose_name=_("responsible"), null=True, blank=True, related_name="+"
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.PROPOSED)
    reported_on = models.DateField(_("reported on"))
    affects = models.ManyToManyField(
        "portal.Term", through="BarrierTerm", verbose_name=_("whom it concerns"), related_name="+"
    )

    class Meta:
        verbose_name = _("barrier")
        verbose_name_plural = _("barriers")
        ordering = ["reported_on", "pk"]

    def __str__(self):
        return languages.resolve(self, "title")[0] or self.slug


class BarrierTerm(models.Model):
    barrier = models.ForeignKey(Barrier, models.CASCADE, verbose_name=_("barrier"))
    term = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("target group"),
        limit_choices_to={"vocabulary": Vocabulary.TARGET_GROUP},
    )

    class Meta:
        verbose_name = _("target group of a barrier")
        verbose_name_plural = _("target groups of barriers")
        constraints = [models.UniqueConstraint(fields=["barrier", "term"], name="barrier_term_once")]

    def __str__(self):
        return str(self.term)


class MeasureBarrier(models.Model):
    measure = models.ForeignKey(Measure, models.CASCADE, verbose_name=_("measure"))
    barrier = models.ForeignKey(Barrier, models.CASCADE, verbose_name=_("barrier"))

    class Meta:
        verbose_name = _("barrier of a measure")
        verbose_name_plural = _("barriers of measures")
        constraints = [models.UniqueConstraint(fields=["measure", "barrier"], name="measure_barrier_once")]

    def __str__(self):
        return str(self.barrier)
