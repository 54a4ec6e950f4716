"""Meeting: when a group sits together, what is on its agenda, who was there, and what was written down."""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Location, Membership, Organisation, Seat, WorkingGroup, coordinated_by, groups_of
from portal import languages, placeholders
from portal.stale import StaleObject


def portal_language():
    """The portal's own language; a function, so that installations with different ones share their migrations."""
    return settings.LANGUAGE_CODE


def kept_by(user):
    """Groups whose meetings the person keeps: those they coordinate by a seat. Administrators keep none."""
    return groups_of(user).filter(pk__in=coordinated_by(user).values("pk"))


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the groups in which one holds a seat; an administrator without one sees none."""
        return self.filter(group__in=groups_of(user))

    def editable_by(self, user):
        return self.filter(group__in=kept_by(user))

    def coming(self, now=None):
        return self.filter(
            ends_at__gte=now or timezone.now(), status__in=(Meeting.Status.PLANNED, Meeting.Status.INVITED)
        )

    def public(self):
        """Those whose approved minutes everybody may read, as the coordinator decided for each."""
        return self.filter(is_public=True)

    def unapproved(self):
        """Those that took place and whose minutes nobody has approved yet."""
        return self.filter(status__in=(Meeting.Status.HELD, Meeting.Status.MINUTES_WRITTEN))


class Meeting(models.Model):
    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        INVITED = "invited", _("invitations sent")
        HELD = "held", _("held")
        MINUTES_WRITTEN = "minutes_written", _("minutes written")
        MINUTES_APPROVED = "minutes_approved", _("minutes approved")
        CANCELLED = "cancelled", _("cancelled")

    NEXT: dict[str, tuple[str, ...]] = {
        Status.PLANNED: (Status.INVITED, Status.HELD, Status.CANCELLED),
        Status.INVITED: (Status.HELD, Status.CANCELLED),
        Status.HELD: (Status.MINUTES_WRITTEN,),
        Status.MINUTES_WRITTEN: (Status.MINUTES_APPROVED,),
        Status.MINUTES_APPROVED: (),
        Status.CANCELLED: (),
    }
    FROZEN = (Status.MINUTES_APPROVED, Status.CANCELLED)
    WRITTEN_IN = (Status.INVITED, Status.HELD, Status.MINUTES_WRITTEN)  # while minutes may be written
    SAID_IN_INVITATIONS = ("starts_at", "ends_at", "location", "place", "online_link")

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="meetings")
    working_group = models.ForeignKey(
        WorkingGroup,
        models.SET_NULL,
        verbose_name=_("working group"),
        null=True,
        blank=True,
        related_name="meetings",
        help_text=_("Its members are invited. Without one, everybody of the group is."),
    )
    title = models.CharField(_("title"), max_length=200)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    location = models.ForeignKey(
        Location, models.PROTECT, verbose_name=_("place"), null=True, blank=True, related_name="+"
    )
    place = models.CharField(_("room, or a place that is not in the list"), max_length=200, blank=True)
    online_link = models.URLField(_("link to take part online"), max_length=400, blank=True)
    language = models.CharField(
        _("language of the minutes"), max_length=5, choices=settings.LANGUAGES, default=portal_language
    )
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.PLANNED)
    uid = models.UUIDField(_("number in calendars"), default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(_("how often it changed in calendars"), default=0, editable=False)
    approved_on = models.DateField(_("minutes approved on"), null=True, blank=True, editable=False)
    approved_at = models.ForeignKey(
        "self", models.RESTRICT, verbose_name=_("minutes approved at"), null=True, blank=True, editable=False,
        related_name="approved_minutes",
    )  # fmt: skip
    is_public = models.BooleanField(_("everybody may read the minutes"), default=False, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="meeting_ends_after_it_begins",
                violation_error_message=_("A meeting must end after it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(status="invited") | Q(location__isnull=False) | ~Q(place="") | ~Q(online_link=""),
                name="meeting_invites_to_somewhere",
                violation_error_message=_("Say first where the meeting is: a place, or a link."),
            ),
            models.CheckConstraint(
                condition=Q(status="minutes_approved", approved_on__isnull=False, approved_at__isnull=False)
                | (~Q(status="minutes_approved") & Q(approved_on__isnull=True, approved_at__isnull=True)),
                name="meeting_minutes_approved_at_a_meeting",
            ),
            models.CheckConstraint(
                condition=Q(is_public=False) | Q(status="minutes_approved"),
                name="meeting_public_minutes_are_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | ~Q(approved_at=F("id")),
                name="meeting_does_not_approve_its_own_minutes",
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "title")[0]

    def get_absolute_url(self):
        return reverse("actionplans:meeting", args=[self.pk])

    @property
    def body(self):
        """Who sits together: a working group, or all of the group."""
        return self.working_group or self.group

    @property
    def is_frozen(self):
        return self.status in self.FROZEN

    @property
    def is_written_in(self):
        return self.status in self.WRITTEN_IN

    @property
    def has_begun(self):
        return self.starts_at <= timezone.now()

    @property
    def begins(self):
        """On the clock of the place."""
        return timezone.localtime(self.starts_at)

    @property
    def ends(self):
        return timezone.localtime(self.ends_at)

    @property
    def day(self):
        return self.begins.date()

    @property
    def where(self):
        """ "Health promotion centre, Lipova 1, room 2": as one line; "" when nobody said."""
        of_place = [str(self.location), self.location.address] if self.location else []
        return ", ".join(part for part in [*of_place, self.place] if part)

    def lock(self):
        """Holds the row to the end of the transaction and reads it afresh, so nobody approves what is being written."""
        fresh = Meeting.objects.select_for_update(no_key=True).get(pk=self.pk)
        self.status, self.version = fresh.status, fresh.version
        return self

    def move_to(self, status, **facts):
        """Raises ValidationError when it is not time for it, StaleObject when somebody else was first."""
        if status not in self.NEXT[self.status]:
            raise StaleObject(self)
        if status == self.Status.HELD and not self.has_begun:
            raise ValidationError(gettext("The meeting has not begun yet."))
        if status == self.Status.INVITED and not (self.where or self.online_link):
            raise ValidationError(gettext("Say first where the meeting is: a place, or a link."))
        if status == self.Status.INVITED:
            found = placeholders.left_in(self, "title")
            for item in self.items.filter(is_on_agenda=True):
                found += placeholders.left_in(item, "title")
            if found:
                raise ValidationError(found)
        rows = Meeting.objects.filter(pk=self.pk, status=self.status, version=self.version)
        if not rows.update(status=status, version=F("version") + 1, **facts):
            raise StaleObject(self)
        self.refresh_from_db()

    def approve(self, at):
        """Freezes the minutes. `at` is the later meeting of the group that approved them."""
        if at.group_id != self.group_id or at.starts_at <= self.starts_at or not at.has_begun:
            raise ValidationError(gettext("Minutes are approved at a later meeting of the group that has begun."))
        if at.status == self.Status.CANCELLED:
            raise ValidationError(gettext("A meeting that was cancelled approves nothing."))
        self.move_to(self.Status.MINUTES_APPROVED, approved_on=at.day, approved_at=at)

    def publish(self, is_public=True):
        """Shows approved minutes to everybody, or takes them back. Raises StaleObject when it is not time for it."""
        approved = Meeting.objects.filter(pk=self.pk, status=self.Status.MINUTES_APPROVED, version=self.version)
        if not approved.update(is_public=is_public, version=F("version") + 1):
            raise StaleObject(self)
        self.refresh_from_db()


class AgendaItemQuerySet(models.QuerySet):
    def on_agenda(self):
        return self.filter(is_on_agenda=True)

    def editable_by(self, user):
        return self.filter(meeting__in=Meeting.objects.editable_by(user))

    def visible_to(self, user):
        return self.filter(meeting__in=Meeting.objects.visible_to(user))


class AgendaItem(models.Model):
    """One item: what it is about, and after the meeting what was said. A member's proposal is one, not yet taken up."""

    class Kind(models.TextChoices):
        MINUTES = "minutes", _("minutes of a meeting")
        DECISION = "decision", _("open decision")
        TASK = "task", _("overdue task")
        MEASURE = "measure", _("measure that needs attention")
        NEED = "need", _("new need")
        REPORTING = "reporting", _("reporting round")
        FREE = "free", _("other subject")

    class Outcome(models.TextChoices):
        NOTED = "noted", pgettext_lazy("outcome", "noted")
        DISCUSSED = "discussed", _("discussed")
        DECIDED = "decided", _("decided")
        POSTPONED = "postponed", _("postponed to the next meeting")

    REFERENCES = {"task": "task", "measure": "measure", "need": "need", "decision": "decision", "minutes": "earlier",
                  "reporting": "round"}  # fmt: skip

    meeting = models.ForeignKey(Meeting, models.CASCADE, verbose_name=_("meeting"), related_name="items")
    order = models.PositiveSmallIntegerField(_("order"))
    title = models.CharField(_("title"), max_length=300)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.FREE)
    note = models.TextField(_("what it is about"), max_length=2000, blank=True)
    is_on_agenda = models.BooleanField(_("on the agenda"), default=True)
    proposed_by = models.ForeignKey(
        Organisation, models.SET_NULL, verbose_name=_("proposed by"), null=True, blank=True, related_name="+"
    )
    task = models.ForeignKey("Task", models.SET_NULL, verbose_name=_("task"), null=True, blank=True, related_name="+")
    measure = models.ForeignKey(
        "Measure", models.SET_NULL, verbose_name=_("measure"), null=True, blank=True, related_name="+"
    )
    need = models.ForeignKey("Need", models.SET_NULL, verbose_name=_("need"), null=True, blank=True, related_name="+")
    decision = models.ForeignKey(
        "Decision", models.SET_NULL, verbose_name=_("decision"), null=True, blank=True, related_name="agenda_items"
    )
    earlier = models.ForeignKey(
        Meeting, models.SET_NULL, verbose_name=_("earlier meeting"), null=True, blank=True, related_name="+"
    )
    round = models.ForeignKey(
        "Round", models.SET_NULL, verbose_name=_("reporting round"), null=True, blank=True, related_name="+"
    )
    minutes = models.TextField(_("minutes"), max_length=20000, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    correction = models.CharField(_("why it was corrected"), max_length=300, blank=True, editable=False)
    corrected_on = models.DateField(_("corrected on"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ["meeting", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "order"], name="agenda_item_one_a_place", deferrable=models.Deferrable.DEFERRED
            ),
            *(
                models.UniqueConstraint(fields=["meeting", column], name=f"agenda_item_{column}_once")
                for column in ("task", "measure", "need", "decision", "earlier", "round")
            ),
            models.CheckConstraint(
                condition=Q(corrected_on__isnull=True, correction="")
                | (Q(corrected_on__isnull=False) & ~Q(correction="")),
                name="agenda_item_corrected_with_a_reason",
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "title")[0]

    @property
    def reference(self):
        """The record it is about, or None."""
        column = self.REFERENCES.get(self.kind)
        return getattr(self, column) if column else None


class Attendance(models.Model):
    """Whether an organisation was there, and by whom, as a role: the minutes name nobody."""

    class State(models.TextChoices):
        PRESENT = "present", _("present")
        EXCUSED = "excused", _("excused")
        ABSENT = "absent", _("absent")

    meeting = models.ForeignKey(Meeting, models.CASCADE, verbose_name=_("meeting"), related_name="attendances")
    membership = models.ForeignKey(Membership, models.CASCADE, verbose_name=_("membership"), related_name="+")
    state = models.CharField(_("attendance"), max_length=8, choices=State)
    role = models.CharField(_("represented by"), max_length=20, choices=Seat.Role, blank=True)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["meeting", "pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "membership"], name="attendance_once")]

    def __str__(self):
        return f"{self.membership.organisation}: {self.get_state_display()}"


class Remark(models.Model):
    """What a member says to an item before the minutes are approved; in the name of the organisation."""

    item = models.ForeignKey(AgendaItem, models.CASCADE, verbose_name=_("agenda item"), related_name="remarks")
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, verbose_name=_("organisation"), null=True, related_name="+"
    )
    text = models.TextField(_("text"), max_length=2000)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    written_at = models.DateTimeField(_("written at"), default=timezone.now)

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ["written_at", "pk"]

    def __str__(self):
        return f"{self.organisation}: {self.text[:60]}"
