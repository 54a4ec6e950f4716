"""Two terms become one: whatever uses the first uses the second afterwards, in one transaction.

`old` stays, retired, and points to `new`. Whoever writes `old` at the same moment waits, and then writes `new`: the
triggers of `follows_merges` see to that, in SQL too. Which tables name terms is read from the models.
"""

from collections import Counter
from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.db.models import Count, IntegerField, OuterRef, Q, Subquery, UniqueConstraint, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected

from . import languages
from .models import Synonym, Term
from .models.search import MOST_SYNONYM_WORDS, folded_words
from .search import text

_TRIES = 3
_locks: list = []
_deeds: list = []


def locks(function):
    """Has function([number]) called first: it locks what editors lock before terms; else they wait in a circle."""
    _locks.append(function)
    return function


def also(function):
    """Has function(old, new) called before the rows move, for what names terms by number outside of foreign keys."""
    _deeds.append(function)
    return function


def users():
    """[(model, name of its foreign key)] of all that names a term, histories left out."""
    found = []
    relations: Any = Term._meta.get_fields(include_hidden=True)
    for relation in relations:
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one) and relation.related_model):
            continue
        model, name = relation.related_model, relation.field.name
        if hasattr(model, "pgh_tracked_model") or model._meta.proxy or name in ("pgh_obj", "merged_into"):
            continue
        found.append((model, name))
    return found


def uses(term):
    """{model: how many of its rows name the term}, only those that do."""
    counts = Counter()
    for model, name in users():
        counts[model] += model._base_manager.filter(**{name: term}).count()
    return {model: count for model, count in counts.items() if count}


def with_uses(terms):
    """The terms with `uses`: how many records name each; synonyms and narrower terms do not count."""
    total: Any = Value(0)
    for model, name in users():
        if model not in (Term, Synonym):
            rows = model._base_manager.filter(**{name: OuterRef("pk")}).order_by().values(name)
            counted = Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
            total = total + Coalesce(counted, 0)
    return terms.annotate(uses=total)


def merge(olds, new):
    """{model: how many rows name `new` now instead of one of `olds`}. Raises ValidationError where that cannot be."""
    numbers = sorted(term.pk for term in olds)
    for left in reversed(range(_TRIES)):
        try:
            return _merge(numbers, new.pk)
        except OperationalError as error:
            if not left or not isinstance(error.__cause__, DeadlockDetected):
                raise
    raise AssertionError


@transaction.atomic
def _merge(numbers, stays):
    for lock in _locks:
        lock(numbers)
    locked = Term.objects.select_for_update().filter(pk__in=[*numbers, stays]).order_by("pk")
    terms = {term.pk: term for term in locked}
    touched = Counter()
    for number in numbers:
        old, new = _checked(terms.get(number), terms.get(stays))
        touched.update(uses(old))
        for deed in _deeds:
            deed(old, new)
        for model, name in users():
            _move(model, name, old, new)
        _join(old, new)
        Term.objects.filter(merged_into=old).update(merged_into=new)
        Term.objects.filter(pk=old.pk).update(merged_into=new, is_active=False)
        new.refresh_from_db()
    return dict(touched)


def _checked(old, new):
    if old is None or new is None or old.pk == new.pk:
        raise ValidationError(_("Choose two different terms."))
    if old.vocabulary != new.vocabulary:
        raise ValidationError(_("Both terms must be of one vocabulary."))
    if old.merged_into_id or new.merged_into_id:
        raise ValidationError(_("One of them was merged already."))
    if not new.is_active:
        raise ValidationError(_("“%(term)s” is retired; restore it first.") % {"term": new})
    if _is_below(new, old):
        raise ValidationError(_("“%(term)s” is narrower than the other; merge the narrower one.") % {"term": new})
    return old, new


def _is_below(term, other):
    seen = set()
    while term.parent_id and term.parent_id not in seen:
        if term.parent_id == other.pk:
            return True
        seen.add(term.parent_id)
        term = term.parent
    return False


def _move(model, name, old, new):
    """Rows that would stand there twice go; the others name the new term."""
    rows = model._base_manager.filter(**{name: old})
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and name in constraint.fields and not constraint.condition:
            others = [field for field in constraint.fields if field != name]
            there = model._base_manager.filter(**{name: new}).values_list(*others)
            for values in there:
                rows.filter(**dict(zip(others, values, strict=True))).delete()
    rows.update(**{name: new})


# ---- words and mappings ---------------------------------------------------------------------------
def _join(old, new):
    """What people type for the old term finds the new one; its label too."""
    values = {"maps": joined_maps(new.maps, old.maps)}
    most = Term._meta.get_field("everyday_words").max_length
    for code in languages.CODES:
        kept, left = _joined_words(old, new, code, most)
        values[f"everyday_words_{code}"] = kept
        for words in left:
            _as_synonym(words, code, new)
    Term.objects.filter(pk=new.pk).update(**values)


def _joined_words(old, new, code, most):
    """(words of both, without repetition, as long as they fit; [those that do not])."""
    own = getattr(new, f"everyday_words_{code}") or ""
    come = [*(getattr(old, f"everyday_words_{code}") or "").split(","), getattr(old, f"label_{code}") or ""]
    seen = {words.strip().casefold() for words in (*own.split(","), getattr(new, f"label_{code}") or "")}
    left = []
    for words in (words.strip() for words in come):
        if not words or words.casefold() in seen:
            continue
        seen.add(words.casefold())
        longer = f"{own}, {words}" if own else words
        if "," in words or len(longer) > most:
            left.append(words)
        else:
            own = longer
    return own, left


def _as_synonym(words, code, term):
    most: Any = Synonym._meta.get_field("words").max_length
    if len(words) <= most and 1 <= len(text.words(words)) <= MOST_SYNONYM_WORDS:
        Synonym.objects.get_or_create(
            language=code, folded=folded_words(words), defaults={"words": words, "term": term}
        )


def joined_maps(one, other):
    """The codes of both: {classification: code, or [codes] where there are several}; the first one's come first."""
    found = dict(one)
    for name, code in other.items():
        mine = found[name] if isinstance(found.get(name), list) else [found[name]] if name in found else []
        more = [each for each in (code if isinstance(code, list) else [code]) if each not in mine]
        both = [*mine, *more]
        found[name] = both if len(both) > 1 or isinstance(code, list) else both[0]
    return found


def unused(terms):
    """Those that no record names."""
    named = Q(pk__in=[])
    for model, name in users():
        if model not in (Term, Synonym):
            named |= Q(pk__in=model._base_manager.exclude(**{name: None}).values(name))
    return terms.exclude(named)
