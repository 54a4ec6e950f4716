"""What waits for a person's decision: reviews, approvals, answers, and what ends by itself if nobody acts."""

from datetime import date, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.leaving import NOTICE
from partners.models import Group, Invitation, JoinRequest, Organisation, Seat, coordinated_by, groups_of
from partners.models.invitations import VALID
from partners.people import seats_to_keep
from portal import languages
from portal.history.past import events_of
from programmes import review
from programmes.models import ProblemReport, Programme, SelfHelpRequest, VisitRequest
from programmes.queue import queue

from . import assessments
from .mails import in_words
from .models import (
    ActionPlan,
    Comment,
    Commitment,
    Decision,
    IndicatorValue,
    MeasureSuggestion,
    Need,
    Notice,
    Signal,
    Strategy,
)
from .models.assessments import year_of
from .my_work import MOST, Item, Kind, by_day, few, items_of, to_end
from .templatetags.plans import figure

SOON = timedelta(days=2)  # before an invitation ends, it can be sent again


def waiting_for(user, today):
    """[Item], by day. A number of queries that depends on what kinds wait, not on how much does."""
    kinds = [_reports(user), _self_help(user), _visits(user), _suggestions(user), _comments(user)]
    kinds += [_invitations(user), _seats(user, today), _unnoted(user), _unknown(user)]
    groups = list(coordinated_by(user) if not user.is_superuser else groups_of(user))
    if groups:
        kinds += [_reviews(user), _requests(user), _notices(user), _figures(user, groups), *_approvals(user, groups)]
        kinds += [_adoptions(groups), _signals(groups), _needs(groups), _offers(groups)]
        kinds += [_late_needs(groups, today), _reported(groups)]
        kinds += [to_end(today, group__in=groups)]
    if groups and not user.is_superuser:
        kinds.append(_beginnings(groups))
    return by_day([*items_of(user, kinds), *_to_assess(user, groups, today)])


def _local(moment):
    return timezone.localtime(moment).date()


def _kind(rows, item, words, link):
    """The first of the rows, each made an Item, and where the others stand."""
    return Kind(rows, lambda: few(map(item, rows[: MOST + 1]), words, link))


def _beginnings(groups):
    """Groups without a public programme, the portal has nothing of theirs to show: their check-list leads on."""
    public = Programme.objects.published().filter(organisation__memberships__group=OuterRef("pk"))
    rows = Group.objects.filter(~Exists(public), pk__in=[group.pk for group in groups]).order_by("pk")

    def items():
        for row in rows:
            link = reverse("partners:group-setup", args=[row.pk])
            yield Item(_("Your group begins: see what it still needs"), str(row), link)

    return Kind(rows, items)


def _unknown(user):
    """Organisations in whose name the person speaks or writes, and which residents cannot reach: newly come ones."""
    seats = Seat.objects.current().filter(user=user, role__in=(*Commitment.ANSWERING, Seat.Role.EDITOR))
    rows = Organisation.objects.filter(memberships__in=seats.values("membership"), checked_on=None, phone="", email="")
    rows = rows.distinct().order_by("pk")

    def item(row):
        words = _("Introduce your organisation: nobody can reach it yet")
        return Item(words, str(row), reverse("partners:my-one", args=[row.pk]))

    return _kind(rows, item, _("My organisation"), reverse("partners:my"))


def _reviews(user):
    words = {"new": _("Review a new programme"), "proposal": _("Review changes"), "changed": _("Look at what changed")}
    words["language"] = _("Publish a language that was held back")

    def items():
        rows = (
            Item(
                words[row.kind],
                str(row.programme),
                reverse("programmes:review-programme", args=[row.programme.pk]),
                since=_local(row.since),
            )
            for row in queue(user)
        )
        return few(rows, _("More to review"), reverse("programmes:review"))

    return Kind(review.waiting(user), items)


def _requests(user):
    rows = JoinRequest.objects.editable_by(user).open()

    def item(row):
        link = reverse("partners:join-request", args=[row.pk])
        return Item(_("Answer who would like to take part"), row.name, link, since=_local(row.created_at))

    found = rows.order_by("created_at", "pk")
    return _kind(found, item, _("More requests to take part"), reverse("partners:join-requests"))


def _unnoted(user):
    rows = Notice.objects.unnoted_by(user).order_by("sent_at", "pk")

    def item(row):
        return _notice(_("Read a notice and say so"), row, _local(row.sent_at))

    return _kind(rows, item, _("More notices"), reverse("actionplans:notices"))


def _notices(user):
    rows = Notice.objects.sendable_by(user).filter(state=Notice.State.PROPOSED).order_by("pk")

    def item(row):
        return _notice(_("Send a notice, or give it back"), row)

    return _kind(rows, item, _("More notices"), reverse("actionplans:notices"))


