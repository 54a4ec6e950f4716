"""My work: all that waits, by day and with its one action; what changed since, by others; nothing of another group."""

from datetime import timedelta

import pghistory
import pytest
from django.urls import reverse
from django.utils import timezone

from actionplans import news
from actionplans.models import ActionPlan, Comment, IndicatorValue, Meeting, Need, StatusReport, Strategy, WorkVisit
from partners.models import Group, Invitation, JoinRequest, Organisation, coordinated_by, groups_of, looked_up_once
from portal.history.past import events_of
from programmes import review
from programmes.models import ProblemReport, Programme

from .records import make_group, make_meeting, make_organisation, make_programme, make_user, signed_in
from .test_approval import make_plan
from .test_plan import make_indicator, make_measure, make_need, make_strategy
from .test_work import make_draft, make_signal, make_task

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def url(name, *args, app="actionplans"):
    return reverse(f"{app}:{name}", args=args)


@pytest.fixture
def group():
    return make_group(accepts_signals=True)


@pytest.fixture
def organisation(group):
    return make_organisation(group)


@pytest.fixture
def coordinator(group):
    return make_user("coordinator", make_organisation(group))


@pytest.fixture
def editor(organisation):
    return make_user("editor", organisation)


def page(user):
    return signed_in(user).get(url("work")).context


def waiting(user):
    """All but the way to the check-list: the groups here have no public programme yet."""
    begins = {url("group-setup", group.pk, app="partners") for group in Group.objects.all()}
    return [item for item in page(user)["waiting"] if item.link not in begins]


def waits(user):
    return [item.link for item in waiting(user)]


def owed(user):
    context = page(user)
    return [*context["late"], *context["items"]]


def a_report(organisation, **fields):
    report = ProblemReport(organisation=organisation, kind="times", text="Ni res", language="sl", **fields)
    report.store()
    return report


# ---- what waits for a decision ----------------------------------------------------------------------
class TestWaiting:
    def test_each_kind_stands_there_with_the_page_on_which_it_is_done(self, group, organisation, coordinator, editor):
        programme = make_programme(organisation, status="draft", checked_on=None, title_sl="Hoja")
        review.submit(programme, editor)
        strategy = make_draft(group)
        Strategy.objects.filter(pk=strategy.pk).update(asked_on=timezone.localdate(), asked_by=editor)
        plan = make_plan(strategy)
        ActionPlan.objects.filter(pk=plan.pk).update(asked_on=timezone.localdate(), asked_by=editor)
        value = IndicatorValue.objects.create(
            indicator=make_indicator(group),
            measured_on=timezone.localdate(),
            value=3,
            state="submitted",
            entered_by=editor,
        )
        Comment.objects.create(strategy=strategy, text="Več klopi", language="sl")
        signal, report = make_signal(group), a_report(organisation)
        request = JoinRequest.objects.create(
            group=group, name="Klub", offer="Ples", email="k@example.org", language="sl", token_digest="d"
        )
        expected = {
            url("review-programme", programme.pk, app="programmes"),
            url("strategy-work", strategy.pk),
            f"{url('strategy-work', strategy.pk)}#h-comments",
            f"{url('figures-waiting')}?group={value.indicator.group.slug}",
            url("signal-triage", signal.pk),
            url("report-answer", report.pk, app="programmes"),
            url("join-request", request.pk, app="partners"),
        }
        found = waits(coordinator)
        assert expected <= set(found)
        assert found.count(url("strategy-work", strategy.pk)) == 2  # the strategy and the plan

    def test_who_asked_for_approval_does_not_find_it_there(self, group, coordinator):
        strategy = make_draft(group)
        Strategy.objects.filter(pk=strategy.pk).update(asked_on=timezone.localdate(), asked_by=coordinator)
        assert url("strategy-work", strategy.pk) not in waits(coordinator)

    def test_the_oldest_stands_first(self, group, coordinator):
        later, earlier = make_signal(group), make_signal(group, sent_at=timezone.now() - 5 * DAY)
        assert waits(coordinator) == [url("signal-triage", earlier.pk), url("signal-triage", later.pk)]

    def test_of_many_the_rest_stands_behind_one_link(self, group, coordinator):
        for _number in range(20):
            make_signal(group)
        found = waits(coordinator)
        assert (len(found), found.count(url("signals"))) == (13, 1)

    def test_a_need_that_stands_still_for_too_long_comes_back_to_the_coordinator(self, group, coordinator):
        today = timezone.localdate()
        for slug, status, days in (
            ("still", "confirmed", 184), ("quick", "confirmed", 20), ("done", "resolved", 400),
            ("never", "assessing", 0),
        ):  # fmt: skip
            make_need(group, slug, status=status, reported_on=today - 500 * DAY, first_response_on=today - 480 * DAY)
            Need.objects.filter(slug=slug).update(moved_on=today - days * DAY if days else None)
        make_need(make_group(), "theirs", status="confirmed", reported_on=today - 500 * DAY)
        late = [item for item in page(coordinator)["waiting"] if item.about.startswith("Need ")]
        assert [(item.about, (today - item.since).days) for item in late] == [("Need never", 480), ("Need still", 184)]
        assert waits(make_user("editor", make_organisation(group))) == []

    def test_an_invitation_stands_there_two_days_before_it_ends(self, group, organisation, coordinator):
        for number, days in enumerate((0, 4, 6, 30)):
            Invitation.objects.create(
                membership=organisation.memberships.get(), role="editor", email=f"p{number}@example.org", language="sl",
                token_digest=f"{number}", sent_at=timezone.now() - days * DAY,
            )  # fmt: skip
        items = waiting(coordinator)
        assert [(item.about, item.is_late) for item in items] == [("p3@example.org", True), ("p2@example.org", False)]

    def test_a_seat_that_ends_leads_to_its_hand_over(self, group, organisation, coordinator, editor):
        editor.seats.update(ends_on=timezone.localdate() + 20 * DAY)
        seat = editor.seats.get()
        assert waits(coordinator) == [url("leaving", seat.pk, app="partners")]
        assert waits(editor) == []  # an editor prolongs nothing

    def test_an_editor_who_represents_from_tomorrow_on_does_not_end(self, organisation, coordinator, editor):
        today = timezone.localdate()
        editor.seats.update(ends_on=today)
        after = {"role": "representative", "starts_on": today + DAY}
        editor.seats.create(membership=organisation.memberships.get(), **after)
        assert waits(coordinator) == []

    def test_a_partner_who_is_new_begins_with_saying_who_they_are(self, group):
        new = make_organisation(group, checked_on=None)
        assert waits(make_user("representative", new)) == [url("my-one", new.pk, app="partners")]
        assert waits(make_user("representative", make_organisation(group, checked_on=None, phone="01 234 56 78"))) == []

    def test_editors_find_reports_about_their_own_organisation_only(self, group, organisation, coordinator, editor):
        report = a_report(organisation)
        a_report(make_organisation(group))
        make_signal(group)
        assert waits(editor) == [url("report-answer", report.pk, app="programmes")]

    def test_nothing_of_another_group_waits_for_a_coordinator(self, coordinator):
        there = make_group(accepts_signals=True)
        theirs = make_organisation(there)
        strategy = make_draft(there)
        Strategy.objects.filter(pk=strategy.pk).update(asked_on=timezone.localdate())
        make_signal(there)
        a_report(theirs)
        programme = make_programme(theirs, status="draft", checked_on=None)
        review.submit(programme, make_user("editor", theirs))
        make_user("editor", theirs).seats.update(ends_on=timezone.localdate() + DAY)
        assert waits(coordinator) == []


