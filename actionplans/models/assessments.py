"""Assessment: once a year, whether a programme is kept, adapted or stopped; what its provider proposes stands apart."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Group, coordinated_by, groups_of
from portal.models import Vocabulary
from programmes.models import Programme

FIRST_YEAR, LAST_YEAR = 2000, 2200
CATCHING_UP = 3  # until this month of the next year a group may still assess the year before


def year_of(today):
    """The year whose programmes are assessed on that day: until the end of March it is the year before."""
    return today.year - (today.month <= CATCHING_UP)


class AssessmentQuerySet(models.QuerySet):
    def decided(self):
        return self.filter(is_proposal=False)

    def proposals(self):
        return self.filter(is_proposal=True)

    def visible_to(self, user):
        """What was decided, to members of the group; a proposal, to whoever made it and to the coordinators."""
        if not user.is_authenticated:
            return self.none()
        own = Q(programme__in=Programme.objects.editable_by(user)) | Q(group__in=coordinated_by(user))
        return self.filter(Q(is_proposal=False) | own, group__in=groups_of(user))

    def editable_by(self, user):
        """What was decided, by coordinators; a proposal, by its provider until the group has decided."""
        if not user.is_authenticated:
            return self.none()
        own = Q(is_proposal=True, group__in=groups_of(user), programme__in=Programme.objects.editable_by(user))
        decided = Assessment.objects.decided().filter(
            group=models.OuterRef("group"), programme=models.OuterRef("programme"), year=models.OuterRef("year")
        )
        by_the_group = Q(is_proposal=False, group__in=coordinated_by(user))
        return self.filter(by_the_group | (own & ~models.Exists(decided)))


class Assessment(models.Model):
    """`participants` and `cost_eur` are of the year; empty is unknown, never zero."""

    class Verdict(models.TextChoices):
        KEEP = "keep", _("keep it as it is")
        ADAPT = "adapt", _("adapt it")
        STOP = "stop", _("stop it")

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="assessments")
    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name=_("programme"), related_name="assessments")
    year = models.PositiveSmallIntegerField(_("year"))
    is_proposal = models.BooleanField(_("proposed by the provider"), default=False)
    verdict = models.CharField(_("verdict"), max_length=6, choices=Verdict)
    reason = models.TextField(_("reason"), help_text=_("Two or three sentences, with what it rests on."))
    participants = models.PositiveIntegerField(
        _("people who took part in that year"), null=True, blank=True, help_text=_("Leave it empty when nobody knows.")
    )
    cost_eur = models.PositiveIntegerField(
        _("what it cost in that year, in euros"),
        null=True,
        blank=True,
        help_text=_("With the hours of people who are paid. Leave it empty when nobody knows."),
    )
    until = models.DateField(
        _("by when"),
        null=True,
        blank=True,
        help_text=_("When it is to be adapted: the day by which that is done. When it is to be stopped: its last day."),
    )
    instead = models.ForeignKey(
        Programme,
        models.SET_NULL,
        verbose_name=_("what comes instead"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("When it is to be stopped: where people can go afterwards."),
    )
    evidence = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("evidence"),
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": Vocabulary.EVIDENCE_LEVEL},
    )
    link = models.URLField(_("the evaluation itself"), blank=True)
    given_on = models.DateField(_("said on"), default=timezone.localdate)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("said by"), null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment of a programme")
        verbose_name_plural = _("assessments of programmes")
        ordering = ["-year", "programme", "is_proposal"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "programme", "year", "is_proposal"],
                name="assessment_once_a_year",
                violation_error_message=_("This programme has been assessed for that year already."),
            ),
            models.CheckConstraint(
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR),
                name="assessment_of_a_year",
                violation_error_message=_("That is no year."),
            ),
            models.CheckConstraint(
                condition=Q(verdict="keep", until__isnull=True)
                | ~Q(verdict="keep") & (Q(until__isnull=False) | Q(is_proposal=True)),
                name="assessment_changes_by_a_day",
                violation_error_message=_("What is to be adapted or stopped needs a day."),
            ),
            models.CheckConstraint(
                condition=Q(instead__isnull=True) | Q(verdict="stop") & ~Q(instead=F("programme")),
                name="assessment_instead_of_what_stops",
                violation_error_message=_("Only what is stopped has something else that comes instead."),
            ),
        ]

    def __str__(self):
        return f"{self.programme} ({self.year}): {self.get_verdict_display()}"

    @property
    def cost_per_person(self):
        """Euros, when both figures are known and somebody took part; else None."""
        return self.cost_eur / self.participants if self.cost_eur is not None and self.participants else None

    def is_to_be_ended(self):
        """Has the group decided to stop a programme that still stands in the catalogue?"""
        is_stopped = not self.is_proposal and self.verdict == self.Verdict.STOP
        return is_stopped and self.programme.status in Programme.PUBLIC
