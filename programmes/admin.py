from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from modeltranslation.admin import TranslationStackedInline

from partners.admin.organisations import GroupFilter
from portal import dates
from portal.languages import columns
from portal.record_admin import Explained, GroupedAdmin, Pages, RecordAdmin, UntranslatedFilter, ask_first, rows
from portal.stale import StaleObject

from . import moving
from .cards import holidays
from .forms.rules import RuleForm
from .models import (
    Continuation,
    Programme,
    ProgrammePartner,
    ProgrammeTerm,
    Schedule,
    ScheduleLanguage,
    SlipCount,
)
from .recurrence import validate_rule
from .sentences import sentence

DATES = 10  # of a schedule, beside its rule
MOST_NAMED = 10  # titles in one message


class StatusFilter(admin.SimpleListFilter):
    """An administrator sees no group's drafts unless they ask for them."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return [("all", _("All, drafts too")), *Programme.Status.choices]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset.exclude(status__in=[Programme.Status.DRAFT, Programme.Status.IN_REVIEW])
        return queryset if self.value() == "all" else queryset.filter(status=self.value())

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        yield {**first, "display": _("Without drafts")}
        yield from rest


class CheckFilter(admin.SimpleListFilter):
    title = _("last check")
    parameter_name = "check"

    def lookups(self, request, model_admin):
        return [("due", _("due for a check")), ("outdated", _("outdated, hidden"))]

    def queryset(self, request, queryset):
        if self.value() == "due":
            return queryset.filter(pk__in=Programme.objects.due_for_check().values("pk"))
        if self.value() == "outdated":
            return queryset.filter(pk__in=Programme.objects.outdated().values("pk"))
        return queryset


class ReadableRule:
    """Beside the rule its sentence, and the dates that it has; in the reader's language."""

    form: Any = RuleForm
    readonly_fields: Any = ("sentence", "next_dates")

    def get_queryset(self, request):
        rows = super().get_queryset(request)  # type: ignore[misc]
        return rows.select_related("programme", "location").prefetch_related("location__exceptions")

    def get_fieldsets(self, request, obj=None):
        (title, options), *others = super().get_fieldsets(request, obj)  # type: ignore[misc]
        names = [name for name in options["fields"] if name not in self.readonly_fields]
        place = names.index("rule") + 1
        own = {**options, "fields": [*names[:place], *self.readonly_fields, *names[place:]]}
        return [(title, own), *others]

    @admin.display(description=_("In words"))
    def sentence(self, schedule):
        return sentence(schedule) if _is_whole(schedule) else "–"

    @admin.display(description=_("The next dates"))
    def next_dates(self, schedule):
        found = schedule.occurrences(holidays(), limit=DATES) if _is_whole(schedule) else []
        today = timezone.localdate()
        days = [(dates.long_day(start, today=today), _hours(start, end)) for start, end, _schedule in found]
        return format_html_join("", "{}, {}<br>", days) if days else _("No date lies ahead.")


def _is_whole(schedule):
    """False of what was typed and is shown again with its mistakes."""
    if not (schedule.rule and schedule.starts_at and schedule.ends_at and schedule.valid_from):
        return False
    try:
        validate_rule(schedule.rule)
    except ValidationError:
        return False
    return True


def _hours(start, end):
    return dates.span(start.time(), end.time(), bare=True)


class ScheduleInline(ReadableRule, Explained, TranslationStackedInline):
    model = Schedule
    extra = 0
    autocomplete_fields = ["location"]
    show_change_link = True


def _reason(error):
    return " ".join(error.messages) if isinstance(error, ValidationError) else _("Somebody else changed it meanwhile.")


@admin.register(Programme)
class ProgrammeAdmin(RecordAdmin):
    """The status is moved by actions, which ask the table of moves; it cannot be typed."""

    list_display = ["title", "organisation", "status", "is_full", "checked_on"]
    list_filter = [StatusFilter, CheckFilter, "is_full", GroupFilter, UntranslatedFilter]
    list_select_related = ["organisation"]
    # Names only: of ten thousand programmes a search of the summaries took seven times as long.
    search_fields = ["slug", *columns("title"), *(f"organisation__{column}" for column in columns("name"))]
    autocomplete_fields = ["organisation"]
    moved = ("status", "checked_on", "checked_by", "held")
    exclude = ["photo"]  # brought on the pages of the portal, where it is made anew
    actions = ["publish", "archive", "confirm"]
    prepopulated_fields = {"slug": ["title_sl"]}
    inlines = [
        ScheduleInline,
        rows(ProgrammeTerm, "term"),
        rows(ProgrammePartner, "organisation"),
        rows(Continuation, "next", fk_name="programme"),
    ]
    list_per_page = 50
    untranslated_field = "title"

    @admin.display(description=_("languages held back"))
    def held(self, programme):
        """Shown: they are held back and published on the pages of the portal."""
        names = dict(settings.LANGUAGES)
        return ", ".join(names[code] for code in programme.held_languages) or "–"

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request, queryset):
        self._each(request, queryset, moving.publish, _published)

    @admin.action(description=_("Archive"), permissions=["change"])
    def archive(self, request, queryset):
        """Asks first: no move leads back from there."""
        words = _("Residents see them no longer, and none can be published again; each can be copied into a new draft.")
        if asked := ask_first(self, request, queryset, "archive", _("Archive"), words):
            return asked
        self._each(request, queryset, moving.archive, _archived)
        return None

    @admin.action(description=_("Confirm as still correct"), permissions=["change"])
    def confirm(self, request, queryset):
        self._each(request, queryset, moving.confirm, _confirmed)

    def _each(self, request, queryset, deed, words):
        """Does it for each by itself, and says how many were done and why others were not."""
        done, why = 0, {}
        for programme in queryset.select_related("organisation"):
            try:
                with transaction.atomic():
                    deed(programme, request.user)
                done += 1
            except (ValidationError, StaleObject) as error:
                why.setdefault(_reason(error), []).append(str(programme))
        if done:
            self.message_user(request, words(done) % {"count": done})
        for reason, titles in why.items():
            shown = ", ".join(titles[:MOST_NAMED]) + (" …" if len(titles) > MOST_NAMED else "")
            text = _not_done(len(titles))
            said = text % {"count": len(titles), "titles": shown, "reason": reason}
            self.message_user(request, said, messages.WARNING)


def _not_done(count):
    return ngettext(
        "Not done for one: %(titles)s. %(reason)s",
        "Not done for %(count)s: %(titles)s. %(reason)s",
        count,
    )


def _published(count):
    return ngettext("One programme is published.", "%(count)s programmes are published.", count)


def _archived(count):
    return ngettext("One programme is archived.", "%(count)s programmes are archived.", count)


def _confirmed(count):
    return ngettext("One programme is confirmed.", "%(count)s programmes are confirmed.", count)


@admin.register(Schedule)
class ScheduleAdmin(ReadableRule, GroupedAdmin):
    list_display = ["programme", "location", "when", "valid_from", "valid_to"]
    list_select_related = ["programme", "location"]
    search_fields = [f"programme__{column}" for column in columns("title")]
    autocomplete_fields = ["programme", "location"]
    inlines = [rows(ScheduleLanguage, "term")]
    history_in = ("programme",)

    @admin.display(description=_("when and where"))
    def when(self, schedule):
        return schedule.in_words()


@admin.register(SlipCount)
class SlipCountAdmin(Pages, admin.ModelAdmin):
    list_display = ["programme", "month", "count"]
    list_filter = ["month"]
    list_select_related = ["programme"]
    date_hierarchy = "month"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
