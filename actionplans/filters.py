"""What the query strings of lists may say; what makes no sense in them is left aside."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Organisation
from portal import languages
from portal.models import Vocabulary
from portal.search import engine

from .assessments import KINDS
from .models import Decision, PracticeTerm, SharedPractice
from .models.practices import TEXTS


class DecisionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"), max_length=100)
    year = django_filters.ChoiceFilter(label=_("year"), empty_label=_("all years"))
    state = django_filters.ChoiceFilter(method="of_state", label=_("state"), empty_label=_("all"))

    class Meta:
        model = Decision
        fields = ["q", "year", "state"]

    def __init__(self, data=None, queryset=None, **more):
        super().__init__(data, queryset=queryset, **more)
        years = self.queryset.exclude(year=None).order_by("-year").values_list("year", flat=True).distinct()
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in years]
        self.filters["state"].extra["choices"] = [
            ("open", _("open")),
            ("overdue", _("overdue")),
            *Decision.State.choices,
        ]

    def of_state(self, rows, _name, value):
        if value in ("open", "overdue"):
            return getattr(rows, value)()
        return rows.filter(state=value)

    def search(self, rows, _name, words):
        """All words, in any language, in what was decided, what came of it, or the number."""
        for word in words.split()[:8]:
            found = Q()
            for column in languages.columns("text", "result"):
                found |= Q(**{f"{column}__icontains": word})
            number, _slash, year = word.partition("/")
            if number.isdecimal() and len(number) < 9:
                of_year = Q(year=int(year)) if year.isdecimal() and len(year) == 4 else Q()
                found |= Q(number=int(number)) & of_year
            rows = rows.filter(found)
        return rows


class PracticeFilter(django_filters.FilterSet):
    """Choices are what the published practices have, so that none leads nowhere."""

    VOCABULARIES = {
        "topic": Vocabulary.TOPIC,
        "phase": Vocabulary.LIFE_PHASE,
        "setting": Vocabulary.SETTING,
        "evidence": Vocabulary.EVIDENCE_LEVEL,
    }
    q = django_filters.CharFilter(method="search", label=_("Search"), max_length=100)
    topic = django_filters.ChoiceFilter(method="of_term", label=_("Topic"), empty_label=_("all"))
    phase = django_filters.ChoiceFilter(method="of_term", label=_("Life phase"), empty_label=_("all"))
    setting = django_filters.ChoiceFilter(method="of_term", label=_("Setting"), empty_label=_("all"))
    evidence = django_filters.ChoiceFilter(
        method="of_term", label=_("How sure it is that it helps"), empty_label=_("all")
    )
    group = django_filters.ChoiceFilter(field_name="group__slug", label=_("Group"), empty_label=_("all"))

    class Meta:
        model = SharedPractice
        fields = ["q", "topic", "phase", "setting", "evidence", "group"]

    def __init__(self, data=None, queryset=None, **more):
        super().__init__(data, queryset=queryset, **more)
        used = PracticeTerm.objects.filter(practice__in=self.queryset.values("pk")).select_related("term")
        terms = {row.term for row in used}
        for name, vocabulary in self.VOCABULARIES.items():
            own = sorted((t for t in terms if t.vocabulary == vocabulary), key=lambda t: (t.order, t.slug))
            self.filters[name].extra["choices"] = [(term.slug, str(term)) for term in own]
        groups = list(Group.objects.filter(practices__in=self.queryset.values("pk")).distinct())
        by_name = sorted(groups, key=lambda group: languages.sort_key(str(group)))
        self.filters["group"].extra["choices"] = [(group.slug, str(group)) for group in by_name]
        if len(groups) < 2:
            del self.filters["group"]

    @property
    def read(self):
        """{name: value} of what the query string said that makes sense."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    def of_term(self, rows, name, value):
        of = PracticeTerm.objects.filter(term__vocabulary=self.VOCABULARIES[name], term__slug=value)
        return rows.filter(pk__in=of.values("practice"))

    def search(self, rows, _name, words):
        """What the search of the whole site finds of them, as in the catalogue: other forms, without diacritics, what
        means the same. Besides what holds all words as they are typed, in any language, in anything that is told."""
        typed = Q()
        for word in words.split()[:8]:
            found = Q()
            for column in languages.columns(*TEXTS):
                found |= Q(**{f"{column}__icontains": word})
            typed &= found
        return rows.filter(Q(pk__in=engine.find("practice", words, languages.active()).numbers) | typed)


class AssessmentFilter(django_filters.FilterSet):
    """Of programmes `assessments.with_words`; the choices of `show` are links on the page."""

    organisation = django_filters.ChoiceFilter(label=_("provider"), empty_label=_("all"))
    show = django_filters.ChoiceFilter(
        method="of_kind", choices=[(key, label) for key, (label, _test) in KINDS.items()], widget=forms.HiddenInput
    )

    def __init__(self, data=None, queryset=None, **more):
        super().__init__(data, queryset=queryset, **more)
        offering = Organisation.objects.filter(pk__in=self.queryset.order_by().values("organisation"))
        names = sorted(((str(one.pk), str(one)) for one in offering), key=lambda row: languages.sort_key(row[1]))
        self.filters["organisation"].extra["choices"] = names

    def of_kind(self, rows, _name, value):
        return rows.filter(KINDS[value][1])
