"""Straight-line distance on the globe."""

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0


def kilometres(here, there):
    """Great-circle distance in km between two (latitude, longitude) pairs in degrees (haversine formula)."""
    lat1, lon1, lat2, lon2 = map(radians, (*here, *there))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(h))
