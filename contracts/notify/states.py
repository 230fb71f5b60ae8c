"""State of the keys that customers' machines come with: their digests, and never a key."""

from typing import Annotated, ClassVar

from pydantic import StringConstraints

from contracts.envelope import State
from contracts.values import Id, Instant

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256, in hexadecimal."""


class ApiKeyChanged(State):
    """``acts_as`` is the same of all keys that followed one another; ``verbs`` are what it may do."""

    TYPE: ClassVar[str] = "api-key-changed"
    ERASED: ClassVar[str] = "api-key-erased"

    api_key_id: Id
    customer_id: Id
    digest: Digest
    acts_as: Id
    verbs: tuple[str, ...]
    expires_at: Instant
    revoked_at: Instant | None = None
