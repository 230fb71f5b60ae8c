"""Whose sites, with what stands there and what is set aside for them, exist for a caller."""

from typing import Any

from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Runtime
from services.inventory.store.contacts import Contacts
from services.inventory.store.contracts import Contracts


async def require_customer(run: Runtime, principal: Principal, customer_id: str, kind: str, id: str) -> None:
    """404 for what is another customer's, or of one with no contract that names the manager who asks."""
    principal.require_customer(customer_id, kind, id)
    managed = await _managed_customers(run, principal)
    if managed is not None and customer_id not in managed:
        raise not_found(kind, id)


async def customers_filter(run: Runtime, principal: Principal) -> dict[str, Any]:
    """The same as a query."""
    managed = await _managed_customers(run, principal)
    return principal.customer_filter() if managed is None else {"customer_id": {"$in": managed}}


async def require_site(
    run: Runtime, principal: Principal, customer_id: str, site_id: str, kind: str, id: str
) -> None:
    """404 too for what is at a site that a site contact does not answer for."""
    await require_customer(run, principal, customer_id, kind, id)
    own = await own_sites(run, principal)
    if own is not None and site_id not in own:
        raise not_found(kind, id)


async def sites_filter(run: Runtime, principal: Principal, field: str) -> dict[str, Any]:
    """The same as a query; ``field`` holds the site's id."""
    own = await own_sites(run, principal)
    within = {} if own is None else {field: {"$in": list(own)}}
    return {**await customers_filter(run, principal), **within}


async def _managed_customers(run: Runtime, principal: Principal) -> list[str] | None:
    """The customers of the contracts in a manager's scope; None for everybody whom contracts do not bind.

    All of a customer's sites, since he chooses those that a contract is to cover among them.
    """
    if principal.manager is None:
        return None
    his = {"managers": principal.manager, "erased": {"$ne": True}}
    found: list[str] = await run.collection(Contracts.name).distinct("customer_id", his)
    return found


async def own_sites(run: Runtime, principal: Principal) -> tuple[str, ...] | None:
    """A site contact's own sites; None for everybody whom sites do not bind."""
    if principal.role != "site-contact":
        return None
    contact = await run.read(Contacts, principal.subject or "")
    if contact is None or contact.value.customer_id != principal.customer:
        return ()
    return contact.value.sites
