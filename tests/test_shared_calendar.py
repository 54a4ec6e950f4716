"""The calendar that a group shares: what stands in it, where two get in each other's way, and who reads it."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from icalendar import Calendar

from actionplans import shared_calendar
from actionplans.models import Task
from partners import holidays
from partners.models import CalendarLink, OpeningException, WorkingGroup, WorkingGroupMember
from partners.personal_data import erase, personal_data
from portal.models import Vocabulary
from programmes import clashes
from programmes.models import Programme, ProgrammePartner, Schedule

from .records import (
    make_decision,
    make_group,
    make_location,
    make_meeting,
    make_organisation,
    make_programme,
    make_schedule,
    make_settlement,
    make_term,
    make_user,
    signed_in,
)
from .test_plan import make_measure, make_strategy

pytestmark = pytest.mark.django_db
TUESDAY = date(2027, 3, 2)
WEEK = (TUESDAY - timedelta(days=1), TUESDAY + timedelta(days=5))
MONTH = (date(2027, 3, 1), date(2027, 3, 31))


@pytest.fixture
def organisation(group):
    return make_organisation(group, name_sl="Društvo Korak")


@pytest.fixture
def member(organisation):
    return make_user("editor", organisation)


@pytest.fixture
def village():
    return make_settlement(name="Podgaj")


def at(day, hour, minute=0):
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def offer(organisation, place, starts=9, ends=10, terms=(), **fields):
    """A programme every Tuesday from `starts` to `ends` o'clock."""
    programme = make_programme(organisation, terms, **fields)
    make_schedule(programme, starts_at=time(starts), ends_at=time(ends), location=place)
    return programme


def seen(group, member, days=WEEK):
    return shared_calendar.read(group, member, *days)


def told(calendar):
    return [(c.kind, {c.first.record, c.second.record}) for c in calendar.clashes]


def page(client, query="", language="en"):
    with translation.override(language):
        return client.get(reverse("actionplans:calendar") + query)


# ---- what stands in it --------------------------------------------------------------------------------
def test_programmes_meetings_and_what_falls_due_stand_on_their_days(group, organisation, member):
    programme = offer(organisation, None)
    meeting = make_meeting(group, starts_at=at(TUESDAY, 17), ends_at=at(TUESDAY, 18))
    task = Task.objects.create(group=group, title_sl="Poročilo", due_on=TUESDAY, organisation=organisation)
    decision = make_decision(group, due_on=TUESDAY + timedelta(days=1))
    measure = make_measure(make_strategy(group), ends_on=TUESDAY + timedelta(days=2))
    rows = [(one.kind, one.record, one.day) for one in seen(group, member).rows]
    assert rows == [
        ("task", task, TUESDAY),
        ("programme", programme, TUESDAY),
        ("meeting", meeting, TUESDAY),
        ("decision", decision, TUESDAY + timedelta(days=1)),
        ("measure", measure, TUESDAY + timedelta(days=2)),
    ]


def test_a_programme_of_several_stands_there_once_with_all_of_them_but_for_who_only_pays(group, organisation, member):
    programme = offer(organisation, None)
    partner, payer = make_organisation(group), make_organisation(group)
    ProgrammePartner.objects.create(programme=programme, organisation=partner)
    ProgrammePartner.objects.create(programme=programme, organisation=payer, role="funder")
    [row] = seen(group, member).rows
    assert row.names == (organisation, partner)


def test_a_member_that_helps_another_groups_programme_brings_it_into_the_calendar(group, organisation, member):
    programme = offer(make_organisation(make_group()), None)
    assert seen(group, member).rows == []
    ProgrammePartner.objects.create(programme=programme, organisation=organisation)
    assert [row.record for row in seen(group, member).rows] == [programme]


@pytest.mark.parametrize("facts", [{"status": "draft"}, {"status": "archived"}, {"checked_on": date(2020, 1, 1)}])
def test_what_residents_do_not_see_is_no_activity(group, organisation, member, facts):
    offer(organisation, None, **facts)
    assert seen(group, member).rows == []


