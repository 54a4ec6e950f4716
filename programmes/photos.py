"""The photo of a programme: its columns, and which files are still in use."""

from portal import languages, pictures

from .models import Programme, Proposal

COLUMNS = ("photo", *languages.columns("photo_alt"), "photo_credit")
NONE = {"photo": None, **dict.fromkeys(languages.columns("photo_alt"), ""), "photo_credit": ""}


def keys():
    """The names of all files that a programme shows, or would show once its proposal is accepted."""
    found = set(Programme.objects.exclude(photo=None).values_list("photo__key", flat=True))
    waiting = Proposal.objects.living().filter(changes__photo__key__isnull=False)
    return found | set(waiting.values_list("changes__photo__key", flat=True))


def is_gone(photo):
    """True when the files of a photo from the history were removed: then it does not come back."""
    return bool(photo) and not pictures.path(photo["key"], "wide").exists()
