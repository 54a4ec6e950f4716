"""Asking for approval of a strategy, a plan or a figure, and what comes back: who is written to, in which language."""

import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from actionplans import approving, looked_at
from actionplans.models import (
    ActionPlan,
    IndicatorValue,
    Measure,
    Objective,
    ObjectiveNeed,
    Strategy,
    StrategyValue,
)
from portal.models import Outbox
from portal.stale import StaleObject

from .records import make_group, make_organisation, make_user, signed_in, url
from .test_organisation import at_the_same_time
from .test_plan import make_indicator
from .test_work import make_draft
from .workshop import typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(group):
    return make_user("coordinator", make_organisation(group), full_name="Ana Avtorica", language="sl")


@pytest.fixture
def other(group):
    return make_user("coordinator", make_organisation(group), full_name="Bo Bedømmer", language="da")


@pytest.fixture
def draft(group):
    return make_draft(group, title_da="Sammen", title_sl="Skupaj")


def make_plan(strategy):
    """A draft with one measure for the strategy's first objective."""
    plan = ActionPlan.objects.create(
        strategy=strategy, slug=f"{strategy.slug}-plan", starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31)
    )
    objective = strategy.objectives.first()
    Measure.objects.create(plan=plan, objective=objective, slug=f"{plan.slug}-m", title_sl="Hoja", approach="universal")
    return plan


def told(kind):
    return sorted(Outbox.objects.filter(kind=kind).values_list("to", flat=True))


class TestAStrategy:
    def test_the_other_coordinators_are_asked_in_their_language(self, draft, author, other):
        assert signed_in(author).post(url("strategy-ask", draft.pk)).status_code == 302
        draft.refresh_from_db()
        assert (draft.status, draft.asked_by) == ("draft", author)
        mail = Outbox.objects.get()
        assert (mail.kind, mail.to, mail.language) == ("approval-asked", other.email, "da")
        assert "Sammen" in mail.subject
        with translation.override("da"):
            assert url("strategy-work", draft.pk) in mail.text

    def test_asked_twice_it_is_said_once(self, draft, author, other):
        client = signed_in(author)
        for _press in range(2):
            client.post(url("strategy-ask", draft.pk))
        assert told("approval-asked") == [other.email]

    def test_nobody_else_who_could_approve_is_said(self, draft, author):
        with pytest.raises(ValidationError):
            approving.ask(draft, author)
        assert not Outbox.objects.exists()

    def test_what_is_missing_is_said_before_anybody_is_asked(self, group, author, other):
        strategy = Strategy.objects.create(
            group=group, slug="bare", title_sl="Gola", starts_on=date(2027, 1, 1), ends_on=date(2029, 1, 1)
        )
        with pytest.raises(ValidationError):
            approving.ask(strategy, author)

    def test_who_asks_does_not_approve(self, draft, author, other):
        approving.ask(draft, author)
        with pytest.raises(ValidationError):
            draft.move_to("approved", author)
        draft.move_to("approved", other)
        assert (draft.status, draft.asked_on, draft.asked_by) == ("approved", None, None)

    def test_given_back_the_note_reaches_who_asked_in_their_language(self, draft, author, other):
        approving.ask(draft, author)
        client = signed_in(other)
        client.post(url("strategy-return", draft.pk), {"note": " "})
        assert told("approval-returned") == []
        client.post(url("strategy-return", draft.pk), {"note": "Cilj 1 še nima številke."})
        draft.refresh_from_db()
        assert (draft.status, draft.asked_on, draft.note) == ("draft", None, "Cilj 1 še nima številke.")
        mail = Outbox.objects.get(kind="approval-returned")
        assert (mail.to, mail.language) == (author.email, "sl")
        assert "Skupaj" in mail.subject
        assert "Cilj 1 še nima številke." in mail.text

    def test_to_give_back_makes_nobody_an_author(self, group, author, other):
        client = signed_in(author)
        data = {
            "group": group.slug,
            "title_sl": "Nova",
            "starts_on": "2027-01-01",
            "ends_on": "2029-12-31",
            "values": "",
        }
        client.post(url("strategy-add"), data)
        strategy = Strategy.objects.get(title_sl="Nova")
        assert strategy.authors() == {author.pk}
        Strategy.objects.filter(pk=strategy.pk).update(asked_on=date(2026, 11, 1), asked_by=author)
        signed_in(other).post(url("strategy-return", strategy.pk), {"note": "Dopolni."})
        strategy.refresh_from_db()
        assert (strategy.note, strategy.authors()) == ("Dopolni.", {author.pk})

    def test_of_two_who_give_it_back_the_second_is_told(self, draft, author, other):
        approving.ask(draft, author)
        seen = Strategy.objects.get(pk=draft.pk)
        approving.give_back(draft, other, "Prvič")
        with pytest.raises(StaleObject):
            approving.give_back(seen, other, "Drugič")
        assert Strategy.objects.get(pk=draft.pk).note == "Prvič"

    def test_an_approved_one_goes_back_to_draft_with_the_reason(self, draft, author, other):
        approving.ask(draft, author)
        Strategy.objects.filter(pk=draft.pk).update(asked_by=author)
        draft.move_to("approved", other)
        signed_in(author).post(url("strategy-move", draft.pk), {"status": "draft", "note": "Svet želi več."})
        draft.refresh_from_db()
        assert (draft.status, draft.note, draft.approved_by) == ("draft", "Svet želi več.", None)

    def test_another_group_neither_asks_nor_gives_back(self, draft, author, other):
        stranger = signed_in(make_user("coordinator", make_organisation(make_group())))
        editor = signed_in(make_user("editor", make_organisation(draft.group)))
        for client in (stranger, editor):
            for name in ("strategy-ask", "strategy-return"):
                assert client.post(url(name, draft.pk), {"note": "x"}).status_code == 404


