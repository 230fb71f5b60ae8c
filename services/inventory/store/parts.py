"""The catalogue of spare parts."""

from contracts.inventory.states import PartChanged
from infra.chassis.store.collection import Collection
from services.inventory.domain.part import Part

Parts = Collection(
    "parts",
    Part,
    state=lambda part: PartChanged(
        sku=part.id,
        name=part.name,
        substitutes=tuple(each.sku for each in part.substitutes),
        kit=part.kit,
    ),
    published=PartChanged,
)
