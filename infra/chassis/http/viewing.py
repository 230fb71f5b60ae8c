"""From a token to what exists for its bearer, and the same boundary as a query."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from contracts.audience import Reach, Viewer
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Runtime
from infra.chassis.store.collection import Document, Kind


@dataclass(frozen=True)
class Directory:
    """Where a service looks up a site contact's sites and a manager's contracts.

    A contact has ``customer_id`` and ``sites``; ``managers`` is the field that holds the subjects of a
    contract's managers.
    """

    contacts: Kind[Any]
    contracts: Kind[Any]
    managers: str = "managers"

    async def viewer(self, principal: Principal, run: Runtime) -> Viewer:
        """The caller as the rule of who sees what knows him."""
        subject = principal.subject or principal.actor
        customer = principal.customer
        match principal.role:
            case "portal" | "customer-manager":
                return Viewer(subject, Reach.CUSTOMER, customer, principal.may("tickets:read-confidential"))
            case "requester":
                return Viewer(subject, Reach.OWN, customer)
            case "site-contact":
                contact = await run.read(self.contacts, subject)
                his = contact is not None and contact.value.customer_id == customer
                sites = contact.value.sites if contact is not None and his else ()
                return Viewer(subject, Reach.SITES, customer, sites=sites)
            case "technician":
                return Viewer(subject, Reach.VISITS)
        if principal.manager is None:
            return Viewer(subject, Reach.FIRM)
        managed = run.collection(self.contracts.name).find(
            {self.managers: principal.manager, "erased": {"$ne": True}}, {"_id": 1}
        )
        return Viewer(subject, Reach.CONTRACTS, contracts=tuple([each["_id"] async for each in managed]))


@dataclass(frozen=True)
class Places:
    """Where documents of a kind name those whom they concern.

    ``contact`` and ``technician`` give the conditions under which somebody is named there.
    """

    contact: Callable[[str], Iterable[Document]]
    technician: Callable[[str], Iterable[Document]]
    site: str
    contract: str
    customer: str = "customer_id"
    confidential: str = "confidential"

    def among(self, viewer: Viewer) -> Document:
        """A filter that exactly those pass that ``viewer`` sees; empty when that is all of them."""
        openly: Document = {self.confidential: False}
        more: list[Document] = []
        match viewer.reach:
            case Reach.FIRM:
                return {}
            case Reach.CONTRACTS:
                return {self.contract: {"$in": list(viewer.contracts)}}
            case Reach.VISITS:
                return {"$or": [*self.technician(viewer.subject)]}
            case Reach.CUSTOMER if viewer.confidential:
                return {self.customer: viewer.customer_id}
            case Reach.CUSTOMER:
                more = [openly]
            case Reach.SITES:
                more = [{**openly, self.site: {"$in": list(viewer.sites)}}]
        return {self.customer: viewer.customer_id, "$or": [*self.contact(viewer.subject), *more]}
