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
        """Whether each part that the visit needs is known to wait in his van or in the site's cupboard.

        A substitute counts where it is what the stock would give: nothing near has what it replaces.
        """
        near = self._near(technician_id, visit)
        depots = self._depots()
        return all(self._at_hand(near, depots, need) for need in self.unpacked(visit.need.parts))

    def can_have(self, technician_id: str, visit: Visit) -> bool:
        """Whether his van, the site's cupboard or a depot is known to hold each part that the visit needs."""
        places = [*self._near(technician_id, visit), *self._depots()]
        return all(
            any(_gives(held, sku, need) for held in places for sku in self._instead_of(need.sku))
            for need in self.unpacked(visit.need.parts)
        )

    def _near(self, technician_id: str, visit: Visit) -> list[Mapping[str, int]]:
        places = (f"van:{technician_id}", f"cupboard:{visit.site_id}")
        return [self._available[place] for place in places if place in self._available]

    def _depots(self) -> list[Mapping[str, int]]:
        return [held for place, held in self._available.items() if place.startswith("depot:")]

    def _at_hand(
        self, near: Iterable[Mapping[str, int]], depots: Iterable[Mapping[str, int]], need: PartNeed
    ) -> bool:
        for sku in self._instead_of(need.sku):
            if any(_gives(held, sku, need) for held in near):
                return True
            if any(_gives(held, sku, need) for held in depots):
                return False
        return False

    def _instead_of(self, sku: str) -> tuple[str, ...]:
        return (sku, *(self._parts[sku].substitutes if sku in self._parts else ()))


def _gives(held: Mapping[str, int], sku: str, need: PartNeed) -> bool:
    return held.get(sku, 0) >= need.quantity
