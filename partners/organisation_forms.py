"""Forms of what an organisation keeps itself: its profile, its places, exceptions to their hours, pictures."""

from typing import Any

from django import forms
from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import addresses, languages
from portal.models import Term, Vocabulary
from portal.picture_form import BroughtPicture
from portal.record_form import RecordForm

from .models import Location, OpeningException, Organisation, Picture, Settlement

LONGEST = 731  # days of one exception
YEARS_AHEAD = 10


class OrganisationForm(RecordForm):
    """What a partner says of itself. Sector, parent and membership belong to the coordinator."""

    TRANSLATED = ("name", "offer", "about", "lends")
    LONG = ("offer", "about", "lends")
    website = forms.URLField(label=_("website"), required=False, max_length=200, assume_scheme="https")

    class Meta:
        model = Organisation
        fields = [*languages.columns("name", "offer", "about", "lends"), "phone", "email", "website"]


class LocationForm(RecordForm):
    """A place. Its position on the map follows from the settlement; there is no map service to ask."""

    TRANSLATED = ("name", "how_to_get_there")
    LONG = ("how_to_get_there",)

    class Meta:
        model = Location
        fields = [
            *languages.columns("name"), "is_remote", "address", "settlement", "phone", "access",
            *languages.columns("how_to_get_there"),
        ]  # fmt: skip
        widgets = {"access": forms.CheckboxSelectMultiple}

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        fields: dict[str, Any] = self.fields
        used = [term.pk for term in self.instance.access.all()] if self.instance.pk else []
        terms = Term.objects.of(Vocabulary.ACCESSIBILITY).filter(Q(is_active=True) | Q(pk__in=used))
        fields["access"].queryset = terms.order_by("order", "slug")
        fields["access"].required = False
        fields["settlement"].queryset = Settlement.objects.select_related("municipality").order_by("name", "pk")
        fields["settlement"].help_text = _("The position on the map follows from it.")

    def save(self, commit=True):
        """A new place, with a slug of its own."""
        write = super().save

        def with_slug(word):
            self.instance.slug = word
            return write(commit)

        return addresses.with_free_word(Location.objects.all(), str(self.instance), with_slug)

    def saved(self, record):
        """The position is that of the settlement, from the moment another one is chosen."""
        if "settlement" in self.changes():
            there = record.settlement
            record.lat, record.lon = (there.lat, there.lon) if there else (None, None)
            Location.objects.filter(pk=record.pk).update(lat=record.lat, lon=record.lon)


class ExceptionForm(RecordForm):
    """Days on which other hours hold at a place, or a public holiday of a group: then there are no hours to give."""

    TRANSLATED = ("reason",)

    class Meta:
        model = OpeningException
        fields = ["starts_on", "ends_on", "opens", "closes", *languages.columns("reason")]
        labels = {"ends_on": _("to"), "opens": _("open from"), "closes": _("open until")}
        help_texts = {"ends_on": _("Empty: one day only."), "opens": _("Empty: closed all day.")}

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.fields["ends_on"].required = False
        if self.instance.group_id:
            del self.fields["opens"], self.fields["closes"]

    def clean(self):
        given = super().clean()
        first, last = given.get("starts_on"), given.get("ends_on") or given.get("starts_on")
        if "ends_on" not in self.errors:
            given["ends_on"] = last
        if first and last:
            self._judge(first, last, given.get("opens"), given.get("closes"))
        return given

    def _judge(self, first, last, opens, closes):
        if last.year > timezone.localdate().year + YEARS_AHEAD or first.year < 2000:
            self.add_error("starts_on", gettext("Choose days of the coming years."))
        elif (last - first).days > LONGEST:
            self.add_error("ends_on", gettext("At most two years. For good, close the place down."))
        elif self.instance.location_id and self._contradicts(first, last, opens, closes):
            self.add_error("starts_on", gettext("For the same days another exception says otherwise."))

    def _contradicts(self, first, last, opens, closes):
        """Several may add their hours on the very same days; closed, or hours that overlap, go with nothing else."""
        others = OpeningException.objects.filter(location=self.instance.location_id, starts_on=first, ends_on=last)
        others = others.exclude(pk=self.instance.pk)
        if opens is None or closes is None:
            return others.exists()
        return others.filter(Q(opens=None) | Q(opens__lt=closes, closes__gt=opens)).exists()


class PictureForm(BroughtPicture):
    """A photo with words for those who do not see it. `by` says that it may be published; the view sets it."""

    TRANSLATED: tuple[str, ...] = ("alt",)
    by = None

    class Meta:
        model = Picture
        fields = [*languages.columns("alt")]

    def _store(self, file):
        super()._store(file)
        if self.stored:
            record = self.instance
            record.file_key, (record.wide_width, record.wide_height), record.square_side = self.stored

    def keep(self):
        """Of two who bring the first picture at the same moment, the second is told."""
        self.instance.added_by = self.by
        try:
            return super().keep()
        except IntegrityError:
            owner = {name: getattr(self.instance, name) for name in ("organisation", "location", "group")}
            self.instance = Picture.objects.get(**owner)
            self.is_stale = True
            return False

    def saved(self, record):
        if self.cleaned_data.get("picture"):
            record.added_at = timezone.now()
            record.save(update_fields=["file_key", "wide_width", "wide_height", "square_side", "added_by", "added_at"])


class LogoForm(PictureForm):
    """A logo stands beside the name it shows, so it needs no words."""

    TRANSLATED = ()
    is_logo = True

    class Meta:
        model = Picture
        fields: list[str] = []


class GroupLogoForm(PictureForm):
    """The logo of a group opens its documents, so it says in words what it shows."""

    is_logo = True
