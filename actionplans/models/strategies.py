"""Strategy: what the group wants for its people over some years, as objectives that each answer a need."""

from datetime import timedelta
from typing import Any

import pghistory
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from pghistory.models import Context

from partners.models import Group, Organisation, Seat, coordinated_by, groups_of
from portal import dates, languages, placeholders
from portal.history.past import events_of

from ..moves import move
from .indicators import Indicator
from .needs import Need


class StrategyQuerySet(models.QuerySet):
    def public(self):
        """In consultation, adopted, or replaced by a later one."""
        return self.filter(status__in=Strategy.PUBLIC)

    def consulted(self):
        """Those whose consultation everybody may read: the public ones, and approved ones on which people had a say.

        Between approval and adoption whoever commented still reads what was done with it.
        """
        heard = self.filter(status=Strategy.Status.APPROVED, comments__status="shown", comments__is_internal=False)
        return self.filter(Q(status__in=Strategy.PUBLIC) | Q(pk__in=heard.values("pk")))

    def adopted(self):
        """With `first_day`, from which each is in force: of its period, or of its adoption where that is later."""
        return self.filter(status=Strategy.Status.ADOPTED).annotate(first_day=Greatest("starts_on", "adopted_on"))

    def in_force(self, day=None):
        """Adopted, begun and not over on `day`, by default today; one a group: the last of them to begin."""
        day = day or timezone.localdate()
        return self.not_replaced(day).adopted().filter(first_day__lte=day, ends_on__gte=day)

    def not_replaced(self, day=None):
        """All but those of which a later one has taken the place by `day`: also drafts, and what is still to begin."""
        later = Strategy.objects.after(OuterRef).filter(first_day__lte=day or timezone.localdate())
        return self.exclude(status=Strategy.Status.SUPERSEDED).exclude(Exists(later), status=Strategy.Status.ADOPTED)

    def after(self, of):
        """Adopted ones of the same group that begin after another; `of` gives a column of that other."""
        return self.adopted().filter(group=of("group"), first_day__gt=Greatest(of("starts_on"), of("adopted_on")))

    def with_successors(self):
        """With `replaced_from`: the day on which an adopted one of the group takes its place, None without any."""
        later = Strategy.objects.after(OuterRef).order_by("first_day").values("first_day")
        return self.annotate(replaced_from=Subquery(later[:1]))

    def editable_by(self, user):
        return self.filter(group__in=coordinated_by(user))

    def commented_by(self, user):
        """Drafts on which the person may comment: as a member of the group, an adviser too, until it is approved."""
        return self.filter(group__in=groups_of(user)).exclude(status__in=Strategy.FROZEN)

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.public()
        return self.filter(Q(status__in=Strategy.PUBLIC) | Q(group__in=groups_of(user)))


