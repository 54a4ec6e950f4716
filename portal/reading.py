"""Whose page a person may open, where what lists show them is less than what they may edit."""

from django.db.models import Q


def readable_by(records, user):
    """Those shown to the person, and those they may edit: who saves a record sees it afterwards.

    Lists, search and exports go by `visible_to` alone: an administrator without a seat opens a group's draft by its
    address, to help, and finds none among what is listed.
    """
    if not user.is_authenticated:
        return records.visible_to(user)
    shown, edited = records.visible_to(user).values("pk"), records.editable_by(user).values("pk")
    return records.filter(Q(pk__in=shown) | Q(pk__in=edited))
