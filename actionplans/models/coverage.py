"""Coverage: what the group judged not to be needed, what the tables showed on a day, and who hands over to whom."""

from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Organisation, Seat, coordinated_by, groups_of
from portal import languages
from portal.models import Vocabulary


class MatrixName(models.TextChoices):
    """The two tables; the key stands in addresses."""

    PHASES = "phases", _("Topics and life phases")
    SETTINGS = "settings", _("Target groups and settings")


class JudgementQuerySet(models.QuerySet):
    def editable_by(self, user):
        return self.filter(group__in=coordinated_by(user))


class CoverageJudgement(models.Model):
    """ "Here nothing is needed", with the reason: a cell of a table that is empty on purpose. Everybody reads it."""

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="judgements")
    matrix = models.CharField(_("table"), max_length=10, choices=MatrixName)
    row = models.ForeignKey("portal.Term", models.PROTECT, verbose_name=_("row"), related_name="+")
    column = models.ForeignKey("portal.Term", models.PROTECT, verbose_name=_("column"), related_name="+")
    reason = models.CharField(
        _("why nothing is needed here"), max_length=300, help_text=_("One or two sentences; everybody can read them.")
    )
    seat = models.ForeignKey(
        Seat, models.SET_NULL, verbose_name=_("judged by"), null=True, blank=True, related_name="+"
    )
    judged_on = models.DateField(_("judged on"))
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = JudgementQuerySet.as_manager()

    class Meta:
        verbose_name = _("judgement on coverage")
        verbose_name_plural = _("judgements on coverage")
        ordering = ["group", "matrix", "row", "column"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "matrix", "row", "column"],
                name="coverage_judgement_once",
                violation_error_message=_("This cell has been judged already."),
            )
        ]

    def __str__(self):
        return f"{self.row} × {self.column}"


class SnapshotQuerySet(models.QuerySet):
    def editable_by(self, user):
        return self.filter(group__in=coordinated_by(user))


class CoverageSnapshot(models.Model):
    """The tables as everybody saw them on a day; never changed afterwards.

    `cells` is {table: {"rows": [slug], "columns": [slug], "cells": {"row column": [state, programmes, measures]}}};
    a cell that is not there was a gap with nothing in it.
    """

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="snapshots")
    taken_on = models.DateField(_("taken on"))
    year = models.PositiveSmallIntegerField(
        _("at the end of the year"), null=True, blank=True, help_text=_("Empty: taken by hand.")
    )
    cells = models.JSONField(_("counts"), default=dict)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("snapshot of coverage")
        verbose_name_plural = _("snapshots of coverage")
        ordering = ["group", "-taken_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "year"],
                condition=Q(year__isnull=False),
                name="coverage_snapshot_once_a_year",
                violation_error_message=_("There is already a snapshot of that year."),
            ),
            models.UniqueConstraint(
                fields=["group", "taken_on"],
                condition=Q(year__isnull=True),
                name="coverage_snapshot_once_a_day",
                violation_error_message=_("There is already a snapshot of that day."),
            ),
        ]

    def __str__(self):
        day = date_format(self.taken_on)
        if not self.year:
            return day
        if (self.taken_on.year, self.taken_on.month, self.taken_on.day) == (self.year, 12, 31):
            return gettext("%(day)s (end of the year)") % {"day": day}
        return gettext("End of %(year)s (kept on %(day)s)") % {"year": self.year, "day": day}


class TransitionQuerySet(models.QuerySet):
    def public(self):
        return self.filter(is_public=True)

    def editable_by(self, user):
        return self.filter(group__in=coordinated_by(user))

    def visible_to(self, user):
        """Public ones; to members of the group all of them."""
        if not user.is_authenticated:
            return self.public()
        return self.filter(Q(is_public=True) | Q(group__in=groups_of(user)))


class Transition(models.Model):
    """From one phase of life to a later one: what changes for people, and who hands over to whom."""

    class State(models.TextChoices):
        OPEN = "open", _("not agreed yet")
        AGREED = "agreed", _("agreed")
        LIVED = "lived", _("works in everyday practice")

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="transitions")
    from_phase = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("from life phase"),
        related_name="+",
        limit_choices_to={"vocabulary": Vocabulary.LIFE_PHASE},
    )
    to_phase = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("to life phase"),
        related_name="+",
        limit_choices_to={"vocabulary": Vocabulary.LIFE_PHASE},
    )
    title = models.CharField(_("title"), max_length=160)
    description = models.TextField(_("what is handed over, and how"), blank=True)
    giver = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("hands over"), null=True, blank=True, related_name="+"
    )
    taker = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("takes over"), null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    is_public = models.BooleanField(_("for everybody to read"), default=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = TransitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        ordering = ["group", "from_phase", "to_phase", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_phase=F("to_phase")),
                name="transition_leads_elsewhere",
                violation_error_message=_("A transition leads from one life phase to another."),
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(giver__isnull=False, taker__isnull=False),
                name="transition_agreed_by_two",
                violation_error_message=_("What is agreed has somebody who hands over and somebody who takes over."),
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "title")[0] or f"{self.from_phase} – {self.to_phase}"
