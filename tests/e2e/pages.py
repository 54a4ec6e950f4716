"""Every kind of page a resident can meet, by the name of its view; addresses are made from the demo's records."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import override

from portal import languages


class Kind(NamedTuple):
    """One kind of page. `query` may name what `Known` knows: "topic={topic}"; `word` is one of the title."""

    name: str
    view: str | None
    record: str = ""
    query: str = ""
    status: int = 200
    keeps_a_list: bool = False


KINDS = [
    Kind("home", "home"),
    Kind("catalogue", "programmes:catalogue"),
    Kind("catalogue-filtered", "programmes:catalogue", query="q={word}&topic={topic}&cost=free"),
    Kind("nothing-found", "programmes:catalogue", query="topic={empty[0]}&day={empty[1]}"),
    Kind("week", "programmes:catalogue", query="view=week"),
    Kind("by-place", "programmes:catalogue", query="view=places"),
    Kind("printed", "programmes:printed"),
    Kind("programme", "programmes:programme", "programme"),
    Kind("programme-full", "programmes:programme", "full"),
    Kind("programme-paused", "programmes:programme", "paused"),
    Kind("programme-gone", "programmes:programme", "gone", status=410),
    Kind("slip", "programmes:slip", "programme"),
    Kind("poster", "programmes:poster", "programme"),
    Kind("slip-printed", "programmes:slip", "programme", "for=de&printed=1"),
    Kind("list-empty", "programmes:list"),
    Kind("list", "programmes:list", keeps_a_list=True),
    Kind("list-shared", "programmes:list", query="p={numbers}"),
    Kind("list-question", "programmes:list", query="add={programme.pk}"),
    Kind("places", "partners:places"),
    Kind("places-near", "partners:places", query="near={settlement}"),
    Kind("place", "partners:place", "place"),
    Kind("partners", "partners:partners"),
    Kind("partner", "partners:partner", "partner"),
    Kind("about", "partners:about"),
    Kind("help-now", "help-now"),
    Kind("plan", "actionplans:plan"),
    Kind("measure", "actionplans:measure", "measure"),
    Kind("needs", "actionplans:needs"),
    Kind("need", "actionplans:need", "need"),
    Kind("indicators", "actionplans:indicators"),
    Kind("document", "actionplans:plan-document", "strategy"),
    Kind("coverage", "actionplans:coverage"),
    Kind("coverage-settings", "actionplans:coverage", query="matrix=settings&cost=free"),
    Kind("coverage-changes", "actionplans:coverage-changes"),
    Kind("chain", "actionplans:chain"),
    Kind("lens", "actionplans:lens"),
    Kind("minutes-published", "actionplans:minutes-published"),
    Kind("interfaces-published", "actionplans:interfaces-published"),
    Kind("minutes-public", "actionplans:minutes-public", "minutes"),
    Kind("consultation", "actionplans:consultation", "draft"),
    Kind("practices", "actionplans:practices"),
    Kind("practice", "actionplans:practice", "practice"),
    Kind("groups", "actionplans:groups"),
    Kind("region", "actionplans:region", "region"),
    Kind("self-help", "programmes:self-help"),
    Kind("pathway", "programmes:pathway", "pathway"),
    Kind("report", "programmes:report", query="page=/sl/&kind=contact"),
    Kind("accessibility", "accessibility"),
    Kind("privacy", "privacy"),
    Kind("open-data", "open-data"),
    Kind("not-found", None, status=404),
]
LIST_COOKIE = "skupaj_list"
BY_NUMBER = ("actionplans:minutes-public",)
BY_SLUG = ("actionplans:plan-document", "actionplans:consultation")


def address(view, language, record=None, query=""):
    """The address of a view in a language, without the host."""
    with override(language):
        kwargs = {}
        if view in BY_SLUG:
            kwargs = {"slug": record.slug}
        elif view in BY_NUMBER:
            kwargs = {"pk": record.pk}
        elif record:
            kwargs = {"pk": record.pk, "slug": record.slug_in(language)}
        return reverse(view, kwargs=kwargs) + (f"?{query}" if query else "")


def open_kind(page, kind, language, known):
    """Goes to a page of the kind; the answer has the status it should have."""
    page.context.clear_cookies(name=LIST_COOKIE)
    if kind.keeps_a_list:
        page.context.add_cookies([{"name": LIST_COOKIE, "value": known.numbers, "url": known.url}])
    path = f"/{language}/there-is-no-such-page/"
    if kind.view:
        record = getattr(known, kind.record) if kind.record else None
        word = max(languages.resolve(known.programme, "title", language)[0].split(), key=len)
        path = address(kind.view, language, record, kind.query.format(**vars(known), word=word))
    response = page.goto(known.url + path)
    assert response.status == kind.status, f"{path} answered {response.status}"


def open_folds(page):
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
