"""Where a document of a ticket names those whom it concerns, and whether it asks for one of them."""

from typing import Any

from contracts.audience import Viewer
from infra.chassis.http.viewing import Places
from services.ticket.domain.attention import Attention

TICKET = Places(
    contact=lambda subject: (
        {"opened_by": subject, "opened_by_firm": {"$ne": True}},
        {"requester_id": subject},
        {"on_site_contact_id": subject},
        {"watcher_ids": subject},
    ),
    technician=lambda subject: (
        {"opened_by": subject, "opened_by_firm": True},
        {"visits.assignment.technician_id": subject},
        {"visits.assignment.companions": subject},
    ),
    site="site_ids",
    contract="visits.contract_id",
)


def asking(attention: bool | Attention, viewer: Viewer) -> dict[str, Any]:
    """A filter for tickets that ask for a person; to the customer's side none does."""
    if not viewer.of_the_firm:
        return {} if attention is False else {"_id": {"$in": []}}
    some: dict[str, Any] = {"attention.0": {"$exists": attention is not False}}
    return {**some, "attention": attention} if isinstance(attention, Attention) else some
