"""Schedule: when and where a programme takes place, as a rule; its dates are computed, never stored."""

from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from partners.models import Location
from portal import languages
from portal.models import Vocabulary

from .. import recurrence
from .programmes import Programme


class Occurrence(NamedTuple):
    """One date of a schedule; both times aware, in the portal's time zone."""

    start: object
    end: object
    schedule: object


class ScheduleQuerySet(models.QuerySet):
    def current(self, today=None):
        """Those whose last day, if they have one, is not over."""
        return self.exclude(valid_to__lt=today or timezone.localdate())


class Schedule(models.Model):
    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name=_("programme"), related_name="schedules")
    location = models.ForeignKey(
        Location, models.PROTECT, verbose_name=_("location"), null=True, blank=True, related_name="schedules"
    )
    rule = models.CharField(
        _("rule"),
        max_length=200,
        blank=True,
        validators=[recurrence.validate_rule],
        help_text=_("RFC 5545, for example FREQ=WEEKLY;BYDAY=TU,TH. Empty: by arrangement."),
    )
    starts_at = models.TimeField(_("starts at"), null=True, blank=True)
    ends_at = models.TimeField(_("ends at"), null=True, blank=True)
    valid_from = models.DateField(
        _("valid from"),
        default=timezone.localdate,
        help_text=_("“Every second week” counts from the week of this day."),
    )
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    exceptions = ArrayField(models.DateField(), verbose_name=_("days off"), default=list, blank=True)
    runs_on_holidays = models.BooleanField(_("also on public holidays"), default=False)
    languages = models.ManyToManyField(
        "portal.Term",
        through="ScheduleLanguage",
        verbose_name=_("spoken languages"),
        related_name="schedules",
    )
    has_interpreter = models.BooleanField(_("interpreter on request"), default=False)
    note = models.CharField(_("in words"), max_length=300, blank=True)

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rule="") | Q(starts_at__isnull=False, ends_at__isnull=False),
                name="schedule_with_a_rule_has_times",
                violation_error_message=_("A schedule with a rule needs a start and an end time."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="schedule_days_in_order",
                violation_error_message=_("The last day must not be before the first."),
            ),
        ]

    def __str__(self):
        try:
            return self.in_words()
        except ValidationError:  # a form that is shown again holds what was typed
            return self.rule

    def occurrences(self, holidays=(), after=None, before=None, limit=None):
        """[Occurrence] that end after `after` (now), soonest first; days off, closures and holidays left out.

        `holidays`: a partners.holidays.Holidays; those of the provider's groups count, and of the place's.
        """
        if not self.rule:
            return []
        found = recurrence.occurrences(
            self.rule, self.valid_from, self.valid_to, self.starts_at, self.ends_at, ZoneInfo(settings.TIME_ZONE),
            after=after or timezone.now(), before=before, limit=limit, skip=frozenset(self.exceptions),
            closed=(*self.closures, *self._days_off(holidays)),
        )  # fmt: skip
        return [Occurrence(start, end, self) for start, end in found]

    def starts_by_rule(self, after, last):
        """Every start up to `last` that the rule alone makes, days off, closures and holidays with them."""
        found = recurrence.occurrences(
            self.rule, self.valid_from, self.valid_to, self.starts_at, self.ends_at, ZoneInfo(settings.TIME_ZONE),
            after=after, before=last + timedelta(seconds=1),
        )  # fmt: skip
        return [start for start, _end in found]

    def _days_off(self, holidays):
        if self.runs_on_holidays or not holidays:
            return ()
        return holidays.of(self.programme.organisation_id, self.location and self.location.organisation_id)

    @cached_property
    def closures(self):
        """(first, last) dates on which its location is closed; reads the prefetched exceptions."""
        if self.location is None:
            return ()
        return tuple((e.starts_on, e.ends_on) for e in self.location.exceptions.all() if e.opens is None)

    @property
    def held_languages(self):
        """The note is a text of the programme: it is held back with the others."""
        return self.programme.held_languages

    @property
    def weekdays(self):
        return recurrence.weekdays(self.rule, self.valid_from) if self.rule else frozenset()

    @property
    def parts_of_day(self):
        return recurrence.parts_of_day(self.starts_at, self.ends_at) if self.starts_at and self.ends_at else set()

    def in_words(self):
        """ "every second Thursday, 16:30–18:00" in the reader's language; the typed note where there is no rule."""
        if self.rule:
            return recurrence.in_words(self.rule, self.starts_at, self.ends_at, languages.active(), self.valid_from)
        return languages.resolve(self, "note")[0]

    @property
    def runs_out(self):
        """True when its last day lies less than a year ahead: then the page says until when."""
        return self.valid_to is not None and self.valid_to < timezone.localdate() + timedelta(days=365)


class ScheduleLanguage(models.Model):
    schedule = models.ForeignKey(Schedule, models.CASCADE, verbose_name=_("schedule"))
    term = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("language"),
        limit_choices_to={"vocabulary": Vocabulary.LANGUAGE},
    )

    class Meta:
        verbose_name = _("spoken language")
        verbose_name_plural = _("spoken languages")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["schedule", "term"], name="schedule_language_once")]

    def __str__(self):
        return str(self.term)
