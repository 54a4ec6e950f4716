"""Decision: what a group resolved, with a number of its year, who sees to it, and what came of it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Organisation, groups_of
from portal import languages, translation_states
from portal.stale import StaleObject

from .commitments import nobody_answers
from .meetings import AgendaItem, Meeting, kept_by
from .tasks import Task

LONGEST = 4000  # characters of what came of a decision


class DecisionCounter(models.Model):
    """The last number given in a group and year. Whoever takes the next one holds the row until all is written:
    a transaction that fails gives its number back, so that there are neither gaps nor doubles."""

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="+")
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("numbers of decisions")
        verbose_name_plural = _("numbers of decisions")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["group", "year"], name="decision_counter_once")]

    def __str__(self):
        return f"{self.last}/{self.year}"

    @classmethod
    def take(cls, group, year):
        """The next number; within a transaction, which is to write it."""
        cls.objects.get_or_create(group=group, year=year)
        counter = cls.objects.select_for_update(no_key=True).get(group=group, year=year)
        counter.last += 1
        counter.save(update_fields=["last"])
        return counter.last


class DecisionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the groups in which one holds a seat: decisions are for members."""
        return self.filter(group__in=groups_of(user))

    def editable_by(self, user):
        return self.filter(group__in=kept_by(user))

    def open(self):
        return self.filter(state__in=Decision.OPEN)

    def overdue(self, today=None):
        return self.open().filter(due_on__lt=today or timezone.localdate())

    def unheard(self):
        """Those that an organisation sees to for which nobody answers: the coordinators do."""
        return self.filter(nobody_answers("responsible", "group"))

    def to_carry_out(self):
        """Adopted and not carried out yet. Where an open task follows from one, the task stands for it."""
        tasks = Task.objects.open().filter(decision=OuterRef("pk"))
        return self.filter(~Exists(tasks), state__in=(Decision.State.ADOPTED, Decision.State.IN_PROGRESS))


