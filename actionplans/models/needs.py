"""Need: what people, professionals and figures say is missing, and what was decided about it."""

from datetime import timedelta
from functools import reduce
from operator import or_
from statistics import median

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Organisation, Seat, Settlement, coordinated_by, groups_of
from portal import languages
from portal.models import Vocabulary
from programmes.models import Programme

from ..moves import move
from .indicators import Indicator, groups_of_figures, groups_with_figures


class NeedQuerySet(models.QuerySet):
    def public(self):
        """Confirmed or further: assessed, so that nothing unchecked stands before everybody."""
        return self.filter(status__in=Need.PUBLIC)

    def editable_by(self, user):
        return self.filter(group__in=coordinated_by(user))

    def evidenced_by(self, user):
        """Those for which one may write down evidence: the coordinator's, and the data steward's."""
        return self.filter(group__in=groups_with_figures(user))

    def commented_by(self, user):
        """On which the person may say something among members: those of one's groups."""
        return self.filter(group__in=groups_of(user))

    def visible_to(self, user):
        """Public ones; all of them to members of the group, and to the data stewards of its region.

        An administrator sees no group's unconfirmed ones.
        """
        if not user.is_authenticated:
            return self.public()
        return self.filter(Q(pk__in=self.public().values("pk")) | Q(group__in=groups_of_figures(user)))

    def waiting_too_long(self, today):
        """Those whose patience is over (see PATIENCE), with `since`, as `waits` counts it; the oldest first."""
        since = Coalesce("moved_on", "first_response_on", "reported_on")
        late = [Q(status=status, since__lt=today - timedelta(days)) for status, days in Need.PATIENCE.items()]
        return self.annotate(since=since).filter(reduce(or_, late)).order_by("since", "pk")

    def about(self, slugs):
        """Those about one of these settlements, and those about none in particular: they are about everywhere."""
        placed = NeedSettlement.objects.order_by()
        there = placed.filter(settlement__slug__in=slugs)
        return self.filter(~Q(pk__in=placed.values("need")) | Q(pk__in=there.values("need")))


