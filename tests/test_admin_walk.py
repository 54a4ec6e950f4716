"""Every page of the administration, of every noun: it opens, it loads no list of thousands, and asks as many questions
of a large portal as of a small one.
"""

import re

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from portal.models import EmptySearch, Look, Synonym
from programmes.models import SlipCount

from .records import make_user, signed_in
from .workshop import build

pytestmark = pytest.mark.django_db
MODELS = list(admin.site._registry)
PAGES = ("changelist", "search", "add", "change", "history", "delete")
MOST_QUESTIONS = 45  # of one page; sessions, the language and its messages take nine


def records():
    """A workshop, and what is in none."""
    w = build()
    number = Synonym.objects.count()
    Synonym.objects.create(words=f"hoja {number}", language="sl", term=w.topic)
    EmptySearch.objects.create(words=f"joga {number}", language="sl", month="2026-10-01", count=9)
    Look.objects.create(user=w.coordinator, kind="export")
    SlipCount.objects.create(programme=w.programme, month="2026-10-01", count=3)
    return w


@pytest.fixture
def administrator():
    person = make_user(is_staff=True, is_superuser=True, language="de")
    client = signed_in(person)
    client.get("/admin/")  # notes the session
    request = RequestFactory().get("/admin/")
    request.user = person
    client.may = lambda model, right: getattr(admin.site._registry[model], f"has_{right}_permission")(request)
    return client


def pages(model, record, client):
    """{page: address} of those that the noun has."""
    base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    found = {"changelist": reverse(f"{base}_changelist"), "search": reverse(f"{base}_changelist") + "?q=a"}
    if client.may(model, "add"):
        found["add"] = reverse(f"{base}_add")
    if record is not None:
        found |= {page: reverse(f"{base}_{page}", args=[record.pk]) for page in ("change", "history")}
        if client.may(model, "delete"):
            found["delete"] = reverse(f"{base}_delete", args=[record.pk])
    return found


def first(model):
    return admin.site._registry[model].get_queryset(RequestFactory().get("/")).order_by("pk").first()


def test_pages_open_and_neither_questions_nor_choices_grow_with_the_portal(
    administrator, django_assert_max_num_queries
):
    records()
    kept = {model: first(model) for model in MODELS}
    assert [model.__name__ for model, record in kept.items() if record is None] == []
    small = _looked_at(administrator, kept, django_assert_max_num_queries)
    for _portal in range(3):
        records()
    large = _looked_at(administrator, kept, django_assert_max_num_queries)
    grown = {page: (small[page], large[page]) for page in small if large[page] > small[page]}
    assert grown == {}


def _looked_at(client, kept, at_most):
    """{(noun, page): (questions, choices in drop-downs of a form)}"""
    found = {}
    for model, record in kept.items():
        for page, address in pages(model, record, client).items():
            with at_most(MOST_QUESTIONS, info=address) as asked:
                answer = client.get(address)
            assert answer.status_code == 200, address
            choices = answer.content.decode().count("<option") if page in ("add", "change") else 0
            found[model.__name__, page] = len(asked.captured_queries), choices
    return found


def test_every_filter_and_every_order_of_a_list_opens(administrator):
    records()
    for model in MODELS:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        html = administrator.get(address).content.decode()
        links = {link.replace("&amp;", "&") for link in re.findall(r'href="(\?[^"]+)"', html)}
        for link in sorted(links):
            assert administrator.get(address + link).status_code == 200, address + link


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_state_that_only_moves_change_can_be_typed(model, administrator):
    """Whatever has a table of moves shows its state; so do the rows of other nouns within a form."""
    records()
    html = administrator.get(pages(model, first(model), administrator)["change"]).content.decode()
    typed = set(re.findall(r'<(?:input|select|textarea)[^>]* name="(?:\w+-\d+-)?(status|phase|state)"', html))
    assert typed == ({"state"} if model.__name__ == "Transition" else set())