def _notice(words, row, since=None):
    title, code = languages.resolve(row, "title")
    return Item(words, title, row.get_absolute_url(), since=since, language=code or "")


def _reports(user):
    """Of readers, about one's own organisations; to coordinators those of the group and about nobody's page."""
    rows = ProblemReport.objects.editable_by(user).open().select_related("programme", "organisation")

    def item(row):
        return Item(
            _("Answer a reader: %(kind)s") % {"kind": row.get_kind_display()},
            str(row.programme or row.organisation or ""),
            reverse("programmes:report-answer", args=[row.pk]),
            since=_local(row.created_at),
        )

    found = rows.order_by("created_at", "pk")
    return _kind(found, item, _("More reports of readers"), reverse("programmes:reports"))


def _self_help(user):
    """Who would like to start a self-help group, or wrote to one; what they wrote stands on its page only."""
    rows = SelfHelpRequest.objects.editable_by(user).open().select_related("programme", "topic")

    def item(row):
        return Item(
            _("Answer who writes to a self-help group") if row.programme else _("Answer who starts a self-help group"),
            str(row.programme or row.topic or ""),
            reverse("programmes:self-help-answer", args=[row.pk]),
            since=_local(row.created_at),
        )

    found = rows.order_by("created_at", "pk")
    return _kind(found, item, _("More requests about self-help"), reverse("programmes:self-help-requests"))


def _visits(user):
    """Institutions that would like a programme at their own place."""
    rows = VisitRequest.objects.editable_by(user).open().select_related("programme")

    def item(row):
        return Item(
            _("Answer %(name)s, who asks for a visit") % {"name": row.institution},
            str(row.programme),
            reverse("programmes:visit-answer", args=[row.pk]),
            since=_local(row.created_at),
        )

    found = rows.order_by("created_at", "pk")
    return _kind(found, item, _("More requests for a visit"), reverse("programmes:visit-requests"))


def _suggestions(user):
    """Programmes that their providers would like to see in a measure one answers for."""
    rows = MeasureSuggestion.objects.open().editable_by(user).select_related("measure", "programme__organisation")

    def item(row):
        words = {"programme": row.programme, "organisation": row.programme.organisation}
        return Item(
            _("%(organisation)s suggests a programme: %(programme)s") % words,
            str(row.measure),
            f"{row.measure.get_absolute_url()}#suggestions",
            since=row.suggested_on,
            take_at=reverse("actionplans:suggestion-take", args=[row.pk]),
        )

    return _kind(rows, item, _("More suggested programmes"), reverse("actionplans:plan"))


def _invitations(user):
    """Those that end within two days or have ended: they can be sent again, or withdrawn."""
    rows = Invitation.objects.editable_by(user).pending().filter(sent_at__lt=timezone.now() - VALID + SOON)

    def items():
        for row in rows.order_by("sent_at", "pk")[:MOST]:
            last, is_over = _local(row.sent_at + VALID), not row.is_open
            words = _("An invitation has ended: send it again") if is_over else _("An invitation ends: send it again")
            yield Item(words, row.email, reverse("partners:people"), last, is_over)

    return Kind(rows, items)


def _seats(user, today):
    """Seats that end within thirty days and that this person may prolong or hand over."""
    ending = Seat.objects.ending(today + NOTICE, today).filter(pk__in=seats_to_keep(user).values("pk"))

    def items():
        for seat in ending.select_related("user", "membership__organisation").order_by("ends_on", "pk")[:MOST]:
            about = f"{seat.user}: {seat.get_role_display()}, {seat.membership.organisation}"
            link = reverse("partners:leaving", args=[seat.pk])
            yield Item(_("A seat ends: prolong it, or hand over what they hold"), about, link, seat.ends_on)

    return Kind(ending, items)


def _figures(user, groups):
    submitted = events_of(IndicatorValue).objects.filter(pgh_obj_id=OuterRef("pk"), state="submitted")
    rows = IndicatorValue.objects.submitted().filter(indicator__group__in=groups).exclude(entered_by=user)
    rows = rows.annotate(since=Subquery(submitted.order_by("-pgh_id").values("pgh_created_at")[:1]))

    def item(row):
        return Item(
            _("Approve a figure"),
            f"{row.indicator}: {figure(row.indicator, row.value)}",
            f"{reverse('actionplans:figures-waiting')}?group={row.indicator.group.slug}",
            since=row.since and _local(row.since),
        )

    found = rows.select_related("indicator__group").order_by("pk")
    return _kind(found, item, _("More figures to approve"), reverse("actionplans:figures-waiting"))


