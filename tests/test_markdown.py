"""Longer texts: what people mark comes out marked, what nobody marked stays as it stands, nothing runs."""

import re

import pytest
from django.template import Context, Template
from django.utils.html import escape, linebreaks
from hypothesis import given
from hypothesis import strategies as st

from portal.markdown import formatted, plain
from portal.search.entries import Text

from .records import make_programme

HOSTILE = [
    "<script>alert(1)</script> **x**",
    "[klik](javascript:alert(1))",
    "[klik](JaVaScRiPt:alert(1)) [a](https://a.example)",
    "[klik](data:text/html;base64,PHNjcmlwdD4=)",
    "[klik](vbscript:x)",
    "![slika](https://sledi.example/1.gif) **x**",
    '**x** <img src=x onerror="alert(1)">',
    '[a](https://a.example "onmouseover=alert(1)")',
    '[a](https://a.example"onmouseover="alert(1))',
    "* <svg/onload=alert(1)>",
    "- [ [ [ [ [ [ [ (((((((((" * 200,
    "**" * 20_000,
    "- " * 2_000 + "x",
]


def test_paragraphs_lists_bold_and_links():
    html = formatted(
        "Prvi **krepko**\ndruga vrstica\n\n- čaj\n- kava\n\n1. pridite\n2. [vpišite se](https://a.example/x)"
    )
    assert html == (
        "<p>Prvi <strong>krepko</strong><br>\ndruga vrstica</p>\n<ul>\n<li>čaj</li>\n<li>kava</li>\n</ul>\n"
        '<ol>\n<li>pridite</li>\n<li><a href="https://a.example/x" rel="nofollow noopener">vpišite se</a></li>\n</ol>\n'
    )


def test_the_filter_of_templates():
    assert Template("{{ text|formatted }}").render(Context({"text": "a & **b**"})) == (
        "<p>a &amp; <strong>b</strong></p>\n"
    )
    assert Template("{{ text|formatted }}").render(Context({"text": None})) == ""


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_runs_and_nothing_is_loaded(text):
    html = formatted(text)
    assert set(re.findall(r"<(/?[a-z]+)", html)) <= {
        *(f"{slash}{tag}" for tag in ("p", "ul", "ol", "li", "strong", "em", "a", "br") for slash in ("", "/"))
    }
    for _tag, attributes in re.findall(r"<(a|ol|p|li|ul)\s([^>]*)>", html):
        assert re.fullmatch(r'(href="https://[^"]*" rel="nofollow noopener"|start="\d+")', attributes)


@given(st.text())
def test_no_text_is_an_error_and_no_tag_comes_through(text):
    html = formatted("- **" + text + "**")
    assert set(re.findall(r"<([a-zA-Z]+)", html)) <= {"p", "br", "ul", "ol", "li", "strong", "em", "a"}
    assert isinstance(plain(text), str)


@pytest.mark.parametrize(
    "text",
    ["Zbor ob 9.30", "2 * 3 = 6", "a_b_c", "Ana & Bor <vedno>", "vrstica\nvrstica\n\nodstavek", "\\*", "&amp;", "# ne"],
)
def test_a_text_without_marks_stays_identical(text):
    assert formatted(text) == linebreaks(escape(text))
    assert plain(text) == text


def test_a_date_at_the_head_of_a_line_keeps_its_number():
    assert '<ol start="25">' in formatted("25. decembra je zaprto")
    assert plain("25. decembra je zaprto") == "25. decembra je zaprto"


def test_for_machines_the_marks_are_gone():
    text = "**Pozor**\n\n- čaj\n- [kava](https://a.example)\n\n7. sedmič"
    assert plain(text) == "Pozor\n\n– čaj\n– kava\n7. sedmič"


@pytest.mark.django_db
def test_the_search_reads_words_and_the_page_shows_marks(client):
    programme = make_programme(description_en="**Walking** with [us](https://a.example)", title_en="Walk")
    assert Text(programme, "description", "C").read("en") == ("Walking with us", "en")
    html = client.get(f"/en/programmes/{programme.pk}-walk/").content.decode()
    assert '<strong>Walking</strong> with <a href="https://a.example" rel="nofollow noopener">us</a>' in html
