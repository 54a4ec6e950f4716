"""Interface: where the task of one unit touches health, whom that concerns, and what the two agreed about it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Organisation, coordinated_by, groups_of
from partners.models.organisations import web_validator
from portal import languages
from portal.models import Vocabulary
from portal.stale import StaleObject

from ..moves import move


class InterfaceQuerySet(models.QuerySet):
    def public(self):
        return self.filter(is_public=True)

    def visible_to(self, user):
        """Members read those of their groups, published or not."""
        return self.filter(group__in=groups_of(user))

    def editable_by(self, user):
        """Coordinators; and either of the two organisations, within its group."""
        own = Organisation.objects.editable_by(user)
        either = Q(organisation__in=own) | Q(other__in=own)
        return self.filter(Q(group__in=coordinated_by(user)) | (either & Q(group__in=groups_of(user))))

    def with_sides(self):
        """All that a list shows, in a fixed number of queries."""
        return self.select_related("organisation", "other", "contact", "group").prefetch_related("topics")


class Interface(models.Model):
    """Either side is an organisation, a unit that is no partner itself, or a unit of an organisation."""

    class State(models.TextChoices):
        WANTED = "wanted", pgettext_lazy("interface", "wanted")
        IN_TALKS = "in_talks", pgettext_lazy("interface", "being agreed")
        AGREED = "agreed", pgettext_lazy("interface", "agreed")
        ENDED = "ended", pgettext_lazy("interface", "ended")

    NEXT: dict[str, tuple[str, ...]] = {
        State.WANTED: (State.IN_TALKS, State.AGREED, State.ENDED),
        State.IN_TALKS: (State.AGREED, State.WANTED, State.ENDED),
        State.AGREED: (State.IN_TALKS, State.ENDED),
        State.ENDED: (State.WANTED,),
    }

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="interfaces")
    task = models.CharField(_("task"), max_length=200, help_text=_("What the unit does anyway: planning of footpaths."))
    touches = models.TextField(_("how it touches health"), max_length=1000, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        verbose_name=_("whose task it is"),
        null=True,
        blank=True,
        related_name="+",
    )
    unit = models.CharField(_("unit"), max_length=160, blank=True, help_text=_("Traffic planning, schools office …"))
    other = models.ForeignKey(
        Organisation,
        models.PROTECT,
        verbose_name=_("with whom"),
        null=True,
        blank=True,
        related_name="+",
    )
    other_unit = models.CharField(_("unit on the other side"), max_length=160, blank=True)
    agreement = models.TextField(_("what was agreed"), max_length=2000, blank=True)
    agreement_link = models.URLField(
        _("link to the agreement"), max_length=400, blank=True, validators=[web_validator]
    )  # fmt: skip
    contact = models.ForeignKey(
        Organisation, models.SET_NULL, verbose_name=_("organisation to ask"), null=True, blank=True, related_name="+"
    )
    contact_role = models.CharField(_("role of whoever to ask"), max_length=160, blank=True)
    contact_person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("person to ask"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Only members see who it is; everybody else sees role and organisation."),
    )
    topics = models.ManyToManyField(
        "portal.Term", through="InterfaceTopic", verbose_name=_("topics"), related_name="+"
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WANTED)
    looked_at_on = models.DateField(_("last looked at on"), default=timezone.localdate, editable=False)
    is_public = models.BooleanField(_("for everybody to read"), default=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = InterfaceQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("register", "interface")
        verbose_name_plural = pgettext_lazy("register", "interfaces")
        ordering = ["group", "pk"]

    def __str__(self):
        return languages.resolve(self, "task")[0]

    @property
    def has_agreement(self):
        return bool(self.agreement_link or languages.resolve(self, "agreement")[0])

    @property
    def next_states(self):
        """[(state, what the button says)]"""
        words = {
            "wanted": pgettext_lazy("deed", "Wanted again"),
            "in_talks": pgettext_lazy("deed", "We are talking about it"),
            "agreed": pgettext_lazy("deed", "It is agreed"),
            "ended": pgettext_lazy("deed", "It has ended"),
        }
        return [(str(state), words[state]) for state in self.NEXT[self.state]]

    def move_to(self, state):
        """Raises ValidationError where nothing is agreed yet, StaleObject when it moved meanwhile or cannot."""
        if state == self.State.AGREED and not self.has_agreement:
            raise ValidationError(gettext("Write down first what was agreed, or give the link to it."))
        move(self, "state", state, looked_at_on=timezone.localdate())

    def looked_at(self):
        """All still stands as it is written. Raises StaleObject when it was changed since it was read."""
        rows = Interface.objects.filter(pk=self.pk, version=self.version)
        if not rows.update(looked_at_on=timezone.localdate(), version=F("version") + 1):
            raise StaleObject(self)


class InterfaceTopic(models.Model):
    interface = models.ForeignKey(Interface, models.CASCADE, verbose_name=pgettext_lazy("register", "interface"))
    term = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("topic"),
        limit_choices_to={"vocabulary": Vocabulary.TOPIC},
    )

    class Meta:
        verbose_name = _("topic of an interface")
        verbose_name_plural = _("topics of interfaces")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["interface", "term"], name="interface_topic_once")]

    def __str__(self):
        return str(self.term)
