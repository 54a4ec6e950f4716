"""Barrier: what keeps people from taking part, who sees to it, and how."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Organisation, Settlement, coordinated_by, groups_of
from portal import languages
from portal.models import Vocabulary

from ..moves import move
from .commitments import nobody_answers


class BarrierQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(group__in=groups_of(user))

    def unheard(self):
        """Those that an organisation sees to for which nobody answers: the coordinators do."""
        return self.filter(nobody_answers("owner", "group"))

    def editable_by(self, user):
        """Coordinators; and the organisation that sees to it, within its group."""
        own = Organisation.objects.editable_by(user)
        return self.filter(Q(group__in=coordinated_by(user)) | Q(owner__in=own, group__in=groups_of(user)))


class Barrier(models.Model):
    """What keeps people from taking part, who sees to it, and how."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("noted")
        IN_PROGRESS = "in_progress", _("being worked on")
        SOLVED = "solved", _("solved")

    NEXT: dict[str, tuple[str, ...]] = {
        Status.PROPOSED: (Status.IN_PROGRESS, Status.SOLVED),
        Status.IN_PROGRESS: (Status.SOLVED, Status.PROPOSED),
        Status.SOLVED: (Status.IN_PROGRESS,),
    }

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), null=True, related_name="barriers")
    kind = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("kind"),
        related_name="+",
        limit_choices_to={"vocabulary": Vocabulary.BARRIER_TYPE},
    )
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    solution = models.TextField(_("proposed solution"), blank=True)
    owner = models.ForeignKey(
        Organisation, models.SET_NULL, verbose_name=_("responsible"), null=True, blank=True, related_name="+"
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.PROPOSED)
    reported_on = models.DateField(_("reported on"), default=timezone.localdate)
    affects = models.ManyToManyField(
        "portal.Term", through="BarrierTerm", verbose_name=_("whom it concerns"), related_name="+"
    )
    settlements = models.ManyToManyField(
        Settlement,
        through="BarrierSettlement",
        verbose_name=_("settlements"),
        related_name="+",
        help_text=_("Where it is felt. None chosen: everywhere."),
    )

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = BarrierQuerySet.as_manager()

    class Meta:
        verbose_name = _("barrier")
        verbose_name_plural = _("barriers")
        ordering = ["reported_on", "pk"]

    def __str__(self):
        return languages.resolve(self, "title")[0] or self.slug

    def move_to(self, status):
        move(self, "status", status)


class BarrierTerm(models.Model):
    barrier = models.ForeignKey(Barrier, models.CASCADE, verbose_name=_("barrier"))
    term = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("target group"),
        limit_choices_to={"vocabulary": Vocabulary.TARGET_GROUP},
    )

    class Meta:
        verbose_name = _("target group of a barrier")
        verbose_name_plural = _("target groups of barriers")
        constraints = [models.UniqueConstraint(fields=["barrier", "term"], name="barrier_term_once")]

    def __str__(self):
        return str(self.term)


class BarrierSettlement(models.Model):
    barrier = models.ForeignKey(Barrier, models.CASCADE, verbose_name=_("barrier"), related_name="+")
    settlement = models.ForeignKey(Settlement, models.CASCADE, verbose_name=_("settlement"), related_name="+")

    class Meta:
        verbose_name = _("settlement of a barrier")
        verbose_name_plural = _("settlements of barriers")
        constraints = [models.UniqueConstraint(fields=["barrier", "settlement"], name="barrier_settlement_once")]

    def __str__(self):
        return str(self.settlement)
