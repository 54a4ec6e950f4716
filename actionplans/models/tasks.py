"""Task: one thing to do by a day, for a measure or for the group as a whole."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Organisation, WorkingGroup, coordinated_by, groups_of
from portal import languages

from ..moves import move
from .commitments import Commitment, nobody_answers
from .placed import YearlyStep


class TaskQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=Task.OPEN)

    def of_group(self, groups):
        return self.filter(Q(group__in=groups) | Q(measure__plan__strategy__group__in=groups))

    def of_nobody(self):
        """Those that nobody was given: who leads the measure has them, else the coordinators of the group."""
        return self.filter(organisation=None, person=None, working_group=None)

    def unheard(self):
        """Those of an organisation for which nobody answers, and of no person: the coordinators have them, too."""
        of_group = Coalesce("group", "measure__plan__strategy__group")
        rows = self.annotate(its_group=of_group)
        return rows.filter(nobody_answers("organisation", "its_group"), person=None)

    def of_led(self, organisations):
        """Tasks of measures that one of these organisations has accepted to lead."""
        leads = Commitment.objects.accepted().filter(role=Commitment.Role.LEAD)
        return self.filter(measure__in=leads.filter(membership__organisation__in=organisations).values("measure"))

    def without_lead(self):
        """Tasks of the group, and of measures that nobody leads yet."""
        leads = Commitment.objects.accepted().filter(role=Commitment.Role.LEAD)
        return self.exclude(measure__in=leads.values("measure"))

    def visible_to(self, user):
        """Members read all tasks of their groups; those of public measures stand on the measure's page."""
        return self.of_group(groups_of(user))

    def editable_by(self, user):
        """Coordinators; whoever edits the measure; the organisation or the working group that is responsible."""
        from .measures import Measure

        if not user.is_authenticated:
            return self.none()
        own = Organisation.objects.editable_by(user)
        mine = Q(organisation__in=own) | Q(person=user) | Q(measure__in=Measure.objects.editable_by(user))
        mine |= Q(working_group__in=WorkingGroup.objects.of_person(user).values("pk"))
        return self.filter(pk__in=self.of_group(coordinated_by(user)).values("pk")) | self.filter(
            mine, pk__in=self.of_group(groups_of(user)).values("pk")
        )


class Task(models.Model):
    class State(models.TextChoices):
        TO_DO = "to_do", _("to do")
        DOING = "doing", _("being done")
        BLOCKED = "blocked", _("blocked")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    OPEN = (State.TO_DO, State.DOING, State.BLOCKED)
    NEXT: dict[str, tuple[str, ...]] = {
        State.TO_DO: (State.DOING, State.DONE, State.BLOCKED, State.CANCELLED),
        State.DOING: (State.DONE, State.BLOCKED, State.TO_DO, State.CANCELLED),
        State.BLOCKED: (State.DOING, State.TO_DO, State.CANCELLED),
        State.DONE: (State.TO_DO,),
        State.CANCELLED: (State.TO_DO,),
    }
    WITH_REASON = (State.BLOCKED, State.CANCELLED)

    group = models.ForeignKey(
        Group, models.CASCADE, verbose_name=_("group"), null=True, blank=True, related_name="tasks"
    )
    measure = models.ForeignKey(
        "actionplans.Measure", models.CASCADE, verbose_name=_("measure"), null=True, blank=True, related_name="tasks"
    )
    decision = models.ForeignKey(
        "actionplans.Decision",
        models.SET_NULL,
        verbose_name=_("decision"),
        null=True,
        blank=True,
        related_name="tasks",
    )
    assessment = models.ForeignKey(
        "actionplans.Assessment",
        models.SET_NULL,
        verbose_name=_("assessment of a programme"),
        null=True,
        blank=True,
        related_name="tasks",
    )
    working_group = models.ForeignKey(
        WorkingGroup,
        models.SET_NULL,
        verbose_name=_("working group"),
        null=True,
        blank=True,
        related_name="tasks",
    )
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, verbose_name=_("responsible"), null=True, blank=True, related_name="tasks"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("person"), null=True, blank=True, related_name="tasks"
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.TO_DO)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = TaskQuerySet.as_manager()

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
            models.CheckConstraint(
                condition=~Q(state__in=["blocked", "cancelled"]) | ~Q(reason=""),
                name="task_stops_with_a_reason",
                violation_error_message=_("Say why."),
            ),
            models.CheckConstraint(
                condition=Q(group__isnull=False, measure__isnull=True) | Q(group__isnull=True, measure__isnull=False),
                name="task_of_a_measure_or_the_group",
                violation_error_message=_("A task belongs to a measure or to the group."),
            ),
            models.CheckConstraint(
                condition=Q(working_group__isnull=True) | Q(group__isnull=False),
                name="task_of_a_working_group_is_the_groups",
                violation_error_message=_("A task of a measure belongs to no working group."),
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "title")[0]

    @property
    def of_group(self):
        """The number of its group."""
        return self.measure.plan.strategy.group_id if self.measure else self.group_id

    @property
    def next_states(self):
        """[(state, what the button says)] of the moves that need no reason."""
        words = {"to_do": _("Open again"), "doing": _("Begin"), "done": _("Done")}
        return [(state, words[state]) for state in self.NEXT[self.state] if state in words]

    @property
    def may_stop(self):
        """Whether a move is left that needs its reason: it is blocked, or dropped."""
        return any(state in self.WITH_REASON for state in self.NEXT[self.state])

    def days_overdue(self, today):
        """Days past due while it is open; 0 when it is not overdue."""
        if self.due_on is None or self.state in (self.State.DONE, self.State.CANCELLED):
            return 0
        return max(0, (today - self.due_on).days)

    @property
    def is_overdue(self):
        return self.days_overdue(timezone.localdate()) > 0

    def move_to(self, state, reason=""):
        """Raises ValidationError without a reason where one is due, StaleObject when it moved meanwhile."""
        if state in self.WITH_REASON and not reason.strip():
            raise ValidationError({"reason": gettext("Say why.")})
        done_on = timezone.localdate() if state == self.State.DONE else None
        move(self, "state", state, reason=reason.strip(), done_on=done_on)


class TaskNotice(models.Model):
    """That a person was told of the day of a task or yearly step coming or passed: once for it, a day and threshold."""

    task = models.ForeignKey(Task, models.CASCADE, null=True, related_name="notices")
    step = models.ForeignKey(YearlyStep, models.CASCADE, null=True, related_name="notices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    due_on = models.DateField()
    threshold = models.CharField(max_length=8)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "user", "due_on", "threshold"], name="task_notice_once"),
            models.UniqueConstraint(fields=["step", "user", "due_on", "threshold"], name="step_notice_once"),
            models.CheckConstraint(
                condition=Q(task__isnull=False, step__isnull=True) | Q(task__isnull=True, step__isnull=False),
                name="notice_of_a_task_or_a_step",
            ),
        ]

    def __str__(self):
        return f"{self.task or self.step} {self.threshold}"
