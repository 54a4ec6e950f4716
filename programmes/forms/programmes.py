"""The form of a programme, grouped by question; its answers as programmes.content writes them."""

from typing import Any

from django import forms
from django.core import signing
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Membership, Organisation
from portal import languages, translation_states
from portal.days import DayField
from portal.models import Term, Vocabulary
from portal.reading_level import reading
from portal.record_form import RecordForm, ticked

from .. import school_years
from ..completeness import TRANSLATED, gaps
from ..content import LISTS, columns, content, plain
from ..models import Programme, ProgrammeTerm
from .lists import ContinuationsField, PartnersField

SALT = "programmes.form"
QUESTIONS = (
    ("what", _("What is it?"), ("title", "summary", "what_happens", "sessions", "topic", "format")),
    (
        "for-whom",
        _("For whom?"),
        ("description", "not_for", "life_phase", "target_group", "setting", "school_years", "age_min", "age_max"),
    ),
    ("when", _("When and where?"), ("accessibility", "capacity", "is_full", "waiting_weeks")),
    (
        "join",
        _("How does one join?"),
        ("referral_route", "contact_name", "contact_role", "contact_phone", "contact_email"),
    ),
    ("cost", _("What does it cost?"), ("cost",)),
    ("together", _("With whom, and what comes after?"), ("partners", "continues_with")),
    ("first-visit", _("The first visit"), ("first_visit", "bring", "easy_read")),
    (
        "professionals",
        _("For professionals"),
        ("requirements", "brief_advice", "support_kind", "prevention_level", "evidence_level", "sources"),
    ),
)
"""(key, question, its fields); a translated field stands for one in each language, a vocabulary for its terms."""

PLAIN = tuple(
    name for _key, _q, names in QUESTIONS for name in names
    if name not in TRANSLATED and name not in ProgrammeTerm.VOCABULARIES and name not in LISTS
)  # fmt: skip
LONG = ("description", "what_happens", "first_visit", "easy_read", "not_for", "requirements", "summary", "brief_advice")


class TermsField(forms.ModelMultipleChoiceField):
    """The terms of one vocabulary; a retired one only where the programme has it."""

    def __init__(self, vocabulary, used=()):
        terms = Term.objects.of(vocabulary).filter(Q(is_active=True) | Q(pk__in=used)).order_by("order", "slug")
        label = Vocabulary(vocabulary).label
        super().__init__(terms, required=False, label=label, widget=forms.CheckboxSelectMultiple)


