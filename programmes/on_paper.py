"""Programmes as entries of the catalogue on paper: hundreds at once, so nothing is read that no entry shows."""

from collections import defaultdict

from django.db.models import Prefetch, prefetch_related_objects

from partners.models import Location
from portal import languages
from portal.models import Term, Vocabulary

from .models import Programme, ProgrammeTerm, Schedule, ScheduleLanguage

SHOWN = (Vocabulary.TOPIC, Vocabulary.REFERRAL_ROUTE, Vocabulary.COST)
COLUMNS = ("slug", "status", "is_full", "resumes_on", "waiting_weeks", "contact_name", "contact_phone",
           languages.HELD, *languages.columns("title", "summary"),
           "organisation__slug", *languages.columns("organisation__name"))  # fmt: skip


def entries(numbers):
    """[Programme] in the order of the numbers, public ones only, with all that an entry shows; in six queries.

    Five hundred programmes have some thousands of terms, which are a hundred: each is one record for all of them.
    """
    found = Programme.objects.published().select_related("organisation").only(*COLUMNS).in_bulk(numbers)
    places = Location.objects.only("slug", "address", *languages.columns("name"))
    schedules = Prefetch("schedules", Schedule.objects.current())
    prefetch_related_objects(list(found.values()), schedules, Prefetch("schedules__location", places))
    labels = Term.objects.filter(vocabulary__in=(*SHOWN, Vocabulary.LANGUAGE)).order_by()
    terms = labels.only("vocabulary", "slug", "order", *languages.columns("label")).in_bulk()
    classified, spoken = _classified(found, terms), _spoken(found.values(), terms)
    for number, programme in found.items():
        programme.terms_by_vocabulary = classified[number]
        programme.spoken_languages = sorted(dict.fromkeys(spoken[number]), key=lambda term: term.order)
    return [found[number] for number in numbers if number in found]


def _classified(numbers, terms):
    """{number: {vocabulary: [terms in their order]}}, as Programme.terms_by_vocabulary has them."""
    rows = ProgrammeTerm.objects.filter(programme__in=numbers, term__vocabulary__in=SHOWN).order_by()
    pairs = [(number, terms[term]) for number, term in rows.values_list("programme", "term")]
    found = defaultdict(dict)
    for number, term in sorted(pairs, key=lambda pair: (pair[1].order, pair[1].slug)):
        found[number].setdefault(term.vocabulary, []).append(term)
    return found


def _spoken(programmes, terms):
    """{number: [terms of the languages of its schedules]}."""
    of = {schedule.pk: programme.pk for programme in programmes for schedule in programme.schedules.all()}
    found = defaultdict(list)
    for schedule, term in ScheduleLanguage.objects.filter(schedule__in=of).values_list("schedule", "term"):
        found[of[schedule]].append(terms[term])
    return found
