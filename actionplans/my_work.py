"""What a person's organisations owe: the rows of My work. What waits for their decision stands in waiting.py."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, Exists, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners import checking
from partners.models import Organisation, Seat, User, WorkingGroup, coordinated_by, groups_of
from programmes.models import Programme, Proposal, ReviewNote
from programmes.models.programmes import HIDE_AFTER

from . import owed
from .models import (
    Assessment,
    Barrier,
    Commitment,
    Decision,
    IndicatorValue,
    Measure,
    MeasureSuggestion,
    Objective,
    Round,
    Task,
    YearlyStep,
)

ENDS_SOON = timedelta(days=14)  # before the last day of a programme that is to be stopped
MOST = 12  # rows of one kind; the rest stands on the page of its own, to which a last row leads


@dataclass(frozen=True)
class Item:
    """One thing to do: what, for which record, by when or since when, and the link on which it is done."""

    what: str
    about: str
    link: str
    due_on: date | None = None
    is_late: bool = False
    since: date | None = None
    task: Any = None  # a task is moved by a button in its row
    confirms: int | None = None  # the number of a programme that is confirmed by a button in its row
    confirm_at: str = ""  # the address at which a button in its row confirms a partner or place
    take_at: str = ""  # the address at which a button in its row takes it
    language: str = ""  # of `about`, where people wrote it in theirs

    @property
    def day(self):
        return self.due_on or self.since


class Kind(NamedTuple):
    """One kind of thing to do: its rows, and what makes Items of them, called only where there are any."""

    rows: Any
    items: Callable[[], Iterable[Item]]


def items_of(user, kinds):
    """[Item] of all kinds: whether they have rows is asked of all of them in one question."""
    asked = {f"kind_{place}": Exists(kind.rows) for place, kind in enumerate(kinds)}
    there = User.objects.filter(pk=user.pk).values_list(*asked.values()).get()
    return [item for kind, is_there in zip(kinds, there, strict=True) if is_there for item in kind.items()]


def by_day(items):
    """Those with a day first, the earliest at the top."""
    return sorted(items, key=lambda item: (item.day is None, item.day or date.max))


def few(items, words, link):
    """The first of them, and where the others stand."""
    found = list(items)
    return found if len(found) <= MOST else [*found[:MOST], Item(words, "", link)]


def owes(user, today):
    """[Item] of the person's own organisations, those with a day first, by day. A fixed number of queries."""
    own = Organisation.objects.editable_by(user)
    represented = Seat.objects.current().filter(user=user)
    mine = own.filter(memberships__in=represented.values("membership"))
    numbers = set(mine.values_list("pk", flat=True))
    kinds = [
        _asked(user),
        _tasks(user, numbers, today),
        _decisions(user, numbers, today),
        _barriers(user, numbers),
        _steps(user, numbers, today),
        _rounds(user, numbers, today),
        _figures(user),
        _returned(numbers),
        _held(numbers),
        _declined(numbers),
        _unconfirmed(numbers, today),
        *_unchecked(numbers, today),
        to_end(today, programme__organisation__in=numbers, group__in=groups_of(user)),
    ]
    return by_day(items_of(user, kinds))


def answers_for(user):
    """[Objective] the person answers for, each with the `count` of measures that are under way for it; one query."""
    under_way = (Measure.Phase.PLANNED, Measure.Phase.IN_PROGRESS, Measure.Phase.PAUSED)
    own = Count("measures", filter=Q(measures__phase__in=under_way), distinct=True)
    placed = Count("placed", filter=Q(placed__measure__phase__in=under_way), distinct=True)
    rows = Objective.objects.answered_for_by(user).select_related("strategy", "owner")
    return list(rows.annotate(count=own + placed).order_by("strategy", "number"))


def _asked(user):
    answering = Seat.objects.current().filter(user=user, role__in=Commitment.ANSWERING)
    unheard = Commitment.objects.unheard().filter(membership__group__in=coordinated_by(user))
    rows = Commitment.objects.open()
    rows = rows.filter(membership__in=answering.values("membership")) | rows.filter(pk__in=unheard.values("pk"))

    def items():
        own = set(answering.values_list("membership", flat=True))
        for row in rows.select_related("measure", "membership__organisation"):
            words = _("Your organisation is asked: %(role)s") % {"role": row.get_role_display()}
            if row.membership_id not in own:
                facts = {"organisation": row.membership.organisation, "role": row.get_role_display()}
                words = _("Nobody answers for %(organisation)s, which is asked: %(role)s") % facts
            link = reverse("actionplans:commitment-answer", args=[row.pk])
            yield Item(words, str(row.measure), link, since=row.asked_on)

    return Kind(rows, items)


