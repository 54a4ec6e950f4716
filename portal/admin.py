import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from . import merging
from .languages import columns
from .models import EmptySearch, Look, Outbox, Synonym, Term
from .record_admin import GroupedAdmin, Pages, UntranslatedFilter, WholeForm, ask_first

admin.site.site_header = settings.PORTAL_NAME
admin.site.site_title = settings.PORTAL_NAME
admin.site.index_title = _("Administration")


class UsedFilter(admin.SimpleListFilter):
    title = _("use")
    parameter_name = "use"

    def lookups(self, request, model_admin):
        return [("none", _("unused"))]

    def queryset(self, request, queryset):
        return merging.unused(queryset) if self.value() == "none" else queryset


class MergeForm(forms.Form):
    """Which of the chosen terms stays."""

    stays = forms.ModelChoiceField(Term.objects.none(), label=_("Which one stays?"), widget=forms.RadioSelect,
                                   empty_label=None)  # fmt: skip

    def __init__(self, *args, terms, **kwargs):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["stays"]
        field.queryset = terms


class PairsField(forms.CharField):
    """A mapping as lines that people can read: "icf: e150; d450"."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 60})

    def prepare_value(self, value):
        return "\n".join(_line(*pair) for pair in value.items()) if isinstance(value, dict) else value

    def to_python(self, value):
        lines = [line for part in (super().to_python(value) or "").splitlines() if (line := part.strip())]
        return dict(map(_pair, lines))


_TRUTHS = {"true": True, "false": False}


def _line(name, value):
    if isinstance(value, list):
        return f"{name}: {'; '.join(map(str, value))}{';' if len(value) < 2 else ''}"
    return f"{name}: {str(value).lower() if isinstance(value, bool) else '' if value is None else value}"


def _pair(line):
    name, colon, value = (part.strip() for part in line.partition(":"))
    if not name or not colon:
        raise ValidationError(_("“%(line)s” is not understood; write for example: icf: e150") % {"line": line})
    if ";" in value:
        return name, [item for part in value.split(";") if (item := part.strip())]
    return name, _TRUTHS.get(value, value or None)


class TermForm(forms.ModelForm):
    facts = PairsField(
        label=_("facts"),
        required=False,
        help_text=_(
            "A line each, with true or false or a word behind the colon. Rules read “group” of a sector; "
            "“referral_required” and “booking_required” of a way to join."
        ),
    )
    maps = PairsField(
        label=_("mappings"),
        required=False,
        help_text=_("Codes in published classifications: a line each, with semicolons between several codes."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in (self.fields.get("facts"), self.fields.get("maps")):
            if field is not None:
                field.label = capfirst(str(field.label))


@admin.register(Term)
class TermAdmin(GroupedAdmin):
    form = TermForm
    list_display = ["label", "vocabulary", "slug", "uses", "order", "is_active", "is_equity"]
    list_filter = ["vocabulary", "is_active", "is_equity", UsedFilter, UntranslatedFilter]
    list_editable = ["order"]
    search_fields = ["slug", *columns("label")]
    autocomplete_fields = ["parent"]
    actions = ["retire", "restore", "merge"]
    list_per_page = 50
    untranslated_field = "label"

    def get_queryset(self, request):
        return merging.with_uses(super().get_queryset(request))

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "order":  # in the list its name stands above the column only
            field.widget.attrs["aria-label"] = db_field.verbose_name
        return field

    @admin.display(description=_("uses"), ordering="uses")
    def uses(self, term):
        return term.uses

    def get_readonly_fields(self, request, obj=None):
        """A slug stands in addresses and exports: once made it stays. A merged term stays retired."""
        fixed = ["vocabulary", "slug"] if obj else []
        return [*fixed, "is_active", "merged_into"] if obj and obj.merged_into_id else fixed

    def has_delete_permission(self, request, obj=None):
        """Terms are retired, not deleted: old records and links keep their meaning."""
        return False

    def stays_because(self, record):
        if record.merged_into_id:
            return _("This term was merged into “%(term)s” and stays retired.") % {"term": record.merged_into}
        return _("A term is not deleted. In the list of terms, “Retire” stops offering it; “Merge into one” joins it "
                 "with another.")  # fmt: skip

    @admin.action(description=_("Retire: offered no more, and kept where it stands"), permissions=["change"])
    def retire(self, request, queryset):
        words = _("They are offered no more. What has them keeps them, and “Restore” offers them again.")
        if asked := ask_first(self, request, queryset, "retire", _("Retire"), words):
            return asked
        count = Term.objects.filter(pk__in=_numbers(queryset), is_active=True).update(is_active=False)
        if not count:
            self.message_user(request, _("They were retired already; nothing was changed."), messages.WARNING)
            return None
        text = ngettext("One term is retired.", "%(count)s terms are retired.", count)
        self.message_user(request, text % {"count": count})
        return None

    @admin.action(description=_("Restore: offered again"), permissions=["change"])
    def restore(self, request, queryset):
        retired = Term.objects.filter(pk__in=_numbers(queryset), is_active=False)
        merged = retired.exclude(merged_into=None).count()
        count = retired.filter(merged_into=None).update(is_active=True)
        text = ngettext("One term is in use again.", "%(count)s terms are in use again.", count)
        if count:
            self.message_user(request, text % {"count": count})
        elif not merged:
            self.message_user(request, _("None of these is retired; nothing was changed."), messages.WARNING)
        if merged:
            text = ngettext("One was merged and stays retired.", "%(count)s were merged and stay retired.", merged)
            self.message_user(request, text % {"count": merged}, messages.WARNING)

    @admin.action(description=_("Merge into one"), permissions=["change"])
    def merge(self, request, queryset):
        """Asks which one stays and says what that touches; then everything that uses the others uses it."""
        terms = list(Term.objects.filter(pk__in=_numbers(queryset)).order_by("pk"))
        if len(terms) < 2 or len({term.vocabulary for term in terms}) > 1:
            self.message_user(request, _("Choose two or more terms of one vocabulary."), messages.ERROR)
            return None
        chosen = Term.objects.filter(pk__in=[term.pk for term in terms], is_active=True)  # only such a one can stay
        if not chosen.exists():
            self.message_user(request, _("All of these are retired; first restore the one that stays."), messages.ERROR)
            return None
        form = MergeForm(request.POST if "sure" in request.POST else None, terms=chosen)
        if form.is_valid() and self._merged(request, terms, form.cleaned_data["stays"]):
            return None
        rows = [
            (term, [(model._meta.verbose_name_plural, n) for model, n in merging.uses(term).items()]) for term in terms
        ]
        context = {**self.admin_site.each_context(request), "title": _("Merge into one"), "rows": rows, "form": form,
                   "numbers": [term.pk for term in terms], "action": "merge", "opts": self.model._meta}  # fmt: skip
        return TemplateResponse(request, "admin/merge_terms.html", context)

    def _merged(self, request, terms, stays):
        try:
            touched = merging.merge([term for term in terms if term.pk != stays.pk], stays)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return True
        count = sum(touched.values())
        text = ngettext(
            "Merged into “%(term)s”; one record was touched.",
            "Merged into “%(term)s”; %(count)s records were touched.",
            count,
        )
        self.message_user(request, text % {"term": stays, "count": count})
        return True


def _numbers(queryset):
    """Of rows that an action was chosen for; figures beside them are not counted again."""
    return list(queryset.values_list("pk", flat=True))


@admin.register(Synonym)
class SynonymAdmin(Pages, admin.ModelAdmin):
    form = WholeForm
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
class EmptySearchAdmin(Pages, admin.ModelAdmin):
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


LOOKS = {
    "people": _("people of a group"),
    "directory": _("directory of partners and people"),
    "export": _("data taken away as a file"),
}


class LookFilter(admin.SimpleListFilter):
    title = _("what")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return list(LOOKS.items())

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Look)
class LookAdmin(Pages, admin.ModelAdmin):
    """Read only: a log that could be edited would prove nothing."""

    list_display = ["at", "user", "what", "whose"]
    list_filter = [LookFilter]
    fields = ["at", "user", "what", "whose"]
    list_select_related = ["user"]
    search_fields = ["user__full_name", "user__email"]
    date_hierarchy = "at"

    @admin.display(description=_("what"), ordering="kind")
    def what(self, look):
        return LOOKS.get(look.kind, look.kind)

    @admin.display(description=_("whose"))
    def whose(self, look):
        return look.number or _("the whole list")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Outbox)
class OutboxAdmin(Pages, admin.ModelAdmin):
    """What the portal wrote to whom, and what did not arrive; a mail that failed can be tried again."""

    list_display = ["whom", "state", "error", "subject", "tries", "created_at"]
    list_per_page = 50
    list_filter = ["state", "language"]
    search_fields = ["to", "subject"]
    date_hierarchy = "created_at"
    fields = ["whom", "subject", "said", "state", "error", "tries", "next_try_at", "sent_at", "created_at", "language",
              "is_urgent"]  # fmt: skip
    readonly_fields = ["whom", "said"]
    actions = ["try_again"]

    @admin.display(description=_("recipient"), ordering="to")
    def whom(self, mail):
        """The column is called “to”, which other languages take for “until”."""
        return mail.to

    @admin.display(description=_("text"))
    def said(self, mail):
        """Links that open something for whoever holds them are the reader's alone."""
        return re.sub(r"(https?://[^/\s]+)/\S*", r"\1/…", mail.text)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and obj.state == Outbox.State.FAILED:
            context["stays_because"] = _(
                "This mail did not arrive. Once its reason is mended, “Try again” in the list of the outbox sends it "
                "once more."
            )
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.action(description=_("Try again"), permissions=["retry"])
    def try_again(self, request, queryset):
        count = queryset.filter(state=Outbox.State.FAILED).update(
            state=Outbox.State.WAITING, tries=0, next_try_at=timezone.now(), error=""
        )
        if count:
            text = ngettext("One mail is tried again.", "%(count)s mails are tried again.", count)
            self.message_user(request, text % {"count": count})
        else:
            self.message_user(request, _("None of these has failed; nothing was changed."), messages.WARNING)

    def has_retry_permission(self, request):
        return request.user.has_perm("portal.change_outbox")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
