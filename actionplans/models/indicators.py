"""Indicator: a figure the group watches, where it began, where it should go and where it is."""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Organisation, Seat, Settlement, coordinated_by, groups_of, looked_after_by
from portal import languages
from portal.models import Vocabulary

from ..breakdowns import SMALLEST, By, breakdowns
from ..moves import move


def groups_with_figures(user):
    """The groups of which the person is data steward, by a seat or for their region, or coordinator."""
    if not user.is_authenticated:
        return Group.objects.none()
    stewards = Seat.objects.current().filter(user=user, role=Seat.Role.DATA_STEWARD)
    own = Q(pk__in=coordinated_by(user)) | Q(pk__in=stewards.values("membership__group"))
    return Group.objects.filter(own | Q(pk__in=looked_after_by(user)))


def groups_of_figures(user):
    """The groups whose needs and figures the person reads: those with a seat, and as its steward those of a region."""
    return Group.objects.filter(Q(pk__in=groups_of(user)) | Q(pk__in=looked_after_by(user)))


class IndicatorQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(group__in=groups_of_figures(user))

    def editable_by(self, user):
        return self.filter(group__in=coordinated_by(user))

    def fed_by(self, user):
        """Those whose figures one may enter: one's organisation owns them, one is the data steward, or coordinates."""
        if not user.is_authenticated:
            return self.none()
        own = Q(owner__in=Organisation.objects.editable_by(user), group__in=groups_of(user))
        return self.filter(own | Q(group__in=groups_with_figures(user)))

    def brought_by(self, user):
        """Those whose figures one may bring as a table: the data steward's and the coordinator's."""
        return self.filter(group__in=groups_with_figures(user))

    def with_figures(self):
        """What a page shows of them, in a fixed number of queries."""
        parts = IndicatorPart.objects.select_related("term", "settlement")
        return self.prefetch_related("values", "targets", models.Prefetch("parts", parts))


class Indicator(models.Model):
    class Kind(models.TextChoices):
        CONTEXT = "context", _("context")
        STRUCTURE = "structure", _("structure")
        PROCESS = "process", _("process")
        REACH = "reach", _("reach")
        EQUITY = "equity", _("equity")
        OUTCOME = "outcome", _("outcome")

    class Unit(models.TextChoices):
        PERCENT = "percent", _("per cent")
        COUNT = "count", _("number")

    class Better(models.TextChoices):
        HIGHER = "higher", _("higher is better")
        LOWER = "lower", _("lower is better")

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="indicators")
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    unit = models.CharField(_("unit"), max_length=10, choices=Unit)
    better = models.CharField(_("direction"), max_length=8, choices=Better)
    source = models.CharField(_("source"), max_length=200, blank=True)
    baseline_on = models.DateField(_("baseline measured on"), null=True, blank=True)
    baseline = models.DecimalField(_("baseline"), max_digits=12, decimal_places=2, null=True, blank=True)
    explanation = models.CharField(_("what it says, in one sentence"), max_length=300, blank=True)
    owner = models.ForeignKey(
        Organisation, models.SET_NULL, verbose_name=_("who enters its figures"), null=True, blank=True, related_name="+"
    )
    comparator_name = models.CharField(_("compared with"), max_length=160, blank=True)
    comparator = models.DecimalField(_("value there"), max_digits=12, decimal_places=2, null=True, blank=True)

    shared_code = models.SlugField(
        _("code shared with other groups"),
        max_length=60,
        blank=True,
        help_text=_("Indicators of several groups with the same code stand beside each other on their region's page."),
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(baseline__isnull=True, baseline_on__isnull=True)
                | Q(baseline__isnull=False, baseline_on__isnull=False),
                name="indicator_baseline_has_a_date",
                violation_error_message=_("Give the baseline together with the day it was measured."),
            ),
            models.UniqueConstraint(
                fields=["group", "shared_code"],
                condition=~Q(shared_code=""),
                name="indicator_shared_code_once_in_a_group",
                violation_error_message=_("Another indicator of the group has this code already."),
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "name")[0] or self.slug

    @cached_property
    def series(self):
        """[(day, value)] of the approved values, oldest first; reads the prefetched values."""
        approved = IndicatorValue.State.APPROVED
        return sorted((v.measured_on, v.value) for v in self.values.all() if v.state == approved)

    @property
    def latest(self):
        """(day, value) of the newest value, or None."""
        return self.series[-1] if self.series else None

    @cached_property
    def taken_apart(self):
        """[[Breakdown] of a figure], of all approved ones with parts, oldest first; reads what is prefetched."""
        by_figure = {}
        for part in self.parts.all():
            part.indicator = self
            by_figure.setdefault(part.figure_id, []).append(part)
        approved = [v for v in self.values.all() if v.state == IndicatorValue.State.APPROVED and v.pk in by_figure]
        found = [
            breakdowns(by_figure[value.pk], value.measured_on, value.value)
            for value in sorted(approved, key=lambda value: value.measured_on)
        ]
        if not found and None in by_figure:
            found.append(breakdowns(by_figure[None], *(self.latest or (None, None))))
        return found

    @property
    def breakdowns(self):
        """[Breakdown] of the newest approved figure that has parts."""
        return self.taken_apart[-1] if self.taken_apart else []

    @property
    def is_partly_hidden(self):
        """Must some of its parts not be told outside the group?"""
        return any(one.hidden for one in self.breakdowns)

    @property
    def next_target(self):
        """The first target after the latest value, else the last one; None without targets."""
        return self.target_among(self.targets.all())

    def target_among(self, targets):
        """The next one of these."""
        targets = sorted(targets, key=lambda t: t.due_on)
        ahead = [t for t in targets if not self.latest or t.due_on > self.latest[0]]
        return next(iter(ahead or targets[-1:]), None)

    @property
    def moved(self):
        """+1 when it moved the right way since the baseline, -1 the wrong way, 0 not at all, None when unknown."""
        if self.baseline is None or self.latest is None or self.latest[0] <= self.baseline_on:
            return None
        change = self.latest[1] - self.baseline
        if self.better == self.Better.LOWER:
            change = -change
        return (change > 0) - (change < 0)


