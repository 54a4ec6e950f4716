"""Coverage: every cell says what the database says, to everybody what they may see, and what was judged and kept."""

import csv
import re
from datetime import date
from urllib.parse import urlencode

import pytest
from django.conf import settings as settings_of_django
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actionplans.coverage import MATRICES, Coverage, State, state_of
from actionplans.coverage_links import measure_link, need_link
from actionplans.models import CoverageJudgement, CoverageSnapshot, MeasureProgramme, NeedTerm, ObjectiveNeed
from actionplans.snapshots import closed, compared, opened, picture, take, yearly
from partners.models import Settlement
from portal.models import Vocabulary
from programmes.models import Programme

from .records import (
    make_group,
    make_location,
    make_organisation,
    make_programme,
    make_schedule,
    make_settlement,
    make_term,
    make_user,
    signed_in,
)
from .test_plan import make_measure, make_need, make_strategy

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()
PHASES = MATRICES["phases"]


@pytest.fixture
def group():
    return make_group()


@pytest.fixture
def food():
    return make_term(Vocabulary.TOPIC, "food")


@pytest.fixture
def school():
    return make_term(Vocabulary.LIFE_PHASE, "school")


def shown(group, user=NOBODY, chosen=None, matrix=PHASES):
    return Coverage(group, matrix, user, chosen)


def cell_page(name, language="en", matrix="phases", row="food", column="school"):
    with translation.override(language):
        return reverse(f"actionplans:{name}", args=[matrix, row, column])


def page(name, *args):
    with translation.override("en"):
        return reverse(f"actionplans:{name}", args=args)


def judged(group, food, school, **fields):
    fields = {"reason_en": "Parents are reached elsewhere", "judged_on": date(2026, 5, 1), **fields}
    return CoverageJudgement.objects.create(group=group, matrix="phases", row=food, column=school, **fields)


# ---- cells ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("programmes", "measures", "is_judged", "state"),
    [
        (0, 0, False, State.GAP),
        (0, 3, False, State.THIN),
        (1, 0, False, State.THIN),
        (2, 0, False, State.COVERED),
        (4, 9, False, State.COVERED),
        (5, 0, False, State.DENSE),
        (0, 0, True, State.NOT_NEEDED),
        (7, 1, True, State.NOT_NEEDED),
    ],
)
def test_a_cell_is_called_what_the_thresholds_say(programmes, measures, is_judged, state):
    assert state_of(programmes, measures, is_judged) == state


@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(range(8)), max_size=5, unique=True),
            st.sampled_from(["published", "paused", "draft"]),
            st.booleans(),
            st.sampled_from([None, "hill", "dale"]),
        ),
        min_size=1,
        max_size=7,
    ),
    st.sampled_from([{}, {"cost": ["t-2"]}, {"place": ["hill"]}, {"spoken": ["da"]}, {"cost": ["t-2", "t-6"]}]),
)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@pytest.mark.server
def test_every_count_equals_what_sql_says(rows, chosen):
    Programme.objects.all().delete()
    vocabularies = (Vocabulary.TOPIC, Vocabulary.LIFE_PHASE, Vocabulary.COST, Vocabulary.TARGET_GROUP)
    terms = [make_term(vocabularies[n % 4], f"t-{n}") for n in range(8)]
    danish = make_term(Vocabulary.LANGUAGE, "da")
    group = make_group()
    ours, theirs = make_organisation(group), make_organisation()
    places = {name: _place(name, ours) for name in ("hill", "dale")}
    for numbers, status, is_ours, place in rows:
        of = [terms[n] for n in numbers]
        programme = make_programme(ours if is_ours else theirs, terms=of, status=status)
        schedule = make_schedule(programme, location=places.get(place))
        if place == "hill":
            schedule.languages.add(danish)
    wanted = Programme.objects.published().filter(organisation=ours)
    if "cost" in chosen:
        wanted = wanted.filter(pk__in=Programme.objects.filter(terms__slug__in=chosen["cost"]).values("pk"))
    if "place" in chosen or "spoken" in chosen:
        wanted = wanted.filter(pk__in=Programme.objects.filter(schedules__location=places["hill"]).values("pk"))
    for _row, cells in shown(group, chosen=chosen).table:
        for cell in cells:
            both = wanted.filter(terms__slug=cell.row.value).filter(terms__slug=cell.column.value)
            assert cell.programmes == both.distinct().count()


