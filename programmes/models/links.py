"""What ties a programme to others: partners, terms, and the programmes one may continue with."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation
from portal.models import Vocabulary

from .programmes import Programme


class ProgrammePartner(models.Model):
    class Role(models.TextChoices):
        PARTNER = "partner", _("takes part")
        HOST = "host", _("hosts it")
        FUNDER = "funder", _("pays for it")

    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name=_("programme"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("organisation"))
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.PARTNER)

    class Meta:
        verbose_name = _("partner of the programme")
        verbose_name_plural = _("partners of the programme")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["programme", "organisation"], name="programme_partner_once")]

    def __str__(self):
        return str(self.organisation)


class ProgrammeTerm(models.Model):
    VOCABULARIES = (
        Vocabulary.LIFE_PHASE,
        Vocabulary.TOPIC,
        Vocabulary.TARGET_GROUP,
        Vocabulary.SETTING,
        Vocabulary.FORMAT,
        Vocabulary.SUPPORT_KIND,
        Vocabulary.PREVENTION_LEVEL,
        Vocabulary.REFERRAL_ROUTE,
        Vocabulary.COST,
        Vocabulary.ACCESSIBILITY,
        Vocabulary.EVIDENCE_LEVEL,
    )

    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name=_("programme"))
    term = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("term"),
        limit_choices_to={"vocabulary__in": VOCABULARIES},
    )

    class Meta:
        verbose_name = _("term of the programme")
        verbose_name_plural = _("terms of the programme")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["programme", "term"], name="programme_term_once")]

    def __str__(self):
        return str(self.term)


class Continuation(models.Model):
    """After one programme a person may continue with another."""

    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name=_("programme"), related_name="continuations")
    next = models.ForeignKey(Programme, models.CASCADE, verbose_name=_("continue with"), related_name="preceding")
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("continuation")
        verbose_name_plural = _("continuations")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "next"], name="continuation_once"),
            models.CheckConstraint(
                condition=~Q(programme=F("next")),
                name="continuation_leads_elsewhere",
                violation_error_message=_("A programme cannot continue with itself."),
            ),
        ]

    def __str__(self):
        return str(self.next)
