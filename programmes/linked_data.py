"""schema.org markup of a programme: an Event series where it has dates, a Service where it is by arrangement."""

import json

from portal import languages

# Schema.org's own words for what we call place, offer and date.
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def programme_data(request, programme, dates):
    """JSON-LD text, safe inside a `<script type="application/ld+json">`."""
    data = {
        "@context": "https://schema.org",
        "@type": "Event" if dates else "Service",
        "name": str(programme),
        "description": languages.resolve(programme, "summary")[0],
        "url": request.build_absolute_uri(programme.get_absolute_url()),
        "inLanguage": [term.slug for term in programme.spoken_languages],
    }
    if programme.photo:
        data["image"] = request.build_absolute_uri(programme.photo_wide)
    provider = {"@type": "Organization", "name": str(programme.organisation)}
    free = any(term.slug in ("free", "free-insured") for term in programme.costs)
    if not dates:
        data |= {"provider": provider, "areaServed": [str(place) for place in programme.places]}
    else:
        first = dates[0]
        data |= {
            "organizer": provider,
            "startDate": first.start.isoformat(),
            "endDate": first.end.isoformat(),
            "eventStatus": "https://schema.org/EventScheduled",
            "isAccessibleForFree": free,
        }
        if first.schedule.location:
            data |= _place(first.schedule.location)
    return json.dumps(data, ensure_ascii=False).translate(_ESCAPES)


def _place(location):
    if location.is_remote:
        return {"eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode"}
    place = {"@type": "Place", "name": str(location), "address": location.address}
    if location.position:
        place["geo"] = {"@type": "GeoCoordinates", "latitude": location.lat, "longitude": location.lon}
    return {"location": place, "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode"}
