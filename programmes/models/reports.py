"""ProblemReport: what a reader found wrong or missing, who sees to it, and what came of it."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Organisation, coordinated_by
from portal.models import Outbox
from portal.stale import StaleObject
from portal.tokens import digest

from .programmes import Programme

ERASE_AFTER = timedelta(days=30)  # after the answer, the sender's address is erased
ERASE_UNANSWERED = timedelta(days=365)  # after the report, when nobody answered it


class ProblemReportQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=[ProblemReport.State.NEW, ProblemReport.State.IN_PROGRESS])

    def editable_by(self, user):
        """Those about one's own organisations; to coordinators also those of their group about nobody's page. Where no
        group is known they are the administrators', and the coordinators' of the only group there is.
        """
        if not user.is_authenticated:
            return self.none()
        own = Q(organisation__in=Organisation.objects.editable_by(user))
        of_nobody = self.filter(organisation=None) if user.is_superuser else self.of_nobody_in(coordinated_by(user))
        return self.filter(own | Q(pk__in=of_nobody.values("pk")))

    def of_nobody_in(self, groups):
        """Those about no organisation that belong to these groups, or to none while there are no others."""
        others = Group.objects.exclude(pk__in=groups.values("pk"))
        nowhere = Q(group=None) & Q(Exists(groups)) & ~Q(Exists(others))
        return self.filter(Q(organisation=None) & (Q(group__in=groups) | nowhere))

    def prune(self, now=None):
        """Erases the sender's address thirty days after the answer, in the outbox too; where there is none, after a
        year. → how many.
        """
        now = now or timezone.now()
        before = now - ERASE_AFTER
        Outbox.objects.filter(kind="report-answered", created_at__lt=before).delete()
        old = Q(answered_at__lt=before) | Q(answered_at=None, created_at__lt=now - ERASE_UNANSWERED)
        return self.exclude(email="").filter(old).update(email="")


class ProblemReport(models.Model):
    class Kind(models.TextChoices):
        TIMES = "times", _("The times are wrong")
        CONTACT = "contact", _("The telephone number or address is wrong")
        FULL = "full", _("It is full or no longer offered")
        MISSING = "missing", _("Something is missing in the catalogue")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        NEW = "new", _("new")
        IN_PROGRESS = "in_progress", _("being looked at")
        DONE = "done", _("mended")
        NOT_CHANGED = "not_changed", _("answered, nothing changed")

    NEXT: dict[str, tuple[str, ...]] = {
        State.NEW: (State.IN_PROGRESS, State.DONE, State.NOT_CHANGED),
        State.IN_PROGRESS: (State.DONE, State.NOT_CHANGED),
        State.DONE: (),
        State.NOT_CHANGED: (),
    }

    page = models.CharField(_("page"), max_length=400, blank=True)
    programme = models.ForeignKey(
        Programme, models.SET_NULL, verbose_name=_("programme"), null=True, blank=True, related_name="problem_reports"
    )
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, verbose_name=_("organisation"), null=True, blank=True, related_name="+"
    )
    group = models.ForeignKey(
        Group, models.SET_NULL, verbose_name=_("group"), null=True, blank=True, related_name="+",
        help_text=_("Of a report about no organisation: where its reader stood, or lives."),
    )  # fmt: skip
    kind = models.CharField(_("what is wrong"), max_length=10, choices=Kind)
    text = models.TextField(_("in your words"), max_length=2000)
    email = models.EmailField(_("your e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.NEW)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("answered by"), null=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)

    objects = ProblemReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of a reader")
        verbose_name_plural = _("reports of readers")
        ordering = ["-created_at", "-pk"]

    def __str__(self):
        return f"{self.get_kind_display()} ({self.created_at:%Y-%m-%d})"

    @property
    def is_open(self):
        return self.state in (self.State.NEW, self.State.IN_PROGRESS)

    def store(self, token=""):
        """Saves a new report; returns the token of the page on which its sender follows it."""
        token = token or secrets.token_urlsafe(24)
        self.token_digest = digest(token)
        self.save()
        return token

    def move_to(self, state, by, answer=""):
        """Changes the state and keeps the answer.

        Raises ValidationError on a move the table does not have or an end without an answer; StaleObject when
        somebody else answered first.
        """
        if state not in self.NEXT[self.state]:
            raise StaleObject(self)
        if state != self.State.IN_PROGRESS and not answer.strip():
            raise ValidationError(_("Write a sentence to the reader: what you mended, or why nothing changed."))
        changes = {"state": state, "answered_by": by}
        if state != self.State.IN_PROGRESS:
            changes |= {"answer": answer.strip(), "answered_at": timezone.now()}
        if not ProblemReport.objects.filter(pk=self.pk, state=self.state).update(**changes):
            raise StaleObject(self)
        self.refresh_from_db()
