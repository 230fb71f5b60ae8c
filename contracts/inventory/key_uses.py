"""When this service was last asked with a customer's key."""

from typing import ClassVar

from contracts.key_uses import KeyUseChanged


class InventoryKeyUseChanged(KeyUseChanged):
    TYPE: ClassVar[str] = "inventory-key-use-changed"
    ERASED: ClassVar[str] = "inventory-key-use-erased"
