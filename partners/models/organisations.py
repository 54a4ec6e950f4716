"""Organisation, its membership of a group, and the seats of its people: who may do what follows from here."""

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import languages
from portal.models import Vocabulary

from .checked import Checked
from .groups import Group
from .once import is_once, once
from .people import User, phone_validator

web_validator = URLValidator(schemes=["http", "https"], message=_("Write a web address that begins with https://."))
https_only = URLValidator(schemes=["https"], message=_("Write a web address that begins with https://."))


class OrganisationQuerySet(models.QuerySet):
    def members(self):
        """Organisations that belong to some group today."""
        return self.filter(pk__in=Membership.objects.current().values("organisation"))

    def editable_by(self, user):
        """Organisations in which the user holds an editing seat, or all of the groups they coordinate."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self.all()
        seats = Seat.objects.current().filter(user=user)
        coordinated = seats.filter(role=Seat.Role.COORDINATOR).values("membership__group")
        theirs = Q(pk__in=seats.filter(role__in=Seat.EDITING).values("membership__organisation")) | Q(
            pk__in=Membership.objects.current().filter(group__in=coordinated).values("organisation")
        )
        if not is_once():
            return self.filter(theirs)
        rows = Organisation.objects.order_by().filter(theirs).values_list("pk", flat=True)
        return self.filter(pk__in=once(("editable", user.pk), rows))

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.members()
        return self.filter(Q(pk__in=self.members().values("pk")) | Q(pk__in=self.editable_by(user).values("pk")))


class Organisation(Checked):
    """A partner. A department of a larger organisation is a partner in its own right (`parent`)."""

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=160)
    about = models.TextField(_("about"), blank=True)
    offer = models.TextField(_("what it offers"), blank=True)
    lends = models.TextField(_("what it can lend"), blank=True, help_text=_("Rooms, equipment, people."))
    sector = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("sector"),
        related_name="organisations",
        limit_choices_to={"vocabulary": Vocabulary.SECTOR},
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("part of"), null=True, blank=True, related_name="departments"
    )
    phone = models.CharField(_("phone"), max_length=30, blank=True, validators=[phone_validator])
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), blank=True, validators=[web_validator])
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(parent=F("id")),
                name="organisation_is_not_its_own_parent",
                violation_error_message=_("An organisation cannot be part of itself."),
            )
        ]

    def __str__(self):
        return languages.resolve(self, "name")[0] or self.slug

    def get_absolute_url(self):
        return reverse("partners:partner", args=[self.pk, self.slug_in(languages.active())])

    def slug_in(self, language):
        return languages.slug_in(self, "name", language)


class MembershipQuerySet(models.QuerySet):
    def current(self, today=None):
        today = today or timezone.localdate()
        return self.filter(Q(left_on__isnull=True) | Q(left_on__gt=today), joined_on__lte=today)


class Membership(models.Model):
    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, verbose_name=_("organisation"), related_name="memberships"
    )
    joined_on = models.DateField(_("joined on"), default=timezone.localdate)
    left_on = models.DateField(
        _("left on"),
        null=True,
        blank=True,
        help_text=_("Empty while it takes part. From this day on its people have no say in the group."),
    )
    mandate = models.CharField(
        _("mandate"),
        max_length=200,
        blank=True,
        help_text=_("The decision or letter by which it takes part: what it is called, its number and day."),
    )
    mandate_link = models.URLField(
        _("where the mandate can be read"), max_length=400, blank=True, validators=[https_only]
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["joined_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "organisation"],
                condition=Q(left_on__isnull=True),
                name="membership_once_while_active",
                violation_error_message=_("This organisation is already a member of the group."),
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on")),
                name="membership_ends_after_it_began",
                violation_error_message=_("The day of leaving must not be before the day of joining."),
            ),
        ]

    def __str__(self):
        return f"{self.organisation} – {self.group}"


class SeatQuerySet(models.QuerySet):
    def current(self, today=None):
        """Seats that count today: their term runs and their organisation is still a member."""
        today = today or timezone.localdate()
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=today),
            starts_on__lte=today,
            membership__in=Membership.objects.current(today),
        )

    def ending(self, until, today=None):
        """Seats of today that end by then. Who edits or stands in until they represent goes on: that is no end."""
        onward = Seat.objects.filter(
            membership=OuterRef("membership"), user=OuterRef("user"), role="representative", ends_on__isnull=True
        )
        found = self.current(today).filter(ends_on__lte=until)
        return found.exclude(Exists(onward), role__in=("deputy", "editor"))


class Seat(models.Model):
    """What a person does in a group on behalf of an organisation, and for how long."""

    class Role(models.TextChoices):
        COORDINATOR = "coordinator", _("coordinator")
        REPRESENTATIVE = "representative", _("representative")
        DEPUTY = "deputy", _("deputy")
        EDITOR = "editor", _("editor")
        ADVISER = "adviser", _("adviser")
        DATA_STEWARD = "data_steward", _("data steward")

    EDITING = (Role.REPRESENTATIVE, Role.DEPUTY, Role.EDITOR)

    membership = models.ForeignKey(Membership, models.CASCADE, verbose_name=_("membership"), related_name="seats")
    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("user"), related_name="seats")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    title = models.CharField(_("title"), max_length=160, blank=True, help_text=_("As the person is known: head of …"))
    starts_on = models.DateField(_("from"), default=timezone.localdate)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["membership", "starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(role="representative", ends_on__isnull=True),
                name="seat_one_representative_per_membership",
                violation_error_message=_("This organisation already has a representative; end that seat first."),
            ),
            models.UniqueConstraint(
                fields=["membership", "user", "role"],
                condition=Q(ends_on__isnull=True),
                name="seat_once_per_person_and_role",
                violation_error_message=_("This person already holds that seat."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="seat_ends_after_it_began",
                violation_error_message=_("A seat must not end before it begins."),
            ),
        ]

    def __str__(self):
        return f"{self.user} – {self.get_role_display()}"

    @property
    def keeps_pages(self):
        """Whether whoever holds it edits pages of an organisation: its own, or as coordinator those of the group."""
        return self.role in (*self.EDITING, self.Role.COORDINATOR)
