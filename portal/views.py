"""Pages of the whole site: home, the legal pages, what machines ask for; and what the shell shows."""

from datetime import date
from itertools import islice

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from actionplans.models import Measure, Meeting, Need, SharedPractice, Strategy
from actionplans.overview import in_numbers
from partners.holidays import exceptions
from partners.models import Group, Location, Organisation, Region
from programmes.cards import cards
from programmes.catalogue import Catalogue
from programmes.index import current
from programmes.models import Pathway, Programme
from programmes.selection import read_list

from . import addresses, help_now, languages
from .kept import until_news
from .suggested import grouped

STATEMENT = date(2026, 11, 28)  # when the accessibility statement was last looked through; the law asks for it
PINE = "#0b5a4c"  # the brand where an installation names none; as in site.css

# Six situations a resident may be in: icon, words, query of the catalogue.
SITUATIONS = [
    ("moon", _("I sleep badly, I am under stress"), "topic=stress-sleep"),
    ("walk", _("I would like to move more"), "topic=physical-activity"),
    ("bubble", _("I would like company"), "topic=loneliness-inclusion"),
    (
        "child",
        _("We are expecting or raising a child"),
        "topic=parenting&phase=pregnancy-birth&phase=early-childhood",
    ),
    ("smoke-free", _("I would like to smoke or drink less"), "topic=tobacco-nicotine&topic=alcohol"),
    ("heart", _("I live with an illness"), "topic=chronic-disease&topic=cardiovascular-diabetes"),
]


def shell(request):
    """What header and footer of every page need: the group, the languages, the resident's list."""
    alternates = SimpleLazyObject(lambda: addresses.alternates(request))
    return {
        "portal_name": settings.PORTAL_NAME,
        "home_group": SimpleLazyObject(home_group),
        "alternates": alternates,
        "page_languages": settings.LANGUAGES,
        "list_size": len(read_list(request)),
        "share_image": static("img/share.png"),
        "has_brand": bool(settings.PORTAL_BRAND),
        "theme_colour": settings.PORTAL_BRAND or PINE,
        "default_address": SimpleLazyObject(lambda: alternates[settings.LANGUAGE_CODE]),
        "large_print": request.GET.get("print") == "large",
        "noindex": bool(request.GET),  # one address a page; what a query makes of it is a permutation
    }


@until_news(1)
def home_group():
    """The group whose portal this is; None before there is one."""
    return Group.objects.first()


@require_safe
def choose_language(request):
    """The only place where the browser's languages choose: everywhere else the address does."""
    response = redirect(f"/{languages.preferred(request.headers.get('Accept-Language', ''))}/")
    patch_vary_headers(response, ("Accept-Language",))
    return response


@require_safe
def home(request):
    catalogue = Catalogue()
    index = catalogue.index
    soon = catalogue.ordered("next", index.timetable.this_week & index.all - index.full)
    is_public = request.user.is_anonymous
    centres, partner_count = _centres() if is_public else _centres_for(request.user)
    return render(
        request,
        "portal/home.html",
        {
            "situations": SITUATIONS,
            "soon": cards(list(islice(soon, 6)), index.holidays),
            "programme_count": index.all.count(),
            "partner_count": partner_count,
            "centres": [(centre, centre.opening(shared)) for centre, shared in centres],
            "plan": in_numbers(),
            "help_now": help_now.first_lines(),
        },
    )


@until_news(1)
def _centres():
    """What the home page says of centres and partners to the public."""
    return _centres_for(AnonymousUser())


def _centres_for(user):
    """([(centre with its hours, [public holiday])], how many partners)"""
    centres = list(Location.objects.filter(is_centre=True).visible_to(user).with_hours())
    shared = exceptions(centre.organisation_id for centre in centres)
    return [(centre, shared[centre.organisation_id]) for centre in centres], Organisation.objects.members().count()


@require_safe
def help_at_once(request):
    """Whom to ring in danger or distress."""
    situations = help_now.by_situation()
    context = {
        "situations": situations,
        "has_listeners": any(slug == "distress" for _words, slug, _lines in situations),
        "name_language": help_now.name_language(),
        "looked_through_on": help_now.looked_through_on(),
    }
    return render(request, "portal/help_now.html", context)


@require_safe
def accessibility(request):
    return render(request, "portal/accessibility.html", {"looked_through_on": STATEMENT})