class TestWhatWasLookedAt:
    """An approval is of the text that was read, not of what somebody made of it since."""

    @pytest.fixture
    def asked(self, draft, author, other):
        approving.ask(draft, author)
        return draft

    def looks(self, client, strategy):
        """What the button Approve sends from the page as it is now."""
        html = client.get(url("strategy-work", strategy.pk)).content.decode()
        form = html.split('name="status" value="approved"')[1]
        return {
            "status": "approved",
            "version": strategy.version,
            "seen": re.search(r'name="seen" value="([^"]+)', form)[1],
        }

    def changes_an_objective(self, author, strategy, **typed_in):
        objective = strategy.objectives.first()
        client = signed_in(author)
        form = client.get(url("objective-edit", objective.pk)).context["form"]
        return client.post(url("objective-edit", objective.pk), {**typed(form), **typed_in})

    def test_an_objective_rewritten_since_is_shown_and_nothing_is_approved(self, asked, author, other):
        client = signed_in(other)
        data = self.looks(client, asked)
        assert self.changes_an_objective(author, asked, title_da="Noget helt andet").status_code == 302
        answer = client.post(url("strategy-move", asked.pk), data)
        assert answer.status_code == 409
        html = answer.content.decode()
        assert "Noget helt andet" in html.split('id="h-changed"')[1].split("</section>")[0]
        asked.refresh_from_db()
        assert asked.status == "draft"
        assert client.post(url("strategy-move", asked.pk), self.looks(client, asked)).status_code == 302
        asked.refresh_from_db()
        assert asked.status == "approved"

    def test_a_new_objective_and_one_that_answers_another_need_count_too(self, asked, author, other):
        client = signed_in(other)
        for change in (
            lambda: Objective.objects.create(strategy=asked, number=9, slug="nine", title_sl="Devet", level="system"),
            lambda: ObjectiveNeed.objects.filter(objective__strategy=asked).first().delete(),
            lambda: StrategyValue.objects.create(strategy=asked, words_sl="Skupaj"),
            lambda: Objective.objects.get(slug="nine").delete(),
        ):
            data = self.looks_anyhow(client, asked)
            change()
            assert client.post(url("strategy-move", asked.pk), data).status_code == 409
        asked.refresh_from_db()
        assert asked.status == "draft"

    def looks_anyhow(self, client, strategy):
        return {"status": "approved", "version": strategy.version, "seen": looked_at.mark(strategy)}

    def test_a_measure_rewritten_since_the_plan_was_read(self, draft, author, other):
        plan = make_plan(draft)
        client = signed_in(other)
        data = {"status": "approved", "version": plan.version, "seen": looked_at.mark(plan)}
        assert looked_at.marks_of_plans([plan])[plan.pk] == data["seen"] or looked_at.is_as_looked_at(
            plan, data["seen"]
        )
        Measure.objects.filter(plan=plan).update(title_sl="Tek")
        answer = client.post(url("plan-move", plan.pk), data)
        assert (answer.status_code, "Tek" in answer.content.decode()) == (409, True)
        plan.refresh_from_db()
        assert plan.status == "draft"

    def test_a_note_typed_meanwhile_is_kept(self, asked, author, other):
        seen = looked_at.mark(asked)
        self.changes_an_objective(author, asked, title_da="Andet")
        answer = signed_in(other).post(url("strategy-return", asked.pk), {"note": "Kdaj pa?", "seen": seen})
        assert (answer.status_code, "Kdaj pa?</textarea>" in answer.content.decode()) == (409, True)

    @pytest.mark.django_db(transaction=True)
    def test_approval_and_a_change_at_the_same_moment_end_in_one_of_two_ways(self, asked, author, other):
        """Either the change is told that it is approved, or the approval that it was changed."""
        seen, objective = looked_at.mark(asked), asked.objectives.first()
        form = signed_in(author).get(url("objective-edit", objective.pk)).context["form"]
        data = {**typed(form), "title_da": "Andet"}

        def change():
            client = signed_in(author)
            return client.post(url("objective-edit", objective.pk), data).status_code

        def approve():
            strategy = Strategy.objects.get(pk=asked.pk)
            looked_at.move(strategy, seen, lambda: strategy.move_to("approved", other))

        told = at_the_same_time(change, approve)
        asked.refresh_from_db()
        objective.refresh_from_db()
        ways = {("approved", False), ("draft", True)}
        assert (asked.status, objective.title_da == "Andet") in ways, told


