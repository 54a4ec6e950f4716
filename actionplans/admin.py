from django.contrib import admin
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline

from portal.admin import UntranslatedFilter
from portal.languages import columns

from .models import (
    ActionPlan,
    Barrier,
    BarrierSettlement,
    BarrierTerm,
    Commitment,
    CoverageJudgement,
    CoverageSnapshot,
    Indicator,
    IndicatorPart,
    IndicatorTarget,
    IndicatorValue,
    Measure,
    MeasureBarrier,
    MeasureIndicator,
    MeasureProgramme,
    Need,
    NeedIndicator,
    NeedSettlement,
    NeedTerm,
    Objective,
    ObjectiveIndicator,
    ObjectiveNeed,
    Score,
    StatusReport,
    Strategy,
    StrategyValue,
    Task,
    Transition,
)  # fmt: skip


def rows(model, *lookups, base=admin.TabularInline):
    """A table of related rows within a form, with a search field for each foreign key named."""
    return type(f"{model.__name__}Rows", (base,), {"model": model, "extra": 0, "autocomplete_fields": list(lookups)})


class TitledAdmin(TranslationAdmin):
    """Records with a title in five languages; those not translated can be listed."""

    group_fieldsets = True
    untranslated_field = "title"
    list_filter = [UntranslatedFilter]
    search_fields = ["slug", *columns("title")]


@admin.register(Need)
class NeedAdmin(TitledAdmin):
    list_display = ["__str__", "group", "status", "reported_on", "first_response_on"]
    list_filter = ["status", "group", UntranslatedFilter]
    list_select_related = ["group"]
    autocomplete_fields = ["reported_by"]
    inlines = [rows(NeedTerm, "term"), rows(NeedSettlement), rows(NeedIndicator, "indicator"), rows(Score)]


@admin.register(Strategy)
class StrategyAdmin(TitledAdmin):
    list_display = ["__str__", "group", "status", "starts_on", "ends_on"]
    list_select_related = ["group"]
    inlines = [rows(StrategyValue, base=TranslationTabularInline), rows(ActionPlan)]


@admin.register(Objective)
class ObjectiveAdmin(TitledAdmin):
    list_display = ["__str__", "strategy", "number", "level"]
    list_select_related = ["strategy"]
    inlines = [rows(ObjectiveNeed, "need"), rows(ObjectiveIndicator, "indicator")]


@admin.register(Measure)
class MeasureAdmin(TitledAdmin):
    list_display = ["__str__", "objective", "phase", "starts_on", "ends_on", "is_public"]
    list_filter = ["phase", "approach", "is_public", UntranslatedFilter]
    list_select_related = ["objective"]
    inlines = [
        rows(Commitment),
        rows(Task, "organisation", base=TranslationTabularInline),
        rows(StatusReport, base=TranslationTabularInline),
        rows(MeasureProgramme, "programme"),
        rows(MeasureIndicator, "indicator"),
        rows(MeasureBarrier, "barrier"),
    ]


@admin.register(Barrier)
class BarrierAdmin(TitledAdmin):
    list_display = ["__str__", "kind", "owner", "status"]
    list_select_related = ["kind", "owner"]
    inlines = [rows(BarrierTerm, "term"), rows(BarrierSettlement)]


class PartRows(TranslationTabularInline):
    """Parts under words of their own; those of a figure are entered and approved with it."""

    model = IndicatorPart
    extra = 0
    exclude = ["figure", "sex", "term", "settlement"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(figure=None)


@admin.register(Indicator)
class IndicatorAdmin(TranslationAdmin):
    group_fieldsets = True
    list_display = ["__str__", "kind", "unit", "better"]
    list_filter = ["kind", "group"]
    search_fields = ["slug", *columns("name")]
    inlines = [rows(IndicatorValue), rows(IndicatorTarget), PartRows]


# Coverage and chain
@admin.register(Transition)
class TransitionAdmin(TitledAdmin):
    list_display = ["__str__", "group", "from_phase", "to_phase", "state", "is_public"]
    list_filter = ["state", "is_public", "group", UntranslatedFilter]
    list_select_related = ["group", "from_phase", "to_phase"]
    search_fields = columns("title")
    autocomplete_fields = ["giver", "taker"]


@admin.register(CoverageJudgement)
class CoverageJudgementAdmin(TranslationAdmin):
    group_fieldsets = True
    list_display = ["__str__", "group", "matrix", "judged_on"]
    list_filter = ["matrix", "group"]
    list_select_related = ["group", "row", "column"]
    autocomplete_fields = ["row", "column"]


@admin.register(CoverageSnapshot)
class CoverageSnapshotAdmin(admin.ModelAdmin):
    list_display = ["taken_on", "group", "year"]
    list_filter = ["group"]
    list_select_related = ["group"]

    def has_change_permission(self, request, obj=None):
        """What was on a day does not change afterwards."""
        return False

    def has_add_permission(self, request):
        """Taken from the tables, not typed."""
        return False
