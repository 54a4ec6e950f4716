"""Document: what a working group or a meeting keeps at hand: a link to where it lies, or a few lines. No files."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Organisation, WorkingGroup, coordinated_by, groups_of
from partners.models.organisations import https_only

from .meetings import Meeting


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Members read those of their groups."""
        return self.filter(group__in=groups_of(user))

    def editable_by(self, user):
        """Whoever added it, while they are a member; and the coordinators."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(group__in=coordinated_by(user)) | Q(added_by=user, group__in=groups_of(user)))


def may_add(user, group):
    """Coordinators, and whoever keeps the pages of an organisation of the group."""
    own = Organisation.objects.editable_by(user).filter(memberships__group=group)
    return groups_of(user).filter(pk=group.pk).exists() and own.exists()


class Document(models.Model):
    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="documents")
    working_group = models.ForeignKey(
        WorkingGroup, models.CASCADE, verbose_name=_("working group"), null=True, blank=True, related_name="documents"
    )
    meeting = models.ForeignKey(
        Meeting, models.CASCADE, verbose_name=_("meeting"), null=True, blank=True, related_name="documents"
    )
    title = models.CharField(_("title"), max_length=200)
    link = models.URLField(_("link"), max_length=400, blank=True, validators=[https_only])
    text = models.TextField(_("text"), max_length=2000, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("added by"), null=True, related_name="+"
    )
    added_at = models.DateTimeField(_("added at"), default=timezone.now, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(working_group__isnull=False, meeting__isnull=True)
                | Q(working_group__isnull=True, meeting__isnull=False),
                name="document_of_a_working_group_or_a_meeting",
            ),
            models.CheckConstraint(
                condition=~Q(link="", text=""),
                name="document_has_link_or_text",
                violation_error_message=_("Give a link, or write a few lines."),
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def owner(self):
        """The working group or meeting on whose page it stands."""
        return self.working_group or self.meeting