@require_safe
def privacy(request):
    cookies = {
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "who_cookie": settings.WHO_COOKIE_NAME,
    }
    return render(request, "portal/privacy.html", cookies)


@require_safe
def open_data(request):
    return render(request, "portal/open_data.html", {"programme_count": current().all.count()})


@require_safe
def suggestions(request):
    """What may be meant so far, as a fragment of HTML that static/js/suggest.js shows under the search field."""
    groups = grouped(request.GET.get("q", ""), languages.active())
    context = {"groups": groups, "count": sum(len(rows) for _heading, _icon, rows in groups)}
    response = render(request, "portal/suggestions.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


# ---- for machines -------------------------------------------------------------------------------
@require_safe
def healthz(request):
    """200 when the database answers. For the load balancer; says nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@cache_control(public=True, max_age=86400)
def robots(request):
    """Pages are for everybody; the permutations of filters and the personal pages are not for robots."""
    rules = ["User-agent: *", "Disallow: /admin/", "Disallow: /*?"]
    for code in languages.CODES:
        with override(code):
            rules += [f"Disallow: {reverse(name)}" for name in ("programmes:list", "programmes:report", "suggestions")]
    rules.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join(rules) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request):
    """Every public page in five languages, each with its alternates."""
    pages = [(name, {}) for name in ("home", "programmes:catalogue", "partners:places", "partners:partners",
             "partners:about", "actionplans:plan", "actionplans:needs", "actionplans:indicators",
             "actionplans:coverage", "actionplans:coverage-changes", "actionplans:chain", "actionplans:lens",
             "actionplans:minutes-published", "actionplans:practices", "actionplans:groups", "programmes:self-help",
             "programmes:pathways", "actionplans:sectors", "programmes:printed", "partners:join",
             "help-now", "accessibility", "privacy", "open-data")]  # fmt: skip
    pages += [("actionplans:plan-document", {"slug": strategy.slug}) for strategy in Strategy.objects.public()]
    pages += [("actionplans:minutes-public", {"pk": meeting.pk}) for meeting in Meeting.objects.public()]
    records = [
        *(("programmes:programme", p, p.checked_on) for p in Programme.objects.published()),
        *(("partners:place", p, p.checked_on) for p in Location.objects.visible_to(request.user)),
        *(("partners:partner", o, o.checked_on) for o in Organisation.objects.members()),
        *(("actionplans:measure", m, None) for m in Measure.objects.public()),
        *(("actionplans:need", n, None) for n in Need.objects.public()),
        *(("programmes:pathway", p, p.looked_at_on) for p in Pathway.objects.published()),
        *(("actionplans:practice", p, p.published_on) for p in SharedPractice.objects.published()),
        *(("actionplans:region", r, None) for r in Region.objects.all()),
    ]
    rows = [({code: _address(request, code, name, kwargs) for code in languages.CODES}, None) for name, kwargs in pages]
    for name, record, changed in records:
        rows.append(
            (
                {
                    code: _address(request, code, name, {"pk": record.pk, "slug": record.slug_in(code)})
                    for code in languages.CODES
                },
                changed,
            )
        )
    return render(
        request,
        "portal/sitemap.xml",
        {"rows": rows, "default_language": settings.LANGUAGE_CODE},
        content_type="application/xml",
    )


def _address(request, language, name, kwargs):
    with override(language):
        return request.build_absolute_uri(reverse(name, kwargs=kwargs))


@require_safe
@cache_control(public=True, max_age=86400)
def manifest(request):
    icons = [
        {"src": static(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"} for size in (192, 512)
    ]
    return JsonResponse(
        {
            "name": settings.PORTAL_NAME,
            "short_name": settings.PORTAL_NAME,
            "lang": languages.active(),
            "start_url": "/",
            "display": "minimal-ui",
            "background_color": "#fbf8f2",
            "theme_color": settings.PORTAL_BRAND or PINE,
            "icons": icons,
        },
        content_type="application/manifest+json",
    )


@require_safe
@cache_control(public=True, max_age=86400)
def favicon(request):
    return redirect(static("img/favicon.ico"))


@require_safe
@cache_control(public=True, max_age=86400)
def brand(request):
    """The installation's own colour; everything else in the style sheet follows from it."""
    return HttpResponse(f":root {{ --brand: {settings.PORTAL_BRAND}; }}\n", content_type="text/css")
