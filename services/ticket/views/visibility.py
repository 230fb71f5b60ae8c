"""The same boundary as ``Viewer.sees``, as a query over the collection of tickets."""

from typing import Any

from services.ticket.domain.ticket import Attention
from services.ticket.domain.viewer import Reach, Viewer


def visible_to(viewer: Viewer) -> dict[str, Any]:
    """A filter that exactly the tickets pass that ``viewer`` sees; empty when that is all of them."""
    if viewer.reach is Reach.FIRM:
        return {}
    his: list[dict[str, Any]] = [{"opened_by": viewer.subject}]
    if viewer.reach is Reach.VISITS:
        return {"$or": [*his, {"visits.assignment.technician_id": viewer.subject}]}
    if viewer.reach is Reach.CONTRACTS:
        return {"$or": [*his, {"visits.contract_id": {"$in": list(viewer.contracts)}}]}
    his.append({"requester_id": viewer.subject})
    openly: dict[str, Any] = {} if viewer.confidential else {"confidential": False}
    if viewer.reach is Reach.SITES:
        his.append({**openly, "on_site_contact_id": viewer.subject})
        his.append({**openly, "site_ids": {"$in": list(viewer.sites)}})
    elif viewer.reach is Reach.CUSTOMER:
        his.append(openly)
    return {"customer_id": viewer.customer_id, "$or": his}


def asking(attention: bool | Attention, viewer: Viewer) -> dict[str, Any]:
    """A filter for tickets that ask for a person; to the customer's side none does."""
    if not viewer.of_the_firm:
        return {} if attention is False else {"_id": {"$in": []}}
    some: dict[str, Any] = {"attention.0": {"$exists": attention is not False}}
    return {**some, "attention": attention} if isinstance(attention, Attention) else some
