"""Interface texts: whole in five languages, with the right plurals, and marked where they fall back."""

import subprocess
import sys

import polib
import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.translation import ngettext

from portal import languages, texts
from portal.templatetags.portal import translated

from .records import make_programme


@pytest.mark.parametrize(("code", "path"), texts.catalogues())
def test_no_text_is_missing_fuzzy_or_malformed(code, path):
    assert texts.faults(path) == []


@pytest.mark.parametrize("code", languages.CODES)
def test_every_language_has_the_same_texts(code):
    paths = dict(texts.catalogues())
    assert msgids(paths[code]) == msgids(paths["en"])


def msgids(path):
    return {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(path)) if not entry.obsolete}


def test_every_text_of_the_code_is_in_the_catalogues():
    """What templates and code say today must stand in locale/: a text that is not there is never translated."""
    import ast
    import re
    from pathlib import Path

    from django.conf import settings

    known = {msgid for _context, msgid in msgids(dict(texts.catalogues())["en"])}
    root = Path(settings.BASE_DIR)
    said = set()
    for template in (root / "templates").rglob("*.html"):
        said |= set(re.findall(r"{% translate \"((?:[^\"\\]|\\.)*)\"", template.read_text()))
        said |= set(re.findall(r"_\(\"([^\"]*)\"\)", template.read_text()))
    for app in ("portal", "partners", "programmes", "actionplans"):
        for module in (root / app).rglob("*.py"):
            if "migrations" in module.parts:
                continue
            for node in ast.walk(ast.parse(module.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
                    "_",
                    "gettext",
                    "gettext_noop",
                ):
                    argument = node.args[0]
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        said.add(argument.value)
    assert len(said) > 400
    assert said - known == set()


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "1 program"),
        (2, "2 programa"),
        (3, "3 programi"),
        (4, "4 programi"),
        (5, "5 programov"),
        (0, "0 programov"),
        (11, "11 programov"),
        (101, "101 program"),
        (102, "102 programa"),
        (103, "103 programi"),
    ],
)
def test_slovenian_counts_in_four_forms(count, words):
    texts.compile_texts()
    with translation.override("sl"):
        assert ngettext("One programme", "%(count)s programmes", count) % {"count": count} == words


def test_translations_compile_without_system_gettext(tmp_path):
    """The compiler is ours: with an empty PATH there is no msgfmt to help."""
    script = "import polib,sys; polib.pofile(sys.argv[1]).save_as_mofile(sys.argv[2])"
    source = dict(texts.catalogues())["sl"]
    target = tmp_path / "django.mo"
    subprocess.run([sys.executable, "-c", script, str(source), str(target)], env={"PATH": ""}, check=True)
    assert len(polib.mofile(str(target))) == len(polib.pofile(str(source)).translated_entries())


@pytest.mark.parametrize(
    ("language", "label"), [("sl", "Dodaj"), ("da", "Tilføj"), ("nb", "Legg til"), ("de", "Hinzufügen")]
)
def test_the_administration_speaks_the_language_too(language, label):
    from django.utils.translation import gettext

    with translation.override(language):
        assert label.split()[0].lower() in gettext("Add %s").lower() or gettext("Add %s") != "Add %s"
        assert gettext("Save and view") != "Save and view"


# ---- fallback -------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_fallback_carries_its_language_and_says_so():
    programme = make_programme(title_sl="Hoja", title_en="Walk <b>")
    with translation.override("de"):
        assert translated(programme, "title") == '<span lang="en">Walk &lt;b&gt;</span>'
        note = Template('{% foreign_note programme "title summary" %}').render(Context({"programme": programme}))
        assert "Auf Englisch" in note


@pytest.mark.django_db
def test_the_name_in_a_breadcrumb_carries_its_language_too(client):
    programme = make_programme(title_sl="Sprehod", title_en="Walk")
    with translation.override("de"):
        page = client.get(programme.get_absolute_url()).content.decode()
    trail = page[page.index('class="breadcrumb"') :].split("</nav>")[0]
    assert '<span lang="en">Walk</span>' in trail
    assert page.count(': <span lang="en">Walk</span></span>') == 1  # "Add to my list: Walk", heard only


@pytest.mark.django_db
def test_a_text_in_the_readers_own_language_is_plain():
    programme = make_programme(title_de="Spaziergang")
    with translation.override("de"):
        assert translated(programme, "title") == "Spaziergang"
        assert Template('{% foreign_note programme "title" %}').render(Context({"programme": programme})).strip() == ""


@pytest.mark.parametrize(
    ("language", "order"),
    [
        ("da", ["da", "nb", "en", "sl", "de"]),
        ("nb", ["nb", "da", "en", "sl", "de"]),
        ("de", ["de", "en", "sl", "nb", "da"]),
        ("sl", ["sl", "en", "de", "nb", "da"]),
    ],
)
def test_the_nearest_language_stands_in(language, order):
    record = {f"title_{code}": code for code in languages.CODES}
    found = []
    while text := languages.resolve(record, "title", language)[0]:
        found.append(text)
        record[f"title_{text}"] = ""
    assert found == order
    assert languages.resolve(record, "title", language) == ("", None)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("sl", ["Cvet", "Čaj", "Sad", "Šah", "Zima", "Žoga"]),
        ("da", ["Alt", "Zebra", "Æble", "Øl", "Ål", "Aalborg"]),
        ("nb", ["Zoo", "Ære", "Øre", "Åre"]),
        ("de", ["Apfel", "Äpfelwein", "Apfelzug", "Birne", "Öl", "Zug"]),
    ],
)
def test_each_language_sorts_by_its_own_alphabet(language, words):
    ordered = sorted(set(words), key=lambda word: languages.sort_key(word, language))
    if language == "da":  # Aa is Å: both stand at the end, in the order of what follows
        assert ordered[:4] == words[:4]
        assert set(ordered[4:]) == set(words[4:])
    else:
        assert ordered == words
