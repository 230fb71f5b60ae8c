"""When this service was last asked with a customer's key."""

from typing import ClassVar

from contracts.key_uses import KeyUseChanged


class TicketKeyUseChanged(KeyUseChanged):
    TYPE: ClassVar[str] = "ticket-key-use-changed"
    ERASED: ClassVar[str] = "ticket-key-use-erased"
