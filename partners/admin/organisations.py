from django import forms
from django.conf import settings
from django.contrib import admin
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationStackedInline

from portal.languages import columns
from portal.record_admin import (
    Explained,
    GroupedAdmin,
    NamedRows,
    Pages,
    RecordAdmin,
    Searched,
    UntranslatedFilter,
    rows,
)

from ..invitation_mail import renewed, send
from ..models import (
    Group,
    Invitation,
    Location,
    LocationAccess,
    Membership,
    Municipality,
    OpeningException,
    OpeningHours,
    Organisation,
    Region,
    RegionSeat,
    Seat,
    Settlement,
    WorkingGroup,
)  # fmt: skip
from ..models.locations import Weekday


class GroupFilter(admin.SimpleListFilter):
    """Organisations that are or were of a group, and what is theirs. A lookup through the memberships would make
    Django compare whole rows with all their texts, to leave out those that came twice."""

    title = _("group")
    parameter_name = "group"

    def lookups(self, request, model_admin):
        """None where there is but one."""
        found = [(str(group.pk), str(group)) for group in Group.objects.order_by("pk")]
        return found if len(found) > 1 else []

    def queryset(self, request, queryset):
        asked = self.value()
        if asked is None or asked not in dict(self.lookup_choices):
            return queryset
        owner = "pk__in" if queryset.model is Organisation else "organisation__in"
        return queryset.filter(**{owner: Membership.objects.filter(group=int(asked)).values("organisation")})


class SettlementInline(Explained, admin.TabularInline):
    model = Settlement
    formset = NamedRows
    extra = 0
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Municipality)
class MunicipalityAdmin(GroupedAdmin):
    list_display = ["name", "code", "population"]
    search_fields = ["code", *columns("name")]
    inlines = [SettlementInline]


@admin.register(Settlement)
class SettlementAdmin(Pages, admin.ModelAdmin):
    list_display = ["name", "municipality", "lat", "lon"]
    list_filter = ["municipality"]
    list_select_related = ["municipality"]
    search_fields = ["name", "slug"]
    autocomplete_fields = ["municipality"]
    prepopulated_fields = {"slug": ["name"]}


class WorkingGroupInline(Explained, TranslationStackedInline):
    model = WorkingGroup
    extra = 0
    classes = ["collapse"]
    autocomplete_fields = ["lead"]


class HolidayInline(Explained, TranslationStackedInline):
    model = OpeningException
    classes = ["collapse"]
    fields = ["starts_on", "ends_on", "reason"]
    extra = 0
    verbose_name = _("public holiday")
    verbose_name_plural = _("public holidays")


