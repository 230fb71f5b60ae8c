"""Stock levels, the ledger of movements behind them, and what is on the way."""

from contracts.inventory.states import StockLevelChanged
from infra.chassis.store.collection import A_STRING, IN_ORDER, Collection, Index
from services.inventory.domain.movement import Movement
from services.inventory.domain.stock import StockLevel
from services.inventory.domain.transfer import Transfer

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
        Index((("reference", 1), *IN_ORDER), partial={"reference": A_STRING}, name="of_reference"),
        Index((("lots.lot", 1), *IN_ORDER), partial={"lots.0": {"$exists": True}}, name="of_lot"),
        Index((("kind", 1), ("at", 1)), name="of_kind"),
    ),
)

Transfers = Collection(
    "transfers",
    Transfer,
    indexes=(
        Index((("state", 1), *IN_ORDER), name="in_state"),
        Index((("places", 1), *IN_ORDER), name="at_location"),
    ),
)