def _place(name, organisation):
    settlement = Settlement.objects.filter(slug=name).first() or make_settlement(name=name)
    return settlement.locations.first() or make_location(organisation, settlement=settlement)


def test_a_measure_stands_where_its_public_programmes_stand(group, food, school):
    measure = make_measure(make_strategy(group))
    MeasureProgramme.objects.create(
        measure=measure, programme=make_programme(make_organisation(group), terms=[food, school])
    )
    cell = shown(group).cell("food", "school")
    assert (cell.programmes, cell.measures, cell.state) == (1, 1, State.THIN)


def test_without_a_public_programme_a_measure_stands_by_the_needs_it_answers(group, food, school):
    measure, need = make_measure(make_strategy(group)), make_need(group)
    for term in (food, school):
        NeedTerm.objects.create(need=need, term=term)
    ObjectiveNeed.objects.create(objective=measure.objective, need=need)
    draft = make_programme(make_organisation(group), status="draft", terms=[food, school])
    MeasureProgramme.objects.create(measure=measure, programme=draft)
    cell = shown(group).cell("food", "school")
    assert (cell.programmes, cell.measures, cell.needs) == (0, 1, 1)


@pytest.mark.parametrize(("phase", "counts"), [("stopped", 0), ("completed", 0), ("embedded", 1), ("planned", 1)])
def test_what_is_over_no_longer_covers(group, food, school, phase, counts):
    measure = make_measure(make_strategy(group), phase=phase)
    programme = make_programme(make_organisation(group), terms=[food, school])
    MeasureProgramme.objects.create(measure=measure, programme=programme)
    assert shown(group).cell("food", "school").measures == counts


def test_a_filter_leaves_the_measures_whose_programmes_match(group, food, school):
    free = make_term(Vocabulary.COST, "free")
    strategy, organisation = make_strategy(group), make_organisation(group)
    for slug, terms in (("a", [food, school, free]), ("b", [food, school])):
        programme = make_programme(organisation, terms=terms)
        MeasureProgramme.objects.create(measure=make_measure(strategy, slug), programme=programme)
    cell = shown(group, chosen={"cost": ["free"]}).cell("food", "school")
    assert (cell.programmes, cell.measures) == (1, 1)


def test_members_see_all_of_their_groups_measures_and_needs_others_the_public_ones(group, food, school):
    organisation = make_organisation(group)
    programme = make_programme(organisation, terms=[food, school])
    measure = make_measure(make_strategy(group), is_public=False)
    MeasureProgramme.objects.create(measure=measure, programme=programme)
    need = make_need(group, status="assessing")
    for term in (food, school):
        NeedTerm.objects.create(need=need, term=term)
    readers = [make_user("editor", organisation), make_user("coordinator"), NOBODY]
    cells = [shown(group, reader).cell("food", "school") for reader in readers]
    assert [(cell.measures, cell.needs) for cell in cells] == [(1, 1), (0, 0), (0, 0)]
    html = Client().get(f"{cell_page('coverage-cell')}?of={group.slug}").content.decode()
    assert str(measure.title_en) not in html
    assert str(need.title_en) not in html


def test_programmes_of_another_group_do_not_fill_our_gaps(group, food, school):
    make_organisation(group)
    make_programme(terms=[food, school])
    assert shown(group).cell("food", "school").state == State.GAP


