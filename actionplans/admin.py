from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationStackedInline

from portal.languages import columns
from portal.record_admin import Pages, RecordAdmin, UntranslatedFilter, rows, shown

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
    MeasureSuggestion,
    Need,
    NeedIndicator,
    NeedSettlement,
    NeedTerm,
    Objective,
    ObjectiveIndicator,
    ObjectiveNeed,
    PlanMeasure,
    Score,
    StatusReport,
    Strategy,
    StrategyValue,
    Task,
    Transition,
    YearlyStep,
)  # fmt: skip


class TitledAdmin(RecordAdmin):
    """Records with a title in five languages; those not translated can be listed."""

    untranslated_field = "title"
    list_filter = [UntranslatedFilter]
    search_fields = ["slug", *columns("title")]


@admin.register(Need)
class NeedAdmin(TitledAdmin):
    list_display = ["__str__", "group", "status", "reported_on", "first_response_on"]
    list_filter = ["status", "group", UntranslatedFilter]
    list_select_related = ["group"]
    autocomplete_fields = ["group", "reported_by", "owner"]
    moved = ("status", "first_response_on")
    inlines = [
        rows(NeedTerm, "term"),
        rows(NeedSettlement, "settlement"),
        rows(NeedIndicator, "indicator"),
        shown(Score, "seat", "size", "severity", "inequality", "changeability",
              related=["seat__user", "seat__membership__organisation", "seat__membership__group"]),
    ]  # fmt: skip


class FrozenAdmin(TitledAdmin):
    """What is approved is changed on the pages of the portal, where everybody reads what and why."""

    stays: tuple[str, ...] = ()  # what a record belongs to is chosen once; the database holds what hangs on it

    def strategy_of(self, record):
        return record

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(self.stays if obj else ())]

    def has_change_permission(self, request, obj=None):
        is_frozen = obj is not None and self.strategy_of(obj).is_frozen
        return super().has_change_permission(request, obj) and not is_frozen

    def has_delete_permission(self, request, obj=None):
        is_frozen = obj is not None and self.strategy_of(obj).is_frozen
        return super().has_delete_permission(request, obj) and not is_frozen

    def stays_because(self, record):
        return _("What is approved is only shown here. On the pages of the portal it is changed by an amendment, which "
                 "everybody can read.")  # fmt: skip

    def get_actions(self, request):
        """None: a whole list is not asked one by one whether it is approved."""
        return {}


@admin.register(Strategy)
class StrategyAdmin(FrozenAdmin):
    list_display = ["__str__", "group", "status", "starts_on", "ends_on"]
    list_filter = ["status", "group", UntranslatedFilter]
    list_select_related = ["group"]
    autocomplete_fields = ["group"]
    stays = ("group",)
    moved = ("status", "approved_by", "approved_on", "adopted_on", "consultation_until", "supersedes",
             *columns("adopted_by"))  # fmt: skip
    inlines = [
        rows(StrategyValue, base=TranslationStackedInline, classes=["collapse"]),
        shown(ActionPlan, "starts_on", "ends_on", "status", "approved_by", related=["approved_by"]),
    ]


@admin.register(Objective)
class ObjectiveAdmin(FrozenAdmin):
    list_display = ["__str__", "strategy", "number", "level"]
    list_filter = ["level", "strategy__group", UntranslatedFilter]
    list_select_related = ["strategy"]
    autocomplete_fields = ["strategy", "owner", "owner_seat"]
    stays = ("strategy",)
    inlines = [rows(ObjectiveNeed, "need"), rows(ObjectiveIndicator, "indicator")]
    history_in = ("strategy",)

    def strategy_of(self, record):
        return record.strategy


