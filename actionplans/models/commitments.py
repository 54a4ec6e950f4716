"""Commitment: what an organisation was asked to do for a measure, and what it answered."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.models import Membership, Seat, coordinated_by, groups_of

from ..moves import move


def nobody_answers(organisation, group):
    """Condition on rows: for the organisation in one of their columns nobody answers in the group in another.

    What it is asked falls to the coordinators of the group.
    """
    seats = Seat.objects.current().filter(role__in=Commitment.ANSWERING, user__is_active=True)
    there = {"membership__organisation": OuterRef(organisation), "membership__group": OuterRef(group)}
    return Q(~Exists(seats.filter(**there)), **{f"{organisation}__isnull": False})


class CommitmentQuerySet(models.QuerySet):
    def accepted(self):
        return self.filter(status=Commitment.Status.ACCEPTED)

    def open(self):
        """Asked, and not answered yet."""
        return self.filter(status=Commitment.Status.PROPOSED)

    def unheard(self):
        """Of organisations for which nobody answers: the coordinators of the group ask them in another way."""
        return self.filter(nobody_answers("membership__organisation", "membership__group"))

    def visible_to(self, user):
        """All of the groups in which one has a seat."""
        return self.filter(membership__group__in=groups_of(user))

    def editable_by(self, user):
        """Whoever asked may take it back or ask again: the coordinators of the group."""
        return self.filter(membership__group__in=coordinated_by(user))

    def answerable_by(self, user):
        """Those of one's own organisation, for its representative or deputy; coordinators record signed paper."""
        own = Seat.objects.current().filter(user=user, role__in=Commitment.ANSWERING) if user.is_authenticated else None
        if own is None:
            return self.none()
        return self.filter(Q(membership__in=own.values("membership")) | Q(membership__group__in=coordinated_by(user)))


class Commitment(models.Model):
    """Asked, not assigned: the organisation's own representative answers."""

    ANSWERING = (Seat.Role.REPRESENTATIVE, Seat.Role.DEPUTY)

    class Role(models.TextChoices):
        LEAD = "lead", _("leads")
        PARTNER = "partner", _("takes part")
        FUNDER = "funder", _("pays for it")

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("asked")
        ACCEPTED = "accepted", _("accepted")
        COUNTERED = "countered", _("answered with another offer")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    NEXT: dict[str, tuple[str, ...]] = {
        Status.PROPOSED: (Status.ACCEPTED, Status.COUNTERED, Status.DECLINED, Status.WITHDRAWN),
        Status.COUNTERED: (Status.PROPOSED, Status.ACCEPTED, Status.WITHDRAWN),
        Status.ACCEPTED: (Status.WITHDRAWN,),
        Status.DECLINED: (Status.PROPOSED,),
        Status.WITHDRAWN: (Status.PROPOSED,),
    }
    WITH_REASON = (Status.COUNTERED, Status.DECLINED, Status.WITHDRAWN)

    measure = models.ForeignKey(
        "actionplans.Measure", models.CASCADE, verbose_name=_("measure"), related_name="commitments"
    )
    membership = models.ForeignKey(Membership, models.PROTECT, verbose_name=_("membership"), related_name="commitments")
    role = models.CharField(_("role"), max_length=8, choices=Role)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PROPOSED)
    contribution = models.CharField(_("contribution"), max_length=300, blank=True)
    hours = models.PositiveSmallIntegerField(_("hours a month"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    asked_on = models.DateField(_("asked on"), default=timezone.localdate)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        related_name="+",
    )
    is_on_paper = models.BooleanField(_("recorded from a signed paper"), default=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["measure", "role", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure"],
                condition=Q(role="lead", status="accepted"),
                name="commitment_one_lead",
                violation_error_message=_("This measure already has a lead."),
            ),
            models.UniqueConstraint(
                fields=["measure", "membership", "role"],
                name="commitment_once_per_role",
                violation_error_message=_("This organisation was already asked for that."),
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["declined", "withdrawn"]) | ~Q(reason=""),
                name="commitment_ends_with_a_reason",
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self):
        return f"{self.membership.organisation}: {self.get_role_display()} ({self.get_status_display()})"

    def move_to(self, status, by, reason="", hours=None, on_paper=False):
        """Answers, takes back or asks again.

        Raises ValidationError without a reason where one is due, or when another organisation leads already;
        StaleObject when it was answered meanwhile.
        """
        if status in self.WITH_REASON and not reason.strip():
            raise ValidationError({"reason": gettext("Say why.")})
        changes = {"reason": reason.strip(), "is_on_paper": on_paper}
        if status == self.Status.PROPOSED:
            changes |= {"asked_on": timezone.localdate(), "answered_on": None, "answered_by": None}
        else:
            changes |= {"answered_on": timezone.localdate(), "answered_by": by}
        if hours is not None:
            changes["hours"] = hours
        try:
            with transaction.atomic():
                move(self, "status", status, **changes)
        except IntegrityError as error:
            if "commitment_one_lead" not in str(error):
                raise
            raise ValidationError(gettext("This measure already has a lead.")) from error