def test_needs_without_a_programme_stand_first(group, food, school):
    sleep = make_term(Vocabulary.TOPIC, "sleep")
    make_programme(make_organisation(group), terms=[food, school])
    for slug, terms in (("fed", [food, school]), ("vague", []), ("sleepless", [sleep, school])):
        need = make_need(group, slug)
        for term in terms:
            NeedTerm.objects.create(need=need, term=term)
    make_need(group, "old", status="resolved")
    rows = shown(group).need_rows
    assert [(row.need.slug, row.programmes) for row in rows] == [("sleepless", 0), ("fed", 1), ("vague", None)]


# ---- pages ----------------------------------------------------------------------------------------
def test_the_table_has_a_caption_and_scopes_and_words(group, food, school):
    make_programme(make_organisation(group), terms=[food, school])
    html = Client().get(page("coverage")).content.decode()
    assert '<caption class="coverage__caption">Topics and life phases</caption>' in html
    assert html.count('scope="row"') >= 1
    assert html.count('scope="col"') >= 2
    assert '<span class="coverage__word">thin</span>' in html
    assert f'href="{cell_page("coverage-cell")}"' in html


def test_a_cell_leads_to_the_catalogue_with_both_terms(group, food, school):
    make_programme(make_organisation(group), terms=[food, school], title_en="Soup")
    html = Client().get(cell_page("coverage-cell")).content.decode()
    assert "Soup" in html
    assert "/en/programmes/?topic=food&amp;phase=school" in html


@pytest.mark.parametrize("row", ["school", "nothing"])
def test_a_cell_that_no_table_has_is_not_found(group, food, school, row):
    assert Client().get(cell_page("coverage-cell", row=row)).status_code == 404
    assert Client().get(cell_page("coverage-cell", matrix="nonsense")).status_code == 404


@given(st.dictionaries(st.sampled_from(["matrix", "place", "spoken", "cost", "q", "since"]), st.text(max_size=20)))
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_query_string_is_an_error(query):
    make_programme()
    query = {name: text.replace("\0", "") for name, text in query.items()}
    for name in ("coverage", "coverage-changes", "coverage-csv"):
        assert Client().get(f"{page(name)}?{urlencode(query)}").status_code in (200, 404)


def test_a_gap_becomes_a_need_with_both_terms(group):
    staff = make_user(is_staff=True)
    link = need_link(PHASES, "food", "school", staff, [3, 4])
    assert link.endswith("?phase=school&topic=food&term=3&term=4")


def test_a_gap_becomes_a_measure_with_both_terms_for_who_may_propose_one(group, food, school):
    strategy = make_strategy(group)
    here = make_organisation(group)
    user = make_user("coordinator", here)
    coordinator, words = signed_in(user), "Propose a measure here"
    assert words not in coordinator.get(cell_page("coverage-cell")).content.decode()  # no objective yet
    plan = make_measure(strategy).plan
    link = measure_link(group, user, [food.pk, school.pk])
    html = coordinator.get(cell_page("coverage-cell")).content.decode()
    assert words in html
    assert f"/plans/{plan.pk}/measures/?term=" in html
    form = coordinator.get(link).context["form"]
    assert (form.instance.plan, form.initial[food.vocabulary], form.initial[school.vocabulary]) == (
        plan, [food.pk], [school.pk]
    )  # fmt: skip
    for other in (signed_in(make_user("editor", here)), Client()):
        assert words not in other.get(cell_page("coverage-cell")).content.decode()


def test_the_csv_has_every_cell_and_no_formula(group, school):
    make_organisation(group)
    make_term(Vocabulary.TOPIC, "=1", label_en="=1+1")
    rows = list(csv.reader(Client().get(page("coverage-csv")).content.decode("utf-8-sig").splitlines()))
    assert rows[0] == ["Table", "Row", "Column", "State", "Programmes", "Measures", "Needs", "Reason"]
    assert rows[1:] == [["Topics and life phases", "'=1+1", "school en", "gap", "0", "0", "0", ""]]


