"""Comment: what people say of a strategy while it is in consultation, and what was done with it."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.models import coordinated_by, groups_of
from portal.models import Outbox

from ..moves import move
from ..voices import HELP, LABEL, VoiceField
from .strategies import Strategy


class CommentQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(status=Comment.Status.WAITING)

    def shown(self):
        """To everybody: what members say among themselves is not."""
        return self.filter(status=Comment.Status.SHOWN, is_internal=False)

    def visible_to(self, user):
        said = Q(pk__in=self.shown().values("pk"), strategy__in=Strategy.objects.consulted().values("pk"))
        return self.filter(said | Q(strategy__group__in=groups_of(user)))

    def editable_by(self, user):
        return self.filter(strategy__group__in=coordinated_by(user))

    def prune(self, now=None):
        """Erases the sender's address thirty days after the answer, a year after an unanswered one. → how many."""
        now = now or timezone.now()
        Outbox.objects.filter(kind="comment-answered", created_at__lt=now - timedelta(days=30)).delete()
        over = Q(answered_at__lt=now - timedelta(days=30)) | Q(sent_at__lt=now - timedelta(days=365))
        return self.exclude(email="").filter(over).update(email="")


class Comment(models.Model):
    """What somebody says about a draft in consultation; everybody reads it with what was done, once it is looked at.

    What a member says of a draft `is_internal`: members read it, with who said it, and nobody else ever does.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("not looked at yet")
        SHOWN = "shown", _("shown with its answer")
        HIDDEN = "hidden", _("not shown")

    NEXT: dict[str, tuple[str, ...]] = {
        Status.WAITING: (Status.SHOWN, Status.HIDDEN),
        Status.SHOWN: (Status.HIDDEN, Status.SHOWN),
        Status.HIDDEN: (Status.SHOWN,),
    }

    strategy = models.ForeignKey(Strategy, models.CASCADE, verbose_name=_("strategy"), related_name="comments")
    objective = models.ForeignKey(
        "Objective", models.SET_NULL, verbose_name=_("what it is about"), null=True, blank=True, related_name="comments"
    )
    text = models.TextField(_("your comment"), max_length=3000)
    signed = models.CharField(
        _("as whom you write"), max_length=80, blank=True, help_text=_("For example: a mother of two, Javorje.")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("by"), null=True, blank=True, editable=False,
        related_name="+",
    )  # fmt: skip
    is_internal = models.BooleanField(_("among members"), default=False, editable=False)
    voice = VoiceField(LABEL, help_text=HELP)
    email = models.EmailField(_("your e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING)
    answer = models.TextField(_("what was done with it"), max_length=3000, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["sent_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="waiting") | ~Q(answer=""),
                name="comment_is_answered",
                violation_error_message=_("Write what was done with the comment."),
            )
        ]

    def __str__(self):
        return self.text[:80]

    def move_to(self, status, answer):
        """→ False when it stands so already. Raises ValidationError without an answer, StaleObject when somebody
        answered first."""
        if not answer.strip():
            raise ValidationError({"answer": gettext("Write what was done with the comment.")})
        if (status, answer.strip()) == (self.status, self.answer):
            return False
        move(self, "status", status, answer=answer.strip(), answered_at=timezone.now())
        return True
