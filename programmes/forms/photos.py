"""The photo of a programme, with words for those who do not see it: saved, or proposed, as every other change."""

from typing import Any

from django.core.exceptions import ValidationError

from portal import languages
from portal.picture_form import BroughtPicture
from portal.stale import StaleObject

from .. import editing
from ..models import Programme
from ..photos import COLUMNS


class PhotoForm(BroughtPicture):
    """Opens on what waits for the coordinator, where something does. After `keep()`, `is_proposed` says where it is."""

    TRANSLATED = ("photo_alt",)
    is_proposed = False
    user: Any = None
    photo: Any = None

    class Meta:
        model = Programme
        fields = [*languages.columns("photo_alt"), "photo_credit"]

    def prepare(self, *, user):
        self.user, shown = user, editing.shown(self.instance, user)
        self.photo = shown["photo"]
        self.initial.update({name: shown[name] for name in COLUMNS if name in self.fields})

    @property
    def has_picture(self):
        return bool(self.photo)

    def keep(self):
        version, _base = self.opened_on()
        programme = Programme.objects.get(pk=self.instance.pk)
        changes = {name: self.cleaned_data[name] for name in self.changes() if name in COLUMNS}
        if self.stored:
            changes["photo"] = {**self.stored._asdict(), "wide": list(self.stored.wide)}
        try:
            if programme.version != version:
                raise StaleObject(programme)
            minor = bool(self.cleaned_data.get("minor"))
            self.is_proposed = editing.save(programme, changes, self.user, version, minor)
        except StaleObject:
            self.is_stale = True
        except ValidationError as error:
            self.add_error(None, error)
        return not (self.is_stale or self.errors)
