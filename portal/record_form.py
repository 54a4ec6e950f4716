"""The form of a record with a `version`: texts in five languages, and two people at once.

It carries, signed, what it was opened on. A save writes only what this person changed, and only while the record
is still at that version; otherwise `merged()` is the form to show with status 409: both put together, and the
fields in which they differ named. The view has always this shape:

    form = NeedForm(request.POST or None, instance=need)
    if form.is_valid() and form.keep():
        return redirect(need)
    form, status = form.answer()
    return render(request, "actionplans/need_form.html", {"form": form, "need": need}, status=status)
"""

from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.core import signing
from django.db import models, transaction
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import languages, translation_states
from portal.days import refuse_odd_year
from portal.once import once, sent
from portal.stale import StaleObject

SALT = "portal.record-form"
STILL_RIGHT = "right"  # the name of all ticks for translations that are still right; their value is the column


class Meeting(NamedTuple):
    """A field in which somebody else saved something different meanwhile; texts for people."""

    label: str
    before: str
    theirs: str
    mine: str


class RecordForm(forms.ModelForm):
    """`Meta.fields` holds columns; `TRANSLATED` names the fields that stand there once a language.

    A new record needs no version: `keep()` creates it. Subclasses narrow choices in `prepare`, and write more
    than columns in `saved(record)`, within the same transaction.
    """

    fields: dict[str, Any]
    TRANSLATED: tuple[str, ...] = ()
    LONG: tuple[str, ...] = ()
    QUESTIONS: tuple[tuple[str, Any, tuple[str, ...]], ...] = ()  # (key, question, names of fields), in this order
    IS_NAMED = True  # the first of the translated fields is needed in one language
    base = forms.CharField(required=False, widget=forms.HiddenInput)
    minor = forms.BooleanField(
        required=False,
        label=_("A small change: the translations stay current"),
        help_text=_("Without this, translations of a text whose original you change are marked as outdated."),
    )
    is_stale = False
    met: tuple[Meeting, ...] = ()

    def __init__(self, data=None, files=None, *, instance=None, initial=None, prefix=None, **about):
        self._about = about
        super().__init__(data, files, instance=instance, initial=initial, prefix=prefix)
        self.prepare(**about)
        if not self.TRANSLATED or not self.instance.pk:
            del self.fields["minor"]
        else:
            self.fields["minor"] = self.fields.pop("minor")  # after what a subclass added: it is about all of them
        for name, field in self.fields.items():
            self._shape(name, field)
        if self.instance.pk:
            self.initial["base"] = signing.dumps(
                [getattr(self.instance, "version", 0), self._opened()], salt=SALT, compress=True
            )

    def prepare(self, *_: Any, **about: Any):
        """Where a subclass narrows its choices and adds fields; takes what the view passes by name."""

    def _shape(self, name, field):
        text, _underscore, code = name.rpartition("_")
        if text in self.TRANSLATED:
            original: Any = self._meta.model._meta.get_field(text)
            field.label, field.help_text, field.required = original.verbose_name, original.help_text, False
            # Needed in one language at least, so it is not called optional.
            field.is_needed = self.IS_NAMED and text == self.TRANSLATED[0]
            if text in self.LONG:
                field.widget = forms.Textarea({"rows": 4})
            field.widget.attrs["lang"] = code
            if getattr(field, "max_length", None):
                field.widget.attrs["maxlength"] = field.max_length
        elif type(field) is forms.DateField:
            field.widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
            field.validators.append(refuse_odd_year)
        elif type(field) is forms.TimeField:
            field.widget = forms.TimeInput({"type": "time"}, format="%H:%M")

    def _opened(self):
        return {name: plain(self.get_initial_for_field(field, name)) for name, field in self._own_fields()}

    def _own_fields(self):
        apart = ("base", "minor")
        return [(n, f) for n, f in self.fields.items() if n not in apart and not isinstance(f, forms.FileField)]

    def clean(self):
        """A record is called something: one language is enough."""
        cleaned = super().clean() or self.cleaned_data
        if self.IS_NAMED and self.TRANSLATED and not any(cleaned.get(n) for n in languages.columns(self.TRANSLATED[0])):
            first = f"{self.TRANSLATED[0]}_{languages.active()}"
            if first not in self.errors:
                self.add_error(first, self.fields[first].default_error_messages["required"])
        return cleaned

    # ---- two at once ----------------------------------------------------------------------------
    def opened_on(self):
        """(version, {field: value}) the form was opened on; (0, {}) when that cannot be told."""
        try:
            version, base = signing.loads(self.data.get(self.add_prefix("base"), ""), salt=SALT)
        except (signing.BadSignature, ValueError):
            return 0, {}
        return version, base

    def changes(self):
        """Names of the fields this person changed since they opened the form, of a valid form."""
        _version, base = self.opened_on()
        known = [n for n, _field in self._own_fields() if n in self.cleaned_data]
        changed = [n for n in known if n not in base or plain(self.cleaned_data[n]) != base[n]]
        files = [n for n, f in self.fields.items() if isinstance(f, forms.FileField) and self.cleaned_data.get(n)]
        return changed + files

    def is_as_opened(self, name, value):
        """Is this what the field held when the form was opened?"""
        _version, base = self.opened_on()
        return name in base and base[name] == plain(value)

    def keep(self):
        """Saves what is valid: True; False when somebody else saved meanwhile, and then `answer()` shows both."""
        if self.instance.pk is None:
            token = sent(self.data, self.files)
            number, _is_new = once(token and f"{self._meta.model._meta.label} {token}", self._create)
            rows = type(self.instance)._default_manager
            if not rows.filter(pk=number).exists():  # what the first press made was deleted since
                number, _is_new = once("", self._create)
            self.instance = rows.get(pk=number)
            return True
        try:
            with transaction.atomic():
                self._write()
                self.saved(self.instance)
        except StaleObject:
            self.is_stale = True
            return False
        return True

    def _create(self):
        record = self.save()
        self.saved(record)
        return record

    def _write(self):
        record, names = self.instance, self.changes()
        version, _base = self.opened_on()
        rows = type(record)._default_manager.filter(pk=record.pk, version=version)
        if not rows.update(version=version + 1 if names else version):
            raise StaleObject(record)
        before = translation_states.texts_of(type(record)._default_manager.get(pk=record.pk), self._texts())
        record.version = version + 1 if names else version
        columns = {f.name for f in record._meta.concrete_fields} & set(names)
        if columns:
            record.save(update_fields=columns)
            after = translation_states.texts_of(type(record)._default_manager.get(pk=record.pk), self._texts())
            translation_states.note(record, before, after, self.cleaned_data.get("minor", False))
        self._save_m2m()  # type: ignore[attr-defined]
        if self.right:
            translation_states.still_right(type(record)._default_manager.get(pk=record.pk), self.right)

    def _texts(self):
        """The translated fields that stand in the form."""
        return [text for text in self.TRANSLATED if f"{text}_{languages.CODES[0]}" in self.fields]

    def saved(self, record):
        """What a subclass writes besides the columns; raising StaleObject here undoes all of it."""

    def merged(self):
        """The form on what is saved now, with what this person changed in it; unbound."""
        _version, base = self.opened_on()
        mine = set(self.changes())
        again = type(self)(instance=type(self.instance)._default_manager.get(pk=self.instance.pk), **self._about)
        met = []
        for name, _field in self._own_fields():
            now, typed = again.get_initial_for_field(again.fields[name], name), self[name].value()
            theirs = plain(now)
            if name not in mine:
                continue
            if name in base and theirs != base[name] and theirs != plain(self.cleaned_data[name]):
                field = again.fields[name]
                label = self._label(name)
                texts = (_said(field, value) for value in (base[name], now, self.cleaned_data[name]))
                met.append(Meeting(label, *texts))
            again.initial[name] = typed
        again.initial["minor"] = bool(self.data.get("minor"))
        again.right, no_longer = still_ticked(self.right, again, again._texts())
        said = gettext("said to be still right")
        met += [Meeting(asked, base.get(name, ""), now, said) for name, asked, now in no_longer]
        again.is_stale, again.met = True, tuple(met)
        return again

    def _label(self, name):
        text, _underscore, code = name.rpartition("_")
        label = capfirst(self.fields[name].label)
        return f"{label} ({dict(settings.LANGUAGES)[code]})" if text in self.TRANSLATED else label

    def answer(self):
        """(the form to show, its status): 200 as opened, 422 with errors, 409 when somebody saved meanwhile."""
        if self.is_stale:
            return self.merged(), 409
        return self, 422 if self.errors else 200

    # ---- for the template -----------------------------------------------------------------------
    def rows(self):
        """[(bound field, None) or (name, [(code, bound field)])] in the order of the fields."""
        found: list[tuple[Any, Any]] = []
        for name, field in self.fields.items():
            text, _underscore, code = name.rpartition("_")
            if field.widget.is_hidden:
                continue
            if text not in self.TRANSLATED:
                found.append((self[name], None))
            elif code == languages.CODES[0]:
                found.append((text, [(each, self[f"{text}_{each}"]) for each in languages.CODES]))
        return found

    def questions(self):
        """[(key, question, its rows)]; what no question names stands at the end, with key and question empty."""
        left = {name if texts else name.name: (name, texts) for name, texts in self.rows()}
        found = [(key, words, [left.pop(n) for n in names if n in left]) for key, words, names in self.QUESTIONS]
        return [*found, ("", "", list(left.values()))]

    def languages(self):
        """{code: portal.translation_states.Tab} of the texts in the form; empty without translated fields."""
        texts = {t: {code: self[f"{t}_{code}"].value() for code in languages.CODES} for t in self._texts()}
        return translation_states.tabs(texts, self.outdated) if texts else {}

    @cached_property
    def right(self):
        """The outdated translations that were ticked as still right, as `ticked` gives them."""
        return ticked(self, self._texts()) if self.TRANSLATED and self.instance.pk else {}

    @cached_property
    def outdated(self):
        """Columns of the translations whose original changed after they were written."""
        found = translation_states.outdated([self.instance]) if self.TRANSLATED and self.instance.pk else {}
        return {f"{field}_{code}" for field, code in found.get(self.instance.pk, ())}

    def writes(self):
        """The language that is open: the first in which something is to be mended, else the reader's."""
        wrong = (n[-2:] for n in self.errors if n.rpartition("_")[0] in self.TRANSLATED)
        return next(wrong, languages.active())

    @property
    def is_draft(self):
        return False


