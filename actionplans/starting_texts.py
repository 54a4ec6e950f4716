"""Texts to begin with: a strategy with objectives by topic, a measure, a meeting with its agenda.

Wherever `???` stands a group writes what is true of its place; while it stands, nothing of it goes any further.
"""

from functools import cache
from pathlib import Path

import yaml
from django.db import transaction

from portal import languages
from portal.addresses import free_slug
from portal.models import Term, Vocabulary

from .models import Objective, Strategy, StrategyValue

FILE = Path(__file__).parent.parent / "portal" / "data" / "starting_texts.yaml"


@cache
def known():
    """The whole file; what it holds is never changed."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def columns(field, texts):
    """{name_sl: text, …} for the languages of this installation."""
    return {f"{field}_{code}": texts[code] for code in languages.CODES if code in texts}


def said(texts):
    """The text in the reader's language."""
    return languages.resolve(columns("text", texts), "text")[0]


def named(kind, slug):
    """One of the measures or meetings; None where there is none of that name."""
    return next((row for row in known()[kind] if row["slug"] == slug), None)


def objectives():
    """[(slug of the topic, its Term or None, title in the reader's language)]"""
    topics = {term.slug: term for term in Term.objects.of(Vocabulary.TOPIC)}
    return [(row["topic"], topics.get(row["topic"]), said(row["title"])) for row in known()["objectives"]]


@transaction.atomic
def begin_strategy(group, starts_on, ends_on, topics):
    """A draft with vision and values, and an objective for each of these topics."""
    texts = known()["strategy"]
    strategy = Strategy(group=group, starts_on=starts_on, ends_on=ends_on)
    for field in ("title", "vision"):
        _give(strategy, columns(field, texts[field]))
    strategy.slug = free_slug(Strategy, strategy)
    strategy.save()
    for order, words in enumerate(texts["values"]):
        StrategyValue.objects.create(strategy=strategy, order=order, **columns("words", words))
    chosen = [row for row in known()["objectives"] if row["topic"] in topics]
    for number, row in enumerate(chosen, 1):
        objective = Objective(strategy=strategy, number=number, level=row["level"])
        for field in ("title", "description"):
            _give(objective, columns(field, row[field]))
        objective.slug = free_slug(Objective, objective)
        objective.save()
    return strategy


def _give(record, texts):
    for name, text in texts.items():
        setattr(record, name, text)


def for_measure(slug):
    """{field of the form: text} of a measure to begin with; {} where there is none."""
    row = named("measures", slug)
    if row is None:
        return {}
    found = {"approach": row["approach"]}
    for field in ("title", "description", "rationale"):
        found |= columns(field, row[field])
    return found
