"""Write down a kind of spare part, new or known."""

from dataclasses import dataclass, replace

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.part import Part, Substitute
from services.inventory.store.parts import Parts
from services.inventory.store.stock import StockLevels
from services.inventory.usecases.setting_aside import serve_the_waiting


@dataclass(frozen=True)
class PutPart:
    """What replaces it both ways is told so, too, in the same write."""

    part: Part
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Parts, self.part.id), *(Ref(Parts, sku) for sku in self._named))

    @property
    def _named(self) -> tuple[str, ...]:
        return (*(each.sku for each in self.part.substitutes), *(each.sku for each in self.part.kit))

    def decide(self, unit: Unit) -> bool:
        """Whether it is new. An unknown substitute or part of the kit is an ``UnknownReference``."""
        present = unit.get(Parts, self.part.id)
        if self.part.id in self._named:
            raise Refusal(
                "names-itself",
                Text(
                    f"{self.part.id} neither replaces itself nor consists of itself.",
                    f"{self.part.id} ne peut ni se remplacer ni se contenir elle-même.",
                ),
                sku=self.part.id,
            )
        for sku in self._named:
            named = unit.require(Parts, sku, as_="part")
            if named.kit:
                raise Refusal(
                    "kit-in-kit",
                    Text(
                        f"{sku} is a kit: name the parts that it consists of.",
                        f"{sku} est un kit : nommez les pièces qui le composent.",
                    ),
                    sku=sku,
                )
        if self.part.kit and not (present and present.kit):
            self._require_no_stock(unit)
        check_version(unit.version(Parts, self.part.id), self.expected)
        if present != self.part:
            unit.put(Parts, self.part)
        told = self._tell_others(unit, () if present is None else present.substitutes)
        if present is not None and (present.substitutes, present.kit) != (
            self.part.substitutes,
            self.part.kit,
        ):
            # Who waits for a kit waits for what it consisted of.
            told |= {self.part.id, *(each.sku for each in present.kit)}
        serve_the_waiting(unit, told)
        return present is None

    def _require_no_stock(self, unit: Unit) -> None:
        """A kit is not stocked, and kits hold no kits: what it holds itself would be out of reach."""
        levels = unit.where(StockLevels, "sku", self.part.id)
        places = [each.location for each in levels if each.on_hand or each.reserved or each.discrepancy]
        if places:
            raise Refusal(
                "part-in-stock",
                Text(
                    f"There is stock of {self.part.id} at {', '.join(places)}, and a kit has none: "
                    "count it out first.",
                    f"Il y a du stock de {self.part.id} à {', '.join(places)}, et un kit n'en a pas : "
                    "mettez-le d'abord à zéro par un comptage.",
                ),
                locations=places,
            )
        holding = sorted(each.id for each in unit.where(Parts, "consists_of", self.part.id))
        if holding:
            raise Refusal(
                "kit-in-kit",
                Text(
                    f"{self.part.id} is in the kit {', '.join(holding)}: take it out there first.",
                    f"{self.part.id} fait partie du kit {', '.join(holding)} : retirez-l'en d'abord.",
                ),
                sku=self.part.id,
            )

    def _tell_others(self, unit: Unit, before: tuple[Substitute, ...]) -> set[str]:
        """The parts whose substitutes changed with it."""
        changed: set[str] = set()
        own = Substitute(self.part.id, both_ways=True)
        mutual = {each.sku for each in self.part.substitutes if each.both_ways}
        for sku in sorted(mutual | {each.sku for each in before if each.both_ways}):
            other = unit.get(Parts, sku)
            if other is None or (own in other.substitutes) == (sku in mutual):
                continue
            rest = tuple(each for each in other.substitutes if each.sku != self.part.id)
            unit.put(Parts, replace(other, substitutes=(*rest, own) if sku in mutual else rest))
            changed.add(sku)
        return changed
