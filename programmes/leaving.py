"""What a person who leaves holds of programmes: being their contact, having confirmed them last, and what others wrote
and wait for: readers' reports, requests for a visit, messages about self-help groups."""

from functools import partial

from django.db.models import F, Q
from django.utils import formats, timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.leaving import Held, Source, page_for, register
from partners.models import Organisation, coordinated_by

from . import confirming, editing, review
from .models import ProblemReport, Programme, Proposal, SelfHelpRequest, VisitRequest


def _programmes(leave):
    organisations = Organisation.objects.filter(memberships__in=leave.memberships)
    mine = Programme.objects.editable_by(leave.by).filter(organisation__in=organisations)
    return mine.exclude(status=Programme.Status.ARCHIVED).order_by("pk")


def _held(kind, programmes, **more):
    return [Held(f"{kind}-{p.pk}", p, partial(str, p), p.organisation_id, **more) for p in programmes]


def _held_contacts(leave):
    """Programmes that name the person, by address or, within their own organisations, by name."""
    person = leave.person
    named = Q(contact_email__iexact=person.email)
    if person.full_name:
        own = leave.memberships.filter(seats__user=person).values("organisation")
        named |= Q(contact_name__iexact=person.full_name, organisation__in=own)
    return _held("contact", _programmes(leave).filter(named))


def _give_contact(leave, held, to, ends_on):
    """The name; address and number where they were the person's own. It goes the way of every edit, review included."""
    programme, person = held.record, leave.person
    changes = {"contact_name": to.full_name}
    if programme.contact_email.lower() == person.email.lower():
        changes["contact_email"] = to.email
    if person.phone and programme.contact_phone == person.phone:
        changes["contact_phone"] = to.phone
    editing.save(programme, changes, leave.by, programme.version)
    return _page(programme, to)


def _contact_touched(leave, held):
    waiting = Proposal.objects.living().filter(programme=held.record.pk)
    contact = ("contact_name", "contact_email", "contact_phone")
    return [(Programme.objects.filter(pk=held.record.pk), contact), (waiting, ("state", "changes", "base"))]


def _take_back_contact(changes, by):
    """The way of every edit; what was only proposed is proposed no longer."""
    for change in changes:
        if change["model"] == "programmes.programme":
            programme = Programme.objects.get(pk=change["pk"])
            editing.save(programme, change["before"], by, programme.version)
        elif change["before"] is None:
            review.withdraw(Proposal.objects.get(pk=change["pk"]), by)
        else:
            Proposal.objects.filter(pk=change["pk"]).update(**change["before"], revision=F("revision") + 1)


def _held_checks(leave):
    """Public programmes that the person confirmed last. That stays true; the successor is asked to look again."""
    checked = _programmes(leave).filter(checked_by=leave.person, status__in=Programme.PUBLIC)
    return _held("check", checked, is_theirs=True, is_optional=True)


def _give_check(leave, held, to, ends_on):
    if held.record.checked_on == timezone.localdate():  # such a link would be used up
        return _page(held.record, to)
    return confirming.confirm_link(held.record, to)


def _page(programme, reader):
    return page_for(reader, "programmes:programme", programme.pk, programme.slug_in(reader.language))


def _held_reports(leave):
    """Reports of readers that the person is looking at."""
    organisations = Organisation.objects.filter(memberships__in=leave.memberships)
    mine = ProblemReport.objects.editable_by(leave.by).filter(
        Q(organisation__in=organisations) | Q(organisation=None),
        answered_by=leave.person,
        state=ProblemReport.State.IN_PROGRESS,
    )
    return [Held(f"report-{r.pk}", r, partial(_report_in_words, r), r.organisation_id) for r in mine.order_by("pk")]


def _report_in_words(report):
    return f"{report.get_kind_display()}: {report.text[:80]}"


def _give_report(leave, held, to, ends_on):
    report = ProblemReport.objects.filter(pk=held.record.pk, state=ProblemReport.State.IN_PROGRESS)
    report.update(answered_by=to)
    return page_for(to, "programmes:report-answer", held.record.pk)


def _held_visits(leave):
    """Requests for a visit that the person has taken up and not answered."""
    organisations = Organisation.objects.filter(memberships__in=leave.memberships)
    mine = VisitRequest.objects.editable_by(leave.by).filter(
        programme__organisation__in=organisations, answered_by=leave.person, state=VisitRequest.State.IN_PROGRESS
    )
    return [
        Held(f"visit-{v.pk}", v, partial(_visit_in_words, v), v.programme.organisation_id)
        for v in mine.select_related("programme").order_by("pk")
    ]


def _visit_in_words(asked):
    return f"{asked.institution}: {asked.programme}"


def _give_visit(leave, held, to, ends_on):
    asked = VisitRequest.objects.filter(pk=held.record.pk, state=VisitRequest.State.IN_PROGRESS)
    asked.update(answered_by=to)
    return page_for(to, "programmes:visit-answer", held.record.pk)


def _held_self_help(leave):
    """Messages about self-help that the person has taken up and not answered. Whoever sees to the leaving learns that
    there is one, and not what it says: they need not be among those who may read it."""
    organisations = Organisation.objects.filter(memberships__in=leave.memberships)
    to_groups = Q(programme__organisation__in=organisations)
    if coordinated_by(leave.by).filter(pk=leave.group.pk).exists():
        to_groups |= Q(programme=None, group=leave.group)
    mine = SelfHelpRequest.objects.filter(
        to_groups, answered_by=leave.person, state=SelfHelpRequest.State.IN_PROGRESS
    ).select_related("programme")
    return [
        Held(
            f"self-help-{s.pk}",
            s,
            partial(_self_help_in_words, s),
            s.programme.organisation_id if s.programme else None,
            is_theirs=s.programme is not None,
        )
        for s in mine.order_by("pk")
    ]


def _self_help_in_words(asked):
    day = formats.date_format(timezone.localdate(asked.created_at))
    return f"{asked.programme or gettext('A new self-help group')}, {day}"


def _give_self_help(leave, held, to, ends_on):
    asked = SelfHelpRequest.objects.filter(pk=held.record.pk, state=SelfHelpRequest.State.IN_PROGRESS)
    asked.update(answered_by=to)
    return page_for(to, "programmes:self-help-answer", held.record.pk)


register(
    Source(
        "contact",
        _("Contact person of programmes"),
        _held_contacts,
        _give_contact,
        _contact_touched,
        _take_back_contact,
    )
)
register(Source("check", _("Programmes they confirmed last"), _held_checks, _give_check))
register(Source("report", _("Reports of readers they are looking at"), _held_reports, _give_report))
register(Source("visit", _("Requests for a visit they are looking at"), _held_visits, _give_visit))
register(Source("self-help", _("Messages about self-help they are looking at"), _held_self_help, _give_self_help))
