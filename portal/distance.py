"""Straight-line distance on the globe."""

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0


def kilometres(here, there):
    """Great-circle distance in km between two (latitude, longitude) pairs in degrees (haversine formula)."""
    return kilometres_from(here)(there)


def kilometres_from(here):
    """A function that says how far a place is: for hundreds of them, in half the time."""
    lat1, lon1 = map(radians, here)
    cos1 = cos(lat1)

    def to(there):
        lat2, lon2 = radians(there[0]), radians(there[1])
        h = sin((lat2 - lat1) / 2) ** 2 + cos1 * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
        return 2 * EARTH_RADIUS_KM * asin(sqrt(h))

    return to
