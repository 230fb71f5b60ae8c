"""What is known of parts on vans and in depots."""

from services.dispatch.domain.visit import Visit


class VanStock:
    """How many of each part each place can still give, as far as anybody told."""

    def __init__(self) -> None:
        self._available: dict[str, dict[str, int]] = {}

    def put(self, location: str, sku: str, available: int) -> None:
        self._available.setdefault(location, {})[sku] = available

    def carries(self, technician_id: str, visit: Visit) -> bool:
        """Whether his van is known to hold every part that the visit needs."""
        van = self._available.get(f"van:{technician_id}", {})
        return all(van.get(part.sku, 0) >= part.quantity for part in visit.need.parts)

    def can_have(self, technician_id: str, visit: Visit) -> bool:
        """Whether his van, the site's cupboard or a depot is known to hold each part that the visit needs."""
        near = (f"van:{technician_id}", f"cupboard:{visit.site_id}")
        places = [
            held for place, held in self._available.items() if place in near or place.startswith("depot:")
        ]
        return all(
            any(held.get(part.sku, 0) >= part.quantity for held in places) for part in visit.need.parts
        )
