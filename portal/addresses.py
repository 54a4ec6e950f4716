"""Addresses of a page in the other languages, and stale ones put right."""

from functools import lru_cache
from urllib.parse import urlencode

from django.conf import settings
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
    wanted = slugify(fold(name))[:70] or model._meta.model_name
    taken = set(model._default_manager.filter(slug__startswith=wanted).values_list("slug", flat=True))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(slug for slug in numbered if slug not in taken)


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
