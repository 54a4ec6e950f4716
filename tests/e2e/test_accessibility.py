"""axe finds nothing on any kind of page, in any language, in light and in dark."""

import json

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from portal.languages import CODES

from .pages import KINDS, open_folds, open_kind

pytestmark = pytest.mark.e2e

OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    # Beyond AA: the accessibility statement promises seven to one.
    "rules": {"color-contrast-enhanced": {"enabled": True}},
    "resultTypes": ["violations"],
}
# Begins to look and comes back at once, so that both browsers look at the same time.
START = (
    f"() => {{ window.looked = new Promise((done) => setTimeout(() => axe.run({json.dumps(OPTIONS)}).then(done))); }}"
)


@pytest.fixture(scope="session")
def schemes(browser):
    """{"light": page, "dark": page}, kept for the whole run: a new browser context costs more than a page."""
    pages = {}
    for scheme in ("light", "dark"):
        context = browser.new_context(
            color_scheme=scheme, reduced_motion="reduce", viewport={"width": 1280, "height": 900}
        )
        context.add_init_script(AXE_SCRIPT)
        pages[scheme] = context.new_page()
    yield pages
    for page in pages.values():
        page.context.close()


# The house is the same in all languages: these are looked at in five, the others in the two with the longest words.
IN_ALL = ("home", "catalogue", "programme", "place", "plan")
LOOKED_AT = [(kind, code) for kind in KINDS for code in CODES if code in ("sl", "de") or kind.name in IN_ALL]


@pytest.mark.parametrize(("kind", "language"), LOOKED_AT, ids=lambda part: getattr(part, "name", part))
def test_axe_finds_nothing(schemes, site, kind, language):
    for page in schemes.values():
        open_kind(page, kind, language, site)
        open_folds(page)
        page.evaluate(START)
    found = []
    for scheme, page in schemes.items():
        for fault in page.evaluate("window.looked")["violations"]:
            found += [f"{scheme}: {fault['id']}: {fault['help']}: {where(node)}" for node in fault["nodes"][:5]]
    assert not found, "\n".join(found)


def where(node):
    details = "; ".join(check["message"] for check in [*node["any"], *node["all"], *node["none"]])
    return f"{' '.join(map(str, node['target']))} {node['html'][:160]} ({details[:200]})"
