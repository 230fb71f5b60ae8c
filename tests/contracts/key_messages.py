"""One hand-written message of every state about customers' keys."""

from collections.abc import Callable
from datetime import date, datetime

from contracts.dispatch.key_uses import DispatchKeyUseChanged
from contracts.envelope import State
from contracts.inventory.key_uses import InventoryKeyUseChanged
from contracts.notify.states import ApiKeyChanged
from contracts.ticket.key_uses import TicketKeyUseChanged

_KEY, _CUSTOMER = "01a21ee0-a9b0-745a-9299-8bdba88d59e4", "clinique-pasteur"

SUBJECTS_OF_KEYS = dict.fromkeys(
    ("notify.api-keys.v1", "ticket.key-uses.v1", "dispatch.key-uses.v1", "inventory.key-uses.v1"),
    ("api_key_id", "api_key_id"),
)


def keys(at: Callable[[int], datetime]) -> tuple[State, ...]:
    return (
        ApiKeyChanged(
            api_key_id=_KEY,
            customer_id=_CUSTOMER,
            digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            acts_as=_KEY,
            verbs=("tickets:open", "tickets:read"),
            expires_at=at(18),
        ),
        *(
            used(api_key_id=_KEY, customer_id=_CUSTOMER, used_on=date(2026, 3, 2))
            for used in (TicketKeyUseChanged, DispatchKeyUseChanged, InventoryKeyUseChanged)
        ),
    )