def _tasks(user, numbers, today):
    """One's own, those of one's organisations, and those of one's working groups that nobody in particular has.

    What nobody was given is with who leads the measure, else with the coordinators; with them, too, what belongs to an
    organisation for which nobody answers.
    """
    shared = Q(working_group__in=WorkingGroup.objects.of_person(user).values("pk"), person=None, organisation=None)
    rows = Task.objects.open().of_group(groups_of(user))
    free = Task.objects.of_nobody()
    unled = free.without_lead().of_group(coordinated_by(user))
    unheard = Task.objects.open().unheard().of_group(coordinated_by(user))
    left = Q(pk__in=free.of_led(numbers).values("pk")) | Q(pk__in=unled.values("pk"))
    left |= Q(pk__in=unheard.values("pk"))
    rows = rows.filter(Q(person=user) | Q(organisation__in=numbers) | shared | left)

    def items():
        for row in rows.select_related("measure", "working_group", "organisation").distinct():
            own_page = reverse("actionplans:task-edit", args=[row.pk])
            link = row.measure.get_absolute_url() if row.measure_id else own_page
            about = str(row.measure or row.working_group or "")
            is_ours = row.person_id == user.pk or row.organisation_id is None or row.organisation_id in numbers
            if not is_ours and not row.working_group_id:
                about = _for_nobody(row.organisation, about)
            yield Item(str(row), about, link, row.due_on, row.days_overdue(today) > 0, task=row)

    return Kind(rows, items)


def _for_nobody(organisation, about):
    """ "Walks – nobody answers for Lime club, so it is yours", for coordinators."""
    words = _("nobody answers for %(organisation)s, so it is yours") % {"organisation": organisation}
    return f"{about} – {words}" if about else words


def _decisions(user, numbers, today):
    """What the group resolved that one's organisation sees to; once a task follows from it, the task stands there.

    The coordinators have those of an organisation for which nobody answers.
    """
    rows = Decision.objects.to_carry_out().visible_to(user)
    unheard = rows.unheard().filter(group__in=coordinated_by(user))
    rows = rows.filter(Q(responsible__in=numbers) | Q(pk__in=unheard.values("pk")))

    def items():
        for row in rows.select_related("responsible"):
            is_late = row.due_on is not None and row.due_on < today
            words = _("See to a decision of the group")
            about = str(row) if row.responsible_id in numbers else _for_nobody(row.responsible, str(row))
            yield Item(words, about, row.get_absolute_url(), row.due_on, is_late, row.adopted_on)

    return Kind(rows, items)


def _barriers(user, numbers):
    """What keeps people away and one's organisation sees to, until it is solved; coordinators as with decisions."""
    rows = Barrier.objects.visible_to(user).exclude(status=Barrier.Status.SOLVED)
    unheard = rows.unheard().filter(group__in=coordinated_by(user))
    rows = rows.filter(Q(owner__in=numbers) | Q(pk__in=unheard.values("pk")))

    def item(row):
        link = f"{reverse('actionplans:barriers')}?group={row.group.slug}#barrier-{row.pk}"
        about = str(row) if row.owner_id in numbers else _for_nobody(row.owner, str(row))
        return Item(_("See to a barrier"), about, link, since=row.reported_on)

    def items():
        found = map(item, rows.select_related("group", "owner")[: MOST + 1])
        return few(found, _("More barriers"), reverse("actionplans:barriers"))

    return Kind(rows, items)


def _steps(user, numbers, today):
    """What is to be reached this year, of measures that one's organisations lead, or one's group while nobody does."""
    rows = YearlyStep.objects.open(today)
    unled = rows.without_lead().filter(measure__plan__strategy__group__in=coordinated_by(user))
    rows = rows.led_by(numbers) | unled

    def items():
        for row in rows.select_related("measure"):
            link = reverse("actionplans:step-edit", args=[row.measure_id, row.pk])
            yield Item(str(row), str(row.measure), link, row.due_on, row.due_on < today)

    return Kind(rows, items)


def _rounds(user, numbers, today):
    rows = Round.objects.open().filter(group__in=groups_of(user))

    def items():
        for opened in rows:
            for row in owed.board(opened):
                if row.organisation.pk in numbers and not row.is_whole:
                    count = row.total - row.done
                    words = ngettext("Report on %(count)s thing", "Report on %(count)s things", count)
                    link = reverse("actionplans:round-answer", args=[opened.pk, row.organisation.pk])
                    is_late = opened.due_on < today
                    yield Item(words % {"count": count}, str(opened), link, opened.due_on, is_late)

    return Kind(rows, items)