class GroupForm(forms.ModelForm):
    """A group needs somebody to lead it: the first coordinator is invited with it, others by that person."""

    coordinator_email = forms.EmailField(label=_("e-mail of the first coordinator"), required=False)
    coordinator_language = forms.ChoiceField(label=_("language of the invitation"), choices=settings.LANGUAGES,
                                             required=False, initial=settings.LANGUAGE_CODE)  # fmt: skip
    coordinator_organisation = forms.ModelChoiceField(
        Organisation.objects.all(),
        label=_("organisation of the first coordinator"),
        required=False,
        help_text=_("It becomes a member of the group."),
        widget=Searched(Membership._meta.get_field("organisation"), admin.site),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.declared_fields:  # those of columns begin with a capital letter of themselves
            self.fields[name].label = capfirst(str(self.fields[name].label))

    def clean(self):
        given = super().clean() or self.cleaned_data
        if given.get("coordinator_email") and not given.get("coordinator_organisation"):
            self.add_error("coordinator_organisation", _("Say for which organisation."))
        if given.get("coordinator_organisation") and not given.get("coordinator_email"):
            self.add_error("coordinator_email", _("Say whom to invite."))
        return given


@admin.register(Group)
class GroupAdmin(GroupedAdmin):
    form = GroupForm
    list_display = ["name", "slug", "region", "phone", "email", "founded_on"]
    list_select_related = ["region"]
    search_fields = ["slug", *columns("name")]
    autocomplete_fields = ["municipalities", "region"]
    inlines = [WorkingGroupInline, HolidayInline]

    def has_delete_permission(self, request, obj=None):
        """Not while it has members: their plans, meetings and decisions would go with it."""
        return super().has_delete_permission(request, obj) and not (obj and obj.memberships.exists())

    def stays_because(self, record):
        return _("A group with members is not deleted: its plans, meetings and decisions would go with it. On its "
                 "check-list you can say that it has finished.")  # fmt: skip

    def save_related(self, request, form, formsets, change):
        """The invitation is written in the same transaction as the group: both are there, or neither."""
        super().save_related(request, form, formsets, change)
        if email := form.cleaned_data.get("coordinator_email"):
            self._invite(request, form.instance, email, form.cleaned_data)

    def _invite(self, request, group, email, given):
        organisation = given["coordinator_organisation"]
        membership = Membership.objects.current().filter(group=group, organisation=organisation).first()
        membership = membership or Membership.objects.create(group=group, organisation=organisation)
        language = given["coordinator_language"] or settings.LANGUAGE_CODE
        wanted = Invitation(membership=membership, role=Seat.Role.COORDINATOR, email=email, language=language,
                            invited_by=request.user)  # fmt: skip
        send(*renewed(wanted))
        self.message_user(request, _("The invitation is on its way to %(email)s.") % {"email": email})


@admin.register(Region)
class RegionAdmin(RecordAdmin):
    """Which groups are in it, each group says itself."""

    list_display = ["name", "slug", "phone", "email"]
    search_fields = ["slug", *columns("name")]
    inlines = [rows(RegionSeat, "user")]


@admin.register(Organisation)
class OrganisationAdmin(RecordAdmin):
    list_display = ["name", "sector", "parent", "phone", "email"]
    list_filter = [("sector", admin.RelatedOnlyFieldListFilter), GroupFilter, UntranslatedFilter]
    list_select_related = ["sector", "parent"]
    search_fields = ["slug", *columns("name", "offer")]
    autocomplete_fields = ["parent", "sector"]
    prepopulated_fields = {"slug": ["name_sl"]}
    inlines = [rows(Membership, "group")]
    untranslated_field = "name"


class HoursInline(Explained, admin.TabularInline):
    model = OpeningHours
    formset = NamedRows
    extra = 0


class ExceptionInline(Explained, TranslationStackedInline):
    model = OpeningException
    classes = ["collapse"]
    fields = ["starts_on", "ends_on", "opens", "closes", "reason"]
    extra = 0


@admin.register(Location)
class LocationAdmin(RecordAdmin):
    list_display = ["name", "organisation", "settlement", "address", "is_centre", "is_remote"]
    list_filter = ["is_centre", "is_remote", "settlement__municipality", GroupFilter, UntranslatedFilter]
    list_select_related = ["organisation", "settlement"]
    search_fields = ["slug", "address", "settlement__name", *columns("name"),
                     *(f"organisation__{column}" for column in columns("name"))]  # fmt: skip
    autocomplete_fields = ["organisation", "settlement"]
    prepopulated_fields = {"slug": ["name_sl"]}
    inlines = [HoursInline, rows(LocationAccess, "term"), ExceptionInline]
    untranslated_field = "name"

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name != "appointment_days":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        return forms.TypedMultipleChoiceField(  # an array would be typed as numbers with commas
            label=capfirst(db_field.verbose_name), choices=Weekday.choices, coerce=int, required=False,
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip


@admin.register(OpeningException)
class OpeningExceptionAdmin(GroupedAdmin):
    list_display = ["starts_on", "ends_on", "location", "group", "opens", "closes", "reason"]
    list_filter = ["group"]
    list_select_related = ["location", "group"]
    search_fields = [*columns("reason"), *(f"location__{column}" for column in columns("name"))]
    autocomplete_fields = ["location", "group"]
    history_in = ("location", "group")
    date_hierarchy = "starts_on"