class TestAPlan:
    @pytest.fixture
    def plan(self, draft):
        return make_plan(draft)

    def test_it_is_asked_for_and_given_back_as_a_strategy_is(self, plan, author, other):
        signed_in(author).post(url("plan-ask", plan.pk))
        assert told("approval-asked") == [other.email]
        assert "Sammen" in Outbox.objects.get().subject
        signed_in(other).post(url("plan-return", plan.pk), {"note": "Kdo vodi?"})
        mail = Outbox.objects.get(kind="approval-returned")
        assert (mail.to, "Kdo vodi?" in mail.text) == (author.email, True)
        html = signed_in(author).get(url("strategy-work", plan.strategy_id)).content.decode()
        assert "Kdo vodi?" in html

    def test_an_empty_one_is_not_asked_for(self, draft, author, other):
        plan = ActionPlan.objects.create(
            strategy=draft, slug="empty", starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31)
        )
        with pytest.raises(ValidationError):
            approving.ask(plan, author)

    def test_another_group_reaches_none(self, plan):
        client = signed_in(make_user("coordinator", make_organisation(make_group())))
        for name in ("plan-ask", "plan-return"):
            assert client.post(url(name, plan.pk), {"note": "x"}).status_code == 404


class TestAFigure:
    def test_the_coordinators_hear_of_one_that_waits_and_who_entered_it_does_not(self, group, author, other):
        owner = make_organisation(group)
        indicator = make_indicator(group, owner=owner, name_sl="Pešci", name_da="Gående")
        representative = make_user("representative", owner)
        data = {"measured_on": "2026-11-01", "value": 12}
        assert signed_in(representative).post(url("value-add", indicator.pk), data).status_code == 302
        assert told("value-submitted") == sorted([author.email, other.email])
        assert "Gående" in Outbox.objects.get(to=other.email).subject
        assert "Pešci" in Outbox.objects.get(to=author.email).subject

    def test_one_that_a_coordinator_enters_waits_for_the_others(self, group, author, other):
        indicator = make_indicator(group)
        signed_in(author).post(url("value-add", indicator.pk), {"measured_on": "2026-11-01", "value": 12})
        assert told("value-submitted") == [other.email]

    def test_mended_after_it_was_returned_it_is_said_again(self, group, author, other):
        indicator = make_indicator(group)
        value = IndicatorValue.objects.create(
            indicator=indicator, measured_on=date(2026, 11, 1), value=5, state="returned", note="?", entered_by=author
        )
        client = signed_in(author)
        form = client.get(url("value-edit", value.pk)).context["form"]
        data = {"measured_on": "2026-11-01", "value": 6, "base": form.initial["base"]}
        assert client.post(url("value-edit", value.pk), data).status_code == 302
        assert told("value-submitted") == [other.email]
