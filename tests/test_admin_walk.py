"""Every page of the administration, of every noun: it opens, it loads no list of thousands, and asks as many questions
of a large portal as of a small one.
"""

import re
from datetime import date, time

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import override

from actionplans.models import CoverageSnapshot
from partners.models import Group, RefusedSignIn, User
from portal import outbox
from portal.languages import CODES
from portal.models import EmptySearch, Look, Synonym
from programmes.models import Schedule, SlipCount

from .records import make_settlement, make_user, signed_in
from .workshop import build

pytestmark = pytest.mark.django_db
APPS = ("portal", "partners", "programmes", "actionplans")
MODELS = [model for model in admin.site._registry if model._meta.app_label in APPS]
MOST_QUESTIONS = 60  # of one page; the session and its messages take nine
MOST_OF_A_CASCADE = 200  # Django asks every table that names a record before it says what would go with it


def more(w):
    """What a workshop does not have."""
    number = Synonym.objects.count()
    Synonym.objects.create(words=f"hoja {number}", language="sl", term=w.topic)
    EmptySearch.objects.create(words=f"joga {number}", language="sl", month="2026-10-01", count=9)
    Look.objects.create(user=w.coordinator, kind="export")
    RefusedSignIn.objects.count_up(RefusedSignIn.Reason.PASSWORD, f"nobody-{number}@example.org")
    SlipCount.objects.create(programme=w.programme, month="2026-10-01", count=3)
    outbox.queue("test", "ana@example.org", "sl", "Pozdrav", "x")
    CoverageSnapshot.objects.create(group=w.group, taken_on="2026-01-05", year=2026, cells={})
    w.place.settlement = make_settlement()
    w.place.save()


@pytest.fixture
def workshop(shared):
    more(shared)
    return shared


@pytest.fixture
def administrator():
    person = make_user(is_staff=True, is_superuser=True, language="de")
    client = signed_in(person)
    client.get("/admin/")  # notes the session
    request = RequestFactory().get("/admin/")
    request.user = person
    client.may = lambda model, right, *record: getattr(admin.site._registry[model], f"has_{right}_permission")(
        request, *record
    )
    return client


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def pages(model, record, client):
    """{page: address} of those that the noun has."""
    found = {"changelist": address(model, "changelist"), "search": address(model, "changelist") + "?q=a"}
    if client.may(model, "add"):
        found["add"] = address(model, "add")
    found |= {page: address(model, page, record.pk) for page in ("change", "history")}
    if client.may(model, "delete", record):
        found["delete"] = address(model, "delete", record.pk)
    return found


def first(model):
    return admin.site._registry[model].get_queryset(RequestFactory().get("/")).order_by("pk").first()


def test_pages_open_and_neither_questions_nor_choices_grow_with_the_portal(
    workshop, administrator, django_assert_max_num_queries
):
    kept = {model: first(model) for model in MODELS}
    assert [model.__name__ for model, record in kept.items() if record is None] == []
    small = _looked_at(administrator, kept, django_assert_max_num_queries)
    for _portal in range(2):
        more(build())
    large = _looked_at(administrator, kept, django_assert_max_num_queries)
    grown = {page: (small[page], large[page]) for page in small if large[page] > small[page]}
    assert grown == {}


def _looked_at(client, kept, at_most):
    """{(noun, page): (questions, choices in drop-downs of a form)}"""
    found = {}
    for model, record in kept.items():
        for page, path in pages(model, record, client).items():
            with at_most(MOST_OF_A_CASCADE if page == "delete" else MOST_QUESTIONS, info=path) as asked:
                answer = client.get(path)
            assert answer.status_code == 200, path
            choices = answer.content.decode().count("<option") if page in ("add", "change") else 0
            found[model.__name__, page] = len(asked.captured_queries), choices
    return found


def test_every_filter_and_order_of_a_list_opens(workshop, administrator):
    """One choice of each: what a list is asked with, `?status__exact=…`, decides the question."""
    wrong = []
    for model in MODELS:
        path = address(model, "changelist")
        links = re.findall(r'href="(\?[^"]+)"', administrator.get(path).content.decode())
        one_of_each = {re.sub(r"=[^&]*", "", link): link.replace("&amp;", "&") for link in links}
        wrong += [path + link for link in one_of_each.values() if administrator.get(path + link).status_code != 200]
    assert wrong == []


def test_no_state_that_only_moves_change_can_be_typed(workshop, administrator):
    """Whatever has a table of moves shows its state; so do the rows of other nouns within a form."""
    typed = {}
    for model in MODELS:
        html = administrator.get(address(model, "change", first(model).pk)).content.decode()
        fields = r'<(?:input|select|textarea)[^>]* name="(?:\w+-\d+-)?(status|phase|state)"'
        if found := set(re.findall(fields, html)):
            typed[model.__name__] = found
    assert typed == {"Transition": {"state"}}


def test_a_search_field_takes_what_is_no_number_with_a_sentence(workshop, administrator):
    wrong = []
    for model in MODELS:
        names = admin.site._registry[model].autocomplete_fields
        if not names or not administrator.may(model, "add"):
            continue
        for typed in ("x", "9" * 30, "-1"):
            answer = administrator.post(address(model, "add"), dict.fromkeys(names, typed))
            if answer.status_code != 200:
                wrong.append((model.__name__, typed, answer.status_code))
    assert wrong == []


