from django.http import JsonResponse
from django.views.decorators.http import require_safe

from portal import languages, markdown, spreadsheets

from ..catalogue import Catalogue
from ..filters import ProgrammeFilter
from ..hsds import services
from ..models import Programme
from .programme import calendar_response

MOST_DATED = 300  # programmes in a calendar file; calendar programs do not take more


@require_safe
def programmes_json(request):
    """All published programmes in the shape of HSDS 3.0 services (Open Referral)."""
    return JsonResponse(services(request), json_dumps_params={"ensure_ascii": False})


@require_safe
def programmes_calendar(request):
    """The dates of what matches the query string, of all programmes without one, as one iCalendar file."""
    found = ProgrammeFilter(request.GET, Catalogue())
    programmes = Programme.objects.published().with_card().filter(pk__in=list(found.numbers(0, MOST_DATED)))
    return calendar_response(request, programmes, "programmes.ics")


@require_safe
def programmes_csv(request):
    """All published programmes, one row each, in the reader's language; opens in a spreadsheet as it is."""
    head = ["id", "title", "summary", "provider", "status", "cost", "how_to_join", "topics", "life_phases", "when",
            "where", "phone", "checked_on", "url", "image", "image_description", "image_credit", "not_for",
            "based_on", "school_years"]  # fmt: skip
    rows = (_row(request, programme) for programme in Programme.objects.published().with_card())
    return spreadsheets.csv_response("programmes", [head, *rows])


def _row(request, programme):
    def joined(terms):
        return "; ".join(str(term) for term in terms)

    return [
        programme.pk,
        str(programme),
        languages.resolve(programme, "summary")[0],
        str(programme.organisation),
        programme.status,
        joined(programme.costs),
        joined(programme.referral_routes),
        joined(programme.topics),
        joined(programme.life_phases),
        "; ".join(schedule.in_words() for schedule in programme.schedules.all()),
        joined(programme.places),
        programme.contact_phone,
        programme.checked_on,
        request.build_absolute_uri(programme.get_absolute_url()),
        request.build_absolute_uri(programme.photo_wide) if programme.photo else "",
        languages.resolve(programme, "photo_alt")[0] if programme.photo else "",
        programme.photo_credit,
        markdown.plain(languages.resolve(programme, "not_for")[0]),
        "; ".join(filter(None, programme.sources.splitlines())),
        "; ".join(programme.school_years),
    ]
