"""What of programmes names terms by number: proposals that wait; and that a programme with another term is new."""

from django.db.models import F, Q

from portal import merging

from .models import Programme, Proposal, Publication


@merging.locks
def lock(terms):
    """Programmes first, then terms: as those who edit do."""
    named = Q(programmeterm__term__in=terms) | Q(schedules__schedulelanguage__term__in=terms)
    numbers = Programme.objects.filter(named).values("pk")
    list(Programme.objects.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk").values_list("pk"))


@merging.also
def renumber(old, new):
    """Forms that are open notice the new version; what a coordinator had looked at needs no second look."""
    named = Q(programmeterm__term=old) | Q(schedules__schedulelanguage__term=old)
    touched = list(Programme.objects.filter(named).values_list("pk", flat=True).distinct())
    waiting = Publication.objects.filter(programme__in=touched, proposal=None, version=F("programme__version"))
    waiting.update(version=F("version") + 1)
    seen = Programme.objects.filter(pk__in=touched, reviewed_version=F("version"))
    seen.update(reviewed_version=F("reviewed_version") + 1)
    Programme.objects.filter(pk__in=touched).update(version=F("version") + 1)
    for proposal in Proposal.objects.living().select_for_update().order_by("pk"):
        before = [proposal.base, proposal.changes]
        after = [_renamed(values, old.pk, new.pk) for values in before]
        if after != before:
            Proposal.objects.filter(pk=proposal.pk).update(base=after[0], changes=after[1])
    for publication in Publication.objects.exclude(taken={}):
        taken = _renamed(publication.taken, old.pk, new.pk)
        if taken != publication.taken:
            Publication.objects.filter(pk=publication.pk).update(taken=taken)


def _renamed(values, old, new):
    """Content (programmes.content) that names `new` instead of `old`."""
    found = dict(values)
    if "terms" in found:
        found["terms"] = _numbers(found["terms"], old, new)
    if "schedules" in found:
        found["schedules"] = [{**row, "languages": _numbers(row["languages"], old, new)} for row in found["schedules"]]
    return found


def _numbers(numbers, old, new):
    return sorted({new if number == old else number for number in numbers})