def test_the_pages_ask_the_same_number_of_questions_whatever_the_size(django_assert_max_num_queries):
    """Thirty organisations, two hundred measures, five years of plans."""
    group = make_group()
    topics = [make_term(Vocabulary.TOPIC, f"topic-{n}") for n in range(12)]
    phases = [make_term(Vocabulary.LIFE_PHASE, f"phase-{n}") for n in range(8)]
    organisations = [make_organisation(group) for _ in range(30)]
    programmes = [make_programme(o, terms=[topics[n % 12], phases[n % 8]]) for n, o in enumerate(organisations)]
    for year in range(5):
        status = "adopted" if year == 4 else "superseded"
        strategy = make_strategy(group, slug=f"s-{year}", status=status)
        for n in range(40):
            measure = make_measure(strategy, f"m-{year}-{n}")
            if n % 3:
                MeasureProgramme.objects.create(measure=measure, programme=programmes[n % 30])
        need = make_need(group, f"n-{year}")
        NeedTerm.objects.create(need=need, term=topics[year])
        NeedTerm.objects.create(need=need, term=phases[year])
        ObjectiveNeed.objects.create(objective=measure.objective, need=need)
    member = signed_in(make_user("editor", organisations[0]))
    most = {"coverage": 26, "coverage-csv": 26, "coverage-changes": 20, "chain": 20, "lens": 28, "thread": 26}
    for name, queries in most.items():
        member.get(page(name))
        with django_assert_max_num_queries(queries):
            assert member.get(page(name)).status_code == 200


# ---- judgements -----------------------------------------------------------------------------------
def judge(client, group, reason="Not for babies", **more):
    address = f"{cell_page('coverage-judge')}?of={group.slug}"
    form = client.get(address).context["form"]
    data = {"base": form.initial.get("base", ""), "reason_en": reason, **more}
    return client.post(address, data)


def test_the_coordinator_says_that_nothing_is_needed_and_why(group, food, school):
    coordinator = make_user("coordinator", make_organisation(group, name_en="Town hall"))
    assert judge(signed_in(coordinator), group).status_code == 302
    judgement = CoverageJudgement.objects.get()
    assert (judgement.seat.user, judgement.judged_on) == (coordinator, timezone.localdate())
    assert shown(group).cell("food", "school").state == State.NOT_NEEDED
    html = Client().get(f"{cell_page('coverage-cell')}?of={group.slug}").content.decode()
    assert "Not for babies" in html
    assert "Coordinator, " in html
    assert "Town hall" in html
    assert coordinator.email not in html


def test_a_judgement_without_a_reason_is_refused(group, food, school):
    client = signed_in(make_user("coordinator", make_organisation(group)))
    assert judge(client, group, reason="").status_code == 422
    assert not CoverageJudgement.objects.exists()


def test_only_the_coordinator_of_the_group_judges(group, food, school):
    judgement, organisation = judged(group, food, school), make_organisation(group)
    for user in (make_user("editor", organisation), make_user("adviser", organisation), make_user("coordinator")):
        client = signed_in(user)
        assert client.get(f"{cell_page('coverage-judge')}?of={group.slug}").status_code == 404
        assert client.post(page("coverage-judgement-end", judgement.pk), {"version": 1}).status_code == 404
        assert client.post(f"{page('coverage-snapshot')}?of={group.slug}").status_code == 404
        assert client.get(f"/en/history/judgement/{judgement.pk}/").status_code == 404
    assert CoverageJudgement.objects.get().reason_en == "Parents are reached elsewhere"


def test_of_two_who_put_the_reason_in_words_the_second_is_shown_both(group, food, school):
    judged(group, food, school)
    client = signed_in(make_user("coordinator", make_organisation(group)))
    address = f"{cell_page('coverage-judge')}?of={group.slug}"
    base = client.get(address).context["form"].initial["base"]
    assert client.post(address, {"base": base, "reason_en": "First"}).status_code == 302
    answer = client.post(address, {"base": base, "reason_en": "Second"})
    assert answer.status_code == 409
    assert [(one.theirs, one.mine) for one in answer.context["form"].met] == [("First", "Second")]


