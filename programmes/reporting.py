"""A report of a reader: which group it is for, who hears of it, and who when nobody takes it up for a week.

It belongs to the organisation whose page it is about. What is about no organisation belongs to the group on whose page
its reader stood, else to that of the municipality they named, else to the only group there is, else to none: then
the administrators see to it. No group hears of another's.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from partners.models import Group, Municipality, Seat, Settlement, User
from portal import outbox

from .models import Pathway, ProblemReport

_pages: dict = {}


def of_pages(*names):
    """Decorator: function(kwargs, query) → number of the group whose page that is, or None. `names` are views."""

    def decorate(function):
        _pages.update(dict.fromkeys(names, function))
        return function

    return decorate


def group_of_page(match, query):
    """Number of the group on whose page a reader stood; None where a page is of all of them. `query`: {name: value}."""
    if match is None or match.view_name not in _pages:
        return None
    return _pages[match.view_name](match.kwargs, query)


@of_pages("programmes:catalogue", "partners:places")
def _of_place(_kwargs, query):
    """The place that was looked for tells the group, where it is one's alone."""
    place = Settlement.objects.filter(slug__in=[v for v in (query.get("place"), query.get("near")) if v]).first()
    return _of_municipality(place.municipality_id) if place else None


@of_pages("programmes:pathway")
def _of_pathway(kwargs, _query):
    return Pathway.objects.published().filter(pk=kwargs["pk"]).values_list("group", flat=True).first()


@of_pages("partners:about")
def _of_about(_kwargs, _query):
    return Group.objects.values_list("pk", flat=True).first()  # the page is about the first of them


def _of_municipality(number):
    return Group.objects.filter(municipalities=number).order_by("pk").values_list("pk", flat=True).first()


def group_for(page_group, municipality=None):
    """Number of the group to which a report about no organisation belongs; None where that is not known."""
    if page_group:
        return page_group
    if municipality and (found := _of_municipality(municipality.pk)):
        return found
    groups = list(Group.objects.values_list("pk", flat=True)[:2])
    return groups[0] if len(groups) == 1 else None


def municipalities():
    """Those in which a group works, where there are several groups to choose from."""
    found = Municipality.objects.filter(pk__in=Group.municipalities.through.objects.values("municipality"))
    return found.order_by("name") if Group.objects.count() > 1 else found.none()


def keepers(report):
    """Who keeps the organisation's pages; where there is none or it has nobody, who oversees."""
    own = _seats().filter(membership__organisation=report.organisation_id, role__in=Seat.EDITING)
    if report.organisation_id is None or not own.exists():
        return overseers(report)
    return _people(own)


def overseers(report):
    """The coordinators of the group it belongs to; the administrators where there is no group, or nobody in it."""
    groups = [report.group_id]
    if report.organisation_id:
        groups = list(report.organisation.memberships.current().values_list("group", flat=True))
    people = _people(_seats().filter(role=Seat.Role.COORDINATOR, membership__group__in=groups))
    return people if people.exists() else User.objects.filter(is_superuser=True, is_active=True)


def _seats():
    return Seat.objects.current().filter(user__is_active=True)


def _people(seats):
    return User.objects.filter(pk__in=seats.values("user"))


def tell(report, people, key=""):
    """Each of them gets a mail; with `key` once a report and person."""
    for person in people:
        with override(person.language):
            link = settings.PORTAL_ADDRESS + reverse("programmes:report-answer", args=[report.pk])
        context = {"report": report, "link": link}
        outbox.send("report-new", person, context=context, key=key and f"report {report.pk} {key} {person.pk}")


def waiting(since):
    """Reports that nobody has taken up since then."""
    found = ProblemReport.objects.filter(state=ProblemReport.State.NEW, created_at__lt=since)
    return found.select_related("organisation")
