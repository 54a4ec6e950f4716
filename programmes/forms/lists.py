"""Lists of a programme as rows of choices: its partners with their roles, and what one continues with."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import languages

from ..models import ProgrammePartner

MOST = 20  # rows
SPARE = 2  # empty ones that are shown


class RowsWidget(forms.Widget):
    """One choice a row, with a role where `roles` are given. What was typed comes as [[number, role]]."""

    template_name = "programmes/rows_widget.html"
    use_fieldset = True
    choices: tuple = ()
    roles: tuple = ()

    def value_from_datadict(self, data, files, name):
        rows = [[data.get(f"{name}_{n}", ""), data.get(f"{name}_{n}_role", "")] for n in range(MOST)]
        return [row for row in rows if row[0]]

    def value_omitted_from_data(self, data, files, name):
        return f"{name}_0" not in data

    def id_for_label(self, id_, index=None):
        return f"{id_}_0"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        rows = [(str(number), role) for number, role in (value or ())]
        spare = max(0, min(SPARE, MOST - len(rows)))
        context["widget"] |= {
            "rows": rows + [("", "")] * spare,
            "choices": [(str(pk), label) for pk, label in self.choices],
            "roles": self.roles,
        }
        return context


class RowsField(forms.Field):
    """A row for each record of `records`; what is not among them is refused."""

    widget = RowsWidget
    roles: tuple = ()

    def __init__(self, records, **more):
        super().__init__(required=False, **more)
        self.records = {record.pk: record for record in records}
        named = ((pk, str(record)) for pk, record in self.records.items())
        self.widget.choices = tuple(sorted(named, key=lambda row: languages.sort_key(row[1])))
        self.widget.roles = self.roles

    def rows(self, value):
        """[(number, role)], each record once."""
        found = {}
        for number, role in value or ():
            known = int(number) if str(number).isdecimal() and len(str(number)) < 18 else 0
            if known not in self.records or (self.roles and role not in dict(self.roles)):
                raise ValidationError(gettext("Choose from the list."))
            found[known] = role
        return list(found.items())


class PartnersField(RowsField):
    """→ [[organisation, role]], as programmes.content has it."""

    roles = tuple(ProgrammePartner.Role.choices)

    def __init__(self, organisations):
        help_text = _("Organisations that take part, host it or pay for it; the provider need not be named.")
        super().__init__(organisations, label=_("partners"), help_text=help_text)

    def to_python(self, value):
        return sorted(map(list, self.rows(value)))


class ContinuationsField(RowsField):
    """→ [programme], in the order of the rows."""

    def __init__(self, programmes):
        help_text = _("Programmes that come after this one, the best first.")
        super().__init__(programmes, label=_("continue with"), help_text=help_text)

    def prepare_value(self, value):
        return [row if isinstance(row, list | tuple) else (row, "") for row in value or ()]

    def to_python(self, value):
        return [number for number, _role in self.rows(value)]
