"""What the search keeps: entries, words, synonyms, and how often nothing was found."""

import re

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..languages import CODES
from ..search import text
from .terms import Term

MOST_SYNONYM_WORDS = 5
RARE_WORDS_KEPT = relativedelta(months=6)
WORDS_KEPT = relativedelta(years=2)


class SearchEntry(models.Model):
    """One record as a reader of one language finds it.

    A search reads the numbers of many rows, so rows must be narrow. PostgreSQL puts a vector out of line only when a
    row is over 2 kB as it is written: `padding` makes it so, and is itself compressed to a few bytes.
    """

    kind = models.CharField(max_length=12)
    number = models.IntegerField()
    language = models.CharField(max_length=2)
    vector = SearchVectorField()
    padding = models.TextField(db_default="", editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "kind", "language"], name="search_entry_once")]
        # One index a language: no reader pays for the words of the other four. And one more for what is not a
        # programme: whoever looks for a few places need not meet each programme that says the same word.
        indexes = [
            *(GinIndex(fields=["vector"], name=f"search_entry_{code}", condition=Q(language=code)) for code in CODES),
            *(
                GinIndex(
                    fields=["vector"], name=f"search_other_{code}", condition=Q(language=code) & ~Q(kind="programme")
                )
                for code in CODES
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.number} ({self.language})"


class SearchDue(models.Model):
    """A record whose entries are out of date. Written by triggers, worked off by `portal.search.index`."""

    kind = models.CharField(max_length=12)
    number = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["kind", "number"], name="search_due_record")]

    def __str__(self):
        return f"{self.kind} {self.number}"


class SearchWord(models.Model):
    """A form of a word that occurs in some text, and in how many entries, roughly: for "did you mean"."""

    language = models.CharField(max_length=2)
    surface = models.CharField(max_length=60)
    key = models.CharField(max_length=80, help_text="Its folded lemma.")
    entries = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "surface"], name="search_word_once")]

    def __str__(self):
        return self.surface


class Synonym(models.Model):
    """What people type, and what they mean by it: a term, other words, or both."""

    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    words = models.CharField(
        _("words"),
        max_length=80,
        help_text=_("What people type, one to five words. Other forms of the words are found by themselves."),
    )
    folded = models.CharField(max_length=100, editable=False)
    term = models.ForeignKey(
        Term,
        models.CASCADE,
        verbose_name=_("term"),
        null=True,
        blank=True,
        related_name="synonyms",
        help_text=_("Finds everything that carries this term."),
    )
    meaning = models.CharField(
        _("meaning"),
        max_length=120,
        blank=True,
        help_text=_("Other words of the same language that are searched for as well."),
    )
    concept = models.CharField(
        _("concept"),
        max_length=30,
        blank=True,
        help_text=_("Rows with the same concept mean the same, in all languages: whoever types one finds the others."),
    )
    # Term, meaning and concept as last seeded; a row that differs was edited by somebody and is left alone.
    seeded = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")
        ordering = ["language", "words"]
        constraints = [
            models.UniqueConstraint(
                fields=["language", "folded"],
                name="synonym_once_per_language",
                violation_error_message=_("These words are in the list already."),
            ),
            models.CheckConstraint(
                condition=Q(term__isnull=False) | ~Q(meaning="") | ~Q(concept=""),
                name="synonym_means_something",
                violation_error_message=_("Give a term, other words or a concept."),
            ),
        ]

    def __str__(self):
        return self.words

    def save(self, *args, **kwargs):
        self.folded = folded_words(self.words)
        super().save(*args, **kwargs)

    def clean(self):
        if not 1 <= len(text.words(self.words)) <= MOST_SYNONYM_WORDS:
            raise ValidationError({"words": _("Give one to five words.")})
        self.folded = folded_words(self.words)


def folded_words(words):
    return " ".join(text.fold(word) for word in text.words(words))


class EmptySearchQuerySet(models.QuerySet):
    def count_up(self, words, language, day=None):
        """Adds one to the count of these words in this month; nothing for words that may name a person.

        Figures of five digits or more and e-mail addresses are refused; the order of the words is not kept.
        """
        if "@" in words or re.search(r"\d{5}", re.sub(r"[\s/().-]", "", words)):
            return
        found = " ".join(sorted({text.fold(word) for word in text.words(words[:200])}))[:60].strip()
        if not found:
            return
        month = (day or timezone.localdate()).replace(day=1)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO portal_emptysearch (month, language, words, count) VALUES (%s, %s, %s, 1) "
                "ON CONFLICT (month, language, words) DO UPDATE SET count = portal_emptysearch.count + 1",
                [month, language, found],
            )

    def shown(self):
        """Only what five people or more may have looked for is ever shown to anybody."""
        return self.filter(count__gte=EmptySearch.FEWEST_SHOWN)

    def prune(self, today=None):
        """Forgets words of more than two years ago, and of six months ago those that will never be shown: slips of the
        hand; → how many rows.
        """
        today = today or timezone.localdate()
        since, since_rare = ((today - kept).replace(day=1) for kept in (WORDS_KEPT, RARE_WORDS_KEPT))
        is_rare = Q(month__lt=since_rare, count__lt=EmptySearch.FEWEST_SHOWN)
        return self.filter(Q(month__lt=since) | is_rare).delete()[0]


class EmptySearch(models.Model):
    """How often in a month nothing was found for these words. No person, no time, no order of words."""

    FEWEST_SHOWN = 5

    month = models.DateField(_("month"))
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    words = models.CharField(_("words"), max_length=60)
    count = models.PositiveIntegerField(_("searches without a result"), default=0)

    objects = EmptySearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("search without a result")
        verbose_name_plural = _("searches without a result")
        ordering = ["-month", "-count", "words"]
        constraints = [models.UniqueConstraint(fields=["month", "language", "words"], name="empty_search_once")]

    def __str__(self):
        return self.words
