"""Which group a page is about, for people who work with more than one."""

from django.shortcuts import get_object_or_404
from django.urls import reverse


def group_of(request, groups):
    """The one of `?group=`, else the first of `groups`; 404 when there is none. POST carries it as well."""
    slug = request.POST.get("group") or request.GET.get("group")
    return get_object_or_404(groups.filter(slug=slug)) if slug else get_object_or_404(groups.order_by("pk")[:1])


def address_of(view, group):
    """The address of a page that `group_of` opens for this group."""
    return f"{reverse(view)}?group={group.slug}"


def number_of(request, name):
    """A record's number from a POST, 0 for nonsense."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0
