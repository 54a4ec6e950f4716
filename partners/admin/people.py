from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group as PermissionGroup
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from modeltranslation.admin import TranslationAdmin, TranslationStackedInline

from portal.languages import columns
from portal.record_admin import Explained, GroupedAdmin, NamedRows, Pages, Searched
from portal.stale import StaleObject

from ..models import (
    Group,
    Membership,
    RefusedSignIn,
    Seat,
    User,
)  # fmt: skip
from ..moving import move_seats, seats_of, things_of
from ..people import refuse_last_to_leave

# Secrets of second factors and addresses are their owners' business; they are kept on the pages of the account.
# Django's own groups would only be taken for ours: rights come from seats.
for _model in (Authenticator, EmailAddress, EmailConfirmation, UserSession, PermissionGroup):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


def _permissions_here():
    """Those for what the administration has: nobody looks for the others."""
    here = ContentType.objects.get_for_models(*admin.site._registry).values()
    return Permission.objects.filter(content_type__in=here).select_related("content_type")


# Only administrators open doors: else whoever may mend a name could make themselves one.
_OPENS = ("is_staff", "is_superuser", "user_permissions")


def _is_below(account, user):
    """True where the person may have the password of this account: it opens nothing that their own does not."""
    is_others_staff = account is not None and account != user and (account.is_staff or account.is_superuser)
    return user.is_superuser or not is_others_staff


_TAKEN = {"email": {"unique": _("A user with this e-mail address already exists.")}}  # Django would bend our noun


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        error_messages = _TAKEN
        fields = ["email", "full_name", "language"]


class UserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"
        error_messages = _TAKEN
        field_classes: dict[str, type[forms.Field]] = {}


class SeatForm(forms.ModelForm):
    """The last coordinator of a group stays, here as on the page of its people."""

    def clean(self):
        given = super().clean() or self.cleaned_data
        if self.instance.pk and not self.errors:
            before = Seat.objects.select_related("membership").get(pk=self.instance.pk)
            Group.objects.select_for_update().get(pk=before.membership.group_id)
            now = {**forms.model_to_dict(before, ["role", "starts_on", "ends_on"]), **given}
            refuse_last_to_leave(before, now["role"], now["starts_on"], now["ends_on"])
        return given


class SeatInline(Explained, TranslationStackedInline):
    """Seats end on a day; who takes one away altogether does so on its own page."""

    model = Seat
    form = SeatForm
    formset = NamedRows
    extra = 0
    can_delete = False
    classes = ["collapse"]
    autocomplete_fields = ["user", "membership"]


