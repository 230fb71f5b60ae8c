"""Stock levels, and the ledger of movements behind them."""

from contracts.inventory.states import StockLevelChanged
from infra.chassis.store.collection import A_STRING, IN_ORDER, Collection, Index
from services.inventory.domain.stock import Movement, StockLevel

StockLevels = Collection(
    "stock_levels",
    StockLevel,
    indexes=(
        Index((("sku", 1),), name="of_part"),
        Index((("location", 1),), name="at_location"),
        # A piece is in one place, whoever decides at the same time. So its place of origin is stored first.
        Index(
            (("sku", 1), ("serials", 1)),
            unique=True,
            partial={"serials.0": {"$exists": True}},
            name="of_piece",
        ),
    ),
    state=lambda level: StockLevelChanged(
        location=level.location, sku=level.sku, on_hand=level.on_hand, reserved=level.reserved
    ),
    published=StockLevelChanged,
)

Movements = Collection(
    "movements",
    Movement,
    rows_of=lambda movement: (StockLevels.name, movement.level_id),
    indexes=(
        Index((("level_id", 1),), name="of_level"),
        Index(IN_ORDER, name="listing"),
        Index((("sku", 1), *IN_ORDER), name="of_part"),
        Index((("location", 1), *IN_ORDER), name="at_location"),
        Index((("visit_id", 1),), partial={"visit_id": A_STRING}, name="of_visit"),
    ),
)
