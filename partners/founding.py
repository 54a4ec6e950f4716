"""A new group: what it begins with, and what it still lacks."""

from typing import NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, override

from portal import addresses, dates, languages

from .invitation_mail import send
from .models import (
    ExpectedSector,
    Invitation,
    Location,
    Membership,
    Municipality,
    Organisation,
    Seat,
    WorkingGroup,
    groups_of,
)  # fmt: skip

# Working groups many begin with. Their names are written in every language when they are chosen.
BODIES = {
    "children-families": gettext_noop("Children and families"),
    "school-youth": gettext_noop("School and young people"),
    "older-people": gettext_noop("Older people and living alone"),
    "mental-health": gettext_noop("Mental health"),
    "movement-food": gettext_noop("Movement and food"),
    "equity": gettext_noop("Groups in vulnerable positions"),
}


def lines(text):
    """The lines of a text that say something, each once."""
    return list(dict.fromkeys(line.strip()[:120] for line in text.splitlines() if line.strip()))


def found(group, by, values):
    """Fills a group that was just created with what the form says; invitations go out in the same transaction."""
    language = languages.active()
    municipalities = list(values["municipalities"])
    for name in lines(values["new_municipalities"]):
        known = Municipality.objects.filter(**{f"name_{language}__iexact": name}).first()
        new = Municipality(**{f"name_{language}": name})
        municipalities.append(known or addresses.save_new(new, name, field="code"))
    group.municipalities.set(municipalities)
    ExpectedSector.objects.bulk_create(ExpectedSector(group=group, sector=sector) for sector in values["sectors"])
    for texts in [_body(slug) for slug in values["bodies"]] + [
        {f"name_{language}": name} for name in lines(values["more_bodies"])
    ]:
        own = WorkingGroup.objects.filter(group=group)
        addresses.save_new(WorkingGroup(group=group, **texts), next(iter(texts.values())), own)
    organisation = values["organisation"] or addresses.save_new(
        Organisation(sector=values["sector"], **{f"name_{language}": values["new_organisation"]}),
        values["new_organisation"],
    )
    membership = Membership.objects.create(group=group, organisation=organisation)
    for role in (Seat.Role.COORDINATOR, Seat.Role.ADVISER, Seat.Role.DATA_STEWARD):
        if email := values[role.value]:
            _invite(membership, role, email, values["mail_language"], by)


def _body(slug):
    texts = {}
    for code in languages.CODES:
        with override(code):
            texts[f"name_{code}"] = _(BODIES[slug])
    return texts


def _invite(membership, role, email, language, by):
    invitation = Invitation(membership=membership, role=role, email=email, language=language, invited_by=by)
    token = invitation.renew()
    send(invitation, token)


# ---- what is missing ----------------------------------------------------------------------------
class Point(NamedTuple):
    """A point of the check-list: whether it is there, a sentence that says so, and where one goes on."""

    is_done: bool
    words: str
    link: str = ""
    link_words: str = ""


def points(group, user):
    """[Point] about a group, in a fixed number of queries. Links lead where `user` can do something."""
    members = Organisation.objects.filter(memberships__in=Membership.objects.current().filter(group=group))
    is_member = groups_of(user).filter(pk=group.pk).exists()
    return [
        _coordinated(group),
        *_texts(group, user),
        _sectors(group, members),
        _represented(group),
        _bodies(group, user, is_member),
        _settlements(group, user),
        _places(members, is_member),
        _programmes(members),
        _needs(group, is_member),
        _strategy(group),
    ]


def _coordinated(group):
    people, invite = reverse("partners:people"), reverse("partners:invite")
    seats = Seat.objects.current().filter(role=Seat.Role.COORDINATOR, membership__group=group, user__is_active=True)
    if seats.exists():
        return Point(True, _("Somebody coordinates the group."))
    asked = Invitation.objects.pending().filter(membership__group=group, role=Seat.Role.COORDINATOR).first()
    if asked is None:
        return Point(False, _("Nobody coordinates the group, and nobody is invited to."), invite, _("Invite somebody"))
    day = dates.date_in_sentence(asked.sent_at.date(), languages.active())
    words = _("%(email)s was invited to coordinate on %(day)s and has not accepted yet.")
    if not asked.is_open:
        words = _("The invitation of %(email)s to coordinate, of %(day)s, is too old: send it again.")
    return Point(False, words % {"email": asked.email, "day": day}, people, _("To the invitations"))


