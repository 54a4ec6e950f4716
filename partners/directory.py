"""Who can help with a question: the partners and people of one's groups, found by what they offer, lend and know.

A word finds a text that holds it, without its diacritics, in whatever language the text is; its stem finds other
forms of it in texts of that language: telovadnico finds telovadnica. What holds all words is found; where nothing
does ("who knows about dementia"), what holds the most of them.
"""

from collections import defaultdict
from typing import NamedTuple

from portal import languages
from portal.models import Term
from portal.search import text

from .models import Membership, Organisation, Seat, User, WorkingGroup, groups_of
from .people import seats_to_keep

SHORT = 4  # letters; shorter words are found at the beginning of a word only, those of two as a whole one
SPEAKING = (Seat.Role.REPRESENTATIVE, Seat.Role.DEPUTY)
TITLES = ("name", "offer", "lends", "about")


class Person(NamedTuple):
    user: User
    seats: list[Seat]
    shows_contact: bool


class Partner(NamedTuple):
    organisation: Organisation
    speaking: list[Person]  # each with one seat: representative first, then deputies
    working_groups: list[WorkingGroup]  # that it leads or takes part in


class Directory(NamedTuple):
    partners: list[Partner]
    people: list[Person]
    sectors: list[Term]
    working_groups: list[WorkingGroup]
    is_partial: bool  # nothing holds all of the words


def look(user, words="", sector="", working_group=""):
    """What the person finds in their own groups; `sector` is a slug, `working_group` a number as text."""
    memberships = list(_memberships(user))
    seats = list(_seats(user))
    working_groups = list(WorkingGroup.objects.filter(group__in=groups_of(user)).prefetch_related("members"))
    organisations = {m.organisation_id: m.organisation for m in memberships}
    inside = _inside(working_groups, {m.pk: m.organisation_id for m in memberships})
    led = {pk for pk, bodies in inside.items() if any(str(w.pk) == working_group for w in bodies)}
    wanted = {
        pk
        for pk, organisation in organisations.items()
        if (not sector or organisation.sector.slug == sector) and (not working_group or pk in led)
    }
    kept = set(seats_to_keep(user).values_list("pk", flat=True))
    shows = {s.user_id for s in seats if s.user.is_listed or s.pk in kept or s.user_id == user.pk}
    asked = _asked(words)
    partners = _partners([organisations[pk] for pk in wanted], seats, shows, inside)
    people = _people([seat for seat in seats if seat.membership.organisation_id in wanted], shows)
    partners = [(_hits(asked, _texts(p.organisation, TITLES)), p) for p in partners]
    people = [(_hits(asked, _said_of(p)), p) for p in people]
    most = max((hits for hits, _record in [*partners, *people]), default=0)
    is_nothing = bool(asked) and not most
    return Directory(
        [] if is_nothing else [partner for hits, partner in partners if hits == most],
        [] if is_nothing else [person for hits, person in people if hits == most],
        sorted({o.sector for o in organisations.values()}, key=lambda term: (term.order, term.slug)),
        sorted(working_groups, key=lambda w: languages.sort_key(str(w))),
        0 < most < len(asked),
    )


def _inside(working_groups, organisations):
    """{organisation: [WorkingGroup]} of those that lead or take part; `organisations` is {membership: organisation}."""
    found = defaultdict(list)
    for working_group in working_groups:
        members = {organisations.get(member.membership_id) for member in working_group.members.all()}
        for number in {working_group.lead_id, *members} - {None}:
            found[number].append(working_group)
    return found


def _memberships(user):
    current = Membership.objects.current().filter(group__in=groups_of(user))
    return current.select_related("organisation__sector", "organisation__parent")


def _seats(user):
    seats = Seat.objects.current().filter(membership__group__in=groups_of(user), user__is_active=True)
    return seats.select_related("membership__organisation", "membership__group", "user").order_by("pk")


def _partners(organisations, seats, shows, inside):
    speaking = defaultdict(list)
    for seat in sorted((s for s in seats if s.role in SPEAKING), key=lambda s: (SPEAKING.index(s.role), s.pk)):
        person = Person(seat.user, [seat], seat.user_id in shows)
        speaking[seat.membership.organisation_id].append(person)
    found = [Partner(each, speaking[each.pk], inside.get(each.pk, [])) for each in organisations]
    return sorted(found, key=lambda partner: languages.sort_key(str(partner.organisation)))


def _people(seats, shows):
    by_user = defaultdict(list)
    for seat in seats:
        by_user[seat.user_id].append(seat)
    found = [Person(own[0].user, own, pk in shows) for pk, own in by_user.items()]
    return sorted(found, key=lambda person: (languages.sort_key(person.user.full_name), person.user.pk))


def _said_of(person):
    """[(language or None, folded words)]: the name, what one may ask them, and what they are where."""
    said = [(None, _spaced(person.user.full_name)), *_texts(person.user, ("expertise",))]
    for seat in person.seats:
        said += [(None, _spaced(seat.get_role_display())), *_texts(seat, ("title",))]
        said += _texts(seat.membership.organisation, ("name",))
    return said


def _texts(record, fields):
    """[(language, folded words with a space before each)] of all that is written."""
    written = ((code, getattr(record, f"{field}_{code}")) for field in fields for code in languages.CODES)
    return [(code, _spaced(value)) for code, value in written if value]


def _spaced(value):
    return "".join(f" {word}" for word in text.words(text.fold(value)))


def _asked(words):
    """[(folded word, {language: folded stem})] of the words that tell something: not of "who has a"."""
    told = text.telling(text.words(words), languages.active())
    return [(text.fold(word), {code: text.stem(word, code) for code in languages.CODES}) for word in told]


def _hits(asked, texts):
    """How many of the words the texts hold."""
    return sum(any(_says(said, code, *one) for code, said in texts) for one in asked)


def _says(said, code, word, stems):
    if len(word) < 3:  # "who knows something about": such a word begins half of all others
        return f" {word} " in f"{said} "
    if (word if len(word) >= SHORT else f" {word}") in said:
        return True
    stem = stems.get(code, "")
    # A short stem counts only of a word that is hardly longer: "demens" has the stem "dem", Danish for "them".
    is_telling = len(stem) >= SHORT or (len(stem) > 2 and len(word) - len(stem) < 2)
    return is_telling and f" {stem}" in said
