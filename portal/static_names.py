"""Static files by names with a mark of what is in them, so that a browser may keep them for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ShortNames(CompressedManifestStaticFilesStorage):
    """With eight digits of the mark instead of twelve: every page says a dozen of them, and nothing compresses them."""

    def file_hash(self, name, content=None):
        mark = super().file_hash(name, content)
        return mark and mark[:8]
