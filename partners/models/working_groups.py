"""WorkingGroup: some of a group's partners who work on one subject, who leads them and who takes part."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal import languages

from .groups import Group
from .organisations import Membership, Organisation, Seat
from .people import User
from .rights import coordinated_by, groups_of

SPEAKING = (Seat.Role.REPRESENTATIVE, Seat.Role.DEPUTY)  # who comes for an organisation that named nobody


class WorkingGroupQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Members read those of the groups in which they hold a seat."""
        return self.filter(group__in=groups_of(user))

    def editable_by(self, user):
        """Coordinators of the group; and who speaks for the organisation that leads it."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(group__in=coordinated_by(user)) | Exists(_led_by(user)))

    def of_person(self, user):
        """Those in which a person works: by name, or as who speaks for an organisation that takes part or leads."""
        if not user.is_authenticated:
            return self.none()
        seats = Seat.objects.current().filter(user=user)
        mine = WorkingGroupMember.objects.filter(
            Q(user=user, membership__in=seats.values("membership"))
            | Q(user=None, membership__in=seats.filter(role__in=SPEAKING).values("membership"))
        )
        return self.filter(Q(pk__in=mine.values("working_group")) | Exists(_led_by(user)))


def _led_by(user):
    """Memberships for which the person speaks, of the organisation that leads the working group."""
    seats = Seat.objects.current().filter(user=user, role__in=SPEAKING)
    return Membership.objects.filter(
        pk__in=seats.values("membership"), group=OuterRef("group"), organisation=OuterRef("lead")
    )


class WorkingGroup(models.Model):
    """The organisation that leads it is always part of it, whether it stands among the members or not."""

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="working_groups")
    slug = models.SlugField(_("slug"), max_length=60)
    name = models.CharField(_("name"), max_length=160)
    purpose = models.TextField(_("what it does"), max_length=1000, blank=True)
    lead = models.ForeignKey(
        Organisation,
        models.SET_NULL,
        verbose_name=_("led by"),
        null=True,
        blank=True,
        related_name="working_groups_led",
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = WorkingGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("working group")
        verbose_name_plural = _("working groups")
        ordering = ["group", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "slug"],
                name="working_group_slug_unique_in_group",
                violation_error_message=_("This group already has a working group with that slug."),
            )
        ]

    def __str__(self):
        return languages.resolve(self, "name")[0] or self.slug

    def get_absolute_url(self):
        return reverse("actionplans:working-group", args=[self.pk])

    @property
    def organisations(self):
        """Those that take part besides the one that leads it, each once; of members that were fetched with them."""
        found = {member.membership.organisation_id: member.membership.organisation for member in self.members.all()}
        return [organisation for number, organisation in found.items() if number != self.lead_id]

    def people(self):
        """Active users who work in it today, each once, by number."""
        seats = Seat.objects.current().filter(user__is_active=True, membership__group=self.group_id)
        members = WorkingGroupMember.objects.filter(working_group=self)
        whole = Q(membership__in=members.filter(user=None).values("membership")) | Q(
            membership__organisation=self.lead_id or 0
        )
        speaking = seats.filter(whole, role__in=SPEAKING).values("user")
        named = seats.filter(Exists(members.filter(user=OuterRef("user"), membership=OuterRef("membership")))).values(
            "user"
        )
        return User.objects.filter(Q(pk__in=speaking) | Q(pk__in=named)).order_by("pk")


class WorkingGroupMember(models.Model):
    """An organisation in a working group; with a person, that one works in it, else who speaks for it."""

    working_group = models.ForeignKey(
        WorkingGroup, models.CASCADE, verbose_name=_("working group"), related_name="members"
    )
    membership = models.ForeignKey(
        Membership, models.CASCADE, verbose_name=_("membership"), related_name="working_groups"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("person"),
        null=True,
        blank=True,
        related_name="working_groups",
    )

    class Meta:
        verbose_name = _("member of a working group")
        verbose_name_plural = _("members of working groups")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["working_group", "membership"],
                condition=Q(user=None),
                name="working_group_member_once",
                violation_error_message=_("This organisation takes part already."),
            ),
            models.UniqueConstraint(
                fields=["working_group", "membership", "user"],
                name="working_group_person_once",
                violation_error_message=_("This person takes part already."),
            ),
        ]

    def __str__(self):
        return f"{self.membership.organisation} ({self.user})" if self.user else str(self.membership.organisation)
