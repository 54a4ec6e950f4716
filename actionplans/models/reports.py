"""What is said of a measure on the way: status reports, and the evaluation at its end."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation
from portal import languages
from portal.models import Vocabulary


class StatusReport(models.Model):
    """One sentence or more on how a measure goes; a history, never overwritten."""

    measure = models.ForeignKey(
        "actionplans.Measure", models.CASCADE, verbose_name=_("measure"), related_name="reports"
    )
    written_on = models.DateField(_("written on"), default=timezone.localdate)
    text = models.TextField(_("text"))
    reached = models.PositiveIntegerField(_("people reached"), null=True, blank=True)
    obstacles = models.TextField(_("what stands in the way"), blank=True)
    needs_help = models.BooleanField(_("we need help"), default=False)
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, verbose_name=_("organisation"), null=True, blank=True, related_name="+"
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("written by"), null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("status report")
        verbose_name_plural = _("status reports")
        ordering = ["-written_on", "-pk"]

    def __str__(self):
        return f"{self.written_on}: {self.measure}"


class Evaluation(models.Model):
    """What the group decides at the end of a measure or of a year of it: keep, adapt, scale up or stop."""

    class Verdict(models.TextChoices):
        KEEP = "keep", _("keep it as it is")
        ADAPT = "adapt", _("adapt it")
        SCALE = "scale", _("do more of it")
        STOP = "stop", _("stop it")

    measure = models.ForeignKey(
        "actionplans.Measure", models.CASCADE, verbose_name=_("measure"), related_name="evaluations"
    )
    verdict = models.CharField(_("verdict"), max_length=6, choices=Verdict)
    reason = models.TextField(_("reason"))
    changed = models.TextField(_("what has changed"), blank=True)
    learnt = models.TextField(_("what we learnt"), blank=True)
    evaluator = models.CharField(_("who evaluated it"), max_length=200, blank=True)
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
    decided_on = models.DateField(_("decided on"), default=timezone.localdate)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("decided by"), null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        ordering = ["-decided_on", "-pk"]

    def __str__(self):
        return f"{self.get_verdict_display()}: {languages.resolve(self, 'reason')[0]}"
