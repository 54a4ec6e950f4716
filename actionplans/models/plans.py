"""Action plan: the measures of some years of a strategy, approved and adopted as one."""

import pghistory
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pghistory.models import Context

from partners.models import groups_of
from portal import placeholders
from portal.history.past import events_of

from ..moves import move
from .strategies import Strategy


class ActionPlanQuerySet(models.QuerySet):
    def public(self):
        return self.filter(status__in=ActionPlan.PUBLIC)

    def editable_by(self, user):
        return self.filter(strategy__in=Strategy.objects.editable_by(user))

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

    strategy = models.ForeignKey(Strategy, models.CASCADE, verbose_name=_("strategy"), related_name="plans")
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
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
        first, last = self.starts_on.year, self.ends_on.year
        return str(first) if first == last else f"{first}–{last}"

    def authors(self):
        """Numbers of the users who wrote it or its measures, from the history."""
        own = events_of(ActionPlan).objects.filter(pgh_obj_id=self.pk).exclude(pgh_context=None)
        theirs = events_of(self.measures.model).objects.filter(plan_id=self.pk).exclude(pgh_context=None)
        contexts = Context.objects.filter(Q(pk__in=own.values("pgh_context")) | Q(pk__in=theirs.values("pgh_context")))
        contexts = contexts.exclude(metadata__has_key="approval")
        return {int(number) for number in contexts.values_list("metadata__user", flat=True) if number}

    def lacks(self, status, by=None):
        """Sentences on what is missing before it may move to a status; empty when it may."""
        if status not in (self.Status.APPROVED, self.Status.ADOPTED):
            return []
        measures, found = list(self.measures.all()), []
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