# ---- what an organisation owes -----------------------------------------------------------------------
class TestOwed:
    def test_a_returned_programme_stands_there_until_it_is_sent_again(self, organisation, coordinator, editor):
        programme = make_programme(organisation, status="draft", checked_on=None, title_sl="Hoja")
        review.submit(programme, editor)
        programme.refresh_from_db()
        review.give_back(programme, coordinator, programme.version, "Manjka kraj.")
        [item] = owed(editor)
        assert ("Manjka kraj." in item.what, item.link) == (True, url("programme-edit", programme.pk, app="programmes"))
        programme.refresh_from_db()
        review.submit(programme, editor)
        assert owed(editor) == []

    def test_a_returned_proposal_stands_there_too(self, organisation, coordinator, editor):
        programme = make_programme(organisation, title_sl="Hoja")
        proposal = review.propose(programme, {"summary_sl": "Novo"}, editor, programme.version)
        review.give_back(programme, coordinator, programme.version, "Krajše.", proposal, proposal.revision)
        assert ["Krajše." in item.what for item in owed(editor)] == [True]
        proposal.refresh_from_db()
        review.withdraw(proposal, editor)
        assert owed(editor) == []

    def test_a_programme_nobody_confirmed_is_confirmed_in_its_row(self, organisation, editor):
        today = timezone.localdate()
        old = make_programme(organisation, checked_on=today - 200 * DAY)
        make_programme(organisation, checked_on=today)
        [item] = owed(editor)
        assert (item.confirms, item.is_late) == (old.pk, False)
        client = signed_in(editor)
        answer = client.post(url("programme-confirm", old.pk, app="programmes"), {"next": url("work")})
        assert answer["Location"] == url("work")
        assert Programme.objects.get(pk=old.pk).checked_on == today
        assert owed(editor) == []

    def test_one_that_is_hidden_already_is_late(self, organisation, editor):
        make_programme(organisation, checked_on=timezone.localdate() - 400 * DAY)
        assert [item.is_late for item in page(editor)["late"]] == [True]


