"""What each kind of asset has besides what all have, and of which type it is."""

from collections.abc import Mapping

from contracts.refusal import Refusal
from contracts.text import Text
from services.inventory.domain.asset import Extra

FIELDS: Mapping[str, Mapping[str, type]] = {
    "computer": {"cpu": str, "memory_mb": int, "disk_gb": int, "operating_system": str},
    "laptop": {"cpu": str, "memory_mb": int, "disk_gb": int, "operating_system": str, "screen_inches": float},
    "server": {
        "cpu": str,
        "memory_mb": int,
        "disk_gb": int,
        "operating_system": str,
        "rack_units": int,
        "role": str,
    },
    "virtual-machine": {"cpu": str, "memory_mb": int, "disk_gb": int, "operating_system": str, "role": str},
    "screen": {"inches": float, "resolution": str},
    "printer": {"colour": bool, "a3": bool, "pages_per_minute": int, "page_count": int, "ip_address": str},
    "network": {"ports": int, "firmware": str, "ip_address": str, "poe": bool},
    "phone": {"number": str, "imei": str, "operator": str},
    "ups": {"volt_amperes": int, "battery_changed_on": str, "battery_percent": int, "runtime_minutes": int},
    "storage": {"capacity_gb": int, "used_percent": int, "ip_address": str},
    "licence": {"seats": int, "expires_on": str, "publisher": str, "software": str},
}
"""Of kinds that are not here any field may be said."""
_NAMES = {str: Text("a text", "un texte"), int: Text("a whole number", "un nombre entier"),
          float: Text("a number", "un nombre"), bool: Text("true or false", "vrai ou faux")}  # fmt: skip


def check_fields(kind: str, fields: Mapping[str, Extra]) -> None:
    """A ``Refusal`` that names the first field that its kind does not have, or that is of another type."""
    known = FIELDS.get(kind)
    if known is None:
        return
    for name, value in sorted(fields.items()):
        wanted = known.get(name)
        if wanted is None:
            raise Refusal(
                "unknown-field",
                Text(
                    f"A {kind} has no {name!r}; it may have {', '.join(known)}.",
                    f"Un équipement {kind} n'a pas de {name!r} ; il peut avoir {', '.join(known)}.",
                ),
                field=name,
                possible=list(known),
            )
        fits = isinstance(value, wanted) or (wanted is float and isinstance(value, int))
        if not fits or (wanted is not bool and isinstance(value, bool)):
            raise Refusal(
                "wrong-field",
                Text(
                    f"{name!r} of a {kind} is {_NAMES[wanted].en}.",
                    f"{name!r} d'un équipement {kind} est {_NAMES[wanted].fr}.",
                ),
                field=name,
            )
