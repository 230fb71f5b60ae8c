"""Which parts are where, as far as technicians are chosen by it."""

from collections.abc import Iterable, Mapping

from contracts.inventory.states import PartChanged
from contracts.values import PartNeed
from services.dispatch.domain.visit import Visit


class VanStock:
    """How many of each part each place can still give, as far as anybody told."""

    def __init__(self) -> None:
        self._available: dict[str, dict[str, int]] = {}
        self._parts: dict[str, PartChanged] = {}

    def put(self, location: str, sku: str, available: int) -> None:
        self._available.setdefault(location, {})[sku] = available

    def know(self, part: PartChanged) -> None:
        """What may be taken instead of the part, and what it consists of."""
        self._parts[part.sku] = part

    def unpacked(self, needs: Iterable[PartNeed]) -> list[PartNeed]:
        """The needs with each kit replaced by what it consists of."""
        found: list[PartNeed] = []
        for need in needs:
            kit = self._parts[need.sku].kit if need.sku in self._parts else ()
            found += [PartNeed(sku=each.sku, quantity=each.quantity * need.quantity) for each in kit] or [
                need
            ]
        return found

    def serving(self, needs: Iterable[PartNeed]) -> set[str]:
        """Every part of which a piece would do, substitutes included."""
        return {sku for need in self.unpacked(needs) for sku in self._instead_of(need.sku)}

    def carries(self, technician_id: str, visit: Visit) -> bool:
        """Whether his van is known to hold every part that the visit needs, or a substitute."""
        van = self._available.get(f"van:{technician_id}", {})
        return all(self._gives(van, need) for need in self.unpacked(visit.need.parts))

    def can_have(self, technician_id: str, visit: Visit) -> bool:
        """Whether his van, the site's cupboard or a depot is known to hold each part that the visit needs."""
        near = (f"van:{technician_id}", f"cupboard:{visit.site_id}")
        places = [
            held for place, held in self._available.items() if place in near or place.startswith("depot:")
        ]
        return all(
            any(self._gives(held, need) for held in places) for need in self.unpacked(visit.need.parts)
        )

    def _gives(self, held: Mapping[str, int], need: PartNeed) -> bool:
        return any(held.get(sku, 0) >= need.quantity for sku in self._instead_of(need.sku))

    def _instead_of(self, sku: str) -> tuple[str, ...]:
        return (sku, *(self._parts[sku].substitutes if sku in self._parts else ()))