def test_of_two_who_judge_an_empty_cell_at_once_the_second_is_shown_both(group, food, school):
    client = signed_in(make_user("coordinator", make_organisation(group)))
    assert judge(client, group, reason="First").status_code == 302
    answer = client.post(f"{cell_page('coverage-judge')}?of={group.slug}", {"base": "", "reason_en": "Second"})
    assert answer.status_code == 409
    assert CoverageJudgement.objects.get().reason_en == "First"


def test_a_judgement_is_taken_back_unless_somebody_changed_it_meanwhile(group, food, school):
    judgement = judged(group, food, school, version=2)
    client = signed_in(make_user("coordinator", make_organisation(group)))
    address = page("coverage-judgement-end", judgement.pk)
    client.post(address, {"version": "1"})
    client.post(address, {"version": "x"})
    assert CoverageJudgement.objects.count() == 1
    client.post(address, {"version": "2"})
    assert shown(group).cell("food", "school").state == State.GAP


@pytest.mark.server
def test_every_judgement_leaves_a_trace(group, food, school):
    client = signed_in(make_user("coordinator", make_organisation(group)))
    judge(client, group)
    judgement = CoverageJudgement.objects.get()
    assert client.get(f"/en/history/judgement/{judgement.pk}/").status_code == 200
    client.post(page("coverage-judgement-end", judgement.pk), {"version": 1})
    events = CoverageJudgement._meta.get_field("events").related_model
    labels = list(events.objects.order_by("pgh_id").values_list("pgh_label", flat=True))
    assert (labels[0], labels[-1]) == ("insert", "delete")


@pytest.mark.server
def test_a_cell_is_judged_once(group, food, school):
    judged(group, food, school)
    with pytest.raises(IntegrityError), transaction.atomic():
        judged(group, food, school)


# ---- snapshots ------------------------------------------------------------------------------------
def test_the_year_is_kept_on_its_last_day_and_once(group):
    with translation.override("en"):
        assert yearly(date(2026, 12, 31)) == "1 snapshot of coverage"
    assert yearly(date(2026, 12, 31)) is None
    assert yearly(date(2027, 1, 1)) is None
    assert list(CoverageSnapshot.objects.values_list("year", "taken_on")) == [(2026, date(2026, 12, 31))]


def test_who_missed_the_last_day_keeps_the_year_at_the_next_tick(group):
    yearly(date(2027, 1, 9))
    yearly(date(2027, 3, 1))
    assert list(CoverageSnapshot.objects.values_list("year", "taken_on")) == [(2026, date(2027, 1, 9))]


def test_a_group_that_began_in_the_middle_of_a_year_keeps_no_year_before(group):
    assert yearly(date(2027, 6, 1)) is None
    assert not CoverageSnapshot.objects.exists()


@pytest.mark.parametrize(
    ("year", "day", "said"),
    [
        (None, date(2026, 12, 31), "31 December 2026"),
        (2026, date(2026, 12, 31), "31 December 2026 (end of the year)"),
        (2026, date(2027, 1, 9), "End of 2026 (kept on 9 January 2027)"),
    ],
)
def test_of_two_snapshots_of_one_day_one_reads_which_is_of_the_year(group, year, day, said):
    with translation.override("en"):
        assert str(CoverageSnapshot(group=group, year=year, taken_on=day)) == said


def test_two_days_are_compared_in_the_order_of_time_whichever_is_chosen_first(group, food, school):
    organisation = make_organisation(group)
    first = take(group, today=date(2026, 3, 1))[0]
    make_programme(organisation, terms=[food, school])
    second = take(group, today=date(2026, 9, 1))[0]
    for pair in ((first, second), (second, first)):
        query = "&".join(f"{name}={one.pk}" for name, one in zip(("since", "until"), pair, strict=True))
        html = Client().get(f"{page('coverage-changes')}?{query}").content.decode()
        assert ("1 gap closed" in html, "0 gaps opened" in html) == (True, True)
        assert "there were 2 gaps on the first day and 1 on the second" in html or "there was 1 gap" in html


