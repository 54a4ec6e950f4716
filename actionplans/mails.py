"""Mails of the plan: who is asked, who answered, whose task it is, what falls due. All through the outbox."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from partners.models import Seat, User
from portal import outbox, ticks
from portal.models import Outbox

from . import owed
from .models import Barrier, Comment, Commitment, Decision, Need, Round, Signal, Strategy, Task, TaskNotice, YearlyStep

outbox.optional("tasks", _("Tasks and their days"), "task-given", "tasks-due", "decision-due", "barrier-given")
outbox.optional("rounds", _("Reporting rounds and figures"), "round-opened", "value-returned")
outbox.optional(
    "approvals",
    _("Strategies, plans and figures that wait for your approval"),
    "approval-asked",
    "value-submitted",
    "values-submitted",
)
outbox.optional("comments", _("Comments of members"), "comment-new")
outbox.optional(
    "answers", _("What organisations answer to what they are asked"), "commitment-answered", "decision-reported"
)
outbox.optional("suggestions", _("Programmes that are suggested for a measure"), "suggestion-new")
outbox.optional("signals", _("What somebody noticed"), "signal-new")
outbox.optional("practices", _("Other groups that take up a practice of yours"), "practice-copied")


def link_for(person, name, *args):
    """The address of a page in the person's language, for a mail."""
    with override(person.language):
        return settings.PORTAL_ADDRESS + reverse(name, args=args)


def _people(**seats):
    """Active users with a current seat of that kind."""
    found = Seat.objects.current().filter(user__is_active=True, **seats)
    return User.objects.filter(pk__in=found.values("user"))


def answering(membership):
    """Who answers for an organisation; the coordinators where it has nobody."""
    return answering_for(membership.organisation_id, membership.group_id)


def answering_for(organisation, group):
    """The same by their numbers, also where the organisation has left the group."""
    seats = {"membership__organisation": organisation, "membership__group": group}
    own = _people(**seats, role__in=Commitment.ANSWERING)
    return own if own.exists() else coordinating(group)


def coordinating(group):
    return _people(membership__group=group, role=Seat.Role.COORDINATOR)


def comment_made(comment):
    """To who answers for what a member speaks of, and who spoke there before; but not to who wrote it."""
    for person in _hearing(comment).exclude(pk=comment.by_id):
        with override(person.language):
            link = settings.PORTAL_ADDRESS + comment.stands_at
            title = in_words(comment.plan) if comment.plan else str(comment.about)
        context = {"comment": comment, "by": comment.by.full_name, "title": title, "link": link}
        outbox.send("comment-new", person, context=context, key=f"comment {comment.pk} made {person.pk}")


def _hearing(comment):
    """The coordinators, who leads the measure, who follows the need, and members who said something there."""
    group = comment.group_id
    people = coordinating(group)
    if comment.measure:
        people |= _leading(comment)
    if comment.need and comment.need.owner_id:
        people |= _people(pk=comment.need.owner_id)
    if comment.strategy_id:
        return people
    spoke = Comment.objects.filter(need=comment.need_id, plan=comment.plan_id, measure=comment.measure_id)
    return people | _people(membership__group=group, user__in=spoke.filter(by__isnull=False).values("by"))


def comment_taken_back(comment):
    """What waits of it is not sent any more."""
    waiting = Outbox.objects.filter(kind="comment-new", state=Outbox.State.WAITING)
    waiting.filter(key__startswith=f"comment {comment.pk} made ").delete()


def comment_answered(comment):
    """To the member who made it: what was done with it, or what is answered."""
    key = f"comment {comment.pk} {comment.version}"
    outbox.send("comment-answered", comment.by, context={"comment": comment}, key=key)


def commitment_asked(commitment):
    """To the organisation's representatives: what is asked, and where to answer."""
    for person in answering(commitment.membership):
        link = link_for(person, "actionplans:commitment-answer", commitment.pk)
        context = {"commitment": commitment, "link": link, "name": person.get_short_name()}
        key = f"commitment {commitment.pk} {commitment.version} asked {person.pk}"
        outbox.send("commitment-asked", person, context=context, key=key)


