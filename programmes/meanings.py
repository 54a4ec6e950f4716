"""What a cost or a way to join means, in plain words: the descriptions of the vocabulary, as the process knows them."""

import re

from portal import languages
from portal.models import Vocabulary

from .index import current

EXPLAINED = (Vocabulary.COST, Vocabulary.REFERRAL_ROUTE)


def explained(terms):
    """[Term] of those whose description says something, in their order, whole: a card's terms come without it."""
    known = current().terms
    found = (known.get(term.pk) for term in terms)
    return [term for term in found if term and languages.resolve(term, "description")[0]]


def of_vocabulary(vocabulary):
    """[Term] in use that are explained, in the order of the vocabulary."""
    rows = (t for t in current().terms.values() if t.vocabulary == vocabulary and t.is_active)
    return explained(sorted(rows, key=lambda term: (term.order, term.slug)))


def in_short(terms):
    """[(first sentence, its language)] of what `terms` mean, for paper; one sentence alone says nothing new."""
    texts = (languages.resolve(term, "description") for term in terms)
    sentences = ((re.split(r"(?<=[.!?])\s+", text.strip()), code) for text, code in texts)
    return [(first, code) for (first, *rest), code in sentences if rest]
