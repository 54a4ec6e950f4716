"""Comment: what people say of a strategy while it is in consultation, and what was done with it.

Members talk among themselves of a need, a plan and a measure, too.
"""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Func, IntegerField, Q
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.models import Seat, coordinated_by, groups_of
from portal.models import Outbox
from portal.stale import StaleObject

from ..moves import move
from ..voices import HELP, LABEL, VoiceField
from .measures import Measure
from .needs import Need
from .plans import ActionPlan
from .strategies import Strategy

# How many of the four a comment is about.
ABOUT = Func("strategy", "need", "plan", "measure", function="num_nonnulls", output_field=IntegerField())


class CommentQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(status=Comment.Status.WAITING)

    def shown(self):
        """To everybody: what members say among themselves is not."""
        return self.filter(status=Comment.Status.SHOWN, is_internal=False)

    def of_groups(self, groups):
        """About anything of these groups."""
        ours = Q(strategy__group__in=groups) | Q(need__group__in=groups)
        return self.filter(ours | Q(plan__strategy__group__in=groups) | Q(measure__plan__strategy__group__in=groups))

    def visible_to(self, user):
        said = Q(pk__in=self.shown().values("pk"), strategy__in=Strategy.objects.consulted().values("pk"))
        return self.filter(said | Q(pk__in=Comment.objects.of_groups(groups_of(user)).values("pk")))

    def editable_by(self, user):
        """Those one may answer. What members say among themselves of a need, plan or measure, members only answer:
        its coordinators, and who edits the measure."""
        theirs = Q(need__in=Need.objects.editable_by(user)) | Q(plan__in=ActionPlan.objects.editable_by(user))
        theirs |= Q(measure__in=Measure.objects.editable_by(user))
        among_us = Comment.objects.of_groups(groups_of(user)).values("pk")
        return self.filter(Q(strategy__group__in=coordinated_by(user)) | Q(theirs, pk__in=among_us))

    def removable_by(self, user):
        """One's own among members, until it is answered."""
        return self.waiting().of_groups(groups_of(user)).filter(is_internal=True, by=user)

    def with_speakers(self):
        return self.select_related("by", "seat__membership__organisation")

    def prune(self, now=None):
        """Erases the sender's address thirty days after the answer, a year after an unanswered one. → how many."""
        now = now or timezone.now()
        Outbox.objects.filter(kind="comment-answered", created_at__lt=now - timedelta(days=30)).delete()
        over = Q(answered_at__lt=now - timedelta(days=30)) | Q(sent_at__lt=now - timedelta(days=365))
        return self.exclude(email="").filter(over).update(email="")


class Comment(models.Model):
    """What somebody says about a draft in consultation; everybody reads it with what was done, once it is looked at.

    What a member says `is_internal`: members read it, with who said it, and nobody else ever does. So is all that is
    said of a need, a plan or a measure; only there may it be put away without words.
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

    strategy = models.ForeignKey(
        Strategy, models.CASCADE, verbose_name=_("strategy"), null=True, blank=True, related_name="comments"
    )
    need = models.ForeignKey(
        Need, models.CASCADE, verbose_name=_("need"), null=True, blank=True, related_name="comments"
    )
    plan = models.ForeignKey(
        ActionPlan, models.CASCADE, verbose_name=_("action plan"), null=True, blank=True, related_name="comments"
    )
    measure = models.ForeignKey(
        Measure, models.CASCADE, verbose_name=_("measure"), null=True, blank=True, related_name="comments"
    )
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
    seat = models.ForeignKey(
        Seat, models.SET_NULL, verbose_name=_("seat"), null=True, blank=True, editable=False, related_name="+"
    )
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
                condition=Q(status="waiting") | ~Q(answer="") | Q(strategy__isnull=True),
                name="comment_is_answered",
                violation_error_message=_("Write what was done with the comment."),
            ),
            models.CheckConstraint(condition=Exact(ABOUT, 1), name="comment_is_about_one_thing"),
            models.CheckConstraint(
                condition=Q(strategy__isnull=False) | Q(is_internal=True), name="comment_in_public_is_on_a_strategy"
            ),
        ]

    def __str__(self):
        return self.text[:80]

    @property
    def about(self):
        """The strategy, need, plan or measure."""
        return self.strategy or self.need or self.plan or self.measure

    @property
    def group_id(self):
        about = self.about
        plan = about.plan if isinstance(about, Measure) else about
        return (plan.strategy if isinstance(plan, ActionPlan) else plan).group_id

    @property
    def stands_at(self):
        """The address of the page on which it is read; it has none of its own."""
        if strategy := self.strategy_id or (self.plan and self.plan.strategy_id):
            place = f"h-said-{self.plan_id}" if self.plan_id else "h-comments"
            return f"{reverse('actionplans:strategy-work', args=[strategy])}#{place}"
        return f"{self.about.get_absolute_url()}#h-said"

    def move_to(self, status, answer, seen=""):
        """→ False when it stands so already. Raises ValidationError without an answer where everybody may read it,
        StaleObject when somebody answered first, or since the version that was `seen`."""
        if not answer.strip() and self.strategy_id:
            raise ValidationError({"answer": gettext("Write what was done with the comment.")})
        if (status, answer.strip()) == (self.status, self.answer):
            return False
        if seen not in ("", str(self.version)):
            raise StaleObject(self)
        move(self, "status", status, answer=answer.strip(), answered_at=timezone.now())
        return True
