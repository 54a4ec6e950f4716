"""An indicator, and a figure of it."""

from django import forms
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models import Membership, Organisation, Settlement
from portal import languages
from portal.days import DayField
from portal.models import Term
from portal.record_form import RecordForm

from ..figure_rules import check_day, closed_rounds, too_much, worked_out
from ..models import Indicator, IndicatorPart, IndicatorTarget, IndicatorValue


class IndicatorForm(RecordForm):
    """With up to three targets, each a day and a value."""

    TRANSLATED = ("name", "explanation", "source", "comparator_name")
    TARGETS = 3

    class Meta:
        model = Indicator
        fields = [
            *languages.columns("name", "explanation"),
            "kind",
            "unit",
            "better",
            *languages.columns("source"),
            "owner",
            "baseline_on",
            "baseline",
            *languages.columns("comparator_name"),
            "comparator",
            "shared_code",
        ]

    def prepare(self, group):
        members = Membership.objects.current().filter(group=group)
        self.fields["owner"].queryset = Organisation.objects.filter(pk__in=members.values("organisation"))
        targets = list(self.instance.targets.order_by("due_on")) if self.instance.pk else []
        for number in range(max(self.TARGETS, len(targets))):
            target = targets[number] if number < len(targets) else None
            self.fields[f"target_on_{number}"] = DayField(
                label=_("Target %(number)s: by which day?") % {"number": number + 1}, required=False,
                initial=target and target.due_on,
            )  # fmt: skip
            self.fields[f"target_{number}"] = forms.DecimalField(
                label=_("Target %(number)s: which value?") % {"number": number + 1}, required=False, max_digits=12,
                decimal_places=2, initial=target and target.value,
            )  # fmt: skip

    def _targets(self):
        """{day: value} of what stands in the form."""
        found = {}
        for name in [n for n in self.fields if n.startswith("target_on_")]:
            day, value = self.cleaned_data.get(name), self.cleaned_data.get(name.replace("_on_", "_"))
            if day and value is not None:
                found[day] = value
        return found

    def clean(self):
        cleaned = super().clean()
        for name in [n for n in self.fields if n.startswith("target_on_")]:
            other = name.replace("_on_", "_")
            is_readable = other not in self.errors and name not in self.errors
            if is_readable and (cleaned.get(name) is None) != (cleaned.get(other) is None):
                self.add_error(other, _("A target needs its day and its value."))
        return cleaned

    def saved(self, record):
        wanted = self._targets()
        record.targets.exclude(due_on__in=wanted).delete()
        for day, value in wanted.items():
            IndicatorTarget.objects.update_or_create(indicator=record, due_on=day, defaults={"value": value})


def day_of_figure(day, group):
    """The day a figure of the group was measured on; `group` is its number.

    Raises ValidationError when it is to come, or locked.
    """
    return check_day(day, closed_rounds(group)[group])


class Cell:
    """One part of a figure that may be entered: by what, the column and its value that say which, and its name."""

    def __init__(self, by, column, value, words):
        self.by, self.column, self.value, self.words = by, column, value, words

    @property
    def name(self):
        """Of its field in the form."""
        return f"part_{self.column}_{self.value}"

    @property
    def key(self):
        """{column of the table: value}"""
        return {self.column if self.column == "sex" else f"{self.column}_id": self.value}

    def among(self, parts):
        """The part of a figure that it is, or None."""
        [(column, value)] = self.key.items()
        return next((part for part in parts if getattr(part, column) == value), None)