def commitment_answered(commitment, by):
    """To the coordinators, but not to who answered."""
    for person in coordinating(commitment.membership.group_id).exclude(pk=by.pk):
        link = link_for(person, "actionplans:commitment-answer", commitment.pk)
        key = f"commitment {commitment.pk} {commitment.version} answered {person.pk}"
        outbox.send("commitment-answered", person, context={"commitment": commitment, "link": link}, key=key)


def task_given(task, by):
    """To who has it: a person, an organisation, a working group, or who answers where nobody was named."""
    for person in _holders(task).exclude(pk=by.pk):
        link = link_for(person, "actionplans:work")
        key = f"task {task.pk} given {person.pk} {task.version}"
        outbox.send("task-given", person, context={"task": task, "link": link}, key=key)


def barrier_given(barrier, by):
    """To who answers for the organisation that is to see to it from now on."""
    if not barrier.owner_id or barrier.status == Barrier.Status.SOLVED:
        return
    for person in answering_for(barrier.owner_id, barrier.group_id).exclude(pk=by.pk):
        link = f"{link_for(person, 'actionplans:barriers')}?group={barrier.group.slug}#barrier-{barrier.pk}"
        key = f"barrier {barrier.pk} given {person.pk} {barrier.version}"
        outbox.send("barrier-given", person, context={"barrier": barrier, "link": link}, key=key)


def _holders(task):
    if task.person_id:
        return User.objects.filter(pk=task.person_id, is_active=True)
    if task.organisation_id:
        return answering_for(task.organisation_id, task.of_group)
    if task.working_group_id:
        return task.working_group.people()
    return _leading(task) if task.measure_id else coordinating(task.group_id)


def _leading(step):
    """Who answers for the organisation that leads the measure of a task, step, comment …; else its coordinators."""
    lead = step.measure.commitments.accepted().filter(role=Commitment.Role.LEAD).first()
    return answering(lead.membership) if lead else coordinating(step.measure.plan.strategy.group_id)


def _is_news(task, person, threshold):
    """Notes that the person is told; False when they were told before. A tick running beside this one waits here."""
    kind = "step" if isinstance(task, YearlyStep) else "task"
    facts = {kind: task, "user": person, "due_on": task.due_on, "threshold": threshold}
    return TaskNotice.objects.get_or_create(**facts)[1]


def round_opened(opened, memberships):
    """To who answers for each organisation that owes something."""
    for membership in memberships:
        for person in answering(membership):
            link = link_for(person, "actionplans:round-answer", opened.pk, membership.organisation_id)
            key = f"round {opened.pk} opened {membership.pk} {person.pk}"
            outbox.send("round-opened", person, context={"round": opened, "link": link}, key=key)


def value_submitted(value, by):
    """To the coordinators, who approve it; not to who entered it."""
    for person in coordinating(value.indicator.group_id).exclude(pk=by.pk):
        context = {"value": value, "by": str(by), "link": _to_approve(person, value.indicator.group)}
        key = f"value {value.pk} submitted {value.version} {person.pk}"
        outbox.send("value-submitted", person, context=context, key=key)


def values_submitted(group, by, count, key):
    """To the coordinators, who approve them: how many figures came as a table; not to who brought it."""
    for person in coordinating(group.pk).exclude(pk=by.pk):
        context = {"count": count, "group": group, "by": str(by), "link": _to_approve(person, group)}
        outbox.send(
            "values-submitted", person, context=context, key=f"values {key} of {group.pk} submitted {person.pk}"
        )


def _to_approve(person, group):
    """The address of all figures of the group that wait."""
    return f"{link_for(person, 'actionplans:figures-waiting')}?group={group.slug}"


def approval_asked(record, by, people):
    """To those who may approve a strategy or a plan."""
    for person in people:
        _of_approval("approval-asked", record, by, person)


def approval_returned(record, by, people):
    """To who wrote a strategy or a plan that is given back, with the note."""
    for person in people:
        _of_approval("approval-returned", record, by, person)


