"""Reporting round: the coordinator asks, each organisation answers one page with all it owes, then it is locked."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Organisation, coordinated_by, groups_of
from portal import languages

from ..moves import move
from .indicators import Indicator
from .measures import Measure


class RoundQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status=Round.Status.OPEN)

    def visible_to(self, user):
        return self.filter(group__in=groups_of(user))

    def editable_by(self, user):
        return self.filter(group__in=coordinated_by(user))


class Round(models.Model):
    class Status(models.TextChoices):
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    NEXT: dict[str, tuple[str, ...]] = {Status.OPEN: (Status.CLOSED,), Status.CLOSED: ()}

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="rounds")
    title = models.CharField(_("title"), max_length=160)
    starts_on = models.DateField(_("about the time from"))
    ends_on = models.DateField(_("until"))
    due_on = models.DateField(_("answers until"))
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("opened by"), null=True, blank=True, related_name="+"
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closing_note = models.CharField(_("why it was closed before all had answered"), max_length=500, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("reporting round")
        verbose_name_plural = _("reporting rounds")
        ordering = ["-due_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="round_period_in_order",
                violation_error_message=_("The period must end after it begins."),
            ),
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(status="open"),
                name="round_one_open_per_group",
                violation_error_message=_("A round is open already: close it first."),
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "title")[0]

    def get_absolute_url(self):
        return reverse("actionplans:round", args=[self.pk])

    @property
    def is_open(self):
        return self.status == self.Status.OPEN

    def close(self, note=""):
        """Locks the answers and the figures of its period; `note` says why before all have answered.

        Raises StaleObject when somebody closed it first.
        """
        move(self, "status", self.Status.CLOSED, closed_on=timezone.localdate(), closing_note=note)


class Answer(models.Model):
    """What an organisation says in a round of one measure it leads or one indicator it owns."""

    class Kind(models.TextChoices):
        UPDATE = "update", _("this is how it goes")
        NO_CHANGE = "no_change", _("nothing has changed")
        NEED_HELP = "need_help", _("we need help")
        HAND_OVER = "hand_over", _("we want to hand it over")

    round = models.ForeignKey(Round, models.CASCADE, verbose_name=_("reporting round"), related_name="answers")
    organisation = models.ForeignKey(Organisation, models.CASCADE, verbose_name=_("organisation"), related_name="+")
    measure = models.ForeignKey(
        Measure, models.CASCADE, verbose_name=_("measure"), null=True, blank=True, related_name="answers"
    )
    indicator = models.ForeignKey(
        Indicator, models.CASCADE, verbose_name=_("indicator"), null=True, blank=True, related_name="answers"
    )
    kind = models.CharField(_("answer"), max_length=10, choices=Kind)
    text = models.TextField(_("in a sentence"), blank=True)
    reached = models.PositiveIntegerField(_("people reached"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), default=timezone.now)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        related_name="+",
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        verbose_name = _("answer of a round")
        verbose_name_plural = _("answers of rounds")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "measure"], name="answer_once_per_measure"),
            models.UniqueConstraint(fields=["round", "indicator"], name="answer_once_per_indicator"),
            models.CheckConstraint(
                condition=Q(measure__isnull=False, indicator__isnull=True)
                | Q(measure__isnull=True, indicator__isnull=False),
                name="answer_of_a_measure_or_an_indicator",
            ),
            models.CheckConstraint(
                condition=Q(kind="no_change") | ~Q(text="") | Q(indicator__isnull=False),
                name="answer_in_a_sentence",
                violation_error_message=_("Write a sentence."),
            ),
        ]

    def __str__(self):
        return f"{self.organisation}: {self.get_kind_display()}"


class WorkVisit(models.Model):
    """When a person last looked at their work, and when before that: what changed since then stands there.

    Looking again within the hour is the same visit.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="+")
    seen_at = models.DateTimeField(_("seen at"), default=timezone.now)
    since_at = models.DateTimeField(_("last seen before this visit"), null=True, blank=True)

    class Meta:
        verbose_name = _("visit to My work")
        verbose_name_plural = _("visits to My work")

    def __str__(self):
        return f"{self.user} {self.seen_at:%Y-%m-%d}"
