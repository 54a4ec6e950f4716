"""TranslationState: from which words a translation was made. portal.translation_states reads and writes it."""

import pghistory
from django.db import models

STILL_RIGHT = "still_right"


# Of its own changes the history is that of the texts. Only that somebody said so is written by hand.
@pghistory.track(pghistory.ManualEvent(STILL_RIGHT))
class TranslationState(models.Model):
    """The text of `field` in `language` was written while that in `source` had this digest."""

    kind = models.CharField(max_length=60)  # "partners.organisation"
    number = models.BigIntegerField()
    field = models.CharField(max_length=60)
    language = models.CharField(max_length=5)
    source = models.CharField(max_length=5)
    digest = models.CharField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "number", "field", "language"], name="translation_state_once_per_text"
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.number} {self.field} {self.language}"
