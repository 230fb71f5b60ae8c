"""From a token to what exists for its bearer."""

from infra.chassis.http.principal import ALL_CONTRACTS, Principal
from infra.chassis.runtime import Runtime
from services.ticket.domain.viewer import Reach, Viewer
from services.ticket.store.contacts import Contacts
from services.ticket.store.contracts import Contracts


async def viewer_of(principal: Principal, run: Runtime) -> Viewer:
    """The caller as the domain knows him: a site contact's sites and a manager's contracts looked up."""
    subject = principal.subject or principal.actor
    match principal.role:
        case "portal" | "customer-manager":
            confidential = principal.may("tickets:read-confidential")
            return Viewer(subject, Reach.CUSTOMER, principal.customer, confidential)
        case "requester":
            return Viewer(subject, Reach.OWN, principal.customer)
        case "site-contact":
            contact = await run.read(Contacts, subject)
            his = contact is not None and contact.value.customer_id == principal.customer
            sites = contact.value.sites if contact is not None and his else ()
            return Viewer(subject, Reach.SITES, principal.customer, sites=sites)
        case "technician":
            return Viewer(subject, Reach.VISITS)
        case "contract-manager" if principal.subject is not None and ALL_CONTRACTS not in principal.scopes:
            managed = await run.find(Contracts, {"terms.managers": principal.subject}, limit=0)
            return Viewer(subject, Reach.CONTRACTS, contracts=tuple(kept.value.id for kept in managed))
        case _:
            return Viewer(subject, Reach.FIRM)
