"""Addresses of a page in the other languages, and stale ones put right."""

from functools import lru_cache, reduce
from operator import or_
from urllib.parse import urlencode

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import slugify
from django.utils.translation import override

from .languages import CODES, resolve
from .search.text import fold


def settle(request, record, slug):
    """The number decides. None when the slug is the current one; else a permanent redirect to it.

    Also notes the record, so that `alternates` can spell its slug in every language.
    """
    request.slug_in = record.slug_in
    if slug == record.slug_in(request.LANGUAGE_CODE):
        return None
    match = request.resolver_match
    address = reverse(_spelled(match), kwargs={"pk": match.kwargs["pk"], "slug": record.slug_in(request.LANGUAGE_CODE)})
    moved = redirect(f"{address}?{request.GET.urlencode()}" if request.GET else address, permanent=True)
    moved["Cache-Control"] = "max-age=3600"  # titles change, and may change back
    return moved


def _spelled(match):
    """The name of the view whose address carries a slug, where the bare number was asked for."""
    return match.view_name.replace("programme-number", "programme")


def free_slug(model, record, field="title"):
    """A slug that no other record of the model has, from its name in the portal's languages: walking, walking-2."""
    name, _language = resolve(record, field, settings.LANGUAGE_CODE)
    return free_word(model._default_manager.all(), name)


def free_word(rows, name, field="slug"):
    """A word for addresses that none of the rows has, made from a name: sport, sport-2, sport-3."""
    return free_words(rows, [name], field)[0]


def free_words(rows, names, field="slug"):
    """Such a word for each of these names, all different; one question."""
    wanted = [_wanted(rows.model, name, field) for name in names]
    alike = reduce(or_, (Q(**{f"{field}__startswith": word}) for word in dict.fromkeys(wanted)))
    taken = set(rows.filter(alike).values_list(field, flat=True))
    found = []
    for word in wanted:
        found.append(_first_free(word, taken))
        taken.add(found[-1])
    return found


def _wanted(model, name, field):
    """What a name is in addresses, with room for a number behind it; the kind of the record where it has none."""
    most = model._meta.get_field(field).max_length - 10
    return slugify(fold(name))[:most].strip("-") or model._meta.model_name


def _first_free(wanted, taken):
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(word for word in numbered if word not in taken)


def with_free_word(rows, name, write, field="slug"):
    """→ write(word), with a word that none of the rows has. Of two that want the same at once each gets its own."""
    return with_free_words(rows, [name], lambda words: write(words[0]), field)


def with_free_words(rows, names, write, field="slug"):
    """The same for several names: → write(words)."""
    for _attempt in range(5):
        try:
            with transaction.atomic():
                return write(free_words(rows, names, field))
        except IntegrityError as error:
            if field not in str(error):
                raise
    raise IntegrityError(f"no free {field}")


def save_new(record, name, rows=None, field="slug"):
    """Saves a new record under a word that is free among `rows` (all, without). → the record."""

    def write(word):
        setattr(record, field, word)
        record.save(force_insert=True)
        return record

    return with_free_word(type(record)._default_manager.all() if rows is None else rows, name, write, field)


def back(request, otherwise):
    """Where a POST says it came from (`next`), when that is a page of this site; else `otherwise`."""
    wanted = request.POST.get("next", "")
    is_own = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_own else otherwise


def alternates(request):
    """{language code: address of this very page in it, with its query}; empty for what is no page."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return {code: f"/{code}/" for code in CODES}
    query = f"?{urlencode(list(request.GET.lists()), doseq=True)}" if request.GET else ""
    found = {}
    for code in CODES:
        kwargs = dict(match.kwargs)
        if "slug" in kwargs and hasattr(request, "slug_in"):
            kwargs["slug"] = request.slug_in(code)
        address = _in_language(_spelled(match), tuple(kwargs.items()), code)
        found[code] = f"{address}{query}" if address else f"/{code}/"
    return found


def numbered(name, number, slug, code):
    """`reverse(name, args=[number, slug])` for lists of hundreds: in a language the pattern is looked up once."""
    before, between, after = _around(name, code)
    return f"{before}{number}{between}{slug}{after}"


@lru_cache(maxsize=100)
def _around(name, code):
    """What stands before the number, between it and the slug, and after it."""
    number, slug = 9_876_543_210, "z-9-z"
    with override(code):
        before, _number, rest = reverse(name, args=[number, slug]).partition(str(number))
    between, _slug, after = rest.partition(slug)
    return before, between, after


def known(name, *args):
    """The address of a view; "" where the portal has no such view."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@lru_cache(maxsize=1000)
def _in_language(name, kwargs, code):
    with override(code):
        try:
            return reverse(name, kwargs=dict(kwargs))
        except NoReverseMatch:
            return None
