"""Which lines of a live stream a caller gets: his own, then those of them that he asks for."""

from collections.abc import Mapping, Sequence

from contracts.audience import Viewer
from infra.chassis.events.sequence import Selection
from infra.chassis.http.viewing import Places

MESSAGE = Places(
    contact=lambda subject: ({"message.recipient.kind": "contact", "message.recipient.id": subject},),
    technician=lambda subject: ({"message.recipient.kind": "technician", "message.recipient.id": subject},),
    site="message.details.site_ids",
    contract="message.contract_ids",
    customer="message.customer_id",
    confidential="message.confidential",
)
"""Where a document of a delivery names those whom it concerns."""


def selection_for(viewer: Viewer, filters: Mapping[str, Sequence[str]]) -> Selection:
    """``filters`` maps a line's field to the values asked for, none of them to ask for all."""
    conditions = {field: frozenset(values) for field, values in filters.items() if values}
    conditions["readers"] = viewer.names
    if viewer.customer_id is not None:
        asked = conditions.get("customer_id", frozenset({viewer.customer_id}))
        conditions["customer_id"] = asked & {viewer.customer_id}
    return Selection(conditions)