class Strategy(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        CONSULTATION = "consultation", _("in public consultation")
        APPROVED = "approved", _("approved")
        ADOPTED = "adopted", _("adopted")
        SUPERSEDED = "superseded", _("replaced by a later one")

    NEXT: dict[str, tuple[str, ...]] = {
        Status.DRAFT: (Status.CONSULTATION, Status.APPROVED),
        Status.CONSULTATION: (Status.DRAFT, Status.APPROVED),
        Status.APPROVED: (Status.DRAFT, Status.ADOPTED),
        Status.ADOPTED: (Status.SUPERSEDED,),
        Status.SUPERSEDED: (),
    }
    PUBLIC = (Status.CONSULTATION, Status.ADOPTED, Status.SUPERSEDED)
    FROZEN = (Status.APPROVED, Status.ADOPTED, Status.SUPERSEDED)

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="strategies")
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    vision = models.TextField(_("vision"), blank=True)
    legal_basis = models.TextField(_("legal basis"), blank=True, help_text=_("The act or resolution it rests on."))
    legal_body = models.CharField(_("who adopted the legal basis"), max_length=200, blank=True)
    legal_link = models.URLField(_("where the legal basis can be read"), max_length=300, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    status = models.CharField(_("status"), max_length=14, choices=Status, default=Status.DRAFT)
    number = models.CharField(_("version number"), max_length=10, blank=True)
    adopted_by = models.CharField(pgettext_lazy("strategy", "adopted by"), max_length=200, blank=True)
    adopted_on = models.DateField(pgettext_lazy("strategy", "adopted on"), null=True, blank=True)
    consultation_until = models.DateField(_("open for comments until"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("approved by"),
        null=True,
        blank=True,
        related_name="+",
    )
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    supersedes = models.ForeignKey(
        "self", models.SET_NULL, verbose_name=_("replaces"), null=True, blank=True, related_name="replaced_by"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("approval asked by"),
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    asked_on = models.DateField(_("approval asked on"), null=True, blank=True, editable=False)
    note = models.CharField(_("note"), max_length=500, blank=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = StrategyQuerySet.as_manager()

    class Meta:
        verbose_name = _("strategy")
        verbose_name_plural = _("strategies")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="strategy_ends_after_it_begins",
                violation_error_message=_("The period must end after it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(status="adopted") | Q(adopted_on__isnull=False),
                name="strategy_adopted_on_a_day",
                violation_error_message=_("Say on which day the strategy was adopted."),
            ),
            # Of those that have begun, the last to begin is in force: two in force on one day would begin on one day.
            models.UniqueConstraint(
                "group",
                Greatest("starts_on", "adopted_on"),
                condition=Q(status="adopted"),
                name="strategy_one_in_force_a_day",
                violation_error_message=_("Another strategy of the group comes into force on this day."),
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "title")[0] or self.slug

    def get_absolute_url(self):
        return f"{reverse('actionplans:plan')}?strategy={self.slug}"

    @property
    def is_frozen(self):
        return self.status in self.FROZEN

    # ---- from when until when -----------------------------------------------------------------
    @property
    def begins_on(self):
        """The day from which it is in force, while it is adopted; else the first it could be."""
        return max(self.starts_on, self.adopted_on or timezone.localdate())

    @cached_property
    def replaced_from(self):
        """The day on which an adopted one takes its place, or None; `with_successors` asks for many at once."""
        following = self.following
        return following and following.begins_on

    @cached_property
    def following(self):
        """The adopted one of the group that is in force next after it, or None."""
        later = Strategy.objects.adopted().filter(group=self.group_id, first_day__gt=self.begins_on)
        return later.exclude(pk=self.pk).order_by("first_day").first()

    @property
    def preceding(self):
        """The adopted one of the group that is in force before it, or None."""
        earlier = Strategy.objects.adopted().filter(group=self.group_id, first_day__lte=self.begins_on)
        return earlier.exclude(pk=self.pk).order_by("-first_day").first()

    @property
    def successor(self):
        """The public one that has taken its place, or will; None while there is none."""
        if self.status == self.Status.SUPERSEDED:
            return Strategy.objects.public().filter(supersedes=self).first()
        return self.following if self.status == self.Status.ADOPTED and self.replaced_from else None

    @property
    def last_day(self):
        """Of its being in force: the last of its period, or the day before another takes its place."""
        day = self.replaced_from
        return min(self.ends_on, day - timedelta(days=1)) if day else self.ends_on

    @property
    def is_replaced(self):
        """As `not_replaced` says of many."""
        if self.status != self.Status.ADOPTED:
            return self.status == self.Status.SUPERSEDED
        return self.replaced_from is not None and self.replaced_from <= timezone.localdate()

    @property
    def is_to_begin(self):
        return self.status == self.Status.ADOPTED and self.begins_on > timezone.localdate()

    @property
    def standing(self):
        """Its status in words; of an adopted one, from when or until when it is in force."""
        if self.status != self.Status.ADOPTED:
            return self.get_status_display()
        if self.is_to_begin:
            return gettext("adopted, in force from %(day)s") % {"day": dates.date_in_sentence(self.begins_on)}
        if self.is_replaced:
            return self.Status.SUPERSEDED.label
        last = {"day": dates.date_in_sentence(self.last_day)}
        if self.ends_on < timezone.localdate():
            return gettext("its period ended on %(day)s") % last
        return gettext("in force until %(day)s") % last

    @property
    def takes_comments(self):
        """In consultation, and its last day has not passed."""
        last = self.consultation_until
        return self.status == self.Status.CONSULTATION and (last is None or last >= timezone.localdate())

    def hold(self):
        """Holds its row to the end of the transaction, so that nobody approves what is being written. → it, afresh."""
        return Strategy.objects.select_for_update(no_key=True).get(pk=self.pk)

    def authors(self):
        """Numbers of the users who wrote it or its objectives, from the history."""
        written = Q()
        for model, filters in ((Strategy, {"pgh_obj_id": self.pk}), (Objective, {"strategy_id": self.pk})):
            events = events_of(model).objects.filter(**filters).exclude(pgh_context=None)
            written |= Q(pk__in=events.values("pgh_context"))
        # To ask, to approve and to give back is no writing.
        contexts = Context.objects.filter(written).exclude(metadata__has_key="approval")
        return {int(number) for number in contexts.values_list("metadata__user", flat=True) if number}

    def lacks(self, status, by=None):
        """Sentences on what is missing before it may move to a status; empty when it may."""
        if status == self.Status.DRAFT:
            return []
        found = placeholders.left_in(self, "title", "vision")
        for value in self.values.all():
            found += placeholders.left_in(value, "words")
        objectives = list(self.objectives.annotate(count=models.Count("needs")))
        if not objectives:
            found.append(gettext("It has no objective yet."))
        for objective in objectives:
            found += placeholders.left_in(objective, "title", "description")
            if not objective.count:
                found.append(gettext("No need stands behind the objective “%(title)s”.") % {"title": objective})
        if status == self.Status.APPROVED:
            if by is not None and self.authors() == {by.pk}:
                found.append(gettext("You are its only author: somebody else has to approve it."))
            elif by is not None and self.asked_by_id == by.pk:
                found.append(gettext("You asked for the approval: somebody else has to give it."))
            open_comments = self.comments.waiting().count()
            if open_comments:
                words = ngettext("%(count)s comment waits for an answer.", "%(count)s comments wait for an answer.",
                                 open_comments)  # fmt: skip
                found.append(words % {"count": open_comments})
        return found

    def move_to(self, status, by, adopted_by=None, adopted_on=None, consultation_until=None, note=""):
        """Raises ValidationError with what is missing; StaleObject when somebody moved it first.

        `adopted_by` is {column: text}, `note` why it goes back. One that is adopted is in force from the first day of
        its period on; what is in force until then stays so, and is replaced by the day alone.
        """
        changes: dict[str, Any] = {"asked_by": None, "asked_on": None, "note": note}
        if status == self.Status.CONSULTATION:
            changes |= {"consultation_until": consultation_until}
        if status == self.Status.APPROVED:
            changes |= {"approved_by": by, "approved_on": timezone.localdate()}
        if status == self.Status.DRAFT:
            changes |= {"approved_by": None, "approved_on": None}
        if status == self.Status.ADOPTED:
            if not adopted_on or not any((adopted_by or {}).values()):
                raise ValidationError(gettext("Say which body adopted it, and on which day."))
            if self.ends_on < adopted_on:
                raise ValidationError(gettext("Its period had ended before this day: nothing would be in force."))
            changes |= {"adopted_on": adopted_on, **adopted_by}
        with transaction.atomic(), pghistory.context(approval=str(status)):
            Group.objects.select_for_update(no_key=True).get(pk=self.group_id)
            self.hold()
            if lacks := self.lacks(status, by):
                raise ValidationError(lacks)
            if status == self.Status.ADOPTED:
                changes["supersedes"] = self._take_the_place(max(self.starts_on, adopted_on))
            move(self, "status", status, **changes)
            for known in ("following", "replaced_from"):
                self.__dict__.pop(known, None)

    def _take_the_place(self, begins):
        """→ the one it follows from the day `begins` on, or None.

        Where it is in force at once, all that have begun give way for good; else only one that would begin that day.
        """
        today = timezone.localdate()
        is_at_once = begins <= today <= self.ends_on
        others = Strategy.objects.adopted().filter(group=self.group_id).exclude(pk=self.pk)
        earlier = others.filter(first_day__lte=today if is_at_once else begins)
        followed = earlier.order_by("-first_day").first()
        for former in list(earlier if is_at_once else earlier.filter(first_day=begins)):
            move(former, "status", self.Status.SUPERSEDED)
        return followed


class Amendment(models.Model):
    """A change of a strategy after it was approved: what, why and by whom, for everybody to read."""

    strategy = models.ForeignKey(Strategy, models.CASCADE, verbose_name=_("strategy"), related_name="amendments")
    reason = models.TextField(_("what was changed, and why"))
    made_on = models.DateField(_("changed on"), default=timezone.localdate)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("changed by"), null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering = ["-made_on", "-pk"]

    def __str__(self):
        return languages.resolve(self, "reason")[0]


class StrategyValue(models.Model):
    """One of the values the group works by, in a few words."""

    strategy = models.ForeignKey(Strategy, models.CASCADE, verbose_name=_("strategy"), related_name="values")
    words = models.CharField(_("words"), max_length=160)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("value of a strategy")
        verbose_name_plural = _("values of strategies")
        ordering = ["order", "pk"]

    def __str__(self):
        return languages.resolve(self, "words")[0]


class ObjectiveQuerySet(models.QuerySet):
    def editable_by(self, user):
        return self.filter(strategy__in=Strategy.objects.editable_by(user))

    def visible_to(self, user):
        return self.filter(strategy__in=Strategy.objects.visible_to(user))

    def answered_for_by(self, user):
        """Those of strategies not replaced that name the person; where nobody is named, those of whom they speak for.

        A named person whose seat has ended is nobody.
        """
        seats = Seat.objects.current()
        speaking = seats.filter(user=user, role__in=(Seat.Role.REPRESENTATIVE, Seat.Role.DEPUTY))
        speaks = Q(
            owner__memberships__in=speaking.values("membership"),
            owner__memberships__group=F("strategy__group"),
        )
        named = Q(owner_seat__in=seats.filter(user=user).values("pk"))
        nobody = ~Q(owner_seat__in=seats.values("pk")) | Q(owner_seat=None)
        rows = self.filter(strategy__in=Strategy.objects.not_replaced())
        mine = rows.filter(speaks & nobody) | rows.filter(named)
        return self.filter(pk__in=mine.values("pk"))


class Objective(models.Model):
    class Level(models.TextChoices):
        SYSTEM = "system", _("for how services work together")
        COMMUNITY = "community", _("for the community")
        INDIVIDUAL = "individual", _("for each person")
        BOTH = "both", _("for each person and the community")

    strategy = models.ForeignKey(Strategy, models.CASCADE, verbose_name=_("strategy"), related_name="objectives")
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    number = models.PositiveSmallIntegerField(_("number of the objective"))
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    level = models.CharField(_("level"), max_length=12, choices=Level)
    owner = models.ForeignKey(
        Organisation,
        models.SET_NULL,
        verbose_name=_("who answers for it"),
        null=True,
        blank=True,
        related_name="objectives",
        help_text=_("The organisation stands on the public page."),
    )
    owner_seat = models.ForeignKey(
        Seat,
        models.SET_NULL,
        verbose_name=_("the person who answers for it"),
        null=True,
        blank=True,
        related_name="objectives",
        help_text=_("Of that organisation; only members see who it is. Without one, its representative answers."),
    )
    needs = models.ManyToManyField(
        Need, through="ObjectiveNeed", verbose_name=_("needs it answers"), related_name="objectives"
    )
    indicators = models.ManyToManyField(
        Indicator, through="ObjectiveIndicator", verbose_name=_("indicators"), related_name="objectives"
    )

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = ObjectiveQuerySet.as_manager()

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering = ["strategy", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["strategy", "number"],
                name="objective_number_once",
                violation_error_message=_("There is already an objective of that number."),
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "title")[0] or self.slug

    @property
    def person(self):
        """Who answers for it, while their seat lasts; else None."""
        seat, today = self.owner_seat, timezone.localdate()
        return seat.user if seat and (seat.ends_on is None or seat.ends_on >= today) else None


class ObjectiveNeed(models.Model):
    objective = models.ForeignKey(Objective, models.CASCADE, verbose_name=_("objective"))
    need = models.ForeignKey(Need, models.PROTECT, verbose_name=_("need"))

    class Meta:
        verbose_name = _("need of an objective")
        verbose_name_plural = _("needs of objectives")
        constraints = [models.UniqueConstraint(fields=["objective", "need"], name="objective_need_once")]

    def __str__(self):
        return f"{self.objective} ← {self.need}"


class ObjectiveIndicator(models.Model):
    objective = models.ForeignKey(Objective, models.CASCADE, verbose_name=_("objective"))
    indicator = models.ForeignKey(Indicator, models.CASCADE, verbose_name=_("indicator"))

    class Meta:
        verbose_name = _("indicator of an objective")
        verbose_name_plural = _("indicators of objectives")
        constraints = [models.UniqueConstraint(fields=["objective", "indicator"], name="objective_indicator_once")]

    def __str__(self):
        return str(self.indicator)
