"""What the administrations of all nouns have in common: versions, states that are only shown, search fields in rows."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, UniqueConstraint, Value
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin
from modeltranslation.translator import translator

from . import translation_states
from .history.kinds import KINDS
from .languages import CODES


class WholeForm(forms.ModelForm):
    """Asks every constraint. Django leaves out those of which the form shows not all columns; then the database would
    refuse what was typed, and the person would read that something broke."""

    def _post_clean(self):
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            try:
                self.instance.validate_constraints()
            except ValidationError as error:
                self.add_error(None, ValidationError(error.messages))


class RecordForm(WholeForm):
    """Says of a record with a version which one it was opened on: who saves later than somebody else is told."""

    opened_on = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["opened_on"] = self.instance.version

    def clean(self):
        given = super().clean() or self.cleaned_data
        opened_on = given.pop("opened_on", None)
        if self.instance.pk and opened_on is not None:
            # Held until it is saved: a form of the administration is checked and saved in one transaction.
            rows = type(self.instance)._base_manager.select_for_update(of=("self",)).filter(pk=self.instance.pk)
            if rows.values_list("version", flat=True).get() != opened_on:
                raise ValidationError(_("Somebody else changed it meanwhile. Open it anew; your changes are below."))
        return given


MOST_NAMED = 20  # records on the page that asks first
LONGEST_NAME = 200  # of what is typed to find a record
EMPTY_ROWS = 3  # what a form shows of each table of rows when somebody without a script asks for more
LONGEST_NUMBER = 18  # digits; a longer one is no record's
EXPLAINED = {
    "slug": _("Short name in addresses and exports. Whoever has kept an old address still arrives."),
    "lat": _("Degrees north, for distances and the sketch of the places; empty where it is not known."),
    "lon": _("Degrees east."),
    "order": _("Place in lists; small numbers come first."),
    "is_active": _("Without it, it is offered no more, and stays where it stands."),
    "is_centre": _("Marks it as a health promotion centre in the list of places."),
    "is_remote": _("It needs no address then."),
    "joined_on": _("From this day on its records are public and its people have their rights."),
    "left_on": _("From this day on its records are no longer public."),
    "is_public": _("Everybody can read it; without it, members of the group only."),
    "parent": _("What it is a part of; empty where it stands by itself."),
    "is_full": _("Residents read that there is a waiting list, and what else there is."),
    "reported_on": _("The time until the first answer is counted from this day."),
    "better": _("Which way the figure should move."),
    "comparator": _("The figure of a larger area, to compare with."),
    "population": _("For shares and comparisons; empty where it is not known."),
    "exceptions": _("Days on which it does not take place, separated by commas."),
}


def _numbers(values):
    """Those that can be the number of a record; Django's search fields would ask the database for all of them."""
    return [one for one in values if not one or (str(one).isdecimal() and len(str(one)) < LONGEST_NUMBER)]


class _Typed:
    """A search field has a script; without one there is a field beside it, in which a name is typed. What it finds is
    chosen when the form is sent; of several, each can be chosen then."""

    typed = ""  # words that found none or several
    found: tuple[Any, ...] = ()

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)  # type: ignore[misc]
        self.typed, self.found = data.get(f"{name}-typed", "").strip()[:LONGEST_NAME], ()
        if not self.typed:
            return value
        self.found = self._looked_up()
        if data.get(f"{name}-asked") == self.typed and str(value) in {str(one.pk) for one in self.found}:
            return value  # of several that were shown this one was chosen
        own: Any = self
        chosen = self.found[0].pk if len(self.found) == 1 else self.typed
        return [*value, chosen] if own.allow_multiple_selected else chosen

    def _looked_up(self):
        """The few records that fit what was typed; the one that is called so, where there is one."""
        own: Any = self
        model = own.field.remote_field.model
        admin_of = own.admin_site._registry[model]
        rows = getattr(own.choices, "queryset", model._default_manager).all()  # a form may take fewer than the field
        rows = rows.complex_filter(own.field.get_limit_choices_to())
        rows, repeats = admin_of.get_search_results(None, rows, self.typed)
        found = list((rows.distinct() if repeats else rows).order_by("pk")[:MOST_NAMED])
        called_so = [one for one in found if str(one).casefold() == self.typed.casefold()]
        return tuple(called_so if len(called_so) == 1 else found)

    def use_required_attribute(self, initial):
        """A browser would want the list filled in, whatever was typed."""
        return False

    def optgroups(self, name, value, attrs=None):
        groups = super().optgroups(name, _numbers(value), attrs)  # type: ignore[misc]
        own: Any = self
        if len(self.found) > 1 and own.is_required and not own.allow_multiple_selected:
            groups[0][1].append(own.create_option(name, "", "", False, 0))
        chosen = {str(one) for one in value}
        for place, one in enumerate(self.found):
            if str(one.pk) not in chosen:
                groups[0][1].append(own.create_option(name, one.pk, str(one), False, 1000 + place, attrs=attrs))
        return groups

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)  # type: ignore[misc]
        is_open = bool(self.typed) and len(self.found) != 1
        own: Any = self
        named = capfirst(str(own.field.verbose_name))
        return context | {"named": named, "typed": self.typed if is_open else "", "is_none": is_open and not self.found}