class Need(models.Model):
    class Status(models.TextChoices):
        REPORTED = "reported", _("reported")
        ASSESSING = "assessing", _("being assessed")
        CONFIRMED = "confirmed", _("confirmed")
        PRIORITISED = "prioritised", _("prioritised")
        RESPONDED = "responded", _("responded to")
        RESOLVED = "resolved", _("resolved")
        NOT_PURSUED = "not_pursued", _("not pursued")

    CLOSED = (Status.RESOLVED, Status.NOT_PURSUED)
    NEXT: dict[str, tuple[str, ...]] = {
        Status.REPORTED: (Status.ASSESSING, Status.NOT_PURSUED),
        Status.ASSESSING: (Status.CONFIRMED, Status.NOT_PURSUED),
        Status.CONFIRMED: (Status.PRIORITISED, Status.NOT_PURSUED),
        Status.PRIORITISED: (Status.RESPONDED, Status.NOT_PURSUED),
        Status.RESPONDED: (Status.RESOLVED, Status.NOT_PURSUED),
        Status.RESOLVED: (Status.ASSESSING,),
        Status.NOT_PURSUED: (Status.ASSESSING,),
    }
    # Days after which it should have moved on: a first answer in two weeks; what was assessed, decided and put into an
    # objective in two rounds of three months each.
    PATIENCE: dict[str, int] = {
        Status.REPORTED: 14,
        Status.ASSESSING: 183,
        Status.CONFIRMED: 183,
        Status.PRIORITISED: 183,
    }
    APART = 3  # points between scores of one question from which partners disagree
    PUBLIC = (Status.CONFIRMED, Status.PRIORITISED, Status.RESPONDED, Status.RESOLVED, Status.NOT_PURSUED)

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="needs")
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.REPORTED)
    reported_by = models.ForeignKey(
        Organisation,
        models.SET_NULL,
        verbose_name=_("reported by"),
        null=True,
        blank=True,
        related_name="reported_needs",
    )
    reported_on = models.DateField(_("reported on"))
    first_response_on = models.DateField(_("first answered on"), null=True, blank=True)
    decision = models.TextField(_("decision and its reason"), blank=True)
    causes = models.TextField(_("causes"), blank=True, help_text=_("What leads to it, one thing a line."))
    steps = models.TextField(_("steps"), blank=True, help_text=_("What could be done, one step a line."))
    owner = models.ForeignKey(
        Seat, models.SET_NULL, verbose_name=_("who follows it"), null=True, blank=True, related_name="+"
    )
    is_from_data = models.BooleanField(_("figures say so"), default=False)
    is_from_professionals = models.BooleanField(_("professionals say so"), default=False)
    is_from_residents = models.BooleanField(_("residents say so"), default=False)
    terms = models.ManyToManyField("portal.Term", through="NeedTerm", verbose_name=_("terms"), related_name="needs")
    indicators = models.ManyToManyField(
        Indicator, through="NeedIndicator", verbose_name=_("indicators"), related_name="needs"
    )
    programmes = models.ManyToManyField(
        Programme, through="NeedProgramme", verbose_name=_("programmes"), related_name="needs"
    )
    settlements = models.ManyToManyField(
        Settlement,
        through="NeedSettlement",
        verbose_name=_("settlements"),
        related_name="+",
        help_text=_("Where it is felt. None chosen: everywhere."),
    )
    moved_on = models.DateField(_("in this status since"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        ordering = ["reported_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_response_on__isnull=True) | Q(first_response_on__gte=F("reported_on")),
                name="need_answered_after_it_was_reported",
                violation_error_message=_("The first answer cannot come before the report."),
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "title")[0] or self.slug

    def get_absolute_url(self):
        return reverse("actionplans:need", args=[self.pk, self.slug_in(languages.active())])

    def slug_in(self, language):
        return languages.slug_in(self, "title", language)

    def lacks(self, status):
        """Sentences on what is missing before it may move to a status; empty when it may."""
        found = []
        if status == self.Status.CONFIRMED:
            if not self.evidence_rows.exists() and not self.indicators.exists():
                found.append(gettext("Write down at least one piece of evidence."))
            if not self.scores.exists():
                found.append(gettext("At least one partner has to score it."))
        has_decision = any(getattr(self, name) for name in languages.columns("decision"))
        if status in (self.Status.PRIORITISED, self.Status.NOT_PURSUED) and not has_decision:
            found.append(gettext("Write what was decided, and why."))
        if status == self.Status.RESPONDED and not self.objectives.exists():
            found.append(gettext("No objective answers this need yet."))
        return found

    def move_to(self, status):
        """Raises ValidationError with what is missing; StaleObject when somebody moved it first.

        The first move is the first answer to whoever reported it.
        """
        if lacks := self.lacks(status):
            raise ValidationError(lacks)
        today = timezone.localdate()
        first = self.first_response_on or max(today, self.reported_on)
        move(self, "status", status, first_response_on=first, moved_on=today)

    @property
    def waits(self):
        """Days since it last moved; of one that never did, since it was answered, or else reported."""
        since = self.moved_on or self.first_response_on or self.reported_on
        return max((timezone.localdate() - since).days, 0)

    @property
    def waits_too_long(self):
        return self.status in self.PATIENCE and self.waits > self.PATIENCE[self.status]

    @property
    def days_to_response(self):
        """Days from the report to the first answer; None while there is none."""
        return (self.first_response_on - self.reported_on).days if self.first_response_on else None

    @cached_property
    def medians(self):
        """{criterion: (median, lowest, highest)} over all seats that scored; empty without scores."""
        scores = list(self.scores.all())
        if not scores:
            return {}
        found = {}
        for criterion in Score.CRITERIA:
            values = [getattr(score, criterion) for score in scores]
            found[criterion] = median(values), min(values), max(values)
        return found

    @property
    def priority(self):
        """The mean of the four medians, 1–5; None without scores. A help for sorting, never a decision."""
        return round(sum(m[0] for m in self.medians.values()) / len(Score.CRITERIA), 1) if self.medians else None

    @property
    def disputed(self):
        """The criteria in which the lowest and the highest score lie so far apart that it should be talked about."""
        return [name for name, (_median, lowest, highest) in self.medians.items() if highest - lowest >= self.APART]


class Evidence(models.Model):
    """What a need rests on: a figure with its source, or what somebody observed."""

    need = models.ForeignKey(Need, models.CASCADE, verbose_name=_("need"), related_name="evidence_rows")
    text = models.TextField(_("what it shows"))
    value = models.DecimalField(_("figure"), max_digits=14, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=60, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    comparator = models.DecimalField(
        _("figure to compare with"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    comparator_name = models.CharField(_("compared with"), max_length=160, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    settlement = models.ForeignKey(
        Settlement, models.SET_NULL, verbose_name=_("settlement"), null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__isnull=True) | (~Q(source="") & Q(year__isnull=False)),
                name="evidence_figure_has_source_and_year",
                violation_error_message=_("A figure needs its source and its year."),
            ),
            models.CheckConstraint(
                condition=Q(year__isnull=True) | Q(year__range=(1900, 2200)),
                name="evidence_year_is_a_year",
                violation_error_message=_("Write the year with four digits."),
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "text")[0]


class NeedProgramme(models.Model):
    """A programme that was proposed because of a need; it is for everybody once it is published."""

    need = models.ForeignKey(Need, models.CASCADE, verbose_name=_("need"))
    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name=_("programme"))

    class Meta:
        verbose_name = _("programme for a need")
        verbose_name_plural = _("programmes for needs")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["need", "programme"], name="need_programme_once")]

    def __str__(self):
        return str(self.programme)


class NeedTerm(models.Model):
    VOCABULARIES = (Vocabulary.LIFE_PHASE, Vocabulary.TOPIC, Vocabulary.TARGET_GROUP, Vocabulary.SETTING)

    need = models.ForeignKey(Need, models.CASCADE, verbose_name=_("need"))
    term = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("term"),
        limit_choices_to={"vocabulary__in": VOCABULARIES},
    )

    class Meta:
        verbose_name = _("term of a need")
        verbose_name_plural = _("terms of needs")
        constraints = [models.UniqueConstraint(fields=["need", "term"], name="need_term_once")]

    def __str__(self):
        return str(self.term)


class NeedSettlement(models.Model):
    need = models.ForeignKey(Need, models.CASCADE, verbose_name=_("need"), related_name="+")
    settlement = models.ForeignKey(Settlement, models.CASCADE, verbose_name=_("settlement"), related_name="+")

    class Meta:
        verbose_name = _("settlement of a need")
        verbose_name_plural = _("settlements of needs")
        constraints = [models.UniqueConstraint(fields=["need", "settlement"], name="need_settlement_once")]

    def __str__(self):
        return str(self.settlement)


class NeedIndicator(models.Model):
    need = models.ForeignKey(Need, models.CASCADE, verbose_name=_("need"))
    indicator = models.ForeignKey(Indicator, models.CASCADE, verbose_name=_("indicator"))

    class Meta:
        verbose_name = _("indicator of a need")
        verbose_name_plural = _("indicators of needs")
        constraints = [models.UniqueConstraint(fields=["need", "indicator"], name="need_indicator_once")]

    def __str__(self):
        return str(self.indicator)


class Score(models.Model):
    """How one partner sees a need, each criterion from 1 (little) to 5 (very much)."""

    CRITERIA = ("size", "severity", "inequality", "changeability")

    need = models.ForeignKey(Need, models.CASCADE, verbose_name=_("need"), related_name="scores")
    seat = models.ForeignKey(Seat, models.CASCADE, verbose_name=_("seat"), related_name="+")
    size = models.PositiveSmallIntegerField(_("how many it concerns"))
    severity = models.PositiveSmallIntegerField(_("how severe it is"))
    inequality = models.PositiveSmallIntegerField(_("how unequal it is"))
    changeability = models.PositiveSmallIntegerField(_("how well it can be changed"))

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(fields=["need", "seat"], name="score_once_per_seat"),
            models.CheckConstraint(
                condition=Q(size__range=(1, 5), severity__range=(1, 5), inequality__range=(1, 5))
                & Q(changeability__range=(1, 5)),
                name="score_from_one_to_five",
                violation_error_message=_("Each score is a number from 1 to 5."),
            ),
        ]

    def __str__(self):
        return f"{self.need}: {self.size} {self.severity} {self.inequality} {self.changeability}"
