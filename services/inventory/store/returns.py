"""Parts that come back, and loan units that are out."""

from infra.chassis.store.collection import A_STRING, IN_ORDER, Collection, Index
from services.inventory.domain.loan import StockLoan
from services.inventory.domain.returned import Returned

Returns = Collection(
    "returns",
    Returned,
    indexes=(
        Index((("state", 1), *IN_ORDER), name="in_state"),
        Index((("sku", 1), *IN_ORDER), name="of_part"),
        Index((("technician_id", 1), *IN_ORDER), name="of_technician"),
        Index((("location", 1),), partial={"location": A_STRING}, name="at_location"),
        Index((("supplier", 1), *IN_ORDER), name="of_supplier"),
    ),
)

StockLoans = Collection(
    "stock_loans",
    StockLoan,
    indexes=(
        Index((("state", 1), *IN_ORDER), name="in_state"),
        Index((("sku", 1), *IN_ORDER), name="of_part"),
        Index((("site_id", 1), *IN_ORDER), name="at_site"),
        Index((("customer_id", 1), *IN_ORDER), name="of_customer"),
    ),
    customer=lambda loan: loan.customer_id,
)
