"""A programme that its provider would like to see in a measure, until who answers for the measure has decided."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programmes.models import Programme

from .measures import Measure, MeasureProgramme


class MeasureSuggestionQuerySet(models.QuerySet):
    def open(self):
        """Nobody has decided, and the measure did not get the programme on another way."""
        linked = MeasureProgramme.objects.filter(measure=OuterRef("measure"), programme=OuterRef("programme"))
        return self.filter(~Exists(linked), declined_on=None).exclude(measure__phase__in=Measure.OVER)

    def declined(self):
        return self.filter(declined_on__isnull=False)

    def editable_by(self, user):
        """Those that may decide: who may edit the measure."""
        return self.filter(measure__in=Measure.objects.editable_by(user))


class MeasureSuggestion(models.Model):
    measure = models.ForeignKey(Measure, models.CASCADE, verbose_name=_("measure"), related_name="suggestions")
    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name=_("programme"), related_name="+")
    why = models.CharField(_("why it belongs there"), max_length=300, blank=True)
    suggested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("suggested by"), null=True, blank=True,
        editable=False, related_name="+",
    )  # fmt: skip
    suggested_on = models.DateField(_("suggested on"), default=timezone.localdate)
    declined_on = models.DateField(_("declined on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = MeasureSuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme suggested for a measure")
        verbose_name_plural = _("programmes suggested for measures")
        ordering = ["suggested_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "programme"], name="measure_suggestion_once"),
            models.CheckConstraint(
                condition=Q(declined_on__isnull=True, reason="") | (Q(declined_on__isnull=False) & ~Q(reason="")),
                name="measure_suggestion_declined_with_a_reason",
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self):
        return str(self.programme)