def test_what_changed_can_be_taken_along_as_a_table(group, food, school):
    organisation = make_organisation(group)
    first = make_programme(organisation, terms=[food, school])
    take(group, today=date(2026, 3, 1))
    make_programme(organisation, terms=[food, school])
    html = Client().get(page("coverage-changes")).content.decode()
    assert "1 other cell is different" in html
    address = re.search(r'href="([^"]+changes\.csv[^"]*)"', html)[1].replace("&amp;", "&")
    rows = list(csv.reader(Client().get(address).content.decode("utf-8-sig").splitlines()))
    assert [row[3:] for row in rows[1:]] == [["thin", "1", "0", "covered", "2", "0"]]
    assert str(first.organisation) not in rows[1]


def test_by_hand_there_is_one_a_day(group):
    client = signed_in(make_user("coordinator", make_organisation(group)))
    for _ in range(2):
        assert client.post(f"{page('coverage-snapshot')}?of={group.slug}").status_code == 302
    assert CoverageSnapshot.objects.filter(year=None, taken_on=timezone.localdate()).count() == 1


def test_a_snapshot_holds_only_what_everybody_sees(group, food, school):
    organisation = make_organisation(group)
    programme = make_programme(organisation, terms=[food, school])
    measure = make_measure(make_strategy(group), is_public=False)
    MeasureProgramme.objects.create(measure=measure, programme=programme)
    assert picture(group)["phases"]["cells"] == {"food school": ["thin", 1, 0]}


def test_between_two_days_gaps_close_and_open(group, food, school):
    sleep = make_term(Vocabulary.TOPIC, "sleep")
    organisation = make_organisation(group)
    old = make_programme(organisation, terms=[sleep, school])
    before = take(group)[0].cells["phases"]
    Programme.objects.filter(pk=old.pk).update(status="archived")
    make_programme(organisation, terms=[food, school])
    _table, _columns, changes = compared(PHASES, before, picture(group)["phases"])
    assert [(c.row.value, c.after) for c in closed(changes)] == [("food", State.THIN)]
    assert [(c.row.value, c.before) for c in opened(changes)] == [("sleep", State.THIN)]


def test_a_judgement_closes_no_gap_and_taking_it_back_opens_none(group, food, school):
    before = picture(group)["phases"]
    judgement = judged(group, food, school)
    after = picture(group)["phases"]
    judgement.delete()
    assert closed(compared(PHASES, before, after)[2]) == []
    assert opened(compared(PHASES, after, before)[2]) == []
    assert len(compared(PHASES, before, after)[2]) == 1


def test_the_page_of_changes_says_in_words_and_in_the_table_what_is_different(group, food, school):
    organisation = make_organisation(group)
    take(group)
    make_programme(organisation, terms=[food, school])
    html = Client().get(page("coverage-changes")).content.decode()
    assert "1 gap closed" in html
    assert "0 gaps opened" in html
    assert "before: gap" in html


def test_a_snapshot_of_another_group_is_not_found(group):
    theirs = take(make_group())[0]
    assert Client().get(f"{page('coverage-changes')}?of={group.slug}&since={theirs.pk}").status_code == 404


def test_the_tables_are_printed_lying_on_their_side_and_on_a_phone_nothing_is_folded_twice():
    folder = settings_of_django.BASE_DIR / "static" / "css"
    printed = (folder / "coverage.css").read_text().split("@media print")[1]
    assert re.search(r"body:has\(\.coverage\) \{\s+page: coverage;", printed)
    phone = (folder / "workspace.css").read_text().split(".subnav__more > details::details-content")[1]
    assert "content-visibility: visible" in phone.split("}")[0]
