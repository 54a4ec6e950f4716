"""Term: one word of a vocabulary, with its label in five languages. The classifications of the whole portal."""

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .. import languages


class Vocabulary(models.TextChoices):
    """The 27 vocabularies. Those of processes (statuses, roles) only carry labels: the code is the rule."""

    LIFE_PHASE = "life_phase", _("Life phases")
    TOPIC = "topic", _("Topics")
    TARGET_GROUP = "target_group", _("Target groups")
    SETTING = "setting", _("Settings")
    FORMAT = "format", _("Formats")
    SUPPORT_KIND = "support_kind", _("Kinds of support")
    REFERRAL_ROUTE = "referral_route", _("Ways to join")
    COST = "cost", _("Costs")
    ACCESSIBILITY = "accessibility", _("Accessibility")
    LANGUAGE = "language", _("Spoken languages")
    PREVENTION_LEVEL = "prevention_level", _("Prevention levels")
    EVIDENCE_LEVEL = "evidence_level", _("Evidence levels")
    SECTOR = "sector", _("Sectors")
    WEEKDAY = "weekday", _("Weekdays")
    ROLE = "role", _("Roles")
    PROGRAMME_STATUS = "programme_status", _("Programme statuses")
    NEED_STATUS = "need_status", _("Need statuses")
    PLAN_STATUS = "plan_status", _("Plan statuses")
    DOCUMENT_STATUS = "document_status", _("Document statuses")
    REGISTRATION_STATUS = "registration_status", _("Registration statuses")
    INDICATOR_KIND = "indicator_kind", _("Kinds of indicator")
    EVENT_TYPE = "event_type", _("Event types")
    CYCLE_STEP = "cycle_step", _("Steps of the planning cycle")
    COOPERATION_LEVEL = "cooperation_level", _("Cooperation levels")
    GOOD_PRACTICE_CRITERION = "good_practice_criterion", _("Good-practice criteria")
    BARRIER_TYPE = "barrier_type", _("Barrier types")
    DOCUMENT_TYPE = "document_type", _("Document types")


def follows_merges(model, *columns):
    """Whoever writes a merged term into `model`, in SQL too, writes the one it was merged into.

    The lock is the one a foreign key takes: a writer waits for a merging that runs, and then reads its outcome.
    """
    for column in columns:
        trigger = pgtrigger.Trigger(
            name=f"follow_{column}",
            level=pgtrigger.Row,
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.UpdateOf(column),
            declare=[("target", "bigint")],
            func=(
                f"SELECT merged_into_id INTO target FROM portal_term WHERE id = NEW.{column} FOR KEY SHARE;"  # noqa: S608
                f" IF target IS NOT NULL THEN NEW.{column} := target; END IF; RETURN NEW;"
            ),
        )
        pgtrigger.register(trigger)(model)


class TermQuerySet(models.QuerySet):
    def of(self, *vocabularies):
        return self.filter(vocabulary__in=vocabularies)


class Term(models.Model):
    """One word of a vocabulary. The slug never changes; the label may; a term is retired, not deleted."""

    vocabulary = models.CharField(_("vocabulary"), max_length=30, choices=Vocabulary)
    slug = models.SlugField(_("slug"), max_length=60, help_text=_("Stands in addresses and exports; never changes."))
    label = models.CharField(_("label"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    everyday_words = models.CharField(
        _("everyday words"),
        max_length=300,
        blank=True,
        help_text=_("What people type when they look for this, separated by commas; the search knows them."),
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("broader term"), null=True, blank=True, related_name="narrower"
    )
    order = models.SmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)
    is_equity = models.BooleanField(
        _("equity group"), default=False, help_text=_("Shown in the inequality lens (PROGRESS-Plus).")
    )
    age_min = models.PositiveSmallIntegerField(_("from age"), null=True, blank=True)
    age_max = models.PositiveSmallIntegerField(_("to age"), null=True, blank=True)
    facts = models.JSONField(
        _("facts"),
        default=dict,
        blank=True,
        help_text=_(
            "Keys that rules read: “group” of a sector; “referral_required” and “booking_required” of a way to join."
        ),
    )
    maps = models.JSONField(_("mappings"), default=dict, blank=True, help_text=_("Codes in published classifications."))

    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("merged into"),
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
    )

    # Texts as last seeded, by column: a text that differs was edited by somebody.
    seeded = models.JSONField(default=dict, editable=False)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["vocabulary", "order", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["vocabulary", "slug"],
                name="term_slug_unique_in_vocabulary",
                violation_error_message=_("This vocabulary already has a term with that slug."),
            ),
            models.CheckConstraint(
                condition=Q(age_min__isnull=True) | Q(age_max__isnull=True) | Q(age_max__gte=models.F("age_min")),
                name="term_ages_in_order",
                violation_error_message=_("The upper age must not be below the lower age."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(is_active=False),
                name="term_merged_is_retired",
                violation_error_message=_("It was merged into another term, and so stays retired."),
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "label")[0] or self.slug

    def clean(self):
        self.facts, self.maps = self.facts or {}, self.maps or {}
        if not (isinstance(self.facts, dict) and isinstance(self.maps, dict)):
            raise ValidationError(_("Facts and mappings are written as {…}."))