class Decision(models.Model):
    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ADOPTED = "adopted", pgettext_lazy("decision", "adopted")
        IN_PROGRESS = "in_progress", _("being carried out")
        IMPLEMENTED = "implemented", _("carried out")
        OVERTAKEN = "overtaken", _("overtaken by events")
        REVOKED = "revoked", _("revoked")

    NEXT: dict[str, tuple[str, ...]] = {
        State.PROPOSED: (State.ADOPTED, State.OVERTAKEN),
        State.ADOPTED: (State.IN_PROGRESS, State.IMPLEMENTED, State.OVERTAKEN, State.REVOKED),
        State.IN_PROGRESS: (State.IMPLEMENTED, State.OVERTAKEN, State.REVOKED),
        State.IMPLEMENTED: (),
        State.OVERTAKEN: (),
        State.REVOKED: (),
    }
    OPEN = (State.PROPOSED, State.ADOPTED, State.IN_PROGRESS)

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="decisions")
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True, editable=False)
    number = models.PositiveIntegerField(_("number of the decision"), null=True, blank=True, editable=False)
    meeting = models.ForeignKey(
        Meeting, models.RESTRICT, verbose_name=_("meeting"), null=True, blank=True, related_name="decisions"
    )
    item = models.ForeignKey(
        AgendaItem, models.SET_NULL, verbose_name=_("agenda item"), null=True, blank=True, related_name="decisions"
    )
    text = models.TextField(_("decision"), max_length=2000)
    responsible = models.ForeignKey(
        Organisation, models.SET_NULL, verbose_name=_("responsible"), null=True, blank=True, related_name="decisions"
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PROPOSED)
    result = models.TextField(_("what came of it"), max_length=LONGEST, blank=True)
    reported = models.TextField(_("what its partner reports"), max_length=2000, blank=True, editable=False)
    reported_in = models.CharField(_("language of the report"), max_length=5, blank=True, editable=False)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("reported by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip
    dismissed = models.CharField(_("why it is not taken in"), max_length=300, blank=True, editable=False)
    proposed_by = models.ForeignKey(
        Organisation, models.SET_NULL, verbose_name=_("proposed by"), null=True, blank=True, related_name="+"
    )
    adopted_on = models.DateField(_("day of adoption"), null=True, blank=True, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        "self", models.RESTRICT, verbose_name=_("revoked by"), null=True, blank=True, editable=False,
        related_name="revokes",
    )  # fmt: skip
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = [F("year").desc(nulls_first=True), F("number").desc(nulls_first=True), "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["group", "year", "number"], name="decision_number_once"),
            models.CheckConstraint(
                condition=Q(number__isnull=False, year__isnull=False, adopted_on__isnull=False)
                | Q(
                    state__in=["proposed", "overtaken"], number__isnull=True, year__isnull=True, adopted_on__isnull=True
                ),
                name="decision_adopted_has_a_number",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["implemented", "overtaken", "revoked"], closed_on__isnull=False)
                | Q(state__in=["proposed", "adopted", "in_progress"], closed_on__isnull=True),
                name="decision_closed_on_a_day",
            ),
            models.CheckConstraint(
                condition=(Q(state="revoked", revoked_by__isnull=False) & ~Q(revoked_by=F("id")))
                | (~Q(state="revoked") & Q(revoked_by__isnull=True)),
                name="decision_revoked_by_another",
            ),
            models.CheckConstraint(condition=Q(dismissed="") | ~Q(reported=""), name="decision_dismissed_is_a_report"),
        ]

    def __str__(self):
        return f"{self.code} {languages.resolve(self, 'text')[0]}".strip()

    def get_absolute_url(self):
        return reverse("actionplans:decision", args=[self.pk])

    @property
    def code(self):
        """ "3/2026"; "" before it is adopted."""
        return f"{self.number}/{self.year}" if self.number else ""

    @property
    def is_open(self):
        return self.state in self.OPEN

    @property
    def is_overdue(self):
        return self.is_open and self.due_on is not None and self.due_on < timezone.localdate()

    @property
    def is_text_frozen(self):
        """Its words stand in minutes that were approved."""
        return self.meeting is not None and self.meeting.status == Meeting.Status.MINUTES_APPROVED

    def take_number(self):
        """{column: value} of a decision that is adopted: the next number of the year of its meeting, else of today."""
        day = self.meeting.day if self.meeting else timezone.localdate()
        return {"year": day.year, "number": DecisionCounter.take(self.group, day.year), "adopted_on": day}

    def make_task(self):
        """The task that follows from it, for who is responsible."""
        titles = {column: (getattr(self, column) or "")[:200] for column in languages.columns("text")}
        texts = {f"title_{column[-2:]}": text for column, text in titles.items() if text}
        fields = {"group": self.group, "organisation": self.responsible, "due_on": self.due_on}
        return self.tasks.create(**fields, **texts)

    def takes_report_of(self, user):
        """It was adopted and is neither overtaken nor revoked, and the user works for who is responsible."""
        is_over = self.state in (self.State.OVERTAKEN, self.State.REVOKED)
        own = Organisation.objects.editable_by(user).filter(pk=self.responsible_id or 0)
        return bool(self.number) and not is_over and own.exists()

    def report(self, text, language, by, seen=""):
        """Notes what came of it as its partner tells it, in that language, for the coordinator to take up.

        Raises ValidationError without a text, StaleObject when another one than `seen` stands there by now.
        """
        if not text:
            raise ValidationError(gettext("Say in a sentence what came of it."))
        rows = Decision.objects.filter(pk=self.pk, reported=seen)
        if not rows.update(reported=text, reported_in=language, reported_by=by, dismissed=""):
            raise StaleObject(self)
        self.refresh_from_db()

    def dismiss_report(self, seen, reason):
        """Leaves what its partner reported as it is, with the reason why it is not taken in, which the partner reads.

        Raises ValidationError without a reason, StaleObject as `take_report`.
        """
        if not reason:
            raise ValidationError(gettext("Say why."))
        rows = Decision.objects.filter(pk=self.pk, reported=seen, dismissed="").exclude(reported="")
        if not rows.update(dismissed=reason):
            raise StaleObject(self)
        self.refresh_from_db()

    @transaction.atomic
    def take_report(self, seen):
        """Writes what its partner reported, after what stands there already, as what came of it.

        Raises StaleObject when another one than `seen` is reported or it was dismissed or edited meanwhile, and
        ValidationError where both together are too long.
        """
        column = f"result_{self.reported_in}"
        if not self.reported or self.reported != seen or self.dismissed:
            raise StaleObject(self)
        result = "\n\n".join(filter(None, [getattr(self, column), self.reported]))
        if len(result) > LONGEST:
            raise ValidationError(gettext("Together they are too long. Shorten what stands there first."))
        before = translation_states.texts_of(self, ["result"])
        rows = Decision.objects.filter(pk=self.pk, version=self.version, reported=seen, dismissed="")
        taken = {column: result, "reported": "", "reported_in": "", "reported_by": None}
        if not rows.update(**taken, version=F("version") + 1):
            raise StaleObject(self)
        self.refresh_from_db()
        translation_states.note(self, before, translation_states.texts_of(self, ["result"]))

    @transaction.atomic
    def move_to(self, state, revoked_by=None):
        """Raises ValidationError on a revocation that names no other decision, StaleObject when another was first."""
        if state not in self.NEXT[self.state]:
            raise StaleObject(self)
        facts = {"state": state}
        if state == self.State.REVOKED:
            if revoked_by is None or revoked_by.pk == self.pk or revoked_by.group_id != self.group_id:
                raise ValidationError(gettext("Say which other decision revokes it."))
            if not revoked_by.number:
                raise ValidationError(gettext("Only a decision that was adopted revokes another."))
            facts["revoked_by"] = revoked_by
        if state not in self.OPEN:
            facts["closed_on"] = timezone.localdate()
        if state == self.State.ADOPTED:
            facts |= self.take_number()
        rows = Decision.objects.filter(pk=self.pk, state=self.state, version=self.version)
        if not rows.update(version=F("version") + 1, **facts):
            raise StaleObject(self)
        self.refresh_from_db()
