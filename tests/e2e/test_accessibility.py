"""axe finds nothing on any kind of page, in any language, in light and in dark."""

import json

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from portal.languages import CODES

from .pages import KINDS, open_folds, open_kind

pytestmark = pytest.mark.e2e

# Beyond AA: the accessibility statement promises seven to one.
MORE = {"rules": {"color-contrast-enhanced": {"enabled": True}}, "resultTypes": ["violations"]}


def options(*tags):
    return {"runOnly": {"type": "tag", "values": tags}, **MORE}


def looking(how):
    """Script that looks at the page and answers what is wrong."""
    return f"async () => (await axe.run({json.dumps(how)})).violations"


OPTIONS = options("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
START = looking(OPTIONS)
COLOURS = looking(options("cat.color"))  # all rules whose outcome the scheme can change


@pytest.fixture(scope="session")
def looked_at(browser):
    """One page, kept for the whole run: a new browser context costs more than a page."""
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 1280, "height": 900})
    context.add_init_script(AXE_SCRIPT)
    yield context.new_page()
    context.close()


# The house is the same in all languages: these are looked at in five, the others in the two with the longest words.
IN_ALL = ("home", "catalogue", "programme", "place", "plan")
LOOKED_AT = [(kind, code) for kind in KINDS for code in CODES if code in ("sl", "de") or kind.name in IN_ALL]


@pytest.mark.parametrize(("kind", "language"), LOOKED_AT, ids=lambda part: getattr(part, "name", part))
def test_axe_finds_nothing(looked_at, site, kind, language):
    """In light all that it looks for; the same page in dark differs in its colours."""
    looked_at.emulate_media(color_scheme="light")
    open_kind(looked_at, kind, language, site)
    open_folds(looked_at)
    found = []
    for scheme, look in (("light", START), ("dark", COLOURS)):
        looked_at.emulate_media(color_scheme=scheme)
        for fault in looked_at.evaluate(look):
            found += [f"{scheme}: {fault['id']}: {fault['help']}: {where(node)}" for node in fault["nodes"][:5]]
    assert not found, "\n".join(found)


def where(node):
    details = "; ".join(check["message"] for check in [*node["any"], *node["all"], *node["none"]])
    return f"{' '.join(map(str, node['target']))} {node['html'][:160]} ({details[:200]})"