def cells(groups, used):
    """{group: [Cell]} of all a figure of each group may be broken down by: sexes, ages, target groups, settlements.

    `used`: numbers of terms that stand in it already, so that retired ones stay. Three questions, whatever the size.
    """
    By = IndicatorPart.By
    terms = Term.objects.filter(Q(is_active=True) | Q(pk__in=used)).order_by("order", "slug")
    places = Settlement.objects.filter(municipality__groups__in=groups).annotate(of=F("municipality__groups"))
    found = [Cell(By.SEX, "sex", sex.value, str(sex.label)) for sex in IndicatorPart.Sex]
    for by, vocabulary in IndicatorPart.VOCABULARIES.items():
        found += [Cell(by, "term", term.pk, str(term)) for term in terms.of(vocabulary)]
    by_group = {group: list(found) for group in groups}
    for group, place in ((group, place) for place in places.distinct() for group in groups if group.pk == place.of):
        by_group[group].append(Cell(By.SETTLEMENT, "settlement", place.pk, place.name))
    return by_group


class ValueForm(RecordForm):
    """A figure: a number, or how many out of how many, whose percentage is computed.

    Below it, if known, its parts: a field for each of `cells`.
    """

    below = "actionplans/_figure_parts.html"

    class Meta:
        model = IndicatorValue
        fields = ["measured_on", "value", "numerator", "denominator"]

    def prepare(self, indicator):
        self._indicator = indicator
        self.instance.indicator = indicator
        self.fields["value"].required = False
        if indicator.unit != Indicator.Unit.PERCENT:
            del self.fields["numerator"], self.fields["denominator"]
            self.fields["value"].required = True
        else:
            self.fields["value"].help_text = _("Only if you do not know the two numbers below.")
        self._add_parts()

    def _add_parts(self):
        known = list(self.instance.parts.all()) if self.instance.pk else []
        group = self._indicator.group
        self.cells = cells([group], [part.term_id for part in known if part.term_id])[group]
        for cell in self.cells:
            part = cell.among(known)
            self.fields[cell.name] = forms.DecimalField(
                label=cell.words, required=False, max_digits=12, decimal_places=2,
                min_value=0 if self._indicator.unit == Indicator.Unit.COUNT else None,
                initial=part and part.value,
            )  # fmt: skip

    def rows(self):
        parts = {cell.name for cell in self.cells}
        return [row for row in super().rows() if row[1] or row[0].name not in parts]

    def groups(self):
        """[(heading, [bound field], is something in it)] of the parts, for the template."""
        found = []
        for by in IndicatorPart.By:
            fields = [self[cell.name] for cell in self.cells if cell.by == by]
            if fields:
                is_open = any(field.errors or field.value() not in (None, "") for field in fields)
                found.append((by.label, fields, is_open))
        return found

    def clean_measured_on(self):
        return day_of_figure(self.cleaned_data["measured_on"], self._indicator.group_id)

    def clean(self):
        cleaned = super().clean()
        cleaned["value"], wrong = worked_out(*(cleaned.get(name) for name in ("value", "numerator", "denominator")))
        for name, words in wrong.items():
            if name not in self.errors:
                self.add_error(name, words)
        if self._indicator.unit == Indicator.Unit.COUNT and cleaned.get("value") is not None:
            self._check_sums(cleaned)
        return cleaned

    def _check_sums(self, cleaned):
        """Parts of a count are no more than all; people may belong to several target groups, so each of those alone."""
        for by in IndicatorPart.By:
            parts = {cell.name: part for cell in self.cells if cell.by == by and (part := cleaned.get(cell.name))}
            for name, words in too_much(by, parts, cleaned["value"]):
                self.add_error(name, words)

    def saved(self, record):
        """Writes the parts as they stand in the form; one that stays the same is left alone."""
        known = list(record.parts.all())
        for order, cell in enumerate(self.cells):
            part, value = cell.among(known), self.cleaned_data.get(cell.name)
            if part and value is None:
                part.delete()
            elif part and part.value != value:
                IndicatorPart.objects.filter(pk=part.pk).update(value=value)
            elif value is not None and not part:
                facts = {"indicator": self._indicator, "figure": record, "value": value, "order": order}
                IndicatorPart.objects.create(**facts, **cell.key)

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() - {"indicator"}  # type: ignore[misc]


class ReturnForm(forms.Form):
    note = forms.CharField(label=_("What should be looked at again?"), required=False, max_length=300)