def _with_rule(administrator, rule, **more):
    """The answer to this rule in the form of the first schedule."""
    schedule = first(Schedule)
    typed = {"rule": rule, "programme": schedule.programme_id, "valid_from": "2026-01-01", **more}
    rows = {"schedulelanguage_set-TOTAL_FORMS": "0", "schedulelanguage_set-INITIAL_FORMS": "0"}
    return administrator.post(address(Schedule, "change", schedule.pk), typed | rows)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("every Monday in the cellar", "Not understood: cellar."),
        ("16:30–18:00", "How often it takes place was not understood."),
        ("every Monday", "A schedule with a rule needs a start and an end time."),
        ("FREQ=NONSENSE", "errorlist"),
        ("FREQ=WEEKLY;BYDAY=MO", "A schedule with a rule needs a start and an end time."),
    ],
)
def test_a_rule_that_is_none_is_told_in_the_form(workshop, administrator, rule, said):
    User.objects.update(language="en")
    html = (answer := _with_rule(administrator, rule)).content.decode()
    assert (answer.status_code, said in html, f'value="{rule}"' in html) == (200, True, True)


def test_a_sentence_is_a_rule_and_is_said_with_its_next_dates(workshop, administrator):
    User.objects.update(language="en")
    assert _with_rule(administrator, "every second Thursday 16:30–18:00 from 3 September 2026").status_code == 302
    schedule = first(Schedule)
    assert (schedule.rule, schedule.starts_at, schedule.ends_at, schedule.valid_from) == (
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", time(16, 30), time(18), date(2026, 9, 3),
    )  # fmt: skip
    html = administrator.get(address(Schedule, "change", schedule.pk)).content.decode()
    assert "every other Thursday, 16:30–18:00, from 3 September 2026" in html
    shown = re.search(r'field-next_dates.*?class="readonly">(.*?)</div>', html, re.DOTALL)[1]
    assert shown.count("Thursday") == 10


def test_no_form_shows_what_only_programs_read(workshop, administrator):
    """Mappings are lines; nothing in a field is JSON."""
    raw = {}
    for model in MODELS:
        html = administrator.get(address(model, "change", first(model).pk)).content.decode()
        if found := re.findall(r"<textarea[^>]*>\s*[\[{]", html):
            raw[model.__name__] = found
    assert raw == {}


def test_every_field_of_a_row_has_a_name_and_so_has_the_box_that_takes_it_away(workshop, administrator):
    """In a table of rows the label stands above the column, where no one hears it."""
    unnamed = {}
    for model in MODELS:
        html = administrator.get(address(model, "change", first(model).pk)).content.decode()
        rows = re.findall(r'<tr class="form-row.*?</tr>', html, re.DOTALL)
        fields = [tag for row in rows for tag in re.findall(r"<(?:input|select|textarea)[^>]*>", row)]
        shown = [tag for tag in fields if 'type="hidden"' not in tag]
        if found := [tag for tag in shown if "aria-label" not in tag]:
            unnamed[model.__name__] = found
    assert unnamed == {}


def test_texts_stand_in_the_portals_order_of_languages_and_all_but_the_first_are_folded(workshop, administrator):
    html = administrator.get(address(Schedule, "change", first(Schedule).pk)).content.decode()
    assert re.findall(r'name="note_(\w\w)"', html) == list(CODES)
    html = administrator.get(f"/admin/programmes/programme/{workshop.programme.pk}/change/").content.decode()
    titles, summaries = (html.index(f'name="{name}_sl"') for name in ("title", "summary"))
    assert "<details" not in html[:titles]
    assert html[titles:summaries].count("<details") == 1


def test_a_form_leads_to_the_page_and_its_history_and_the_page_leads_back(workshop, administrator):
    form = f"/admin/programmes/programme/{workshop.programme.pk}/change/"
    html = administrator.get(form).content.decode()
    page = re.search(r'href="([^"]+)" class="viewsitelink"', html)[1]
    history = re.search(r'href="([^"]+)" class="historylink"', html)[1]
    assert history.endswith(f"/programme/{workshop.programme.pk}/")
    assert administrator.get(history).status_code == 200
    assert f'href="{form}"' in administrator.get(page).content.decode()
    assert "/admin/" not in signed_in(workshop.coordinator).get(page).content.decode()
    type(workshop.programme).objects.update(status="draft")
    assert "viewsitelink" not in administrator.get(form).content.decode()


def test_headings_of_texts_keep_the_capitals_of_german_nouns(workshop, administrator):
    html = administrator.get(address(Group, "change", workshop.group.pk)).content.decode()
    headings = [words.strip() for words in re.findall(r'class="fieldset-heading">([^<]+)<', html)]
    with override("de"):
        names = [capfirst(Group._meta.get_field(name).verbose_name) for name in ("name", "about", "meeting_rhythm")]
    assert [name for name in names if name in headings] == names
    assert any(word[0].isupper() for name in names for word in name.split()[1:])
