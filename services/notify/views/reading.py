"""Which lines of a live stream a caller gets: his own, then those of them that he asks for."""

from collections.abc import Iterable, Mapping, Sequence

from infra.chassis.events.sequence import Selection
from infra.chassis.http.principal import Principal
from services.notify.domain import line


def selection_for(
    principal: Principal, own_sites: Iterable[str], filters: Mapping[str, Sequence[str]]
) -> Selection:
    """``own_sites`` are those that a site contact answers for.

    ``filters`` maps a line's field to the values asked for, none of them to ask for all. Whoever
    has no subject and would need one gets nothing.
    """
    conditions = {field: frozenset(values) for field, values in filters.items() if values}
    conditions["readers"] = frozenset(_names(principal, own_sites))
    if principal.customer is not None:
        asked = conditions.get("customer_id", frozenset({principal.customer}))
        conditions["customer_id"] = asked & {principal.customer}
    return Selection(conditions)


def _names(principal: Principal, own_sites: Iterable[str]) -> Iterable[str]:
    if principal.of_the_firm:
        if principal.role != "technician":
            return (line.FIRM,)
        return (line.technician(principal.subject),) if principal.subject else ()
    customer = principal.customer or ""
    if principal.role in ("requester", "site-contact"):
        himself = (line.contact(principal.subject),) if principal.subject else ()
        return himself if principal.role == "requester" else (*himself, *map(line.site, own_sites))
    if principal.may("tickets:read-confidential"):
        return (line.in_confidence(customer),)
    return (line.customer(customer),)