def _figures(user):
    rows = IndicatorValue.objects.editable_by(user).filter(entered_by=user, state=IndicatorValue.State.RETURNED)

    def items():
        for row in rows.select_related("indicator"):
            words = _("A figure was returned: %(note)s") % {"note": row.note}
            yield Item(words, str(row.indicator), reverse("actionplans:value-edit", args=[row.pk]))

    return Kind(rows, items)


def _returned(numbers):
    """Programmes and proposals that came back from review, with what was said."""
    notes = ReviewNote.objects.filter(programme__organisation__in=numbers).exclude(step__in=ReviewNote.OF_LANGUAGES)

    def items():
        last = notes.order_by("programme_id", "-pk").distinct("programme_id")
        for note in last.select_related("programme", "proposal"):
            came_back = (
                note.proposal.state == Proposal.State.RETURNED
                if note.proposal
                else note.programme.status == Programme.Status.DRAFT
            )
            if note.step == ReviewNote.Step.RETURNED and came_back:
                words = _("Returned with a note: %(note)s") % {"note": note.text}
                link = reverse("programmes:programme-edit", args=[note.programme_id])
                yield Item(words, str(note.programme), link, since=timezone.localdate(note.created_at))

    return Kind(notes, items)


def _declined(numbers):
    """Programmes that were suggested for a measure and not taken, until somebody has read why."""
    rows = MeasureSuggestion.objects.declined().filter(programme__organisation__in=numbers)

    def items():
        for row in rows.select_related("programme"):
            words = _("A measure does not take it: %(reason)s") % {"reason": row.reason}
            link = reverse("actionplans:programme-plan", args=[row.programme_id])
            yield Item(words, str(row.programme), link, since=row.declined_on)

    return Kind(rows, items)


def _held(numbers):
    """Languages that are held back and that nobody has asked to be published: the text is to be finished."""
    rows = Programme.objects.filter(organisation__in=numbers, held_languages__len__gt=0).order_by("pk")
    rows = rows.exclude(status=Programme.Status.ARCHIVED).exclude(ready_languages__contains=F("held_languages"))

    def items():
        found = (
            Item(
                _("Finish what is held back: %(languages)s") % {"languages": _languages(row)},
                str(row),
                f"{reverse('programmes:programme-edit', args=[row.pk])}#languages",
            )
            for row in rows[: MOST + 1]
        )
        return few(found, _("More languages held back"), reverse("programmes:mine"))

    return Kind(rows, items)


def _languages(programme):
    names = dict(settings.LANGUAGES)
    return ", ".join(names[code] for code in programme.held_languages if code not in programme.ready_languages)


def _unconfirmed(numbers, today):
    """Those that nobody confirmed for half a year: after a whole one they are hidden."""
    rows = Programme.objects.due_for_check(today).filter(organisation__in=numbers)

    def items():
        return few(
            (_to_confirm(row, today) for row in rows.order_by("checked_on", "pk")[: MOST + 1]),
            _("More programmes to confirm"),
            f"{reverse('programmes:mine')}?show=due",
        )

    return Kind(rows, items)


def _to_confirm(row, today):
    until = row.checked_on + HIDE_AFTER
    link = reverse("programmes:programme-edit", args=[row.pk])
    return Item(_("Is this still correct?"), str(row), link, until, until <= today, confirms=row.pk)


def _unchecked(numbers, today):
    """One's organisations, and their places, that nobody confirmed for half a year: a kind each."""
    organisations, places = checking.due(today)
    own = {
        "partners:organisation-confirm": organisations.filter(pk__in=numbers),
        "partners:place-confirm": places.filter(organisation__in=numbers),
    }
    return [_to_check(rows, name) for name, rows in own.items()]


def _to_check(rows, name):
    def items():
        words = _("Is this still correct?")
        found = (
            Item(words, str(row), row.get_absolute_url(), since=row.checked_on, confirm_at=reverse(name, args=[row.pk]))
            for row in rows[: MOST + 1]
        )
        return few(found, _("More partners and places to confirm"), reverse("partners:my"))

    return Kind(rows, items)


def to_end(today, **whose):
    """Programmes that the group decided to stop, from two weeks before their last day until they are ended."""
    rows = Assessment.objects.decided().filter(
        **whose, verdict=Assessment.Verdict.STOP, until__lte=today + ENDS_SOON, programme__status__in=Programme.PUBLIC
    )

    def items():
        for row in rows.select_related("programme", "group").order_by("until", "pk")[:MOST]:
            link = (
                f"{reverse('actionplans:assessment', args=[row.programme_id])}?group={row.group.slug}&year={row.year}"
            )
            words, is_late = _("It was decided to stop this: end it"), row.until < today
            yield Item(words, str(row.programme), link, row.until, is_late)

    return Kind(rows, items)
