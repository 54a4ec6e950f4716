"""Decisions: numbers without gaps or doubles, what becomes of them, and who sees them."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from actionplans.models import Decision, DecisionCounter
from portal.stale import StaleObject

from .records import make_decision, make_group, make_item, make_meeting, make_organisation, make_user, signed_in
from .test_meetings import DAY, Here, approved, at_once

YEAR = timezone.localdate().year


@pytest.fixture
def here(db):
    return Here(make_organisation(name_sl="Zdravstveni dom"))


def number_of(pk):
    return Decision.objects.values_list("number", flat=True).get(pk=pk)


@transaction.atomic
def take_and_fail(group):
    DecisionCounter.take(group, YEAR)
    raise RuntimeError


# ---- numbers ----------------------------------------------------------------------------------------
@pytest.mark.server
class TestNumbers:
    def test_each_group_and_year_counts_from_one(self, db):
        one, other = make_group(), make_group()
        last_year = make_meeting(one, -400 * DAY, status="held")
        decisions = [
            make_decision(one),
            make_decision(one),
            make_decision(other),
            make_decision(one, meeting=last_year),
        ]
        codes = [f"1/{YEAR}", f"2/{YEAR}", f"1/{YEAR}", f"1/{last_year.day.year}"]
        assert [decision.code for decision in decisions] == codes

    def test_a_transaction_that_fails_gives_its_number_back(self, db):
        group = make_group()
        with pytest.raises(RuntimeError):
            take_and_fail(group)
        assert make_decision(group).number == 1

    def test_a_proposal_gets_its_number_when_it_is_adopted(self, db):
        group = make_group()
        proposal = make_decision(group, state="proposed")
        assert (proposal.number, proposal.code) == (None, "")
        proposal.move_to("adopted")
        assert (proposal.code, proposal.adopted_on) == (f"1/{YEAR}", timezone.localdate())

    @pytest.mark.parametrize(
        "broken",
        [
            {"number": 1},
            {"state": "implemented"},
            {"state": "in_progress", "closed_on": date(2026, 1, 1)},
            {"state": "revoked", "closed_on": date(2026, 1, 1)},
        ],
    )
    def test_the_database_refuses_what_may_never_be(self, db, broken):
        group = make_group()
        make_decision(group)
        fields = {"year": YEAR, "number": 2, "adopted_on": date(2026, 1, 1), "state": "adopted", **broken}
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(group=group, text_sl="X", **fields)


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_ten_decisions_at_once_have_ten_numbers_in_a_row(self):
        group = make_group()
        outcomes = at_once(*[lambda: make_decision(group).number for _ in range(10)])
        assert sorted(outcomes) == list(range(1, 11))

    def test_one_that_fails_among_others_leaves_no_gap(self):
        group = make_group()

        take = lambda: make_decision(group).number
        fail = lambda: take_and_fail(group)
        outcomes = at_once(take, fail, take, fail, take)
        assert sorted(n for n in outcomes if n != "RuntimeError") == [1, 2, 3]

    def test_one_proposal_is_adopted_once(self):
        proposal = make_decision(make_group(), state="proposed")
        adopt = lambda: Decision.objects.get(pk=proposal.pk).move_to("adopted")
        assert sorted(map(str, at_once(adopt, adopt))) == ["None", "StaleObject"]
        assert (number_of(proposal.pk), DecisionCounter.objects.get().last) == (1, 1)


# ---- what becomes of it -----------------------------------------------------------------------------
class TestMoves:
    @pytest.mark.parametrize("state", Decision.State.values)
    def test_only_the_moves_of_the_table_are_made(self, db, state):
        group = make_group()
        other = make_decision(group)
        decision = make_decision(group, state="proposed")
        if state != "proposed":
            way = {"in_progress": ["adopted"], "implemented": ["adopted"], "revoked": ["adopted"]}.get(state, [])
            for step in [*way, state]:
                decision.move_to(step, revoked_by=other if step == "revoked" else None)
        for to in Decision.State.values:
            if to not in Decision.NEXT[state]:
                with pytest.raises(StaleObject):
                    Decision.objects.get(pk=decision.pk).move_to(to, other)

    def test_it_is_revoked_by_another_adopted_decision_of_the_group_only(self, db):
        group = make_group()
        decision, later = make_decision(group), make_decision(group)
        for wrong in (None, decision, make_decision(make_group()), make_decision(group, state="proposed")):
            with pytest.raises(ValidationError):
                decision.move_to("revoked", wrong)
        decision.move_to("revoked", later)
        assert (decision.revoked_by, decision.closed_on, decision.is_open) == (later, timezone.localdate(), False)

    def test_open_means_it_comes_back_and_overdue_that_its_day_has_passed(self, db):
        group, today = make_group(), timezone.localdate()
        late, due_today = make_decision(group, due_on=today - DAY), make_decision(group, due_on=today)
        closed = make_decision(group, due_on=today - DAY)
        closed.move_to("implemented")
        assert set(Decision.objects.open()) == {late, due_today}
        assert list(Decision.objects.overdue()) == [late]

    def test_the_coordinator_moves_it_and_the_second_click_is_told(self, here):
        decision = make_decision(here.group)
        path = f"/en/decisions/{decision.pk}/move/"
        assert here.client.post(path, {"to": "implemented"}).status_code == 302
        assert here.client.post(path, {"to": "implemented"}).status_code == 409
        for rubbish in ({"to": "nonsense"}, {}, {"to": "revoked", "revoked_by": "x"}):
            assert here.client.post(path, rubbish).status_code == 422

    def test_who_revokes_it_is_asked_about_the_tasks_that_follow_from_it(self, here):
        decision, later = make_decision(here.group), make_decision(here.group)
        decision.make_task()
        answer = here.client.post(
            f"/en/decisions/{decision.pk}/move/", {"to": "revoked", "revoked_by": later.pk}, follow=True
        )
        assert "One task that follows from it is still open." in answer.content.decode()

    def test_a_task_is_made_out_of_it(self, here):
        decision = make_decision(here.group)
        assert here.client.post(f"/en/decisions/{decision.pk}/task/").status_code == 302
        task = decision.tasks.get()
        assert (task.title_sl, task.group) == (decision.text_sl, here.group)


# ---- forms ------------------------------------------------------------------------------------------
def posted(client, path, **more):
    form = client.get(path).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    return client.post(path, {**data, **more})


class TestForms:
    def test_a_member_proposes_and_it_waits_without_a_number(self, here):
        answer = posted(here.member(), "/en/decisions/new/", text_en="Let us buy a bus.", due_on="2031-01-01")
        decision = Decision.objects.get()
        assert (answer.status_code, decision.state, decision.number) == (302, "proposed", None)
        assert (decision.group, decision.proposed_by, decision.text_en) == (
            here.group, here.organisation, "Let us buy a bus.",
        )  # fmt: skip

    def test_neither_another_group_nor_its_partners_can_be_named(self, here):
        other = make_organisation(name_sl="Skrivno društvo")
        member = here.member()
        assert "Skrivno" not in member.get("/en/decisions/new/").content.decode()
        assert (
            posted(member, "/en/decisions/new/", text_en="X", group=other.memberships.get().group.pk).status_code == 422
        )
        assert posted(member, "/en/decisions/new/", text_en="X", responsible=other.pk).status_code == 422
        assert posted(member, "/en/decisions/new/", text_en="").status_code == 422
        assert not Decision.objects.exists()

    def test_the_words_of_a_decision_in_approved_minutes_stay_and_what_came_of_it_is_written(self, here):
        meeting = approved(here)
        decision = make_decision(here.group, meeting=meeting, item=meeting.items.get(), text_en="As resolved")
        path = f"/en/decisions/{decision.pk}/edit/"
        assert posted(here.client, path, text_en="Rewritten", result_en="It worked").status_code == 302
        decision.refresh_from_db()
        assert (decision.text_en, decision.result_en) == ("As resolved", "It worked")

    def test_two_edit_one_decision_and_the_second_sees_both(self, here):
        decision = make_decision(here.group)
        path = f"/en/decisions/{decision.pk}/edit/"
        form = here.client.get(path).context["form"]
        data = {name: form[name].value() or "" for name in form.fields}
        assert here.client.post(path, {**data, "result_en": "First"}).status_code == 302
        answer = here.client.post(path, {**data, "result_en": "Second"})
        assert (answer.status_code, "First" in answer.content.decode()) == (409, True)


# ---- list and table ---------------------------------------------------------------------------------
def listed(client, query=""):
    return [d.pk for d in client.get(f"/en/decisions/{query}").context["decisions"]]


class TestList:
    def test_newest_first_and_proposals_on_top(self, here):
        old = make_decision(here.group, meeting=make_meeting(here.group, -400 * DAY, status="held"))
        first, second = make_decision(here.group), make_decision(here.group)
        proposal = make_decision(here.group, state="proposed")
        assert listed(here.client) == [proposal.pk, second.pk, first.pk, old.pk]

    def test_filters_by_year_state_and_words(self, here):
        old = make_decision(here.group, meeting=make_meeting(here.group, -400 * DAY, status="held"))
        late = make_decision(here.group, due_on=timezone.localdate() - DAY, text_de="Der Bus fährt")
        done = make_decision(here.group, result_en="A bus came")
        done.move_to("implemented")
        assert listed(here.client, f"?year={old.year}") == [old.pk]
        assert listed(here.client, "?state=overdue") == [late.pk]
        assert listed(here.client, "?state=implemented") == [done.pk]
        assert set(listed(here.client, "?q=bus")) == {late.pk, done.pk}
        assert listed(here.client, f"?q=2/{YEAR}") == [done.pk]

    @pytest.mark.parametrize(
        "query", ["?year=x", "?state=nonsense", "?year=99999999999999999999", "?q=%25%27", "?q=9999999999/1"]
    )
    def test_nonsense_in_the_address_is_borne(self, here, query):
        make_decision(here.group)
        assert here.client.get(f"/en/decisions/{query}").status_code == 200
        assert here.client.get(f"/en/decisions/decisions.csv{query}").status_code == 200

    def test_the_table_holds_the_rows_of_the_list_and_no_formula(self, here):
        make_decision(here.group, text_en="=1+1", responsible=here.organisation, due_on=date(2031, 1, 2))
        make_decision(make_group(), text_en="Secret")
        answer = here.client.get("/en/decisions/decisions.csv")
        rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
        assert len(rows) == 2
        assert rows[1][:6] == [f"1/{YEAR}", str(here.group), "'=1+1", "Zdravstveni dom", "2031-01-02", "adopted"]

    def test_the_pages_take_a_fixed_number_of_queries(self, here, django_assert_max_num_queries):
        for _ in range(40):
            make_decision(here.group, responsible=here.organisation)
        with django_assert_max_num_queries(22):
            here.client.get("/en/decisions/")
        with django_assert_max_num_queries(12):
            here.client.get("/en/decisions/decisions.csv")


# ---- who sees it ------------------------------------------------------------------------------------
class TestRights:
    def test_group_b_reaches_nothing_of_group_a(self, here):
        decision = make_decision(here.group, text_en="Secret words")
        stranger = signed_in(make_user("coordinator"))
        assert listed(stranger) == []
        for path in ("", "edit/"):
            assert stranger.get(f"/en/decisions/{decision.pk}/{path}").status_code == 404
        for path in ("move/", "task/", "edit/"):
            assert stranger.post(f"/en/decisions/{decision.pk}/{path}", {"to": "adopted"}).status_code == 404
        assert stranger.get(f"/en/history/decision/{decision.pk}/").status_code == 404
        assert "Secret" not in stranger.get("/en/decisions/decisions.csv").content.decode()

    def test_members_read_and_only_the_coordinator_writes(self, here):
        decision = make_decision(here.group)
        for role in ("editor", "representative", "adviser"):
            member = here.member(role)
            assert member.get(f"/en/decisions/{decision.pk}/").status_code == 200
            assert member.get(f"/en/decisions/{decision.pk}/edit/").status_code == 404
            assert member.post(f"/en/decisions/{decision.pk}/move/", {"to": "implemented"}).status_code == 404

    def test_visitors_and_administrators_without_a_seat_see_none(self, here):
        decision = make_decision(here.group)
        admin = signed_in(make_user(is_superuser=True, is_staff=True))
        assert (listed(admin), admin.get(f"/en/decisions/{decision.pk}/").status_code) == ([], 404)
        assert Client().get(f"/en/decisions/{decision.pk}/").status_code == 302

    @pytest.mark.server
    def test_the_history_of_a_decision_is_kept_even_by_plain_sql(self, here):
        decision = make_decision(here.group, text_en="Before")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE actionplans_decision SET text_en = 'After' WHERE id = %s", [decision.pk])
        html = here.client.get(f"/en/history/decision/{decision.pk}/").content.decode()
        assert ("Before" in html, "After" in html) == (True, True)


def test_a_decision_at_an_item_is_reached_from_the_meeting(here):
    meeting = make_meeting(here.group, -timedelta(hours=3), status="held")
    decision = make_decision(here.group, meeting=meeting, item=make_item(meeting))
    assert f"/en/decisions/{decision.pk}/" in here.client.get(f"/en/meetings/{meeting.pk}/").content.decode()
    assert f"/en/meetings/{meeting.pk}/#item" in here.client.get(f"/en/decisions/{decision.pk}/").content.decode()