def test_what_is_done_or_cancelled_is_not_due(group, organisation, member):
    make_meeting(group, starts_at=at(TUESDAY, 17), ends_at=at(TUESDAY, 18), status="cancelled")
    Task.objects.create(group=group, title_sl="Že", due_on=TUESDAY, state="done", done_on=TUESDAY)
    make_measure(make_strategy(group), ends_on=TUESDAY, phase="completed")
    assert seen(group, member).rows == []


def test_nothing_takes_place_on_a_public_holiday_of_the_group(group, organisation, member):
    offer(organisation, None)
    OpeningException.objects.create(group=group, starts_on=TUESDAY, ends_on=TUESDAY, reason_sl="Dan pomladi")
    calendar = seen(group, member)
    assert (calendar.rows, list(calendar.holidays)) == ([], [TUESDAY])


# ---- where two get in each other's way ----------------------------------------------------------------
def test_two_at_one_place_at_the_same_time_clash_and_are_named_once_with_all_their_days(group, organisation, member):
    place = make_location(organisation)
    first = offer(organisation, place, 9, 11)
    second = offer(make_organisation(group), place, 10, 12)
    [clash] = seen(group, member, MONTH).clashes
    assert (clash.kind, {clash.first.record, clash.second.record}) == ("place", {first, second})
    assert clash.days == [TUESDAY + timedelta(days=7 * n) for n in range(5)]


def test_one_organisation_knows_what_it_leads_in_its_own_house(group, organisation, member):
    """Its rooms are many; but where it hosts others, both are told, and so is it while it sets the times."""
    own, elsewhere = make_location(organisation), make_location(make_organisation(group))
    for place in (own, elsewhere):
        offer(organisation, place, 9, 11)
        offer(organisation, place, 10, 12)
    calendar = seen(group, member)
    assert [clash.first.place for clash in calendar.clashes] == [elsewhere]
    assert len(clashes.clashes(calendar.rows, is_own_told=True)) == 2


def test_one_after_the_other_at_a_place_is_no_clash(group, organisation, member):
    place = make_location(organisation)
    offer(organisation, place, 9, 10)
    offer(make_organisation(group), place, 10, 11)
    assert told(seen(group, member)) == []


def test_two_on_the_telephone_are_at_no_place(group, organisation, member):
    telephone = make_location(organisation, is_remote=True, address="")
    offer(organisation, telephone)
    offer(make_organisation(group), telephone)
    assert told(seen(group, member)) == []


def test_a_meeting_takes_a_place_too(group, organisation, member):
    place = make_location(organisation)
    programme = offer(organisation, place, 17, 19)
    meeting = make_meeting(group, starts_at=at(TUESDAY, 18), ends_at=at(TUESDAY, 20), location=place)
    assert told(seen(group, member)) == [("place", {programme, meeting})]


class TestForTheSamePeople:
    @pytest.fixture
    def terms(self):
        return [make_term(Vocabulary.TOPIC, "moving"), make_term(Vocabulary.TARGET_GROUP, "older-adults")]

    @pytest.fixture
    def places(self, organisation, village):
        return [make_location(organisation, settlement=village) for _ in range(2)]

    def test_different_organisations_with_the_same_topic_in_one_settlement_on_a_day(
        self, group, organisation, member, terms, places
    ):
        first = offer(organisation, places[0], 9, 10, terms)
        second = offer(make_organisation(group), places[1], 14, 15, terms)
        [clash] = seen(group, member).clashes
        assert (clash.kind, {clash.first.record, clash.second.record}) == ("audience", {first, second})
        assert (clash.topics, clash.whom, clash.is_evening) == ((terms[0],), (terms[1],), False)

    def test_morning_and_evening_do_not_meet(self, group, organisation, member, terms, places):
        offer(organisation, places[0], 9, 10, terms)
        offer(make_organisation(group), places[1], 18, 19, terms)
        assert told(seen(group, member)) == []

    def test_one_organisation_may_do_it_twice(self, group, organisation, member, terms, places):
        offer(organisation, places[0], 9, 10, terms)
        offer(organisation, places[1], 14, 15, terms)
        assert told(seen(group, member)) == []

    def test_those_who_run_one_of_them_together_do_not_clash(self, group, organisation, member, terms, places):
        offer(organisation, places[0], 9, 10, terms)
        other = offer(make_organisation(group), places[1], 14, 15, terms)
        ProgrammePartner.objects.create(programme=other, organisation=organisation)
        assert told(seen(group, member)) == []

    def test_another_settlement_topic_or_people_is_no_clash(self, group, organisation, member, terms, places):
        offer(organisation, places[0], 9, 10, terms)
        elsewhere = make_location(organisation, settlement=make_settlement())
        offer(make_organisation(group), elsewhere, 9, 10, terms)
        offer(make_organisation(group), places[1], 9, 10, [terms[0], make_term(Vocabulary.TARGET_GROUP, "men")])
        offer(make_organisation(group), places[1], 11, 12, [make_term(Vocabulary.TOPIC, "sleep"), terms[1]])
        assert told(seen(group, member)) == []

    def test_what_is_for_everybody_is_for_nobody_in_particular(self, group, organisation, member, terms, places):
        everybody = [terms[0], make_term(Vocabulary.TARGET_GROUP, clashes.EVERYBODY)]
        offer(organisation, places[0], 9, 10, everybody)
        offer(make_organisation(group), places[1], 14, 15, everybody)
        assert told(seen(group, member)) == []

    def test_who_meets_at_one_place_is_not_told_twice(self, group, organisation, member, terms, places):
        offer(organisation, places[0], 9, 11, terms)
        offer(make_organisation(group), places[0], 10, 12, terms)
        assert [kind for kind, _both in told(seen(group, member))] == ["place"]


