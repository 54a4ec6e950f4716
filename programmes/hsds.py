"""Programmes in the shape of HSDS 3.0 (Human Services Data Specification, Open Referral): a page of services."""

import uuid

from django.utils.translation import gettext as _

from portal import languages, markdown

from .models import Programme

STATUS = {Programme.Status.PUBLISHED: "active", Programme.Status.PAUSED: "temporarily closed"}
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://skupaj.example/hsds")


def identifier(kind, pk):
    """HSDS wants UUIDs; ours follow from the number, so that they stay the same in every export."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}/{pk}"))


def services(request):
    """{total_items, …, contents: [service]}: the page envelope of HSDS with all published programmes."""
    contents = [_service(request, p) for p in Programme.objects.published().with_card()]
    return {
        "total_items": len(contents),
        "total_pages": 1,
        "page_number": 1,
        "size": len(contents),
        "first_page": True,
        "last_page": True,
        "empty": not contents,
        "contents": contents,
    }


def _service(request, programme):
    organisation = programme.organisation
    service = {
        "id": identifier("programme", programme.pk),
        "organization": {
            "id": identifier("organisation", organisation.pk),
            "name": str(organisation),
            "description": markdown.plain(languages.resolve(organisation, "offer")[0]),
        },
        "name": str(programme),
        "description": languages.resolve(programme, "summary")[0],
        "url": request.build_absolute_uri(programme.get_absolute_url()),
        "status": STATUS[programme.status],
        "application_process": "; ".join(str(term) for term in programme.referral_routes),
        "fees_description": "; ".join(str(term) for term in programme.costs),
        "eligibility_description": _eligibility(programme),
        "assured_date": programme.checked_on.isoformat(),
        "languages": [
            {
                "id": identifier("language", f"{programme.pk}/{term.slug}"),
                "code": term.slug,
                "name": str(term),
            }
            for term in programme.spoken_languages
        ],
        "schedules": [_schedule(schedule) for schedule in programme.schedules.all()],
        "attributes": [],
    }
    if links := [source for source in programme.source_list if source.link]:
        service["additional_urls"] = [_source(programme, place, source) for place, source in enumerate(links)]
    if programme.photo:
        service["image"] = {
            "url": request.build_absolute_uri(programme.photo_wide),
            "description": languages.resolve(programme, "photo_alt")[0],
            "credit": programme.photo_credit,
        }
    ages = {"minimum_age": programme.age_min, "maximum_age": programme.age_max}
    return service | {key: age for key, age in ages.items() if age is not None}


def _eligibility(programme):
    """For whom it is, and for whom not."""
    for_whom, not_for = (markdown.plain(languages.resolve(programme, n)[0]) for n in ("description", "not_for"))
    if not not_for:
        return for_whom
    return f"{for_whom}\n{_('When it is not for you')}: {not_for}".strip()


def _source(programme, place, source):
    """What it is based on, as one more address of the service."""
    label = f"{source.title} ({source.year})" if source.year else source.title
    return {"id": identifier("source", f"{programme.pk}/{place}"), "label": label, "url": source.link}


def _schedule(schedule):
    parts = dict(part.split("=", 1) for part in schedule.rule.split(";") if part)
    data = {"id": identifier("schedule", schedule.pk), "description": schedule.in_words()}
    if parts:
        data |= {
            "freq": parts["FREQ"],
            "interval": int(parts.get("INTERVAL", 1)),
            "byday": parts.get("BYDAY", ""),
            "dtstart": schedule.valid_from.isoformat(),
            "opens_at": f"{schedule.starts_at:%H:%M}",
            "closes_at": f"{schedule.ends_at:%H:%M}",
        }
    return data
