"""Proposal, ReviewNote and Publication: what waits for a coordinator, what was said about it, and when it shows."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .programmes import Programme


class ProposalQuerySet(models.QuerySet):
    def living(self):
        """Neither accepted nor withdrawn: with the coordinator, or back with its author."""
        return self.filter(state__in=Proposal.LIVING)


class Proposal(models.Model):
    """Edits of a published programme that the coordinator sees before anybody else does."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("proposal", "in review")
        RETURNED = "returned", pgettext_lazy("proposal", "returned")
        ACCEPTED = "accepted", pgettext_lazy("proposal", "accepted")
        WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "withdrawn")

    LIVING = (State.OPEN, State.RETURNED)

    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name=_("programme"), related_name="proposals")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("proposed by"), null=True, related_name="+"
    )
    base_version = models.PositiveIntegerField(_("version it was made on"))
    base = models.JSONField(_("values it was made on"), default=dict)  # {column: value}, of the changed columns
    changes = models.JSONField(_("changes"), default=dict)  # {column: value}, as programmes.content gives them
    is_minor = models.BooleanField(_("a small change"), default=False)  # translations stay current
    # {column: digest of the proposed original}, of translations said to be still right beside a text that waits
    still_right = models.JSONField(_("translations still right"), default=dict, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(_("proposed at"), auto_now_add=True)
    asked_at = models.DateTimeField(_("last sent at"))

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme"],
                condition=models.Q(state__in=["open", "returned"]),
                name="proposal_one_living_per_programme",
                violation_error_message=_("There is already a proposal for this programme."),
            )
        ]

    def __str__(self):
        return f"{self.programme} – {self.get_state_display()}"


class ReviewNote(models.Model):
    """One step of a review, with what was said: a history, never overwritten."""

    class Step(models.TextChoices):
        ASKED = "asked", _("asked for review")
        RETURNED = "returned", _("returned with a note")
        APPROVED = "approved", _("approved for a day")
        PUBLISHED = "published", _("published")
        PART = "part", _("published in part")
        SEEN = "seen", _("marked as seen")
        REVERTED = "reverted", _("changed back")
        FAILED = "failed", _("could not be published")
        HELD = "held", _("held a language back")
        READY = "ready", _("asked for a language to be published")
        LANGUAGE = "language", _("published a language")

    OF_LANGUAGES = (Step.HELD, Step.READY, Step.LANGUAGE)  # beside the review of the whole

    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name=_("programme"), related_name="review_notes")
    proposal = models.ForeignKey(
        Proposal, models.SET_NULL, verbose_name=_("proposal"), null=True, blank=True, related_name="notes"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("by"), null=True, related_name="+")
    step = models.CharField(_("step"), max_length=10, choices=Step)
    text = models.TextField(_("note"), blank=True)
    parts = models.JSONField(_("parts"), default=list, blank=True)  # of programmes.parts, where not of the whole
    created_at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("review note")
        verbose_name_plural = _("review notes")
        ordering = ["created_at", "pk"]

    def __str__(self):
        return f"{self.programme} – {self.get_step_display()}"


class Publication(models.Model):
    """A coordinator's yes for a later day. It holds for what was approved: what is edited after it waits again."""

    programme = models.OneToOneField(Programme, models.CASCADE, verbose_name=_("programme"), related_name="publication")
    proposal = models.OneToOneField(
        Proposal, models.CASCADE, verbose_name=_("proposal"), null=True, blank=True, related_name="publication"
    )
    version = models.PositiveIntegerField(_("version"))  # of the programme; with a proposal its revision
    taken = models.JSONField(_("conflicts decided"), default=dict)  # {column: published value given up}
    publish_on = models.DateField(_("publish on"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("approved by"), related_name="+")

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["publish_on", "pk"]

    def __str__(self):
        return f"{self.programme} – {self.publish_on}"