def test_a_meeting_on_a_public_holiday_is_told_first(group, organisation, member):
    meeting = make_meeting(group, starts_at=at(TUESDAY, 17), ends_at=at(TUESDAY, 18))
    off = OpeningException.objects.create(group=group, starts_on=TUESDAY, ends_on=TUESDAY, reason_sl="Dan pomladi")
    [trouble] = seen(group, member).troubled
    assert (trouble.kind, trouble.meeting.record, trouble.holiday) == ("holiday", meeting, off)


def test_a_meeting_while_members_programmes_run_names_them(group, organisation, member):
    programme = offer(organisation, None, 17, 19)
    offer(organisation, None, 8, 9)
    make_meeting(group, starts_at=at(TUESDAY, 18), ends_at=at(TUESDAY, 20))
    [trouble] = seen(group, member).troubled
    assert (trouble.kind, [one.record for one in trouble.others]) == ("members", [programme])


def test_a_working_group_meets_while_others_work(group, organisation, member):
    """Only the programmes of those who are invited count."""
    offer(organisation, None, 17, 19)
    busy = make_organisation(group)
    body = WorkingGroup.objects.create(group=group, slug="night", name_sl="Noč")
    WorkingGroupMember.objects.create(working_group=body, membership=busy.memberships.get())
    make_meeting(group, starts_at=at(TUESDAY, 18), ends_at=at(TUESDAY, 20), working_group=body)
    assert seen(group, member).troubled == []
    own = offer(busy, None, 17, 19)
    [trouble] = seen(group, member).troubled
    assert [one.record for one in trouble.others] == [own]


# ---- the page -----------------------------------------------------------------------------------------
def test_the_page_says_in_words_what_clashes_and_links_both_sides(group, organisation, member):
    place = make_location(organisation, name_sl="Dvorana", name_en="Hall")
    first = offer(organisation, place, title_en="Walking")
    second = offer(make_organisation(group, name_en="Club"), place, title_en="Singing")
    html = page(signed_in(member), "?week=2027-W09").content.decode()
    assert "At the same place at the same time: Hall" in html
    with translation.override("en"):
        links = [f'href="{one.get_absolute_url()}"' for one in (first, second)]
    warned = html[html.index('class="clash__sides"') : html.index('class="cal cal--week"')]
    assert all(link in warned for link in links)
    assert "Club" in warned


def test_a_filter_keeps_a_clash_of_which_one_side_fits(group, organisation, member):
    place = make_location(organisation)
    other = make_organisation(group)
    first = offer(organisation, place)
    offer(other, place)
    offer(make_organisation(group), None)
    calendar = shared_calendar.narrowed(seen(group, member), organisation=organisation)
    assert [row.record for row in calendar.rows] == [first]
    assert len(calendar.clashes) == 1