# ---- what changed -----------------------------------------------------------------------------------
def by(user):
    return pghistory.context(user=user.pk)


class TestNews:
    """All that a test does happens at one moment for the history: the moment its transaction began."""

    def test_what_others_did_since_is_new_and_what_i_did_is_not(self, group, coordinator, editor):
        moment = timezone.now() - timedelta(minutes=5)
        measure = make_measure(make_strategy(group))
        with by(editor):
            StatusReport.objects.create(measure=measure, text_sl="Teče")
        with by(coordinator):
            mine = make_need(group, slug="mine")
        links = [one.link for one in news.since(coordinator, moment)]
        assert (measure.get_absolute_url() in links, mine.get_absolute_url() in links) == (True, False)
        assert mine.get_absolute_url() in [one.link for one in news.since(editor, moment)]
        assert news.since(coordinator, timezone.now() + DAY) == []

    def test_a_state_it_was_in_before_is_no_news(self, group, coordinator, editor):
        meeting, moment = make_meeting(group), timezone.now() - timedelta(minutes=5)
        with by(editor):
            meeting.move_to("invited")
        assert [one.link for one in news.since(coordinator, moment)] == [meeting.get_absolute_url()]
        events_of(Meeting).objects.update(pgh_created_at=moment - DAY)
        with by(editor):
            Meeting.objects.filter(pk=meeting.pk).update(place="Drugje")
        assert news.since(coordinator, moment) == []

    def test_nothing_of_another_group_is_told(self, coordinator):
        there = make_group()
        stranger = make_user("editor", make_organisation(there))
        moment = timezone.now() - timedelta(minutes=5)
        with by(make_user("editor", make_organisation(there))):
            make_need(there, slug="secret", status="reported")
            make_programme(make_organisation(there))
            make_task(group=there).move_to("done")
            make_meeting(there, status="invited")
        assert [len(news.since(user, moment)) for user in (coordinator, stranger)] == [0, 4]

    def test_looking_twice_within_the_hour_loses_nothing(self, group, coordinator, editor):
        yesterday, earlier = timezone.now() - DAY, timezone.now() - timedelta(hours=2)
        WorkVisit.objects.create(user=coordinator, seen_at=yesterday)
        with by(editor):
            make_need(group, slug="new")
        seen = [[one.words for one in page(coordinator)["news"]] for _look in range(2)]
        assert (len(seen[0]), seen[0] == seen[1]) == (1, True)
        WorkVisit.objects.update(seen_at=earlier)
        assert [page(coordinator)["since"] for _look in range(2)] == [earlier, earlier]


@pytest.mark.parametrize("size", [1, 9])
def test_it_asks_a_fixed_number_of_questions(
    group, organisation, coordinator, editor, size, django_assert_max_num_queries
):
    moment = timezone.now() - DAY
    WorkVisit.objects.create(user=coordinator, seen_at=moment)
    strategy = make_strategy(group)
    draft = make_draft(group)
    own = coordinator.seats.get().membership.organisation
    for number in range(size):
        programme = make_programme(organisation, status="draft", checked_on=None, title_sl=f"P{number}")
        review.submit(programme, editor)
        make_programme(own, checked_on=timezone.localdate() - 200 * DAY)
        make_signal(group)
        a_report(organisation)
        Comment.objects.create(strategy=draft, text="Več klopi", language="sl")
        indicator = make_indicator(group, slug=f"i{number}")
        IndicatorValue.objects.create(
            indicator=indicator, measured_on=timezone.localdate(), value=3, state="submitted", entered_by=editor
        )
        make_task(group=group, organisation=own, due_on=timezone.localdate())
        measure = make_measure(strategy, slug=f"m{number}")
        StatusReport.objects.create(measure=measure, text_sl="Teče")
        make_need(group, slug=f"n{number}")
        make_meeting(group, status="invited")
        make_user("editor", organisation).seats.update(ends_on=timezone.localdate() + 9 * DAY)
    client = signed_in(coordinator)
    client.get(url("work"))
    with django_assert_max_num_queries(50):
        assert client.get(url("work")).status_code == 200


@pytest.mark.parametrize("role", ["coordinator", "representative", "editor", "adviser"])
def test_rights_that_are_read_once_for_a_page_are_those_of_every_other(group, organisation, role):
    make_organisation(group), make_organisation(make_group())
    person = make_user(role, organisation)

    def rights():
        groups = [set(rule(person).values_list("pk", flat=True)) for rule in (groups_of, coordinated_by)]
        return [*groups, set(Organisation.objects.editable_by(person).values_list("pk", flat=True))]

    before = rights()
    with looked_up_once():
        assert rights() == before
        person.seats.all().delete()
        assert rights() == before
    assert rights() == [set(), set(), set()]
