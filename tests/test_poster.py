"""Sheets to hang up and hand out: what stands on them, and of which programmes there are any."""

import pytest
from django.test import Client
from django.urls import reverse

from .records import make_group, make_programme

pytestmark = pytest.mark.django_db


def sheet(programme, shape=""):
    path = reverse("programmes:poster", kwargs={"pk": programme.pk, "slug": programme.slug_in("sl")})
    return Client().get(f"{path}?as={shape}" if shape else path)


@pytest.fixture
def walking():
    make_group()
    return make_programme(title_sl="Sosedski sprehodi", contact_phone="+386 1 000 04 11")


@pytest.mark.parametrize("shape", ["", "poster", "strips", "cards", "nonsense"])
def test_every_sheet_names_programme_telephone_and_short_address(walking, shape):
    page = sheet(walking, shape).content.decode()
    short = reverse("programmes:programme-number", args=[walking.pk]).rstrip("/")
    assert "Sosedski sprehodi" in page
    assert "+386 1 000 04 11" in page
    assert f"testserver{short}<" in page


def test_the_short_address_leads_to_the_programme(walking):
    answer = Client().get(reverse("programmes:programme-number", args=[walking.pk]))
    assert answer.headers["Location"] == walking.get_absolute_url()


def test_there_are_eight_cards_and_eight_strips_on_a_sheet(walking):
    assert sheet(walking, "cards").content.count(b'class="cut-card"') == 8
    assert sheet(walking, "strips").content.count(b'class="strips__piece"') == 8


def test_there_is_no_poster_of_a_draft():
    assert sheet(make_programme(status="draft")).status_code == 404


def test_a_poster_asks_for_a_fixed_number_of_rows(walking, django_assert_max_num_queries):
    sheet(walking)
    with django_assert_max_num_queries(12):
        sheet(walking, "cards")
