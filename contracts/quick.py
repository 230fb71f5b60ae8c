"""Values that are made for every event.

Making a frozen dataclass of a dozen fields takes three times as long as making one that is not, and an
event makes a dozen of them. These are frozen for the type checker only.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as quick
else:

    def quick(*, frozen: bool, **options: Any) -> Any:
        """``@dataclass(frozen=True)`` that trusts the type checker."""
        assert frozen
        return dataclass(unsafe_hash=True, slots=True, **options)


__all__ = ["quick"]