def _texts(group, user):
    """Name, purpose and how one reaches the group; administrators keep them, and others are told so."""
    link = reverse("admin:partners_group_change", args=[group.pk]) if user.is_superuser else ""
    by_whom = "" if link else " " + _("Whoever runs the portal writes it down: send them the words.")
    lacking = [c for c in languages.CODES if not getattr(group, f"name_{c}") or not getattr(group, f"purpose_{c}")]
    count = len(lacking)
    words = ngettext(
        "Name or purpose is missing in one language.", "Name or purpose is missing in %(count)s languages.", count
    )
    change = _("Change the group")
    yield (
        Point(False, words % {"count": count} + by_whom, link, change)
        if count
        else Point(True, _("Name and purpose stand in all languages."))
    )
    if group.phone or group.email:
        yield Point(True, _("Readers see how to reach the group."))
    else:
        words = _("The group has neither a telephone number nor an e-mail address for readers.")
        yield Point(False, words + by_whom, link, change)


def _sectors(group, members):
    present = set(members.values_list("sector", flat=True))
    expected = list(group.expected_sectors.select_related("sector").order_by("sector__order", "sector__slug"))
    missing = [str(row.sector) for row in expected if row.sector_id not in present]
    if not expected:
        words = _("Nobody has said which sectors the group expects. The network shows which have no partner.")
        return Point(False, words, f"{reverse('actionplans:network')}?group={group.pk}", _("Who works with whom"))
    if not missing:
        return Point(True, _("Every expected sector has a partner."))
    words = _("No partner yet from these sectors: %(sectors)s.")
    link = reverse("partners:join")
    return Point(False, words % {"sectors": ", ".join(missing)}, link, _("The form to send them"))


def _represented(group):
    represented = Seat.objects.current().filter(role=Seat.Role.REPRESENTATIVE).values("membership")
    count = Membership.objects.current().filter(group=group).exclude(pk__in=represented).count()
    if not count:
        return Point(True, _("Every partner has a representative."))
    words = ngettext("One partner has no representative.", "%(count)s partners have no representative.", count)
    return Point(False, words % {"count": count}, reverse("partners:invite"), _("Invite somebody"))


def _bodies(group, user, is_member):
    bodies, link, link_words = group.working_groups, "", _("Change the group")
    if is_member:
        link, link_words = reverse("actionplans:working-groups"), _("Working groups")
    elif user.is_superuser:
        link = reverse("admin:partners_group_change", args=[group.pk])
    if not bodies.exists():
        return Point(False, _("There is no working group yet."), link, link_words)
    count = bodies.filter(lead=None).count()
    words = ngettext("Nobody leads one working group.", "Nobody leads %(count)s working groups.", count)
    if count:
        return Point(False, words % {"count": count}, link, link_words)
    return Point(True, _("Every working group has a partner that leads it."))


def _settlements(group, user):
    """Where a municipality has none, its residents cannot say from where they look; administrators add them."""
    lacking = list(group.municipalities.filter(settlements=None).order_by("pk"))
    if not lacking:
        return Point(True, _("Residents can choose their settlement and see what is near."))
    words = _("No settlement is in the list yet for: %(names)s. Without one, residents cannot look for what is near.")
    words %= {"names": ", ".join(map(str, lacking))}
    if user.is_superuser:
        link = reverse("admin:partners_municipality_change", args=[lacking[0].pk])
        return Point(False, words, link, _("Add settlements"))
    return Point(False, words + " " + _("Whoever runs the portal writes it down: send them the words."))


def _places(members, is_member):
    if Location.objects.filter(organisation__in=members).exists():
        return Point(True, _("Readers see where things take place."))
    words = _("No partner has a place yet.")
    if is_member:  # whoever is of a partner adds one there
        return Point(False, words, reverse("partners:my"), _("My organisation"))
    return Point(False, words, reverse("partners:places"), _("Places"))


def _programmes(members):
    """Asks by the name of the relation: programmes are of the floor above."""
    if members.filter(Q(programmes__status="published") | Q(programmes__status="paused")).exists():
        return Point(True, _("Residents find a programme."))
    link = reverse("programmes:programme-add")
    return Point(False, _("No programme is published yet."), link, _("New programme"))


def _needs(group, is_member):
    if group.needs.exists():
        return Point(True, _("It is written down what people here lack."))
    link = f"{reverse('actionplans:needs-board')}?group={group.slug}" if is_member else ""
    return Point(False, _("No need is written down yet."), link, _("Needs"))


def _strategy(group):
    if group.strategies.exists():
        return Point(True, _("The strategy is begun."))
    link = f"{reverse('actionplans:starting')}?group={group.slug}"
    return Point(False, _("There is no strategy yet; a template helps to begin."), link, _("Start from a template"))
