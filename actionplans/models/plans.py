"""Action plan: the measures of some years of a strategy, approved and adopted as one, and whom they are for first."""

import pghistory
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pghistory.models import Context

from partners.models import groups_of
from portal import languages, placeholders
from portal.history.past import events_of
from portal.models import Vocabulary

from ..moves import move
from .strategies import Strategy


class ActionPlanQuerySet(models.QuerySet):
    def public(self):
        return self.filter(status__in=ActionPlan.PUBLIC)

    def taking_measures(self):
        """Those that are not closed: neither they nor their strategy were replaced by a later one."""
        running = Strategy.objects.not_replaced()
        return self.exclude(status=ActionPlan.Status.SUPERSEDED).filter(strategy__in=running)

    def editable_by(self, user):
        return self.filter(strategy__in=Strategy.objects.editable_by(user))

    def commented_by(self, user):
        """On which the person may say something among members: those of one's groups."""
        return self.filter(strategy__group__in=groups_of(user))

    def visible_to(self, user):
        return self.filter(strategy__in=Strategy.objects.visible_to(user)) & self.filter(
            Q(status__in=ActionPlan.PUBLIC) | Q(strategy__group__in=groups_of(user))
        )


class ActionPlan(models.Model):
    """The measures of some years of a strategy."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved")
        ADOPTED = "adopted", _("adopted")
        SUPERSEDED = "superseded", _("replaced by a later one")

    NEXT: dict[str, tuple[str, ...]] = {
        Status.DRAFT: (Status.APPROVED,),
        Status.APPROVED: (Status.DRAFT, Status.ADOPTED),
        Status.ADOPTED: (Status.SUPERSEDED,),
        Status.SUPERSEDED: (),
    }
    PUBLIC = (Status.ADOPTED, Status.SUPERSEDED)
    FROZEN = (Status.APPROVED, Status.ADOPTED, Status.SUPERSEDED)

    strategy = models.ForeignKey(Strategy, models.CASCADE, verbose_name=_("strategy"), related_name="plans")
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    title = models.CharField(
        _("name"), max_length=120, blank=True, help_text=_("Only where a strategy has several plans side by side.")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    legal_basis = models.TextField(_("legal basis"), blank=True, help_text=_("The act or resolution it rests on."))
    legal_body = models.CharField(_("who adopted the legal basis"), max_length=200, blank=True)
    legal_link = models.URLField(_("where the legal basis can be read"), max_length=300, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.DRAFT)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("approved by"),
        null=True,
        blank=True,
        related_name="+",
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("approval asked by"),
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    asked_on = models.DateField(_("approval asked on"), null=True, blank=True, editable=False)
    note = models.CharField(_("note"), max_length=500, blank=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = ActionPlanQuerySet.as_manager()

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
        name = languages.resolve(self, "title")[0]
        return f"{name}, {self.years}" if name else self.years

    @property
    def years(self):
        """ "2026" or "2026–2027"."""
        first, last = self.starts_on.year, self.ends_on.year
        return str(first) if first == last else f"{first}–{last}"

    @property
    def is_frozen(self):
        """Approved content: whoever changes it says what and why, for everybody to read."""
        return self.status in self.FROZEN

    def authors(self):
        """Numbers of the users who wrote it or its measures, from the history."""
        own = events_of(ActionPlan).objects.filter(pgh_obj_id=self.pk).exclude(pgh_context=None)
        theirs = events_of(self.measures.model).objects.filter(plan_id=self.pk).exclude(pgh_context=None)
        put_in = events_of(self.placed.model).objects.filter(plan_id=self.pk).exclude(pgh_context=None)
        written = Q(pk__in=own.values("pgh_context")) | Q(pk__in=theirs.values("pgh_context"))
        contexts = Context.objects.filter(written | Q(pk__in=put_in.values("pgh_context")))
        contexts = contexts.exclude(metadata__has_key="approval")
        return {int(number) for number in contexts.values_list("metadata__user", flat=True) if number}

    def lacks(self, status, by=None):
        """Sentences on what is missing before it may move to a status; empty when it may."""
        if status not in (self.Status.APPROVED, self.Status.ADOPTED):
            return []
        placed = self.placed.select_related("measure")
        measures, found = [*self.measures.all(), *(row.measure for row in placed)], []
        for measure in measures:
            found += placeholders.left_in(measure, "title", "description", "rationale")
        if status == self.Status.ADOPTED:
            return found
        if not measures:
            found.append(gettext("It has no measure yet."))
        if by is not None and self.authors() == {by.pk}:
            found.append(gettext("You are its only author: somebody else has to approve it."))
        elif by is not None and self.asked_by_id == by.pk:
            found.append(gettext("You asked for the approval: somebody else has to give it."))
        return found

    def move_to(self, status, by, note=""):
        """Raises ValidationError when its only author approves it or it is empty; StaleObject."""
        if lacks := self.lacks(status, by):
            raise ValidationError(lacks)
        if status == self.Status.ADOPTED and self.strategy.status != Strategy.Status.ADOPTED:
            raise ValidationError(gettext("First the strategy has to be adopted."))
        by_whom = {"approved_by": by} if status == self.Status.APPROVED else {}
        with pghistory.context(approval=str(status)):
            move(self, "status", status, asked_by=None, asked_on=None, note=note, **by_whom)


class PlanTargetGroupQuerySet(models.QuerySet):
    def editable_by(self, user):
        return self.filter(plan__in=ActionPlan.objects.editable_by(user))

    def visible_to(self, user):
        return self.filter(plan__in=ActionPlan.objects.visible_to(user))


class PlanTargetGroup(models.Model):
    """A group of people whom a plan is for first, and why; three at most, so that first means something."""

    MOST = 3

    plan = models.ForeignKey(ActionPlan, models.CASCADE, verbose_name=_("action plan"), related_name="target_groups")
    term = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("target group"),
        related_name="+",
        limit_choices_to={"vocabulary": Vocabulary.TARGET_GROUP},
    )
    place = models.PositiveSmallIntegerField(_("place"), choices=[(1, 1), (2, 2), (3, 3)], default=1)
    reason = models.CharField(_("why this group comes first"), max_length=300, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = PlanTargetGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("priority target group of a plan")
        verbose_name_plural = _("priority target groups of plans")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "term"],
                name="plan_target_group_once",
                violation_error_message=_("The plan names this group already."),
            ),
            models.UniqueConstraint(
                fields=["plan", "place"],
                name="plan_target_group_place_once",
                violation_error_message=_("Another group stands in this place."),
            ),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=3),
                name="plan_target_groups_three_at_most",
                violation_error_message=_("A plan names three groups at most."),
            ),
        ]

    def __str__(self):
        return str(self.term)
