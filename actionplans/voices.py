"""As whom somebody speaks who says something without an account: of their own free will, and never as one person."""

from collections import Counter

from django.db import models
from django.utils.translation import gettext_lazy as _

from .breakdowns import SMALLEST


class Voice(models.TextChoices):
    YOUNG = "young", _("a young person under 18")
    PARENT = "parent", _("a parent, or who brings up a child")
    OLDER = "older", _("an older person")
    CARER = "carer", _("who cares for a relative")
    PROFESSIONAL = "professional", _("who works with people in this field")
    SOCIETY = "society", _("a society or a group")
    RESIDENT = "resident", _("somebody else who lives here")


class VoiceField(models.CharField):
    """One of the voices, or none."""

    def __init__(self, *args, **kwargs):
        fixed = {"max_length": 12, "choices": Voice.choices, "blank": True, "default": ""}
        super().__init__(*args, **{**kwargs, **fixed})

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


LABEL = _("I speak as")
HELP = _("Only if you like. We count how many spoke as whom; that tells nobody who you are.")


def counted(spoken):
    """[(value, words, how many)] of voices, in the order of `Voice`; what nobody said is left out."""
    found = Counter(spoken)
    return [(voice.value, voice.label, found[voice]) for voice in Voice if found[voice]]


def told(spoken):
    """The same as everybody may read it: fewer than five are not told, as figures are not."""
    return [one for one in counted(spoken) if one[2] >= SMALLEST]


def chosen(asked, voices):
    """The voice a page is asked for, if it is among these; else ""."""
    return asked if asked in {value for value, _words, _count in voices} else ""
