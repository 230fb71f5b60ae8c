"""Write down a kind of spare part, new or known."""

from dataclasses import dataclass, replace

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.part import Part, Substitute
from services.inventory.store.parts import Parts


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
        check_version(unit.version(Parts, self.part.id), self.expected)
        if present != self.part:
            unit.put(Parts, self.part)
        self._tell_others(unit, () if present is None else present.substitutes)
        return present is None

    def _tell_others(self, unit: Unit, before: tuple[Substitute, ...]) -> None:
        own = Substitute(self.part.id, both_ways=True)
        mutual = {each.sku for each in self.part.substitutes if each.both_ways}
        for sku in sorted(mutual | {each.sku for each in before if each.both_ways}):
            other = unit.get(Parts, sku)
            if other is None or (own in other.substitutes) == (sku in mutual):
                continue
            rest = tuple(each for each in other.substitutes if each.sku != self.part.id)
            unit.put(Parts, replace(other, substitutes=(*rest, own) if sku in mutual else rest))
