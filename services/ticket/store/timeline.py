from contracts.ticket.agreed import WorkLogged
from infra.chassis.store.collection import Collection, Index
from services.ticket.domain.timeline import Line

Timeline = Collection(
    "timeline",
    Line,
    indexes=(
        Index((("ticket_id", 1), ("n", 1)), unique=True, name="of_ticket"),
        Index((("ticket_id", 1),), partial={"event": WorkLogged.TYPE}, name="worklogs"),
    ),
    rows_of=lambda line: ("tickets", line.ticket_id),
)
