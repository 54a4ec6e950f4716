"""The page of one programme, read and rendered once per language, and kept while nothing on it has changed."""

from datetime import datetime
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from partners.holidays import read as read_holidays
from portal import languages
from portal.kept import Packed, Store
from portal.qr import qr_svg
from portal.reading import readable_by

from .cards import until
from .index import current
from .linked_data import programme_data
from .meanings import explained, in_short
from .models import Programme
from .pathways import of_programme
from .similar import similar

MOST_BYTES = 2_000_000  # per process: some two hundred programmes
MOST_MEASURES = 5
OVERHEAD = 4000  # bytes of what stands beside its main part: linked data, breadcrumb, addresses


class ProgrammePage(NamedTuple):
    """`breadcrumb` and `main` as safe HTML (`main` packed where it is kept), other texts plain; `slugs` by language;
    `is_public`: all see it; `until`: how long it holds; `shows`: numbers of the other programmes it names."""

    title: str
    summary: str
    linked_data: str
    breadcrumb: str
    main: str
    slugs: dict
    is_public: bool
    until: datetime
    shows: tuple

    def slug_in(self, language):
        return self.slugs[language]


_pages = Store(MOST_BYTES)


def programme_page(request, number):
    """The ProgrammePage for this reader; None when there is none they may see."""
    language, now = languages.active(), timezone.now()
    # Linked data and the printed code name the host.
    key = (number, language, request.scheme, request.get_host())
    is_public = current(now).all.has(number)
    if is_public and (kept := _pages.get(key, now)):
        return kept._replace(main=SafeString(str(kept.main)))
    programme = readable_by(Programme.objects, request.user).with_card().filter(pk=number).first()
    if programme is None:
        return None
    dates = programme.next_dates(current(now).holidays)
    page = _rendered(request, programme, dates)
    if is_public and page.is_public:
        main = Packed("programme", page.main)
        _pages.put(key, page._replace(main=main), len(main) + OVERHEAD, page.until, page.shows)
    return page


def page_unsaved(request, programme):
    """The ProgrammePage of a programme inside a transaction that is rolled back: kept nowhere."""
    return _rendered(request, programme, programme.next_dates(read_holidays()))


def _rendered(request, programme, dates):
    slugs = {code: programme.slug_in(code) for code in languages.CODES}
    here = request.build_absolute_uri(programme.get_absolute_url())
    following, alike = _others(programme)
    context = {
        "programme": programme,
        "dates": dates,
        "partners": programme.programmepartner_set.select_related("organisation"),
        "following": following,
        "similar": alike,
        "schedules": programme.schedules.all(),
        "cost_means": explained(programme.costs),
        "cost_in_short": in_short(explained(programme.costs)),
        "route_means": explained(programme.referral_routes),
        "pathways": of_programme(programme) if programme.pk else [],
        "measures": _measures(programme) if programme.pk else [],
        "slug": slugs[languages.active()],
        "qr": qr_svg(here),
        "here": here,
    }
    return ProgrammePage(
        languages.resolve(programme, "title")[0] or programme.slug,
        languages.resolve(programme, "summary")[0],
        programme_data(request, programme, dates),
        render_to_string("programmes/_programme_breadcrumb.html", context),
        render_to_string("programmes/_programme.html", context, request),
        slugs,
        programme.is_public,
        until(dates, timezone.now()),
        tuple(other.pk for other in (*following, *alike)),
    )


def _measures(programme):
    """Those of the plan that everybody sees; whatever changes of the plan, kept pages are forgotten."""
    return programme.measures.public().once().only("slug", *languages.columns("title"))[:MOST_MEASURES]


def _others(programme):
    """([programmes that continue it], [programmes alike]), all public, in two queries."""
    following = list(programme.continuations.values_list("next_id", flat=True))
    alike = similar(programme, exclude=following)
    columns = ("pk", "slug", "status", "is_full", languages.HELD, *languages.columns("title"))
    found = Programme.objects.published().only(*columns).in_bulk([*following, *alike])
    return [found[pk] for pk in following if pk in found], [found[pk] for pk in alike if pk in found]
