"""What is to be renewed, and what that is known from."""

from infra.chassis.store.collection import A_STRING, IN_ORDER, Collection, Index
from services.inventory.domain.advice import Advice
from services.inventory.domain.life_cycle import Product, ProductNames
from services.inventory.domain.renewal_order import RenewalOrder
from services.inventory.domain.renewal_rules import RenewalRules
from services.inventory.domain.renewal_watch import RenewalWatch

Advices = Collection(
    "renewal_advices",
    Advice,
    indexes=(
        Index((("customer_id", 1), *IN_ORDER), name="of_customer"),
        Index((("customer_id", 1), ("due_on", 1)), name="due"),
        Index((("asset_id", 1), *IN_ORDER), name="of_asset"),
        Index((("state", 1), *IN_ORDER), name="in_state"),
        Index((("ticket_id", 1),), partial={"ticket_id": A_STRING}, name="of_ticket"),
    ),
    customer=lambda advice: advice.customer_id,
)

LifeCycles = Collection("life_cycles", Product)

NamesOfProducts = Collection("product_names", ProductNames)

RenewalRuleSets = Collection("renewal_rules", RenewalRules)

RenewalWatches = Collection("renewal_watches", RenewalWatch, customer=lambda each: each.id)

RenewalOrders = Collection("renewal_orders", RenewalOrder, customer=lambda each: each.customer_id)