class Searched(_Typed, AutocompleteSelect):
    template_name = "admin/searched.html"


class SearchedMany(_Typed, AutocompleteSelectMultiple):
    template_name = "admin/searched.html"


class NamedRows(forms.models.BaseInlineFormSet):
    """Rows in a table, of which the box that takes one away has a name too. Rows that are in each other's way are told
    so: Django compares them by constraints without a condition only."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = _("Take this row away")

    def clean(self):
        super().clean()
        own: Any = self
        for constraint in own.model._meta.constraints:
            if isinstance(constraint, UniqueConstraint) and constraint.fields and constraint.condition is not None:
                self._compare(constraint)

    def _compare(self, constraint):
        own: Any = self
        seen = set()
        for form in own.initial_forms + [form for form in own.extra_forms if form.has_changed()]:
            if form.errors or own._should_delete_form(form) or not constraint.condition.check(_columns(form.instance)):
                continue
            # Numbers: what is made with its rows has none yet, and could not be a key.
            key = tuple(getattr(form.instance, own.model._meta.get_field(name).attname) for name in constraint.fields)
            if key in seen:
                raise ValidationError(constraint.get_violation_error_message())
            seen.add(key)


def _columns(record):
    """{name of the field: its value in SQL}, which conditions are asked of."""
    return {field.name: Value(getattr(record, field.attname), field) for field in record._meta.concrete_fields}


class Explained:
    """Says below a field what it is for, where the model does not: its own forms have a question above instead. And
    takes anything in its search fields without falling over."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        own: Any = self
        if db_field.name in own.get_autocomplete_fields(request):
            kwargs.setdefault("widget", Searched(db_field, own.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        own: Any = self
        if db_field.name in own.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SearchedMany(db_field, own.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, models.URLField):
            kwargs.setdefault("assume_scheme", "https")
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and not field.help_text:
            field.help_text = EXPLAINED.get(db_field.name, "")
        if field is not None and isinstance(self, admin.TabularInline):  # its label stands above the column only
            field.widget.attrs.setdefault("aria-label", capfirst(str(field.label or db_field.verbose_name)))
        return field

    def get_extra(self, request, obj=None, **kwargs):
        """Of rows within a form: none, until somebody asks who has no script to add them."""
        return EMPTY_ROWS if "rows" in request.GET else self.extra  # type: ignore[attr-defined]


class Pages(Explained):
    """The pages of one noun. A form leads to the history of its record, or of what that one belongs to: the first of
    `history_in` that it has. No list counts all rows beside those it found."""

    history_in: tuple[str, ...] = ()
    show_full_result_count = False

    def stays_because(self, record):
        """Why this record cannot be deleted here, and how one goes on; "" where there is nothing to say."""
        return ""

    def changelist_view(self, request, extra_context=None):
        """A list is called by what it holds; Django would bend the noun into a sentence."""
        own: Any = self
        title = {"title": capfirst(str(own.opts.verbose_name_plural))}
        return super().changelist_view(request, title | (extra_context or {}))  # type: ignore[misc]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        own: Any = self
        context["adds_rows"] = any(rows.has_add_permission for rows in context["inline_admin_formsets"])
        if obj:
            whose = (obj, *(getattr(obj, name) for name in self.history_in))
            found = (_history_of(record, request.user) for record in whose if record is not None)
            context["portal_history"] = next(filter(None, found), None)
            if not own.has_delete_permission(request, obj):
                context["stays_because"] = self.stays_because(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)  # type: ignore[misc]

    def response_add(self, request, obj, *args, **kwargs):
        return _with_rows(request, super().response_add(request, obj, *args, **kwargs))  # type: ignore[misc]

    def response_change(self, request, obj):
        return _with_rows(request, super().response_change(request, obj))  # type: ignore[misc]


def _with_rows(request, answer):
    """The answer after saving; empty rows come with it where the person asked for them."""
    if request.POST.get("_continue") == "rows" and "Location" in answer:
        answer["Location"] += f"{'&' if '?' in answer['Location'] else '?'}rows=1"
    return answer


class GroupedAdmin(Pages, TranslationAdmin):
    """Texts by field, with their languages below each other; all but the first are folded. What the form has besides
    columns comes last in the first group: modeltranslation would leave it out.

    A record's form leads to its page, where everybody can read it, and to its history.
    """

    group_fieldsets = True

    def get_fieldsets(self, request, obj=None):
        found = super().get_fieldsets(request, obj)
        shown = flatten_fieldsets(found)
        may_write = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        left = [name for name in self.form.declared_fields if name not in shown and may_write]
        (title, options), *texts = found
        own = (title, {**options, "fields": [*options["fields"], *left]})
        return [own, *(self._in_languages(*text, is_folded=place > 0) for place, text in enumerate(texts))]

    def _in_languages(self, title, options, is_folded):
        """A fieldset of one text, with its languages in the portal's order; what was typed wrong unfolds it. It is
        called as its field is: modeltranslation would write nouns within the name small."""
        names = sorted(options["fields"], key=_place_of_language)
        name, _dash, code = names[-1].rpartition("_")
        field: Any = self.opts.get_field(name) if code in CODES else None
        title = capfirst(field.verbose_name) if field else title
        return title, {**options, "fields": names, "classes": ["collapse"] if is_folded else []}

    def get_view_on_site_url(self, obj=None):
        """The page itself, without the detour Django makes; none while the public cannot read it."""
        if obj is None or not hasattr(obj, "get_absolute_url"):
            return None
        rows: Any = type(obj)._default_manager
        if hasattr(rows, "visible_to") and not rows.visible_to(AnonymousUser()).filter(pk=obj.pk).exists():
            return None
        return obj.get_absolute_url()


def _place_of_language(name):
    code = name.rpartition("_")[2]
    return CODES.index(code) if code in CODES else -1


def _history_of(record, user):
    """The address of the page of its history; None where there is none, or not for this person."""
    kind = next((kind for kind in KINDS.values() if kind.model is type(record)), None)
    if kind is None or not kind.readable(user).filter(pk=record.pk).exists():
        return None
    return reverse("history", args=[kind.name, record.pk])


class RecordAdmin(GroupedAdmin):
    """A record with a version: a change here is a new one, whatever form it is opened in. `moved` are the columns that
    only moves change, on the pages of the portal or by an action; here they are shown.
    """

    form = RecordForm
    moved: tuple[str, ...] = ()

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *self.moved]

    def save_model(self, request, obj, form, change):
        fields = translator.get_options_for_model(self.model).all_fields
        before = change and translation_states.texts_of(self.model._base_manager.get(pk=obj.pk), fields)
        if change:
            obj.version = F("version") + 1
        super().save_model(request, obj, form, change)
        obj.refresh_from_db(fields=["version"])
        if change:
            translation_states.note(obj, before, translation_states.texts_of(obj, fields))


def rows(model, *lookups, base=admin.TabularInline, **more):
    """A table of related rows within a form, with a search field for each foreign key named."""
    more = {"model": model, "extra": 0, "autocomplete_fields": list(lookups), "formset": NamedRows, **more}
    return type(f"{model.__name__}Rows", (Explained, base), more)


def ask_first(model_admin, request, queryset, action, title, words):
    """The page that names what was chosen and says what it means, or None once the answer was yes.

    Which rows were chosen comes back as Django sent it: those of the page, or all that the list has.
    """
    if "sure" in request.POST:
        return None
    chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
    context = {**model_admin.admin_site.each_context(request), "title": title, "words": words, "action": action,
               "count": queryset.count(), "records": list(queryset[:MOST_NAMED]), "chosen": chosen,
               "across": request.POST.get("select_across", "0"), "opts": model_admin.opts,
               "back": request.get_full_path()}  # fmt: skip
    return TemplateResponse(request, "admin/sure.html", context)


class Shown(admin.TabularInline):
    """Rows that are only shown here: they are asked for, answered, entered and approved on the pages of the portal."""

    extra = 0
    related: tuple[str, ...] = ()  # what the words of a row name

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*self.related)

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def shown(model, *fields, related=()):
    """Rows of a model that are only shown, with these fields."""
    more = {"model": model, "fields": list(fields), "readonly_fields": list(fields), "related": tuple(related)}
    return type(f"{model.__name__}Shown", (Shown,), more)


class UntranslatedFilter(admin.SimpleListFilter):
    """Records that lack the field named by the admin's `untranslated_field` in one of the five languages."""

    title = _("missing translation")
    parameter_name = "untranslated"

    def __init__(self, request, params, model, model_admin):
        self.field = model_admin.untranslated_field
        super().__init__(request, params, model, model_admin)

    def lookups(self, request, model_admin):
        return [("any", _("in any language")), *settings.LANGUAGES]

    def queryset(self, request, queryset):
        asked = CODES if self.value() == "any" else [code for code in CODES if code == self.value()]
        missing = Q()
        for column in (f"{self.field}_{code}" for code in asked):
            missing |= Q(**{f"{column}__isnull": True}) | Q(**{column: ""})
        return queryset.filter(missing)