def ticked(form, fields):
    """{column: digest of its original in the form} of the translations of `fields` ticked as still right."""
    name, columns = form.add_prefix(STILL_RIGHT), languages.columns(*fields)
    chosen = forms.CheckboxSelectMultiple().value_from_datadict(form.data, form.files, name) or ()
    return translation_states.looked_at([c for c in columns if c in chosen], _texts_in(form, columns))


def still_ticked(right, again, fields):
    """(what of `right` holds in the form `again`, [(column of the original, question, its text now)] of what does not).

    A tick was given to an original: where somebody else wrote another one meanwhile, it is asked for anew.
    """
    texts = _texts_in(again, languages.columns(*fields))
    now = translation_states.looked_at([c for c in right if c in again.outdated], texts)
    lost = []
    for column in (c for c in now if now[c] != right[c]):
        field, _underscore, code = column.rpartition("_")
        source = f"{field}_{translation_states.original({c: texts[f'{field}_{c}'] for c in languages.CODES})}"
        words = {"text": capfirst(again.fields[column].label), "language": dict(settings.LANGUAGES)[code]}
        asked = gettext("Is “%(text)s” (%(language)s) still right? The original changed.") % words
        lost.append((source, asked, texts[source]))
    return {c: seen for c, seen in now.items() if seen == right[c]}, lost


def _texts_in(form, columns):
    return {c: str(form[c].value() or "") for c in columns}


def plain(value):
    """A value of a form as JSON keeps it: records by number, lists sorted, days and decimals as text."""
    if value is None or isinstance(value, bool):
        return "" if value is None else value
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, (list, tuple, set, models.QuerySet)):
        return sorted(plain(one) for one in value)
    return str(value).replace("\r\n", "\n").strip()


def _said(field: Any, value):
    """A value as people read it: the words of a choice, the names of records; a field may have its own `said`."""
    kind = type(field)
    if value in (None, "", []):
        return ""
    if hasattr(field, "said"):
        return field.said(value)
    if isinstance(value, bool):
        return str(value)
    if issubclass(kind, forms.ModelMultipleChoiceField):
        numbers = [plain(one) for one in value]
        return ", ".join(str(one) for one in field.queryset.filter(pk__in=numbers))
    if issubclass(kind, forms.ModelChoiceField):
        return str(field.queryset.filter(pk=plain(value)).first() or "")
    if issubclass(kind, forms.ChoiceField):
        return str(dict(field.choices).get(plain(value), value))
    return str(value)
