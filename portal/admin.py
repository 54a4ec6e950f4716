from django.conf import settings
from django.contrib import admin
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from .languages import CODES, columns
from .models import EmptySearch, Look, Outbox, Synonym, Term

admin.site.site_header = settings.PORTAL_NAME
admin.site.site_title = settings.PORTAL_NAME
admin.site.index_title = _("Administration")


class UntranslatedFilter(admin.SimpleListFilter):
    """Records that lack the field named by the admin's `untranslated_field` in one of the five languages."""

    title = _("missing translation")
    parameter_name = "untranslated"

    def __init__(self, request, params, model, model_admin):
        self.field = model_admin.untranslated_field
        super().__init__(request, params, model, model_admin)

    def lookups(self, request, model_admin):
        return settings.LANGUAGES

    def queryset(self, request, queryset):
        if self.value() not in CODES:
            return queryset
        column = f"{self.field}_{self.value()}"
        return queryset.filter(Q(**{f"{column}__isnull": True}) | Q(**{column: ""}))


@admin.register(Term)
class TermAdmin(TranslationAdmin):
    list_display = ["label", "vocabulary", "slug", "order", "is_active", "is_equity"]
    list_filter = ["vocabulary", "is_active", "is_equity", UntranslatedFilter]
    list_editable = ["order", "is_active"]
    search_fields = ["slug", *columns("label")]
    autocomplete_fields = ["parent"]
    group_fieldsets = True
    list_per_page = 50
    untranslated_field = "label"

    def get_readonly_fields(self, request, obj=None):
        """A slug stands in addresses and exports: once made it stays."""
        return ["vocabulary", "slug"] if obj else []

    def has_delete_permission(self, request, obj=None):
        """Terms are retired, not deleted: old records and links keep their meaning."""
        return False


@admin.register(Synonym)
class SynonymAdmin(admin.ModelAdmin):
    list_display = ["words", "language", "term", "meaning", "concept"]
    list_filter = ["language", "term__vocabulary"]
    list_select_related = ["term"]
    search_fields = [
        *("words", "folded", "meaning", "concept", "term__slug"),
        *(f"term__{column}" for column in columns("label")),
    ]
    autocomplete_fields = ["term"]
    list_per_page = 100


@admin.register(EmptySearch)
class EmptySearchAdmin(admin.ModelAdmin):
    """Read only, and only what enough people looked for."""

    list_display = ["words", "language", "month", "count"]
    list_filter = ["language", "month"]
    search_fields = ["words"]

    def get_queryset(self, request):
        return EmptySearch.objects.shown()

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Look)
class LookAdmin(admin.ModelAdmin):
    """Read only: a log that could be edited would prove nothing."""

    list_display = ["at", "user", "kind", "number"]
    list_filter = ["kind"]
    list_select_related = ["user"]
    search_fields = ["user__full_name", "user__email"]
    date_hierarchy = "at"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Outbox)
class OutboxAdmin(admin.ModelAdmin):
    """What the portal wrote to whom, and what did not arrive; a mail that failed can be tried again."""

    list_display = ["created_at", "to", "subject", "state", "tries", "error"]
    list_filter = ["state", "kind", "language"]
    search_fields = ["to", "subject"]
    date_hierarchy = "created_at"
    actions = ["try_again"]

    @admin.action(description=_("Try again"))
    def try_again(self, request, queryset):
        queryset.filter(state=Outbox.State.FAILED).update(
            state=Outbox.State.WAITING, tries=0, next_try_at=timezone.now(), error=""
        )

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
