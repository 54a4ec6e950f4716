"""Seeds the vocabularies. Safe to run at every start: adds, fills gaps, never overwrites what somebody edited."""

from django.core.management.base import BaseCommand
from django.db import transaction

from portal import seeds
from portal.languages import CODES
from portal.models import Synonym, Term, Vocabulary
from portal.models.search import folded_words

SEED = seeds.DATA / "vocabulary.yaml"
SYNONYMS = seeds.DATA / "synonyms.yaml"
# Where a synonym's term is looked for when its vocabulary is not named.
MEANT = (Vocabulary.TOPIC, Vocabulary.TARGET_GROUP, Vocabulary.LIFE_PHASE)
FACTS = ("group", "note", "referral_required", "booking_required")


class Command(BaseCommand):
    help = "Load the vocabularies an installation starts with; edited labels are left alone."

    @transaction.atomic
    def handle(self, *args, **options):
        seed = seeds.read(SEED)
        counts = {"added": 0, "renamed": 0, "unchanged": 0}
        existing = {(term.vocabulary, term.slug): term for term in Term.objects.all()}
        for vocabulary, rows in seed["vocabularies"].items():
            for place, row in enumerate(rows, start=1):
                term = existing.get((Vocabulary(vocabulary), row["slug"])) or Term(
                    vocabulary=vocabulary, slug=row["slug"]
                )
                counts[seed_term(term, row, place)] += 1
        self.stdout.write(
            f"vocabulary version {seed['version']}: {len(seed['vocabularies'])} vocabularies, "
            + ", ".join(f"{count} terms {what}" for what, count in counts.items())
        )
        self.stdout.write(seed_synonyms())


def seed_term(term, row, place):
    """Writes one seed row into the term; answers "added", "renamed" or "unchanged"."""
    is_new = term.pk is None
    if is_new:
        term.order = row.get("order", place * 10)
        term.is_equity = row.get("equity", False)
        term.age_min, term.age_max = row.get("age_min"), row.get("age_max")
        term.maps = row.get("maps") or {}
        term.facts = {key: row[key] for key in FACTS if key in row}
    texts = {f"label_{code}": row["label"][code] for code in CODES}
    texts |= {f"description_{code}": words for code, words in row.get("description", {}).items()}
    texts |= {f"everyday_words_{code}": words for code, words in row.get("words", {}).items()}
    changed = [column for column, text in texts.items() if take(term, column, text)]
    if is_new or changed:
        term.save()
    return "added" if is_new else "renamed" if changed else "unchanged"


def take(term, column, text):
    """True when the text was taken: the column was empty, or still held what an earlier seed had written."""
    current = getattr(term, column) or ""
    if current == text or current not in ("", term.seeded.get(column)):
        return False
    setattr(term, column, text)
    term.seeded[column] = text
    return True


def seed_synonyms():
    """Writes the synonyms nobody has edited; answers a line of a report. Rows that somebody deleted come back."""
    seed = seeds.read(SYNONYMS)
    terms = {(term.vocabulary, term.slug): term for term in Term.objects.all()}
    existing = {(row.language, row.folded): row for row in Synonym.objects.all()}
    changed = {}
    for language, words, meant in seed_rows(seed):
        key = (language, folded_words(words))
        row = existing.get(key) or Synonym(language=language, words=words, folded=key[1])
        if seed_synonym(row, meant, terms):
            changed[key] = row
    known = [row for row in changed.values() if row.pk]
    Synonym.objects.bulk_create([row for row in changed.values() if not row.pk])
    Synonym.objects.bulk_update(known, ["term", "meaning", "concept", "seeded"])
    return f"synonyms version {seed['version']}: {len(changed)} added or changed"


def seed_rows(seed):
    """[(language, words, what they mean)], the synonyms and the concepts of the seed put together."""
    rows = {}
    for language, meant_by in seed["synonyms"].items():
        for words, meant in meant_by.items():
            rows[language, folded_words(words)] = (words, meant if isinstance(meant, dict) else {"term": meant})
    for concept, texts in seed["concepts"].items():
        term = {"term": texts["term"]} if "term" in texts else {}
        for language in texts.keys() - {"term"}:
            # What stands after a semicolon is only said: it means the first phrase, and is not looked for.
            written, _, said = texts[language].partition(";")
            first = {"meaning": written.split(",")[0].strip()}
            found = [(words, {"concept": concept}) for words in written.split(",")]
            found += [(words, first) for words in said.split(",") if said]
            for words, means in found:
                key = (language, folded_words(words))
                typed, meant = rows.get(key, (words.strip(), {}))
                if meant.get("concept", concept) != concept:
                    raise ValueError(f"synonyms.yaml: {language} {typed} is in {meant['concept']} and in {concept}")
                rows[key] = (typed, term | meant | means)
    return [(language, words, meant) for (language, _folded), (words, meant) in rows.items()]


def seed_synonym(row, meant, terms):
    """Takes one seed row into the synonym; answers whether it changed. Raises KeyError on a term there is not."""
    now = {"term": row.term_id, "meaning": row.meaning, "concept": row.concept}
    is_edited = row.pk and {"concept": "", **row.seeded} != now
    term = meant_term(meant["term"], terms) if "term" in meant else None
    seeded = {"term": term and term.pk, "meaning": meant.get("meaning", ""), "concept": meant.get("concept", "")}
    if is_edited or row.seeded == seeded:
        return False
    row.term, row.meaning, row.concept, row.seeded = term, seeded["meaning"], seeded["concept"], seeded
    return True


def meant_term(name, terms):
    """The term of "vocabulary/slug", or of a bare slug in the vocabularies that people search by."""
    vocabulary, _, slug = str(name).rpartition("/")
    if vocabulary:
        return terms[vocabulary, slug]
    found = [terms[one, slug] for one in MEANT if (one, slug) in terms]
    if not found:
        raise KeyError(f"synonyms.yaml: no topic, target group or life phase is called {name}")
    return found[0]