def _of_approval(kind, record, by, person):
    with override(person.language):
        title = str(record) if isinstance(record, Strategy) else in_words(record)
    number = record.pk if isinstance(record, Strategy) else record.strategy_id
    link = link_for(person, "actionplans:strategy-work", number)
    key = f"{kind} {record._meta.model_name} {record.pk} {record.version} {person.pk}"
    outbox.send(kind, person, context={"title": title, "by": str(by), "note": record.note, "link": link}, key=key)


def in_words(plan):
    """ "Action plan 2026: Together for health", in the language that is active."""
    return gettext("Action plan %(years)s: %(strategy)s") % {"years": plan, "strategy": plan.strategy}


def value_returned(value):
    """To who entered the figure."""
    if person := value.entered_by:
        link = link_for(person, "actionplans:value-edit", value.pk)
        key = f"value {value.pk} returned {value.version}"
        outbox.send("value-returned", person, context={"value": value, "link": link}, key=key)


@ticks.register
def tasks_due(today=None):
    """One mail a person about tasks due within a week, and again when they are overdue. → words, or None.

    The yearly steps of measures stand in it too, from the last month of their year on.

    A threshold crossed since the last tick counts, so a missed day is made up for; the key sees to it that nobody
    hears of the same threshold twice, for as long as the day stays.
    """
    today = today or timezone.localdate()
    soon = today + timedelta(days=7)
    news = {}
    for step in YearlyStep.objects.open(today).select_related("measure__plan__strategy"):
        if step.due_on <= today + timedelta(days=30):
            threshold = "overdue" if step.due_on < today else "due"
            for person in _leading(step):
                news.setdefault((person, threshold), []).append(step)
    for task in Task.objects.open().filter(due_on__lte=soon).select_related("measure__plan__strategy", "working_group"):
        threshold = "overdue" if task.due_on < today else "due"
        for person in _holders(task):
            news.setdefault((person, threshold), []).append(task)
    sent = 0
    for (person, threshold), tasks in news.items():
        new = [t for t in tasks if _is_news(t, person, threshold)]
        if new:
            context = {"tasks": new, "is_overdue": threshold == "overdue", "link": link_for(person, "actionplans:work")}
            outbox.send("tasks-due", person, context=context)
            sent += 1
    if not sent:
        return None
    return ngettext("%(count)s mail about tasks", "%(count)s mails about tasks", sent) % {"count": sent}


@ticks.register
def decisions_due(today=None):
    """Within a week before the day of a decision, and once it has passed, to who sees to it. → words, or None.

    Where nobody answers for the organisation that does, the coordinators hear of it.

    Where a task follows from it, the mail about tasks says so already.
    """
    today = today or timezone.localdate()
    rows = Decision.objects.to_carry_out().filter(due_on__lte=today + timedelta(days=7), responsible__isnull=False)
    sent = 0
    for decision in rows:
        is_unheard = Decision.objects.unheard().filter(pk=decision.pk).exists()
        for person in answering_for(decision.responsible_id, decision.group_id):
            threshold = "overdue" if decision.due_on < today else "due"
            key = f"decision {decision.pk} {threshold} {decision.due_on} {person.pk}"
            link = link_for(person, "actionplans:decision", decision.pk)
            context = {"decision": decision, "is_overdue": threshold == "overdue", "link": link}
            context["is_unheard"] = is_unheard
            sent += bool(outbox.send("decision-due", person, context=context, key=key))
    return ngettext("%(count)s reminder", "%(count)s reminders", sent) % {"count": sent} if sent else None


def suggestion_made(suggestion):
    """To who leads the measure and the coordinators, who decide; but not to who suggested it."""
    people = _leading(suggestion) | coordinating(suggestion.measure.plan.strategy.group_id)
    for person in people.exclude(pk=suggestion.suggested_by_id):
        with override(person.language):
            link = f"{settings.PORTAL_ADDRESS}{suggestion.measure.get_absolute_url()}#suggestions"
        key = f"suggestion {suggestion.pk} {suggestion.suggested_on} {person.pk}"
        outbox.send("suggestion-new", person, context={"suggestion": suggestion, "link": link}, key=key)


