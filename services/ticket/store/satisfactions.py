from infra.chassis.store.collection import Collection, Index
from services.ticket.domain.satisfaction import Satisfaction

_IN_ORDER = (("given_at", 1), ("_id", 1))

Satisfactions = Collection(
    "satisfactions",
    Satisfaction,
    indexes=(
        Index((("ticket_id", 1),), name="of_ticket"),
        Index((("contract_id", 1), *_IN_ORDER), name="of_contract"),
        Index(_IN_ORDER, name="given"),
    ),
)