def test_a_day_of_a_month_shows_a_few_and_leads_to_its_week(group, organisation, member):
    for _ in range(7):
        offer(organisation, None)
    html = page(signed_in(member), "?month=2027-03").content.decode()
    assert html.count('<li class="cal__line') == 4 * 5
    assert 'href="?week=2027-W09"' in html
    assert 'href="?week=2027-W09#day-2027-03-02"' in html
    assert "7 things on this day" in html
    assert page(signed_in(member), "?week=2027-W09").content.decode().count('<li class="cal__line') == 7


def test_what_the_group_owes_on_a_day_is_not_among_the_more(group, organisation, member):
    for _ in range(7):
        offer(organisation, None)
    Task.objects.create(group=group, title_en="Write to the school", due_on=TUESDAY)
    html = page(signed_in(member), "?month=2027-03").content.decode()
    assert "Write to the school" in html.split("<ol")[1]
    assert "4 more" in html


@pytest.mark.parametrize(
    "query",
    ["?month=2027-13", "?month=x", "?week=2027-W99", "?week=²027-W01", "?topic=abc", "?organisation=9e9"],
)
def test_nonsense_in_the_address_is_left_aside(member, query):
    assert page(signed_in(member), query).status_code == 200


def test_members_only_and_only_of_their_own_group(client, group, organisation, member):
    offer(organisation, None, title_en="Ours")
    Task.objects.create(group=group, title_en="Secret task", due_on=TUESDAY)
    make_decision(group, due_on=TUESDAY, text_en="Secret decision")
    stranger = make_user("coordinator", make_organisation(make_group()))
    assert page(client).status_code == 302
    assert page(signed_in(stranger), f"?group={group.slug}").status_code == 404
    html = page(signed_in(stranger), "?month=2027-03").content.decode()
    assert [word for word in ("Ours", "Secret", str(organisation)) if word in html] == []
    assert "Secret task" in page(signed_in(member), "?month=2027-03").content.decode()


@pytest.mark.parametrize("size", [1, 12])
def test_it_asks_a_fixed_number_of_questions(group, organisation, member, village, size, django_assert_max_num_queries):
    terms = [make_term(Vocabulary.TOPIC, "moving"), make_term(Vocabulary.TARGET_GROUP, "men")]
    place, strategy = make_location(organisation, settlement=village), make_strategy(group)
    for _ in range(size):
        other = make_organisation(group)
        offer(other, place, 9, 11, terms)
        ProgrammePartner.objects.create(programme=offer(other, place, 17, 18, terms), organisation=organisation)
        body = WorkingGroup.objects.create(group=group, slug=f"wg-{other.pk}", name_sl="Noč", lead=other)
        make_meeting(group, starts_at=at(TUESDAY, 17), ends_at=at(TUESDAY, 18), working_group=body, location=place)
        Task.objects.create(group=group, title_sl="T", due_on=TUESDAY, organisation=other)
        make_decision(group, due_on=TUESDAY, responsible=other)
        make_measure(strategy, slug=f"m{other.pk}", ends_on=TUESDAY)
    client = signed_in(member)
    page(client)
    with django_assert_max_num_queries(42):
        assert page(client, "?month=2027-03").status_code == 200


# ---- while a date is being set ------------------------------------------------------------------------
def meeting_form(group, **changes):
    typed = {"group": group.pk, "title_en": "Spring", "day": "2027-03-02", "begins": "17:00", "ends": "18:00"}
    return {**typed, "language": "en", **changes}


def test_who_plans_a_meeting_sees_what_else_is_on_that_day_and_nothing_is_saved(group, organisation):
    coordinator = make_user("coordinator", organisation)
    offer(organisation, None, title_en="Walking")
    OpeningException.objects.create(group=group, starts_on=TUESDAY, ends_on=TUESDAY, reason_en="Day off")
    with translation.override("en"):
        address = reverse("actionplans:meeting-day-new")
    html = signed_in(coordinator).post(address, meeting_form(group)).content.decode()
    assert "It is a public holiday: Day off" in html
    assert 'value="Spring"' in html
    html = signed_in(coordinator).post(address, meeting_form(group, day="2027-03-09")).content.decode()
    assert "Walking" in html
    assert not group.meetings.exists()