@admin.register(Measure)
class MeasureAdmin(TitledAdmin):
    list_display = ["__str__", "objective", "phase", "starts_on", "ends_on", "is_public"]
    list_filter = ["phase", "approach", "is_public", "plan__strategy__group", UntranslatedFilter]
    list_select_related = ["objective"]
    autocomplete_fields = ["objective", "cooperation_level", "prevention_level"]
    moved = ("phase", "pause_reason", "paused_until", "judged_state", "judged_reason", "judged_until", "plan",
             "carried_from")  # fmt: skip
    inlines = [
        shown(Commitment, "membership", "role", "status", "contribution", "answered_on",
              related=["membership__organisation", "membership__group"]),
        shown(PlanMeasure, "plan", "objective", "added_on", related=["plan__strategy", "objective"]),
        shown(YearlyStep, "year", "aim", "is_done", "result"),
        shown(Task, "title", "organisation", "due_on", "state", related=["organisation"]),
        shown(StatusReport, "written_on", "organisation", "text", "reached", related=["organisation"]),
        rows(MeasureProgramme, "programme"),
        shown(MeasureSuggestion, "programme", "why", "suggested_on", "declined_on", "reason", related=["programme"]),
        rows(MeasureIndicator, "indicator"),
        rows(MeasureBarrier, "barrier"),
    ]  # fmt: skip

    def has_add_permission(self, request):
        """Proposed on the page of its plan, which it belongs to from then on."""
        return False


@admin.register(Barrier)
class BarrierAdmin(TitledAdmin):
    list_display = ["__str__", "group", "kind", "owner", "status"]
    list_filter = ["status", "group", UntranslatedFilter]
    list_select_related = ["group", "kind", "owner"]
    autocomplete_fields = ["group", "kind", "owner"]
    moved = ("status",)
    inlines = [rows(BarrierTerm, "term"), rows(BarrierSettlement, "settlement")]


class PartRows(TranslationStackedInline):
    """Parts under words of their own; those of a figure are entered and approved with it."""

    model = IndicatorPart
    extra = 0
    exclude = ["figure", "sex", "term", "settlement"]
    classes = ["collapse"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(figure=None)


@admin.register(Indicator)
class IndicatorAdmin(TitledAdmin):
    untranslated_field = "name"
    list_display = ["__str__", "group", "kind", "unit", "better", "owner"]
    list_filter = ["kind", "group", UntranslatedFilter]
    list_select_related = ["group", "owner"]
    search_fields = ["slug", *columns("name")]
    autocomplete_fields = ["group", "owner"]
    inlines = [
        shown(IndicatorValue, "measured_on", "value", "state", "entered_by", "approved_by",
              related=["entered_by", "approved_by"]),
        rows(IndicatorTarget),
        PartRows,
    ]  # fmt: skip


# Coverage and chain
@admin.register(Transition)
class TransitionAdmin(TitledAdmin):
    list_display = ["__str__", "group", "from_phase", "to_phase", "state", "is_public"]
    list_filter = ["state", "is_public", "group", UntranslatedFilter]
    list_select_related = ["group", "from_phase", "to_phase"]
    search_fields = columns("title")
    autocomplete_fields = ["group", "from_phase", "to_phase", "giver", "taker"]


@admin.register(CoverageJudgement)
class CoverageJudgementAdmin(RecordAdmin):
    list_display = ["__str__", "group", "matrix", "judged_on"]
    list_filter = ["matrix", "group"]
    list_select_related = ["group", "row", "column"]
    autocomplete_fields = ["group", "row", "column", "seat"]


@admin.register(CoverageSnapshot)
class CoverageSnapshotAdmin(Pages, admin.ModelAdmin):
    list_display = ["taken_on", "group", "year", "counted"]
    exclude = ["cells"]
    readonly_fields = ["counted"]
    list_filter = ["group"]
    list_select_related = ["group"]

    @admin.display(description=_("cells with something in them"))
    def counted(self, snapshot):
        """Of both tables; the counts themselves are read on the page of what changed."""
        return sum(len(table.get("cells", ())) for table in snapshot.cells.values())

    def has_change_permission(self, request, obj=None):
        """What was on a day does not change afterwards."""
        return False

    def has_add_permission(self, request):
        """Taken from the tables, not typed."""
        return False