def suggestion_answered(suggestion, by):
    """To who suggested it; who has left by now, in the place of that to who answers for the organisation."""
    organisation, group = suggestion.programme.organisation_id, suggestion.measure.plan.strategy.group_id
    own = _people(user=suggestion.suggested_by_id, membership__organisation=organisation)
    for person in (own if own.exists() else answering_for(organisation, group)).exclude(pk=by.pk):
        link = link_for(person, "actionplans:programme-plan", suggestion.programme_id)
        outbox.send("suggestion-answered", person, context={"suggestion": suggestion, "link": link})


def decision_reported(decision):
    """To the coordinators, who take it into the decision or say why not."""
    for person in coordinating(decision.group_id).exclude(pk=decision.reported_by_id):
        link = link_for(person, "actionplans:decision", decision.pk)
        outbox.send("decision-reported", person, context={"decision": decision, "link": link})


def report_dismissed(decision):
    """To who reported it: why it is not taken into the decision."""
    person = decision.reported_by
    if person and person.is_active:
        link = link_for(person, "actionplans:decision", decision.pk)
        outbox.send("decision-dismissed", person, context={"decision": decision, "link": link})


def round_reminded(opened, when=""):
    """To who has not answered all, once for each `when`. → how many mails."""
    sent = 0
    for membership in owed.waiting(opened):
        for person in answering(membership):
            link = link_for(person, "actionplans:round-answer", opened.pk, membership.organisation_id)
            key = f"round {opened.pk} reminded {membership.pk} {person.pk} {when}".strip()
            sent += bool(outbox.send("round-opened", person, context={"round": opened, "link": link}, key=key))
    return sent


@ticks.register
def rounds_due(today=None):
    """Three days before a round ends, once, to who has not answered all. → words, or None."""
    today = today or timezone.localdate()
    due = Round.objects.open().filter(due_on__lte=today + timedelta(days=3), due_on__gte=today)
    sent = sum(map(round_reminded, due))
    return ngettext("%(count)s reminder", "%(count)s reminders", sent) % {"count": sent} if sent else None


def practice_copied(adoption, by):
    """To those who told it: the coordinators of its group, and who answers there for the organisation that did it."""
    practice = adoption.practice
    told = coordinating(practice.group_id)
    if practice.organisation_id:
        did = {"membership__group": practice.group_id, "membership__organisation": practice.organisation_id}
        told = told | _people(**did, role__in=Commitment.ANSWERING)
    for person in told.exclude(pk=by.pk):
        link = link_for(person, "actionplans:practice", practice.pk, practice.slug_in(person.language))
        key = f"practice {practice.pk} copied {adoption.pk} {person.pk}"
        outbox.send("practice-copied", person, context={"adoption": adoption, "link": link}, key=key)


def signal_new(signal, by):
    """To the group's coordinators, but to whoever sent it: somebody waits for an answer."""
    for person in coordinating(signal.group_id).exclude(pk=by.pk):
        link = link_for(person, "actionplans:signal-triage", signal.pk)
        context = {"signal": signal, "link": link}
        outbox.send("signal-new", person, context=context, key=f"signal {signal.pk} to {person.pk}")


def signal_answered(signal):
    """Tells who sent a signal what became of it, and those whose signals were merged into it; each once a move."""
    need = Need.objects.public().filter(pk=signal.need_id).first()
    answer = signal.answer or signal.head.answer
    for one in [signal, *_same(signal)]:
        if one.email:
            with override(one.language):
                link = need and settings.PORTAL_ADDRESS + need.get_absolute_url()
            facts = {"signal": one, "status": signal.get_status_display, "answer": answer, "need": need, "link": link}
            key = f"signal {one.pk} {signal.pk} {signal.version}"
            outbox.send("signal-answered", one.email, one.language, facts, key=key)


def _same(signal):
    """Signals that were merged into one, and into those."""
    found: dict[int, Signal] = {}
    ahead = [signal.pk]
    while ahead:
        rows = Signal.objects.filter(merged_into__in=ahead, status=Signal.Status.MERGED).exclude(pk=signal.pk)
        news = {row.pk: row for row in rows if row.pk not in found}
        found |= news
        ahead = list(news)
    return found.values()
