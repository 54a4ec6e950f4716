"""Import: a table somebody brought, kept with what it would change until they say yes, or for two days."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Group

KEPT = timedelta(days=2)
# What has not said by then how far it is was interrupted: a saving, and undone with it, or a reading. One that only
# waited does no harm when it is begun again: what is saved already is not saved twice.
LOST = timedelta(minutes=2)


class ImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A preview holds texts that may not be public yet: only who brought the table sees it."""
        return self.filter(by=user, created_at__gt=timezone.now() - KEPT) if user.is_authenticated else self.none()

    def claimable(self):
        """Those that can be saved now: previews, and what was interrupted while it was saved."""
        lost = Q(state=Import.State.SAVING, started_at__lt=timezone.now() - LOST)
        return self.filter(Q(state=Import.State.PREVIEW) | lost)

    def unread(self):
        """Those of which the reading was interrupted."""
        lost = Q(started_at=None) | Q(started_at__lt=timezone.now() - LOST)
        return self.filter(lost, state=Import.State.READING)

    def prune(self):
        """Forgets what is older than two days; → how many rows."""
        return self.filter(created_at__lte=timezone.now() - KEPT).delete()[0]


class Import(models.Model):
    """`table` is what was read, `rows` what it means (programmes.imports.preview); both are emptied once saved.

    Of `total` rows in the table so many are `checked`; of those that are to be saved so many are `done`. `started_at`
    is when a reading or a saving began, or last said how far it is.

    It has no history: it is forgotten after two days, and what it changed has one.
    """

    class Kind(models.TextChoices):
        PROGRAMMES = "programmes", _("programmes")
        PLACES = "places", _("places")
        ORGANISATIONS = "organisations", _("organisations")
        FIGURES = "figures", _("figures")
        REGION = "region", _("figures of all groups of the region")

    class State(models.TextChoices):
        READING = "reading", _("being read")
        PREVIEW = "preview", _("not saved yet")
        SAVING = "saving", _("being saved")
        SAVED = "saved", _("saved")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    # None where each row says of which group it is.
    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("by"), related_name="+")
    file_name = models.CharField(_("file"), max_length=200)
    language = models.CharField(max_length=5, default="", editable=False)  # in which the preview speaks
    table = models.JSONField(default=dict, editable=False)
    rows = models.JSONField(default=list, editable=False)
    counts = models.JSONField(default=dict, editable=False)
    unknown = models.JSONField(default=list, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PREVIEW)
    has_moved = models.BooleanField(default=False, editable=False)
    problem = models.CharField(max_length=300, blank=True, editable=False)
    total = models.PositiveIntegerField(default=0, editable=False)
    checked = models.PositiveIntegerField(default=0, editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["created_at"], name="import_by_time")]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("programmes:import-preview", args=[self.pk])

    @property
    def to_save(self):
        """How many rows a yes would save."""
        return self.counts.get("new", 0) + self.counts.get("changed", 0)

    @property
    def is_preview(self):
        return self.state == self.State.PREVIEW

    @property
    def is_reading(self):
        return self.state == self.State.READING

    @property
    def is_lost(self):
        """It was interrupted while it was read or saved."""
        if self.state not in (self.State.SAVING, self.State.READING):
            return False
        return not self.started_at or self.started_at < timezone.now() - LOST

    @property
    def steps(self):
        """How many steps a saving has: each row is checked once more, and those that differ are saved."""
        return self.total + self.to_save

    @property
    def steps_done(self):
        return self.checked + self.done
