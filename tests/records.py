"""Records for tests: plain functions that make the smallest valid one, and take what the test cares about."""

from datetime import date, time, timedelta
from itertools import count

from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actionplans.models import AgendaItem, Decision, Meeting
from partners.models import Group, Location, Membership, Municipality, Organisation, Region, Seat, Settlement, User
from portal.models import Term, Vocabulary
from programmes.models import Programme, ProgrammeTerm, Schedule

_number = count(1)


def make_term(vocabulary=Vocabulary.TOPIC, slug=None, **fields):
    slug = slug or f"term-{next(_number)}"
    labels = {f"label_{code}": f"{slug} {code}" for code in ("sl", "en", "da", "nb", "de")}
    return Term.objects.get_or_create(vocabulary=vocabulary, slug=slug, defaults={**labels, **fields})[0]


def make_group(**fields):
    slug = fields.pop("slug", f"group-{next(_number)}")
    return Group.objects.create(slug=slug, **{"name_sl": f"Skupina {slug}", **fields})


def make_region(**fields):
    slug = fields.pop("slug", f"region-{next(_number)}")
    return Region.objects.create(slug=slug, **{"name_sl": f"Regija {slug}", **fields})


def make_organisation(group=None, **fields):
    slug = fields.pop("slug", f"organisation-{next(_number)}")
    sector = make_term(Vocabulary.SECTOR, "ngo")
    fields = {"name_sl": f"Društvo {slug}", "sector": sector, "checked_on": date.today(), **fields}
    organisation = Organisation.objects.create(slug=slug, **fields)
    Membership.objects.create(group=group or make_group(), organisation=organisation, joined_on=date(2020, 1, 1))
    return organisation


def make_user(role=None, organisation=None, **fields):
    user = User.objects.create_user(
        fields.pop("email", f"person-{next(_number)}@example.org"), "secret-for-tests", **fields
    )
    if role:
        membership = (organisation or make_organisation()).memberships.get()
        Seat.objects.create(membership=membership, user=user, role=role, starts_on=date(2020, 1, 1))
    return user


def make_settlement(**fields):
    municipality = Municipality.objects.get_or_create(code="valley", defaults={"name_sl": "Dolina"})[0]
    name = fields.pop("name", f"Vas {next(_number)}")
    slug = name.lower().replace(" ", "-")
    return Settlement.objects.create(
        municipality=municipality, slug=slug, name=name, **{"lat": 46.0, "lon": 15.0, **fields}
    )


def make_location(organisation=None, **fields):
    slug = fields.pop("slug", f"place-{next(_number)}")
    fields = {"name_sl": f"Kraj {slug}", "address": "Lipova 1", "checked_on": date.today(), **fields}
    return Location.objects.create(organisation=organisation or make_organisation(), slug=slug, **fields)


def make_programme(organisation=None, terms=(), **fields):
    slug = fields.pop("slug", f"programme-{next(_number)}")
    fields = {"title_sl": f"Program {slug}", "status": "published", "checked_on": date.today(), **fields}
    programme = Programme.objects.create(organisation=organisation or make_organisation(), slug=slug, **fields)
    for term in terms:
        ProgrammeTerm.objects.create(programme=programme, term=term)
    return programme


def make_schedule(programme, **fields):
    weekly = {
        "rule": "FREQ=WEEKLY;BYDAY=TU",
        "starts_at": time(9),
        "ends_at": time(10),
        "valid_from": date(2026, 1, 1),
    }
    return Schedule.objects.create(programme=programme, **{**weekly, **fields})


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def url(name, *args):
    """The address of a page of the action plans, in the active language."""
    return reverse(f"actionplans:{name}", args=args)


def proved(user):
    """A client of somebody who has just given their password once more, as sensitive pages ask."""
    client = signed_in(user)
    client.post("/en/account/reauthenticate/", {"password": "secret-for-tests"})
    return client


# ---- meetings and decisions ------------------------------------------------------------------------
def make_meeting(group=None, begins_in=timedelta(days=7), **fields):
    """A meeting that begins in so long (negative: it was), for two hours; over before midnight, as its form wants."""
    starts_at = timezone.localtime(timezone.now().replace(microsecond=0) + begins_in)
    last = starts_at.replace(hour=23, minute=59, second=59)
    times = {"starts_at": starts_at, "ends_at": min(starts_at + timedelta(hours=2), last)}
    return Meeting.objects.create(
        group=group or make_group(), **{"title_sl": f"Seja {next(_number)}", "place": "Sejna soba", **times, **fields}
    )


def make_item(meeting, **fields):
    order = meeting.items.count() + 1
    return AgendaItem.objects.create(
        meeting=meeting, **{"title_sl": f"Točka {next(_number)}", "order": order, **fields}
    )


def make_decision(group, **fields):
    """An adopted decision with the next number; with state="proposed", one without."""
    decision = Decision(group=group, **{"text_sl": f"Sklep {next(_number)}", "state": "adopted", **fields})
    if decision.state not in ("proposed", "overtaken"):
        with transaction.atomic():
            for name, value in decision.take_number().items():
                setattr(decision, name, value)
            decision.save()
    else:
        decision.save()
    return decision