def test_a_meeting_whose_day_was_looked_at_first_is_saved_from_there(group, organisation):
    client, meeting = signed_in(make_user("coordinator", organisation)), make_meeting(group)
    with translation.override("en"):
        looks = [reverse("actionplans:meeting-day-new"), reverse("actionplans:meeting-day", args=[meeting.pk])]
        saves = [reverse("actionplans:meeting-add"), reverse("actionplans:meeting-edit", args=[meeting.pk])]
    for look, save in zip(looks, saves, strict=True):
        html = client.post(f"{look}?template=first", meeting_form(group)).content.decode()
        assert f'action="{save}?template=first"' in html
        assert f'formaction="{look}?template=first"' in html


def test_the_day_of_another_groups_meeting_is_not_there(group, organisation):
    meeting = make_meeting(make_group())
    coordinator = make_user("coordinator", organisation)
    with translation.override("en"):
        addresses = [reverse("actionplans:meeting-day", args=[meeting.pk]), reverse("actionplans:meeting-day-new")]
    assert signed_in(coordinator).post(addresses[0], {}).status_code == 404
    assert signed_in(make_user("editor", organisation)).post(addresses[1], {}).status_code == 404


def test_times_of_a_programme_say_what_they_would_clash_with(group, organisation, village):
    place = make_location(organisation, settlement=village)
    taken = offer(make_organisation(group), place, 9, 11)
    programme = make_programme(organisation)
    trial = Schedule(programme=programme, rule="FREQ=WEEKLY;BYDAY=TU", starts_at=time(10), ends_at=time(12),
                     location=place, valid_from=timezone.localdate())  # fmt: skip
    [clash] = clashes.of_times(programme, trial, holidays.read())
    assert (clash.kind, clash.first.record, clash.second.record) == ("place", programme, taken)
    trial.starts_at, trial.ends_at = time(13), time(14)
    assert clashes.of_times(programme, trial, holidays.read()) == []


# ---- in one's own calendar program --------------------------------------------------------------------
def link(client):
    with translation.override("en"):
        address = reverse("actionplans:calendar-link-renew")
    html = client.post(address, follow=True).content.decode()
    return html.partition("<code>")[2].partition("</code>")[0]


def test_a_calendar_program_reads_the_dates_by_a_secret_link(client, group, organisation, member):
    programme = offer(organisation, make_location(organisation))
    make_meeting(group, title_en="Spring")
    answer = client.get(link(signed_in(member)))
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert {str(event["summary"]) for event in events} == {str(programme), "Spring"}
    assert len([event for event in events if str(event["summary"]) == str(programme)]) >= 12
    assert len({event["uid"] for event in events}) == len(events)


def test_a_new_link_ends_the_old_one_and_nobody_can_show_it_again(client, member):
    signed = signed_in(member)
    first, second = link(signed), link(signed)
    assert [client.get(address).status_code for address in (first, second)] == [404, 200]
    with translation.override("en"):
        html = signed.get(reverse("actionplans:calendar-link")).content.decode()
    assert "<code>" not in html
    assert CalendarLink.objects.get().token_digest not in second


def test_a_link_shows_what_its_owner_may_see_today(client, group, organisation, member):
    address = link(signed_in(member))
    member.seats.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert client.get(address).status_code == 404


def test_the_link_goes_with_the_person(client, member):
    address = link(signed_in(member))
    assert len(personal_data(member)["calendar_links"]) == 1
    erase(member)
    assert (client.get(address).status_code, CalendarLink.objects.count()) == (404, 0)


def test_who_holds_no_seat_has_no_calendar_and_no_link():
    client = signed_in(make_user())
    with translation.override("en"):
        names = ("calendar", "calendar-link")
        statuses = [client.get(reverse(f"actionplans:{name}")).status_code for name in names]
        statuses.append(client.post(reverse("actionplans:calendar-link-renew")).status_code)
    assert statuses == [404] * 3


def test_activities_are_computed_for_published_programmes_as_given(group, organisation):
    """The dates of a week are the same as those the programme itself says."""
    programme = offer(organisation, None)
    found = clashes.activities(Programme.objects.all(), holidays.read(), *MONTH)
    start, end = clashes.window(*MONTH)
    dates = programme.next_dates(holidays.read(), limit=None, now=start, before=end)
    assert [one.start for one in found] == [occurrence.start for occurrence in dates]