class MoveSeatsForm(forms.Form):
    to = forms.ModelChoiceField(
        User.objects.none(),
        label=_("To whom?"),
        widget=Searched(Seat._meta.get_field("user"), admin.site),
        error_messages={"invalid_choice": _("Choose another person who may sign in.")},
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = User.objects.filter(is_active=True).exclude(pk=person.pk).order_by("full_name", "pk")


@admin.register(User)
class UserAdmin(Pages, DjangoUserAdmin, TranslationAdmin):
    form = UserForm
    add_form = NewUserForm
    ordering = ["full_name"]
    list_display = ["full_name", "email", "language", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff", "is_superuser", "language"]
    search_fields = ["full_name", "email"]
    fieldsets = [
        (None, {"fields": ["email", "password", "full_name", "phone", "language", "expertise", "is_listed"]}),
        (
            _("Permissions"),
            {"fields": ["is_active", "is_staff", "is_superuser", "user_permissions"], "classes": ["collapse"]},
        ),
        (_("Important dates"), {"fields": ["last_login"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": ["email", "full_name", "language", "usable_password", "password1", "password2"],
            },
        )
    ]
    readonly_fields = ["last_login"]
    filter_horizontal = ["user_permissions"]
    inlines = [SeatInline]
    actions = ["move_seats"]
    group_fieldsets = False

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(() if request.user.is_superuser else _OPENS)]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and _is_below(obj, request.user)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and _is_below(obj, request.user)

    def has_move_permission(self, request):
        return request.user.has_perm("partners.change_seat")

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "user_permissions":
            kwargs["queryset"] = _permissions_here()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.action(description=_("Move the seats to another person"), permissions=["move"])
    def move_seats(self, request, queryset):
        """Asks to whom, and shows which seats go and what goes with them."""
        if queryset.count() != 1:
            self.message_user(request, _("Choose one person."), messages.ERROR)
            return None
        person = queryset.get()
        form = MoveSeatsForm(request.POST if "sure" in request.POST else None, person=person)
        if form.is_valid() and self._moved(request, person, form.cleaned_data["to"]):
            return None
        things = [(leave.group, source.title, [held.say() for held in rows])
                  for leave, source, rows in things_of(person, request.user)]  # fmt: skip
        seats = seats_of(person).select_related("membership__organisation", "membership__group")
        context = {**self.admin_site.each_context(request), "title": _("Move the seats to another person"),
                   "person": person, "seats": seats, "things": things, "form": form, "media": self.media + form.media,
                   "opts": self.model._meta}  # fmt: skip
        return TemplateResponse(request, "admin/move_seats.html", context)

    def _moved(self, request, person, to):
        try:
            count = move_seats(person, to, request.user)
        except (ValidationError, StaleObject) as error:
            words = error.messages if isinstance(error, ValidationError) else [_("Somebody else changed it meanwhile.")]
            for text in words:
                self.message_user(request, text, messages.ERROR)
            return False
        text = ngettext("One seat was moved to %(name)s.", "%(count)s seats were moved to %(name)s.", count)
        self.message_user(request, text % {"count": count, "name": to})
        return True


class MembershipSeatInline(SeatInline):
    fk_name = "membership"
    autocomplete_fields = ["user"]


@admin.register(Membership)
class MembershipAdmin(Pages, admin.ModelAdmin):
    list_display = ["organisation", "group", "joined_on", "left_on"]
    list_filter = ["group"]
    list_select_related = ["organisation", "group"]
    search_fields = [f"organisation__{column}" for column in columns("name")]
    autocomplete_fields = ["organisation", "group"]
    inlines = [MembershipSeatInline]


@admin.register(Seat)
class SeatAdmin(GroupedAdmin):
    form = SeatForm
    list_display = ["user", "role", "membership", "starts_on", "ends_on"]
    list_filter = ["role", "membership__group"]
    list_select_related = ["user", "membership__organisation", "membership__group"]
    search_fields = ["user__full_name", "user__email",
                     *(f"membership__organisation__{column}" for column in columns("name"))]  # fmt: skip
    autocomplete_fields = ["user", "membership"]

    def has_delete_permission(self, request, obj=None):
        """Asked of every seat that would go, with a person or an organisation too."""
        if obj is not None:
            try:
                refuse_last_to_leave(obj)
            except ValidationError:
                return False
        return super().has_delete_permission(request, obj)

    def stays_because(self, record):
        return _("The last coordinator of a group stays: first give the seat to somebody else, with “Move the seats to "
                 "another person” in the list of people.")  # fmt: skip


@admin.register(RefusedSignIn)
class RefusedSignInAdmin(Pages, admin.ModelAdmin):
    """Read only: a log that could be edited would prove nothing."""

    list_display = ["hour", "whose", "reason", "count"]
    list_filter = ["reason"]
    fields = ["hour", "whose", "reason", "count"]
    date_hierarchy = "hour"

    def get_queryset(self, request):
        name = User.objects.filter(pk=OuterRef("account")).values("email")
        return super().get_queryset(request).annotate(email=Subquery(name))

    @admin.display(description=_("account"), ordering="account")
    def whose(self, refused):
        return refused.email or _("no account of ours")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