def _to_assess(user, groups, today):
    """From October on, how many programmes of the year nobody has assessed; until then there is time."""
    year = year_of(today)
    if year == today.year and today.month < assessments.FROM_MONTH:
        return
    for group in groups:
        rows = assessments.with_words(assessments.programmes(group, year, today), group, year, user)
        if count := rows.filter(verdict=None).count():
            words = ngettext("Assess %(count)s programme", "Assess %(count)s programmes", count) % {"count": count}
            link = f"{reverse('actionplans:assessments')}?group={group.slug}&show=open"
            last = date(year, 12, 31)
            yield Item(words, str(group), link, last, last < today)


def _approvals(user, groups):
    """Strategies and plans whose authors asked for approval; nobody approves what they ask for themselves."""
    asked = Strategy.objects.filter(group__in=groups, asked_on__isnull=False).exclude(asked_by=user)
    plans = ActionPlan.objects.filter(strategy__group__in=groups, asked_on__isnull=False).exclude(asked_by=user)

    def of_strategies():
        for row in asked.order_by("pk"):
            link = reverse("actionplans:strategy-work", args=[row.pk])
            yield Item(_("Approve a strategy, or give it back"), str(row), link, since=row.asked_on)

    def of_plans():
        for plan in plans.select_related("strategy").order_by("pk"):
            link = reverse("actionplans:strategy-work", args=[plan.strategy_id])
            yield Item(_("Approve a plan, or give it back"), in_words(plan), link, since=plan.asked_on)

    return Kind(asked, of_strategies), Kind(plans, of_plans)


def _adoptions(groups):
    rows = Strategy.objects.filter(group__in=groups, status=Strategy.Status.APPROVED).order_by("pk")

    def items():
        for row in rows:
            link = reverse("actionplans:strategy-work", args=[row.pk])
            yield Item(_("Say who adopted the strategy, and when"), str(row), link, since=row.approved_on)

    return Kind(rows, items)


def _needs(groups):
    """Needs that somebody reported and nobody answered yet."""
    rows = Need.objects.filter(group__in=groups, status=Need.Status.REPORTED).order_by("reported_on", "pk")

    def item(row):
        return Item(_("Answer a need for the first time"), str(row), row.get_absolute_url(), since=row.reported_on)

    return _kind(rows, item, _("More needs without a first answer"), reverse("actionplans:needs-board"))


def _late_needs(groups, today):
    """Needs that had a first answer and have stood still since for too long."""
    rows = Need.objects.filter(group__in=groups).exclude(status=Need.Status.REPORTED).waiting_too_long(today)

    def item(row):
        return Item(_("Take a need further: it stands still"), str(row), row.get_absolute_url(), since=row.since)

    return _kind(rows, item, _("More needs that stand still"), reverse("actionplans:needs-board"))


def _comments(user):
    """One row a strategy, need, plan or measure, since its oldest comment that nobody answered."""
    open_ones = Comment.objects.visible_to(user).editable_by(user).waiting().order_by()

    def items():
        about = "strategy", "need", "plan", "measure"
        firsts = open_ones.values(*about).annotate(count=Count("pk"), first=Min("pk"), since=Min("sent_at"))
        found = {row["first"]: row for row in firsts}
        for comment in Comment.objects.select_related(*about, "plan__strategy").in_bulk(found).values():
            count, since = found[comment.pk]["count"], _local(found[comment.pk]["since"])
            words = ngettext("%(count)s comment to answer", "%(count)s comments to answer", count) % {"count": count}
            title = in_words(comment.plan) if comment.plan else str(comment.about)
            yield Item(words, title, comment.stands_at, since=since)

    return Kind(open_ones, items)


def _reported(groups):
    """What partners report on decisions they see to."""
    rows = Decision.objects.filter(group__in=groups).filter(dismissed="").exclude(reported="").order_by("pk")

    def item(row):
        return Item(_("Take up what came of a decision"), str(row), row.get_absolute_url())

    return _kind(rows, item, _("More reports on decisions"), reverse("actionplans:decisions"))


def _signals(groups):
    rows = Signal.objects.open().filter(group__in=groups).order_by("sent_at", "pk")

    def item(row):
        return Item(
            _("Answer a signal"),
            Truncator(row.text).chars(100),
            reverse("actionplans:signal-triage", args=[row.pk]),
            since=_local(row.sent_at),
            language=row.language,
        )

    return _kind(rows, item, _("More signals to answer"), reverse("actionplans:signals"))


def _offers(groups):
    rows = Commitment.objects.filter(membership__group__in=groups, status=Commitment.Status.COUNTERED)

    def item(row):
        return Item(
            _("Look at another offer of %(organisation)s") % {"organisation": row.membership.organisation},
            str(row.measure),
            reverse("actionplans:commitment-answer", args=[row.pk]),
            since=row.answered_on,
        )

    found = rows.select_related("measure", "membership__organisation").order_by("pk")
    return _kind(found, item, _("More other offers"), reverse("actionplans:load"))
