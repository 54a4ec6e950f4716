"""How a group finds out whether its strategy works: what is looked at, by whom and when; and what came out."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import languages

from .indicators import Indicator
from .measures import Measure
from .strategies import Strategy


class EvaluationQuestion(models.Model):
    """One thing that is looked at: a line of the plan of evaluation."""

    strategy = models.ForeignKey(
        Strategy, models.CASCADE, verbose_name=_("strategy"), related_name="evaluation_questions"
    )
    question = models.CharField(_("what is looked at"), max_length=240)
    looked_at_by = models.CharField(_("by whom"), max_length=160)
    due_on = models.DateField(_("until when"))
    done_on = models.DateField(_("looked at on"), null=True, blank=True)
    indicators = models.ManyToManyField(
        Indicator, through="EvaluationQuestionIndicator", verbose_name=_("with which figures"), related_name="+"
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        verbose_name = _("question of the evaluation")
        verbose_name_plural = _("questions of the evaluation")
        ordering = ["due_on", "pk"]

    def __str__(self):
        return languages.resolve(self, "question")[0]


class EvaluationQuestionIndicator(models.Model):
    question = models.ForeignKey(EvaluationQuestion, models.CASCADE, verbose_name=_("question of the evaluation"))
    indicator = models.ForeignKey(Indicator, models.CASCADE, verbose_name=_("indicator"))

    class Meta:
        verbose_name = _("figure of a question")
        verbose_name_plural = _("figures of questions")
        constraints = [models.UniqueConstraint(fields=["question", "indicator"], name="evaluation_indicator_once")]

    def __str__(self):
        return str(self.indicator)


class Finding(models.Model):
    """Something that was published about a strategy or one of its measures: a report, an article, a result."""

    strategy = models.ForeignKey(Strategy, models.CASCADE, verbose_name=_("strategy"), related_name="findings")
    measure = models.ForeignKey(
        Measure, models.SET_NULL, verbose_name=_("about the measure"), null=True, blank=True, related_name="findings"
    )
    title = models.CharField(_("title"), max_length=240)
    by = models.CharField(_("published by"), max_length=160, blank=True)
    year = models.PositiveSmallIntegerField(_("year"))
    url = models.URLField(_("link"), max_length=300, blank=True)
    says = models.CharField(_("what it says, in one sentence"), max_length=300)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        verbose_name = _("report or article")
        verbose_name_plural = _("reports and articles")
        ordering = ["-year", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(year__gte=1900, year__lte=2100),
                name="finding_in_a_year",
                violation_error_message=_("Write a year, for example 2025."),
            )
        ]

    def __str__(self):
        return languages.resolve(self, "title")[0]
