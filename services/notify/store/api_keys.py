"""Customers' keys, and the state by which every service knows them."""

from collections.abc import Sequence
from datetime import date

from contracts.dispatch.key_uses import DispatchKeyUseChanged
from contracts.inventory.key_uses import InventoryKeyUseChanged
from contracts.key_uses import KeyUseChanged
from contracts.notify.states import ApiKeyChanged
from contracts.ticket.key_uses import TicketKeyUseChanged
from infra.chassis.http.api_key_uses import key_uses
from infra.chassis.runtime import Runtime
from infra.chassis.store.collection import Collection, Index, ReadCopy
from services.notify.domain.api_key import ApiKey


def _state(key: ApiKey) -> ApiKeyChanged:
    return ApiKeyChanged(
        api_key_id=key.id,
        customer_id=key.customer_id,
        digest=key.digest,
        acts_as=key.acts_as,
        verbs=key.verbs,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
    )


ApiKeys = Collection(
    "api_keys",
    ApiKey,
    indexes=(
        Index((("digest", 1),), unique=True, name="by_digest"),
        Index((("customer_id", 1), ("updated_at", 1), ("_id", 1)), name="of_customer"),
    ),
    customer=lambda key: key.customer_id,
    state=_state,
    published=ApiKeyChanged,
)

KeyUses = key_uses(None)
"""Of this service's own; the others tell of theirs."""

UsesElsewhere: tuple[ReadCopy[KeyUseChanged], ...] = (
    ReadCopy("key_uses_of_ticket", TicketKeyUseChanged),
    ReadCopy("key_uses_of_dispatch", DispatchKeyUseChanged),
    ReadCopy("key_uses_of_inventory", InventoryKeyUseChanged),
)


async def last_uses(run: Runtime, ids: Sequence[str]) -> dict[str, date]:
    """On which day a key was last used, by any service that takes it; those that never were are left out."""
    found: dict[str, date] = {}
    for name in (KeyUses.name, *(kind.name for kind in UsesElsewhere)):
        named = run.collection(name).find({"_id": {"$in": list(ids)}}, {"used_on": 1})
        for document in await named.to_list(None):
            if "used_on" in document:
                day = date.fromisoformat(document["used_on"])
                found[document["_id"]] = max(day, found.get(document["_id"], day))
    return found
