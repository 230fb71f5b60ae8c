"""When this service was last asked with a customer's key."""

from typing import ClassVar

from contracts.key_uses import KeyUseChanged


class DispatchKeyUseChanged(KeyUseChanged):
    TYPE: ClassVar[str] = "dispatch-key-use-changed"
    ERASED: ClassVar[str] = "dispatch-key-use-erased"
