"""How the sample firm is paid: a monthly sum, by the hour, or from a book of hours paid in advance."""

from collections.abc import Mapping

from infra.sample.calls import Json

_DEAR_HOURS: Json = {
    "evening": {"from": "18:00", "to": "22:00", "percent": 125},
    "night": {"from": "22:00", "to": "06:00", "percent": 150},
    "sunday": 175,
    "holiday": 200,
}
_PARTS: Json = {
    "psu-550": "64.90",
    "screen-24": "149.00",
    "motherboard-q670": "219.00",
    "fuser-kit": "179.00",
    "hdd-4t": "139.00",
    "patch-cord": "4.50",
    "switch-24": "189.00",
}
_BY_THE_HOUR: Json = {"rates": {"default": "72.00", "remote": "60.00", "phone": "60.00"}, "parts": _PARTS}

TARIFFS: Mapping[str, Json] = {
    "round-the-clock": {
        **_BY_THE_HOUR,
        "model": "forfait",
        "included": 40 * 60,
        "unit_minutes": 15,
        "travel": {"mode": "included"},
    },
    "extended": {
        **_BY_THE_HOUR,
        "model": "prepaid",
        "included": 120 * 60,
        "unit_minutes": 15,
        "travel": {"mode": "included"},
        "coefficients": _DEAR_HOURS,
    },
    "business": {
        **_BY_THE_HOUR,
        "model": "forfait",
        "included": 20 * 60,
        "unit_minutes": 30,
        "minimum_minutes": 30,
        "travel": {"mode": "trip", "price": "38.00"},
        "coefficients": _DEAR_HOURS,
    },
    "light": {
        **_BY_THE_HOUR,
        "model": "regie",
        "unit_minutes": 30,
        "minimum_minutes": 60,
        "travel": {"mode": "km", "price": "0.60"},
        "coefficients": _DEAR_HOURS,
    },
}
"""By what was bought (``PROMISES``)."""
