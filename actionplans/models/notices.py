"""Notice: what one partner tells all others or a working group, in the portal and by mail; who has taken note of it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Organisation, Seat, User, WorkingGroup, coordinated_by, groups_of
from portal import languages

from ..moves import move


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What was sent in one's groups; besides, what one's own organisations propose, and all that one may send."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(group__in=groups_of(user), state__in=Notice.READ) | _own(user) | _to_send(user)).distinct()

    def editable_by(self, user):
        """Until it is sent: whose organisation proposes it, and the coordinators."""
        if not user.is_authenticated:
            return self.none()
        return self.exclude(state__in=Notice.READ).filter(_own(user) | _to_send(user)).distinct()

    def sendable_by(self, user):
        """Those a person may send, return or withdraw: of the groups one coordinates by a seat."""
        return self.filter(_to_send(user))

    def sent(self):
        return self.filter(state=Notice.State.SENT)

    def unnoted_by(self, user):
        """Sent ones that ask this person to say that they have read them, and were not answered."""
        if not user.is_authenticated:
            return self.none()
        mine = WorkingGroup.objects.of_person(user)
        asked = self.sent().filter(asks_to_note=True, group__in=groups_of(user))
        asked = asked.filter(Q(working_group=None) | Q(working_group__in=mine.values("pk")))
        return asked.exclude(author=user).exclude(noted__user=user)


def _own(user):
    return Q(group__in=groups_of(user), organisation__in=Organisation.objects.editable_by(user).values("pk"))


def _to_send(user):
    """Administrators without a seat read and send nothing between partners."""
    return Q(group__in=groups_of(user).filter(pk__in=coordinated_by(user).values("pk")))


class Notice(models.Model):
    """Partners propose, a coordinator sends. Once sent its words stay: mails have gone out with them."""

    class Priority(models.TextChoices):
        NORMAL = "normal", _("for information")
        REQUEST = "request", _("a request: who can help?")
        URGENT = "urgent", _("urgent: goes out at once")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        RETURNED = "returned", _("returned with a note")
        SENT = "sent", _("sent")
        WITHDRAWN = "withdrawn", _("withdrawn")

    NEXT: dict[str, tuple[str, ...]] = {
        State.PROPOSED: (State.SENT, State.RETURNED),
        State.RETURNED: (State.PROPOSED, State.SENT),
        State.SENT: (State.WITHDRAWN,),
        State.WITHDRAWN: (),
    }
    READ = (State.SENT, State.WITHDRAWN)

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="notices")
    working_group = models.ForeignKey(
        WorkingGroup,
        models.SET_NULL,
        verbose_name=_("working group"),
        null=True,
        blank=True,
        related_name="notices",
        help_text=_("Its members get the mail. Without one, everybody of the group does."),
    )
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, verbose_name=_("from"), related_name="notices", help_text=_("Who tells it.")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("written by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(
        _("text"), max_length=2000, blank=True, help_text=_("Never about the health of one person. It goes by mail.")
    )
    priority = models.CharField(_("priority"), max_length=8, choices=Priority, default=Priority.NORMAL)
    asks_to_note = models.BooleanField(
        _("ask everybody to say that they have read it"),
        default=False,
        help_text=_("You see who has not. Ask for it where something depends on it."),
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PROPOSED, editable=False)
    note = models.CharField(_("note"), max_length=300, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = [models.F("sent_at").desc(nulls_first=True), "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("proposed", "returned"), sent_at=None)
                | Q(state__in=("sent", "withdrawn"), sent_at__isnull=False),
                name="notice_is_sent_at_a_time",
            )
        ]

    def __str__(self):
        return languages.resolve(self, "title")[0] or str(self.pk)

    def get_absolute_url(self):
        return reverse("actionplans:notice", args=[self.pk])

    def people(self):
        """Active users whom it reaches today, by number; who wrote it is told nothing."""
        if self.working_group:
            found = self.working_group.people()
        else:
            seats = Seat.objects.current().filter(membership__group=self.group_id)
            found = User.objects.filter(pk__in=seats.values("user"), is_active=True).order_by("pk")
        return found.exclude(pk=self.author_id or 0)

    def silent(self):
        """Whom it asks to say that they have read it, and who has not."""
        return self.people().exclude(pk__in=self.noted.values("user"))

    def move_to(self, state, note=""):
        """Sends, returns or withdraws it.

        Raises ValidationError when it is returned without a note, StaleObject when somebody moved or edited it first.
        """
        if state == self.State.RETURNED and not note.strip():
            raise ValidationError({"note": gettext("Say what has to be looked at again.")})
        sent = {"sent_at": timezone.now()} if state == self.State.SENT else {}
        move(self, "state", state, note=note.strip(), **sent)


class Noted(models.Model):
    """That a person has said to have read a notice."""

    notice = models.ForeignKey(Notice, models.CASCADE, verbose_name=_("notice"), related_name="noted")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("person"), related_name="+")
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("notice that was read")
        verbose_name_plural = _("notices that were read")
        constraints = [models.UniqueConstraint(fields=["notice", "user"], name="notice_noted_once")]

    def __str__(self):
        return f"{self.notice} – {self.user}"
