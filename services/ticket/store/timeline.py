from contracts.ticket.agreed import WorkCorrected, WorkLogged
from infra.chassis.store.collection import Collection, Index
from services.ticket.domain.timeline import Line

WORK = (WorkLogged.TYPE, WorkCorrected.TYPE)
"""What tells of time that people logged."""

Timeline = Collection(
    "timeline",
    Line,
    indexes=(
        Index((("ticket_id", 1), ("n", 1)), unique=True, name="of_ticket"),
        Index((("ticket_id", 1),), partial={"event": {"$in": list(WORK)}}, name="work"),
    ),
    rows_of=lambda line: ("tickets", line.ticket_id),
)