class SchoolYearsField(forms.MultipleChoiceField):
    """Those one may plan for now, and those the programme has."""

    def __init__(self, used=()):
        field: Any = Programme._meta.get_field("school_years")
        years = sorted({*school_years.around(), *used})
        super().__init__(
            choices=[(year, year) for year in years], required=False, label=field.verbose_name,
            help_text=field.help_text, widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip

    def clean(self, value):
        return sorted(super().clean(value))


class ProgrammeForm(forms.ModelForm):
    """`user` narrows the organisations of a new programme. `base` carries, signed, what the form was opened on."""

    base = forms.CharField(required=False, widget=forms.HiddenInput)
    is_draft = True  # any answer may wait, so none is called optional; what publishing needs stands beside the form

    class Meta:
        model = Programme
        fields = [*languages.columns(*TRANSLATED), *PLAIN]

    def __init__(self, data=None, *, instance=None, user, organisation=None):
        self.now = content(instance) if instance else None
        super().__init__(data, instance=instance)
        used = self.now["terms"] if self.now else []
        for vocabulary in ProgrammeTerm.VOCABULARIES:
            self.fields[vocabulary.value] = TermsField(vocabulary, used)
            self.fields[vocabulary.value].initial = used
        self.fields["school_years"] = SchoolYearsField(self.now["school_years"] if self.now else ())
        self._ask_with_whom(user)
        for name, field in self.fields.items():
            self._shape(name, field)
        if instance is None:
            self._ask_for_organisation(user, organisation)
        self.initial["base"] = self.signed_base()

    def _shape(self, name, field):
        text, _underscore, code = name.rpartition("_")
        if text in TRANSLATED:
            original: Any = Programme._meta.get_field(text)
            field.label, field.help_text = original.verbose_name, original.help_text
            field.required = False
            field.widget = forms.Textarea({"rows": 4 if text != "summary" else 2}) if text in LONG else field.widget
            field.widget.attrs["lang"] = code

    def _ask_with_whom(self, user):
        own = Organisation.objects.filter(pk=self.instance.organisation_id)
        own = own if self.instance.pk else Organisation.objects.editable_by(user)
        groups = Group.objects.filter(memberships__in=Membership.objects.current().filter(organisation__in=own))
        with_us = Membership.objects.current().filter(group__in=groups).values("organisation")
        now = self.now or {"partners": [], "continues_with": []}
        used = [pk for pk, _role in now["partners"]]
        organisations = Organisation.objects.filter(Q(pk__in=with_us) | Q(pk__in=used))
        programmes = Programme.objects.filter(
            Q(organisation__in=with_us, pk__in=Programme.objects.visible_to(user).values("pk"))
            | Q(pk__in=now["continues_with"])
        )
        self.fields["partners"] = PartnersField(organisations.exclude(pk=self.instance.organisation_id))
        named = programmes.exclude(pk=self.instance.pk).only("slug", languages.HELD, *languages.columns("title"))
        self.fields["continues_with"] = ContinuationsField(named)
        self.initial.update({name: now[name] for name in ("partners", "continues_with")})
        if self.instance.pk:
            self.fields["minor"] = forms.BooleanField(
                required=False, label=RecordForm.base_fields["minor"].label,
                help_text=RecordForm.base_fields["minor"].help_text,
            )  # fmt: skip

    def is_minor(self):
        return bool(self.cleaned_data.get("minor"))

    @cached_property
    def right(self):
        """The outdated translations that were ticked as still right, as portal.record_form.ticked gives them."""
        return ticked(self, TRANSLATED) if self.instance.pk else {}

    @cached_property
    def outdated(self):
        """Columns of the translations whose original changed after they were written."""
        found = translation_states.outdated([self.instance]) if self.instance.pk else {}
        return {f"{field}_{code}" for field, code in found.get(self.instance.pk, ())}

    def _ask_for_organisation(self, user, organisation):
        own = Organisation.objects.editable_by(user)
        if not user.is_superuser:
            own = own.members()
        self.fields["organisation"] = forms.ModelChoiceField(own, label=_("Provider"), initial=organisation)
        if organisation is None and own.count() == 1:
            self.fields["organisation"].initial = own.get()

    def start_from(self, values):
        """Shows these values (programmes.content) instead of the saved ones; what it was opened on stays."""
        self.initial.update({name: values[name] for name in self.Meta.fields})
        for vocabulary in ProgrammeTerm.VOCABULARIES:
            self.initial[vocabulary.value] = values["terms"]
        self.initial.update({name: values[name] for name in ("partners", "continues_with")})

    def signed_base(self):
        return signing.dumps([self.instance.version, self.now], salt=SALT, compress=True) if self.now else ""

    def opened_on(self):
        """(version, content) the form was opened on; (0, content now) when that cannot be told."""
        try:
            version, base = signing.loads(self.data.get("base", ""), salt=SALT)
        except (signing.BadSignature, ValueError):
            return 0, self.now
        return version, base

    def answers(self):
        """{column: value} of all that stands in a valid form."""
        known = columns()
        names = [name for name in self.Meta.fields if name in self.cleaned_data]
        found = {name: plain(known[name], self.cleaned_data[name]) for name in names}
        chosen = [term for v in ProgrammeTerm.VOCABULARIES for term in self.cleaned_data.get(v.value, ())]
        found["terms"] = sorted(term.pk for term in chosen)
        found.update({n: self.cleaned_data[n] for n in self._lists_sent()})
        return found

    def _lists_sent(self):
        """A form that was sent without the rows of a list says nothing about it."""
        names = ("partners", "continues_with")
        return [n for n in names if n in self.cleaned_data and f"{n}_0" in self.data]

    def changes(self):
        """What this person changed since they opened the form."""
        _version, base = self.opened_on()
        return {name: value for name, value in self.answers().items() if value != (base or {}).get(name)}

    def gaps(self):
        """What is missing in what stands in the form (valid or not), as programmes.completeness says it."""
        return self._gaps

    @cached_property
    def _gaps(self):
        values = {name: self[name].value() or "" for name in self.Meta.fields}
        texts = {name: value for name, value in values.items() if isinstance(value, str)}
        has_schedule = bool(self.now and self.now["schedules"])
        return gaps(texts, {v.value for v in ProgrammeTerm.VOCABULARIES if self._has(v.value)}, has_schedule)

    def _has(self, vocabulary):
        if self.is_bound:
            return bool(self[vocabulary].value())
        used = self.now["terms"] if self.now else ()
        return Term.objects.of(vocabulary).filter(pk__in=used).exists()

    def groups(self):
        """[(key, question, [(field, {code: bound field}) or (bound field, None)])] for the template."""
        return [(key, question, [self._answer(name) for name in names]) for key, question, names in QUESTIONS]

    def _answer(self, name):
        if name not in TRANSLATED:
            return self[name], None
        return name, [(code, self[f"{name}_{code}"]) for code in languages.CODES]

    def language_with_errors(self):
        """The first language in which something is to be mended; None."""
        return next((n[-2:] for n in self.errors if n.rpartition("_")[0] in TRANSLATED), None)

    def readings(self):
        """[(name of the text, code of its language, Reading)] of those that are not easy to read."""
        texts = [
            (text, code, str(self[f"{text}_{code}"].value() or "")) for text in TRANSLATED for code in languages.CODES
        ]
        found = [(str(self.fields[f"{text}_{code}"].label), code, reading(said, code)) for text, code, said in texts]
        return [row for row in found if row[2] and row[2].level != "easy"]

    def languages(self):
        """{code: portal.translation_states.Tab} of the texts in the form; what is wanted of a language counts too."""
        texts = {t: {code: self[f"{t}_{code}"].value() for code in languages.CODES} for t in TRANSLATED}
        return translation_states.tabs(texts, self.outdated, {gap.field for gap in self.gaps()})


class ResumeForm(forms.Form):
    resumes_on = DayField(
        label=_("Resumes on"), required=False,
        help_text=_("When paused, if it is known."),
    )  # fmt: skip


class CopyForm(forms.Form):
    def __init__(self, data=None, *, user):
        super().__init__(data)
        own = Organisation.objects.editable_by(user)
        self.fields["organisation"] = forms.ModelChoiceField(
            own if user.is_superuser else own.members(), label=_("For which organisation?"), empty_label=None
        )
