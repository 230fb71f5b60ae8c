"""A mark as the firm sees it, and as the client does who gave it."""

from pydantic import BaseModel

from contracts.values import Instant
from services.ticket.domain.satisfaction import Satisfaction


class GivenView(BaseModel):
    """What the client sees of his own mark."""

    mark: int
    comment: str | None
    given_at: Instant
    changed_at: Instant


class SatisfactionView(GivenView):
    """``visit_id``, ``site_id`` and ``technician_id`` are null where it was solved without a visit."""

    id: str
    ticket_id: str
    customer_id: str
    visit_id: str | None
    site_id: str | None
    contract_id: str | None
    technician_id: str | None


def satisfaction_view(given: Satisfaction) -> SatisfactionView:
    return SatisfactionView.model_validate(given, from_attributes=True)
