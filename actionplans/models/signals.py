"""Signal: something a resident or a partner has noticed, before anybody has assessed it. Never about one person."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Organisation, Settlement, coordinated_by, groups_of
from portal.models import Outbox
from portal.tokens import digest

from ..moves import move
from ..voices import HELP, LABEL, VoiceField
from .needs import Need

ERASE_AFTER = timedelta(days=30)  # after the answer, the sender's address is erased
ERASE_UNANSWERED = timedelta(days=365)


class SignalQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status=Signal.Status.NEW)

    def visible_to(self, user):
        return self.filter(group__in=groups_of(user))

    def editable_by(self, user):
        return self.filter(group__in=coordinated_by(user))

    def prune(self, now=None):
        """Erases the sender's address thirty days after the answer, a year after an unanswered one. → how many."""
        now = now or timezone.now()
        Outbox.objects.filter(kind="signal-answered", created_at__lt=now - ERASE_AFTER).delete()
        over = Q(answered_at__lt=now - ERASE_AFTER) | Q(sent_at__lt=now - ERASE_UNANSWERED)
        return self.exclude(email="").filter(over).update(email="")


class Signal(models.Model):
    class Basis(models.TextChoices):
        RESIDENTS = "residents", _("I or people around me live it")
        PROFESSIONALS = "professionals", _("I see it in my work")
        DATA = "data", _("figures show it")

    class Status(models.TextChoices):
        NEW = "new", _("new")
        LINKED = "linked", _("became part of a need")
        MERGED = "merged", _("the same as another one")
        ANSWERED = "answered", _("answered")
        DISMISSED = "dismissed", _("not taken up")

    NEXT: dict[str, tuple[str, ...]] = {
        Status.NEW: (Status.LINKED, Status.MERGED, Status.ANSWERED, Status.DISMISSED),
        Status.LINKED: (Status.NEW,),
        Status.MERGED: (Status.NEW,),
        Status.ANSWERED: (Status.NEW,),
        Status.DISMISSED: (Status.NEW,),
    }

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="signals")
    text = models.TextField(_("What have you noticed?"), max_length=1500)
    whom = models.CharField(_("Whom does it concern?"), max_length=160, blank=True)
    settlement = models.ForeignKey(
        Settlement, models.SET_NULL, verbose_name=_("Where?"), null=True, blank=True, related_name="+"
    )
    basis = models.CharField(_("How do you know?"), max_length=14, choices=Basis)
    voice = VoiceField(LABEL, help_text=HELP)
    email = models.EmailField(_("your e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, verbose_name=_("organisation"), null=True, blank=True, related_name="+"
    )
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.NEW)
    need = models.ForeignKey(
        Need, models.SET_NULL, verbose_name=_("need"), null=True, blank=True, related_name="signals"
    )
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, verbose_name=_("the same as"), null=True, blank=True, related_name="same"
    )
    answer = models.TextField(_("answer"), max_length=1500, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        related_name="+",
    )
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = SignalQuerySet.as_manager()

    class Meta:
        verbose_name = _("signal")
        verbose_name_plural = _("signals")
        ordering = ["sent_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["answered", "dismissed"]) | ~Q(answer=""),
                name="signal_ends_with_an_answer",
                violation_error_message=_("Write a sentence to the sender."),
            ),
            models.CheckConstraint(
                condition=~Q(status="linked") | Q(need__isnull=False),
                name="signal_linked_to_a_need",
                violation_error_message=_("Choose the need it belongs to."),
            ),
        ]

    def __str__(self):
        return Truncator(self.text).chars(80)

    def store(self, token=""):
        """Saves a new signal; returns the token of the page on which its sender follows it."""
        token = token or secrets.token_urlsafe(24)
        self.token_digest = digest(token)
        self.save()
        return token

    @property
    def head(self):
        """The signal whose answer counts for this one: the one it was merged into, and that one into; else itself."""
        found, seen = self, {self.pk}
        while found.status == self.Status.MERGED and (into := found.merged_into) and into.pk not in seen:
            found = into
            seen.add(found.pk)
        return found

    @property
    def days_open(self):
        return (timezone.now() - self.sent_at).days

    def move_to(self, status, by, answer="", need=None, into=None):
        """Triage. Raises ValidationError when an answer, a need or the other signal is missing; StaleObject."""
        answer = answer.strip()
        if status in (self.Status.ANSWERED, self.Status.DISMISSED) and not answer:
            raise ValidationError({"answer": gettext("Write a sentence to the sender.")})
        if status == self.Status.LINKED and need is None:
            raise ValidationError({"need": gettext("Choose the need it belongs to.")})
        if status == self.Status.MERGED and (into is None or into.pk == self.pk or into.merged_into_id == self.pk):
            raise ValidationError({"into": gettext("Choose the other signal that says the same.")})
        is_over = status != self.Status.NEW
        move(
            self,
            "status",
            status,
            answer=answer,
            need=need or (into.need if into else None),
            merged_into=into,
            answered_at=timezone.now() if is_over else None,
            answered_by=by if is_over else None,
        )
