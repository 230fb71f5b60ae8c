"""The visit that a request is about, and when what it says happened."""

from datetime import datetime

from contracts.refusal import NotFound, Refusal
from contracts.text import Text
from infra.chassis.store.unit import Unit
from services.dispatch.domain.visit import Visit
from services.dispatch.store.visits import Visits


def addressed(unit: Unit, visit_id: str, by: str | None, *, beside: bool = False) -> Visit:
    """The visit in the path; to a technician (``by``) only his own exist.

    Who is there as a companion is refused unless ``beside``: who leads says what is done.
    """
    visit = unit.get(Visits, visit_id)
    if visit is None or (by is not None and not visit.is_made_by(by)):
        raise NotFound("visit", visit_id)
    if by is not None and by != visit.technician_id and not beside:
        raise Refusal(
            "another-leads",
            Text(
                f"{visit.technician_id} leads this visit and says when it begins and is over.",
                f"{visit.technician_id} conduit cette visite : c'est lui qui dit quand elle commence et "
                "quand elle est finie.",
            ),
            technician_id=visit.technician_id,
        )
    return visit


def happened_at(unit: Unit, occurred_at: datetime | None, visit: Visit | None = None) -> datetime:
    """When it happened: now unless said otherwise.

    The future cannot have happened, and nothing happens to a visit before it was asked for.
    """
    if occurred_at is None:
        return unit.now
    if occurred_at > unit.now:
        raise Refusal(
            "occurred-in-the-future",
            Text(
                f"occurred_at {occurred_at.isoformat()} is later than now, {unit.now.isoformat()}: "
                "correct it.",
                f"occurred_at {occurred_at.isoformat()} est postérieur à maintenant, "
                f"{unit.now.isoformat()} : corrigez-le.",
            ),
        )
    if visit is not None and occurred_at < visit.requested_at:
        raise Refusal(
            "occurred-before-the-request",
            Text(
                f"{occurred_at.isoformat()} is earlier than the request for this visit, "
                f"{visit.requested_at.isoformat()}: correct it.",
                f"{occurred_at.isoformat()} précède la demande de cette visite, "
                f"{visit.requested_at.isoformat()} : corrigez-le.",
            ),
        )
    return occurred_at
