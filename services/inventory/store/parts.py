"""The catalogue of spare parts."""

from contracts.inventory.states import PartChanged
from infra.chassis.store.collection import Collection, Index
from services.inventory.domain.part import Part

Parts = Collection(
    "parts",
    Part,
    indexes=(Index((("consists_of", 1),), name="in_kit"),),
    schema=2,
    searched_by=lambda part: {"consists_of": [each.sku for each in part.kit]},
    state=lambda part: PartChanged(
        sku=part.id,
        name=part.name,
        substitutes=tuple(each.sku for each in part.substitutes),
        kit=part.kit,
    ),
    published=PartChanged,
)
