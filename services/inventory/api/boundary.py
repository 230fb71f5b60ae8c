"""Which sites, and what stands there, exist for a caller."""

from typing import Any

from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Runtime
from services.inventory.store.contacts import Contacts


async def require_site(
    run: Runtime, principal: Principal, customer_id: str, site_id: str, kind: str, id: str
) -> None:
    """404 for what is another customer's, or at a site that a site contact does not answer for."""
    principal.require_customer(customer_id, kind, id)
    own = await _own_sites(run, principal)
    if own is not None and site_id not in own:
        raise not_found(kind, id)


async def sites_filter(run: Runtime, principal: Principal, field: str) -> dict[str, Any]:
    """The same as a query; ``field`` holds the site's id."""
    own = await _own_sites(run, principal)
    within = {} if own is None else {field: {"$in": list(own)}}
    return {**principal.customer_filter(), **within}


async def _own_sites(run: Runtime, principal: Principal) -> tuple[str, ...] | None:
    """A site contact's own sites; None for everybody whom sites do not bind."""
    if principal.role != "site-contact":
        return None
    contact = await run.read(Contacts, principal.subject or "")
    if contact is None or contact.value.customer_id != principal.customer:
        return ()
    return contact.value.sites
