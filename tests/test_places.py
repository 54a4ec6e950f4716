"""The places an organisation keeps: their facts, their week, exceptions, closing down; and two at once."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from partners.hours import state_at
from partners.hours_form import HoursForm
from partners.models import Location, OpeningException, OpeningHours
from partners.organisation_forms import ExceptionForm, LocationForm
from portal.history.kinds import KINDS
from portal.history.restore import restore
from portal.models import Vocabulary
from programmes.forms import ScheduleForm

from .records import (
    make_location,
    make_organisation,
    make_programme,
    make_schedule,
    make_settlement,
    make_term,
    make_user,
    signed_in,
)
from .test_organisation import address, at_the_same_time, people, typed

pytestmark = pytest.mark.django_db
__all__ = ["people"]


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def place(people):
    return make_location(people.organisation, name_sl="Dvorana", name_en="Hall")


def fresh(place):
    return Location.objects.get(pk=place.pk)


def week(place, **changes):
    """What a browser sends of the form of the week: day_0_0_opens="08:00" and so on."""
    form = HoursForm(instance=Location.objects.with_hours().get(pk=place.pk))
    data = {"base": form["base"].value()}
    for number in range(7):
        for row, (opens, closes) in enumerate(form[f"day_{number}"].value()):
            if opens:
                data |= {f"day_{number}_{row}_opens": f"{opens:%H:%M}", f"day_{number}_{row}_closes": f"{closes:%H:%M}"}
            else:
                data[f"day_{number}_appointment"] = "on"
    return {**data, **changes}


def open_on(place, weekday=0, opens="08:00", closes="12:00"):
    return OpeningHours.objects.create(location=place, weekday=weekday, opens=opens, closes=closes)


def hours_of(place):
    return [(w, f"{o:%H:%M}", f"{c:%H:%M}") for w, o, c in place.hours.values_list("weekday", "opens", "closes")]


def exception(place, **changes):
    days = {"starts_on": date(2026, 12, 24), "ends_on": date(2026, 12, 31), "reason_sl": "Prazniki"}
    return OpeningException.objects.create(location=place, **{**days, **changes})


# ---- its facts -----------------------------------------------------------------------------------
def test_a_new_place_takes_its_position_from_the_settlement_and_a_slug_of_its_own(people):
    make_location(people.neighbour, slug="dvorana")
    lift = make_term(Vocabulary.ACCESSIBILITY, "lift")
    village = make_settlement(lat=46.05, lon=14.5)
    data = {"name_sl": "Dvorana", "address": "Lipova 1", "settlement": village.pk, "access": [lift.pk]}
    assert people.client.post(address("place-add", people.organisation.pk), data).status_code == 302
    saved = Location.objects.get(organisation=people.organisation)
    assert (saved.slug, saved.position, list(saved.access.all())) == ("dvorana-2", (46.05, 14.5), [lift])


def test_an_exact_position_stays_until_another_settlement_is_chosen(people, place):
    here, there = make_settlement(lat=46.1, lon=14.1), make_settlement(lat=46.2, lon=14.2)
    Location.objects.filter(pk=place.pk).update(settlement=here, lat=46.11, lon=14.11)
    path = address("place-edit", place.pk)
    people.client.post(path, typed(LocationForm(instance=fresh(place)), phone="+386 1 000 01 10"))
    assert (fresh(place).phone, fresh(place).position) == ("+386 1 000 01 10", (46.11, 14.11))
    people.client.post(path, typed(LocationForm(instance=fresh(place)), settlement=there.pk))
    assert (fresh(place).position, fresh(place).version) == ((46.2, 14.2), 3)


@pytest.mark.parametrize(
    "changes",
    [
        {"address": ""}, {"settlement": "999999"}, {"settlement": "x"}, {"access": ["999999"]}, {"phone": "pokliči"},
        {"name_sl": "", "name_en": ""}, {"address": "x" * 201},
    ],
)  # fmt: skip
def test_a_place_that_cannot_be_is_refused_in_words(people, place, changes):
    data = typed(LocationForm(instance=place), how_to_get_there_sl="Ostane napisano.", **changes)
    answer = people.client.post(address("place-edit", place.pk), data)
    assert (answer.status_code, "Ostane napisano." in answer.content.decode()) == (422, True)


def test_of_two_who_change_a_place_the_second_is_shown_both(people, place):
    first = typed(LocationForm(instance=fresh(place)), address="Lipova 2")
    second = typed(LocationForm(instance=fresh(place)), address="Lipova 3", phone="+386 1 000 01 10")
    people.client.post(address("place-edit", place.pk), first)
    answer = people.client.post(address("place-edit", place.pk), second)
    html = answer.content.decode()
    assert (answer.status_code, "Theirs: Lipova 2" in html, "Yours: Lipova 3" in html) == (409, True, True)
    assert people.client.post(address("place-edit", place.pk), typed(answer.context["form"])).status_code == 302
    assert (fresh(place).address, fresh(place).phone) == ("Lipova 3", "+386 1 000 01 10")


def test_a_place_says_todays_hours_where_a_holiday_changes_them(place):
    today = timezone.localdate()
    for weekday in range(7):
        open_on(place, weekday)
    exception(place, starts_on=today, ends_on=today)
    week = Client().get(place.get_absolute_url()).context["week"]
    assert [day for day, intervals, _by_appointment in week if not intervals] == [today.weekday()]


# ---- closed down ---------------------------------------------------------------------------------
def test_a_place_is_closed_down_and_opened_again(people, place):
    page = place.get_absolute_url()
    path = address("place-close", place.pk)
    assert people.client.post(path, {"version": place.version}).status_code == 302
    answer = Client().get(page)
    assert (answer.status_code, "This place is closed for good." in answer.content.decode()) == (410, True)
    assert "Hall" not in Client().get("/en/places/").content.decode()
    assert page not in Client().get("/sitemap.xml").content.decode()
    programme = make_programme(people.organisation)
    choices = ScheduleForm(programme=programme, user=people.editor).fields["location"].queryset
    assert place not in choices
    assert people.client.post(path, {"version": 2}).status_code == 409
    assert people.client.post(address("place-reopen", place.pk), {"version": 2}).status_code == 302
    assert Client().get(page).status_code == 200
    assert people.client.post(address("place-reopen", place.pk), {"version": 3}).status_code == 409


def test_a_place_where_programmes_take_place_is_not_closed_down(people, place):
    make_schedule(make_programme(people.organisation, title_en="Walking"), location=place)
    answer = people.client.post(address("place-close", place.pk), {"version": place.version})
    assert (answer.status_code, "Walking" in answer.content.decode()) == (422, True)
    assert fresh(place).closed_down_on is None


def test_a_place_that_somebody_changed_meanwhile_is_not_closed_down(people, place):
    Location.objects.filter(pk=place.pk).update(version=5)
    assert people.client.post(address("place-close", place.pk), {"version": 1}).status_code == 409
    assert fresh(place).closed_down_on is None


# ---- its week ------------------------------------------------------------------------------------
def test_the_week_is_saved_with_several_intervals_and_by_appointment(people, place):
    data = week(
        place, day_0_0_opens="14:00", day_0_0_closes="18:00", day_0_1_opens="08:00", day_0_1_closes="12:00",
        day_4_appointment="on",
    )  # fmt: skip
    assert people.client.post(address("place-hours", place.pk), data).status_code == 302
    assert hours_of(place) == [(0, "08:00", "12:00"), (0, "14:00", "18:00")]
    assert (fresh(place).appointment_days, fresh(place).version) == ([4], 2)
    html = Client().get(place.get_absolute_url()).content.decode()
    assert "8:00–12:00, 14:00–18:00" in html
    assert "<td>by appointment</td>" in html


def test_tuesday_to_friday_can_be_as_monday(people, place):
    open_on(place, 2, "09:00", "10:00")
    data = week(place, day_0_0_opens="08:00", day_0_0_closes="12:00", like_monday="on")
    people.client.post(address("place-hours", place.pk), data)
    assert hours_of(place) == [(n, "08:00", "12:00") for n in range(5)]


def test_a_full_day_has_room_for_one_more_interval(people, place):
    for hour in (8, 10, 12):
        open_on(place, 0, time(hour), time(hour + 1))
    html = people.client.get(address("place-hours", place.pk)).content.decode()
    assert ("day_0_3_opens" in html, "day_1_2_opens" in html) == (True, False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"day_0_0_opens": "08:00"}, "Give both times, or leave both empty."),
        ({"day_0_0_closes": "08:00"}, "Give both times, or leave both empty."),
        ({"day_0_0_opens": "12:00", "day_0_0_closes": "08:00"}, "It cannot close at 8:00 when it opens at 12:00."),
        ({"day_0_0_opens": "12:00", "day_0_0_closes": "12:00"}, "It cannot close at 12:00 when it opens at 12:00."),
        ({"day_0_0_opens": "25:00", "day_0_0_closes": "26:00"}, "Write times like 8:30 or 16:00."),
        ({"day_0_0_opens": "\u0668", "day_0_0_closes": "x" * 5000}, "Write times like 8:30 or 16:00."),
        (
            {"day_0_0_opens": "08:00", "day_0_0_closes": "12:00", "day_0_1_opens": "11:00", "day_0_1_closes": "13:00"},
            "8:00–12:00 and 11:00–13:00 overlap. Make them one, or change a time.",
        ),
    ],
)
def test_a_week_that_cannot_be_is_refused_in_readable_sentences(people, place, changes, said):
    typed_week = week(place, day_6_0_opens="10:10", day_6_0_closes="11:11", **changes)
    for name in ("place-hours", "place-hours-preview"):
        answer = people.client.post(address(name, place.pk), typed_week)
        html = answer.content.decode()
        assert (answer.status_code, said in html, 'value="10:10"' in html) == (422, True, True)
    assert (OpeningHours.objects.count(), fresh(place).version) == (0, 1)


def test_the_preview_reads_as_residents_will_and_saves_nothing(people, place):
    data = week(place, day_0_0_opens="08:00", day_0_0_closes="12:00")
    html = people.client.post(address("place-hours-preview", place.pk), data).content.decode()
    assert ("8:00–12:00" in html, "Not saved yet" in html) == (True, True)
    assert (OpeningHours.objects.count(), fresh(place).version) == (0, 1)


def test_what_was_looked_at_first_is_saved_from_there(people, place):
    data = week(place, day_0_0_opens="08:00", day_0_0_closes="12:00")
    html = people.client.post(address("place-hours-preview", place.pk), data).content.decode()
    assert f'action="{address("place-hours", place.pk)}"' in html


def test_two_who_change_different_days_are_put_together_and_the_same_day_is_shown(people, place):
    first = week(place, day_0_0_opens="08:00", day_0_0_closes="12:00", day_1_0_opens="08:00", day_1_0_closes="12:00")
    second = week(place, day_0_0_opens="09:00", day_0_0_closes="13:00", day_5_0_opens="10:00", day_5_0_closes="11:00")
    path = address("place-hours", place.pk)
    people.client.post(path, first)
    answer = people.client.post(path, second)
    html = answer.content.decode()
    assert (answer.status_code, "Theirs: 8:00–12:00" in html, "Yours: 9:00–13:00" in html) == (409, True, True)
    form = answer.context["form"]
    merged = {"base": form["base"].value()}
    for number in range(7):
        for row, (opens, closes) in enumerate(form[f"day_{number}"].value()):
            merged |= {f"day_{number}_{row}_opens": str(opens)[:5], f"day_{number}_{row}_closes": str(closes)[:5]}
    assert people.client.post(path, merged).status_code == 302
    assert hours_of(place) == [(0, "09:00", "13:00"), (1, "08:00", "12:00"), (5, "10:00", "11:00")]


def test_hours_that_changed_without_the_place_are_not_overwritten(people, place):
    data = week(place, day_0_0_opens="09:00", day_0_0_closes="13:00")
    open_on(place, 0)  # as the administration or SQL would
    assert people.client.post(address("place-hours", place.pk), data).status_code == 409
    assert (hours_of(place), fresh(place).version) == ([(0, "08:00", "12:00")], 1)


def test_rows_that_stay_are_left_alone_so_that_the_history_says_what_changed(people, place):
    stays = open_on(place, 0).pk
    people.client.post(address("place-hours", place.pk), week(place, day_0_1_opens="14:00", day_0_1_closes="15:00"))
    assert stays in place.hours.values_list("pk", flat=True)


@pytest.mark.django_db(transaction=True)
def test_an_earlier_week_is_brought_back_whole(people):
    place = make_location(people.organisation)
    open_on(place, 0)
    exception(place)
    moment = timezone.now()
    people.client.post(
        address("place-hours", place.pk),
        {"base": week(place)["base"], "day_3_0_opens": "10:00", "day_3_0_closes": "11:00", "day_4_appointment": "on"},
    )
    OpeningException.objects.update(reason_sl="Drugo", version=2)
    assert (hours_of(place), fresh(place).appointment_days) == ([(3, "10:00", "11:00")], [4])
    restore(KINDS["location"], place, moment, False, None, 2, people.editor)
    assert (hours_of(place), fresh(place).appointment_days) == ([(0, "08:00", "12:00")], [])
    assert (fresh(place).version, place.exceptions.get().reason_sl) == (3, "Prazniki")
    html = people.client.get(f"/en/history/location/{place.pk}/").content.decode()
    assert "Friday" in html


def test_a_day_by_appointment_is_not_said_to_be_closed():
    monday = datetime(2026, 11, 30, 9, tzinfo=ZoneInfo("Europe/Ljubljana"))
    tuesday = [(1, time(8), time(12))]
    assert state_at(monday, tuesday, [], appointments=[0]).kind == "by-appointment"
    assert state_at(monday, [], [], appointments=[0]).kind == "by-appointment"
    assert state_at(monday, tuesday, [], appointments=[3]).kind == "closed-today"
    holiday = [(monday.date(), monday.date(), None, None, "holiday")]
    assert state_at(monday, tuesday, holiday, appointments=[0]).kind == "closed-today"


# ---- exceptions ----------------------------------------------------------------------------------
def test_an_exception_closes_or_gives_other_hours_and_stands_on_the_public_page(people, place):
    day = timezone.localdate() + timedelta(days=3)
    path = address("exception-add", place.pk)
    people.client.post(path, {"starts_on": day.isoformat(), "reason_en": "Inventory"})
    other = {
        "starts_on": (day + timedelta(days=1)).isoformat(),
        "opens": "10:00",
        "closes": "14:00",
        "reason_en": "Fair",
    }
    people.client.post(path, other)
    open_on(place)
    html = Client().get(place.get_absolute_url()).content.decode()
    assert ("closed (Inventory)" in html, "10:00–14:00 (Fair)" in html) == (True, True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_on": "2026-12-31", "ends_on": "2026-12-24"}, "__all__"),
        ({"opens": "12:00", "closes": "10:00"}, "__all__"),
        ({"opens": "12:00"}, "__all__"),
        ({"starts_on": ""}, "starts_on"),
        ({"ends_on": "2029-12-31"}, "ends_on"),
        ({"starts_on": "9998-12-31", "ends_on": "9999-12-31"}, "starts_on"),
        ({"reason_en": ""}, "reason_en"),
        ({"reason_en": "x" * 161}, "reason_en"),
    ],
)
def test_an_exception_that_cannot_be_is_refused_in_words(people, place, changes, field):
    data = {"starts_on": "2026-12-24", "ends_on": "2026-12-31", "reason_en": "Holidays", **changes}
    answer = people.client.post(address("exception-add", place.pk), data)
    assert (answer.status_code, field in answer.context["form"].errors) == (422, True)
    assert not OpeningException.objects.exists()


@pytest.mark.parametrize(
    ("hours", "status"),
    [({}, 422), ({"opens": "11:00", "closes": "13:00"}, 422), ({"opens": "12:00", "closes": "13:00"}, 302)],
)
def test_exceptions_of_the_same_days_may_add_hours_but_not_contradict(people, place, hours, status):
    exception(place, opens=time(8), closes=time(12))
    data = {"starts_on": "2026-12-24", "ends_on": "2026-12-31", "reason_en": "Holidays", **hours}
    assert people.client.post(address("exception-add", place.pk), data).status_code == status


def test_of_two_who_change_an_exception_the_second_is_shown_both_and_removes_nothing(people, place):
    made = exception(place)
    path = address("exception-edit", made.pk)
    first = typed(ExceptionForm(instance=made), ends_on="2026-12-29")
    second = typed(ExceptionForm(instance=OpeningException.objects.get(pk=made.pk)), ends_on="2026-12-30")
    people.client.post(path, first)
    assert people.client.post(path, second).status_code == 409
    people.client.post(address("exception-remove", made.pk), {"version": 1})
    assert OpeningException.objects.get().ends_on == date(2026, 12, 29)
    people.client.post(address("exception-remove", made.pk), {"version": 2})
    assert not OpeningException.objects.exists()


# ---- on two connections --------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_one_week_at_the_same_moment_one_is_told():
    place = make_location()
    datas = [week(place, day_0_0_opens=opens, day_0_0_closes="12:00") for opens in ("08:00", "09:00")]
    forms = [HoursForm(data, instance=fresh(place)) for data in datas]
    assert [form.is_valid() for form in forms] == [True, True]
    kept = at_the_same_time(*(form.keep for form in forms))
    assert sorted(kept) == [False, True]
    assert hours_of(place) == [(0, ["08:00", "09:00"][kept.index(True)], "12:00")]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_one_exception_at_the_same_moment_one_is_told():
    made = exception(make_location())
    forms = [
        ExceptionForm(typed(ExceptionForm(instance=made), reason_sl=text), instance=OpeningException.objects.get())
        for text in ("Prva", "Druga")
    ]
    assert [form.is_valid() for form in forms] == [True, True]
    assert sorted(at_the_same_time(*(form.keep for form in forms))) == [False, True]
    assert OpeningException.objects.get().version == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_close_one_place_down_at_the_same_moment_one_is_told():
    organisation = make_organisation()
    place = make_location(organisation)
    path, data = address("place-close", place.pk), {"version": place.version}
    clients = [signed_in(make_user("editor", organisation)) for _person in range(2)]

    def close(client):
        with translation.override("en"):
            return client.post(path, data).status_code

    assert sorted(at_the_same_time(*(lambda c=c: close(c) for c in clients))) == [302, 409]
    assert fresh(place).version == 2


@pytest.mark.django_db(transaction=True)
def test_two_places_of_one_name_get_two_slugs_at_the_same_moment():
    organisation = make_organisation()
    forms = [
        LocationForm({"name_sl": "Dvorana", "address": "Lipova 1"}, instance=Location(organisation=organisation))
        for _person in range(3)
    ]
    assert [form.is_valid() for form in forms] == [True] * 3
    assert at_the_same_time(*(form.keep for form in forms)) == [True] * 3
    assert Location.objects.count() == 3
    connection.close()
