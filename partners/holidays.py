"""Public holidays: each holds for the places and programmes of the group that keeps it, and for nobody else's."""

from collections import defaultdict
from typing import NamedTuple

from .models import Membership, OpeningException


class Holidays(NamedTuple):
    """`days` {group: ((first, last), …)} on which nothing takes place there; `groups` {organisation: (group, …)}."""

    days: dict
    groups: dict

    def of(self, *organisations):
        """((first, last), …) that hold where these organisations (numbers, or None) have to do with it together."""
        groups = dict.fromkeys(group for o in organisations for group in self.groups.get(o, ()))
        return tuple(day for group in groups for day in self.days.get(group, ()))


def read(today=None, since=None):
    """The Holidays as members are today, without those that ended before `since`; two queries."""
    days, groups = defaultdict(tuple), defaultdict(tuple)
    found = OpeningException.objects.filter(group__isnull=False, opens__isnull=True).order_by("pk")
    found = found.filter(ends_on__gte=since) if since else found
    for group, first, last in found.values_list("group", "starts_on", "ends_on"):
        days[group] += ((first, last),)
    members = Membership.objects.current(today).order_by("group").values_list("organisation", "group")
    for organisation, group in members.iterator():
        groups[organisation] += (group,)
    return Holidays(dict(days), dict(groups))


def exceptions(organisations):
    """{organisation: [OpeningException]} of the holidays that hold at the places of these; two queries."""
    members = Membership.objects.current().filter(organisation__in=set(organisations))
    members = list(members.order_by("group").values_list("organisation", "group"))
    of_group = defaultdict(list)
    for holiday in OpeningException.objects.filter(group__in={group for _organisation, group in members}):
        of_group[holiday.group_id].append(holiday)
    found = defaultdict(list)
    for organisation, group in members:
        found[organisation] += of_group[group]
    return found
