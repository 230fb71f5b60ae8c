from infra.chassis.store.collection import Collection, Index
from services.ticket.domain.timeline import WORK, Line

Timeline = Collection(
    "timeline",
    Line,
    indexes=(
        Index((("ticket_id", 1), ("n", 1)), unique=True, name="of_ticket"),
        Index((("ticket_id", 1),), partial={"event": {"$in": list(WORK)}}, name="work"),
    ),
    rows_of=lambda line: ("tickets", line.ticket_id),
)
