from infra.chassis.store.collection import A_STRING, Collection, Index
from services.ticket.domain.falling_due import next_due
from services.ticket.domain.ticket import Ticket

Tickets = Collection(
    "tickets",
    Ticket,
    indexes=(
        Index((("number", 1),), unique=True, name="number"),
        Index(
            (("external_reference", 1), ("customer_id", 1)),
            unique=True,
            partial={"external_reference": A_STRING},
            name="external_reference",
        ),
        Index((("customer_id", 1), ("updated_at", 1), ("_id", 1)), name="of_customer"),
        Index((("site_ids", 1),)),
        Index((("sla.promises.contract_id", 1), ("_id", 1)), name="of_contract"),
        Index((("updated_at", 1),), partial={"attention.0": {"$exists": True}}, name="attention"),
        Index((("asset_id", 1),), partial={"asset_id": {"$type": "string"}}),
        Index((("agent_id", 1), ("updated_at", 1)), name="queue"),
        Index(
            (("requester_id", 1), ("updated_at", 1)), partial={"requester_id": A_STRING}, name="of_requester"
        ),
        Index((("visits.assignment.technician_id", 1), ("updated_at", 1))),
    ),
    customer=lambda ticket: ticket.customer_id,
    next_due=next_due,
)