class IndicatorValueQuerySet(models.QuerySet):
    def with_parts(self):
        return self.prefetch_related(
            models.Prefetch("parts", IndicatorPart.objects.select_related("term", "settlement"))
        )

    def approved(self):
        return self.filter(state=IndicatorValue.State.APPROVED)

    def submitted(self):
        return self.filter(state=IndicatorValue.State.SUBMITTED)

    def editable_by(self, user):
        return self.filter(indicator__in=Indicator.objects.fed_by(user))


class IndicatorValue(models.Model):
    """A figure of a day: as a number, or as a share, whose percentage is computed."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("waiting for approval")
        RETURNED = "returned", _("returned with a note")
        APPROVED = "approved", _("approved")

    NEXT: dict[str, tuple[str, ...]] = {
        State.DRAFT: (State.SUBMITTED,),
        State.SUBMITTED: (State.APPROVED, State.RETURNED, State.DRAFT),
        State.RETURNED: (State.SUBMITTED,),
        State.APPROVED: (State.RETURNED,),
    }

    indicator = models.ForeignKey(Indicator, models.CASCADE, verbose_name=_("indicator"), related_name="values")
    measured_on = models.DateField(_("measured on"))
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=2)
    numerator = models.PositiveIntegerField(_("how many"), null=True, blank=True)
    denominator = models.PositiveIntegerField(_("out of how many"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.APPROVED)
    note = models.CharField(_("note"), max_length=300, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("entered by"), null=True, blank=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("approved by"),
        null=True,
        blank=True,
        related_name="+",
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = IndicatorValueQuerySet.as_manager()

    class Meta:
        verbose_name = _("value of an indicator")
        verbose_name_plural = _("values of indicators")
        ordering = ["measured_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "measured_on"],
                name="indicator_value_once_a_day",
                violation_error_message=_("There is already a value of that day."),
            ),
            models.CheckConstraint(
                condition=Q(numerator__isnull=True, denominator__isnull=True)
                | Q(numerator__isnull=False, denominator__gt=0),
                name="indicator_value_share_is_whole",
                violation_error_message=_("A share needs both numbers, the second above zero."),
            ),
        ]

    def __str__(self):
        return f"{self.measured_on}: {self.value}"

    @property
    def breakdowns(self):
        """[Breakdown] of its parts; reads the prefetched ones."""
        parts = list(self.parts.all())
        for part in parts:
            part.indicator = self.indicator
        return breakdowns(parts, self.measured_on, self.value)

    @property
    def least(self):
        """What a count must be at least so that its parts fit into it; people may belong to several target groups."""
        found = [0]
        for broken in self.breakdowns:
            numbers = [part.value for part in broken.parts]
            found.append(max(numbers) if broken.by == IndicatorPart.By.GROUP else sum(numbers))
        return max(found)

    def move_to(self, state, by, note=""):
        """Submits, approves or returns it.

        Raises PermissionDenied when who entered it approves it, ValidationError when it is returned without a
        note, StaleObject when somebody moved it first.
        """
        if state == self.State.APPROVED and self.entered_by_id == by.pk:
            raise PermissionDenied(gettext("Somebody else has to approve what you entered."))
        if state == self.State.RETURNED and not note.strip():
            raise ValidationError({"note": gettext("Say what has to be looked at again.")})
        approved = {"approved_by": by} if state == self.State.APPROVED else {}
        move(self, "state", state, note=note.strip(), **approved)


class IndicatorTarget(models.Model):
    indicator = models.ForeignKey(Indicator, models.CASCADE, verbose_name=_("indicator"), related_name="targets")
    due_on = models.DateField(_("due on"))
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("target of an indicator")
        verbose_name_plural = _("targets of indicators")
        ordering = ["due_on"]
        constraints = [models.UniqueConstraint(fields=["indicator", "due_on"], name="indicator_target_once_a_day")]

    def __str__(self):
        return f"{self.due_on}: {self.value}"


class IndicatorPart(models.Model):
    """A value for a part of the people: women or men, an age band, a settlement, a target group.

    It belongs to a figure, and shows once that is approved. Without one it is a breakdown of the newest figure
    under words of its own, `label`, as old files bring them.
    """

    class Sex(models.TextChoices):
        WOMEN = "women", pgettext_lazy("part of a figure", "women")
        MEN = "men", pgettext_lazy("part of a figure", "men")
        OTHER = "other", pgettext_lazy("part of a figure", "another sex, or not said")

    By = By
    VOCABULARIES = {By.AGE: Vocabulary.LIFE_PHASE, By.GROUP: Vocabulary.TARGET_GROUP}

    indicator = models.ForeignKey(Indicator, models.CASCADE, verbose_name=_("indicator"), related_name="parts")
    figure = models.ForeignKey(
        IndicatorValue, models.CASCADE, verbose_name=_("figure"), null=True, blank=True, related_name="parts"
    )
    sex = models.CharField(_("sex"), max_length=8, choices=Sex, blank=True)
    term = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("age band or target group"),
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary__in": tuple(VOCABULARIES.values())},
    )
    settlement = models.ForeignKey(
        Settlement, models.CASCADE, verbose_name=_("settlement"), null=True, blank=True, related_name="+"
    )
    label = models.CharField(_("for whom"), max_length=120)
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=2)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("breakdown of an indicator")
        verbose_name_plural = _("breakdowns of indicators")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(figure__isnull=True, sex="", term__isnull=True, settlement__isnull=True)
                | Q(figure__isnull=False, term__isnull=True, settlement__isnull=True) & ~Q(sex="")
                | Q(figure__isnull=False, sex="", term__isnull=False, settlement__isnull=True)
                | Q(figure__isnull=False, sex="", term__isnull=True, settlement__isnull=False),
                name="indicator_part_of_one_kind",
                violation_error_message=_("A part is one thing: a sex, an age band, a target group or a settlement."),
            ),
            models.UniqueConstraint(fields=["figure", "term"], name="indicator_part_term_once"),
            models.UniqueConstraint(fields=["figure", "settlement"], name="indicator_part_settlement_once"),
            models.UniqueConstraint(fields=["figure", "sex"], condition=~Q(sex=""), name="indicator_part_sex_once"),
        ]

    def __str__(self):
        return self.name[0]

    @property
    def by(self):
        """What it is a part by, a `By`; "" where only words say so."""
        if self.sex:
            return self.By.SEX
        if self.settlement_id:
            return self.By.SETTLEMENT
        if self.term:
            return self.By.AGE if self.term.vocabulary == Vocabulary.LIFE_PHASE else self.By.GROUP
        return ""

    @property
    def name(self):
        """(what it is called, the language of that when it is not the reader's, else None)."""
        if self.sex:
            return str(self.get_sex_display()), None
        if self.settlement:
            return self.settlement.name, None
        words, code = languages.resolve(self.term, "label") if self.term else languages.resolve(self, "label")
        return words, None if code == languages.active() else code

    @property
    def counts_people(self):
        return self.indicator.unit == Indicator.Unit.COUNT

    @property
    def is_small(self):
        """A count of so few people that it could point at one of them."""
        return self.counts_people and self.value < SMALLEST
