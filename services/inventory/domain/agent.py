"""Programs that report machines, and the keys that they come with."""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

LONGEST_ID = 64


@dataclass(frozen=True)
class AgentKey:
    """It says whose the machines are and where they stand until somebody says otherwise.

    Only the ``digest`` (SHA-256) of the secret is kept; ``hint`` is how it begins. ``every_hours``: how often
    its agents are to come.
    """

    id: str
    customer_id: str
    site_id: str
    name: str
    digest: str
    hint: str
    every_hours: int
    created_at: datetime
    created_by: str
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    def revoked(self, at: datetime, by: str) -> "AgentKey":
        """From then on nobody comes in with it; revoked before it stays as it was."""
        return self if self.revoked_at else replace(self, revoked_at=at, revoked_by=by)


@dataclass(frozen=True)
class Agent:
    """An agent of a customer's, known by the device id that it gave itself.

    ``asset_id`` is the machine that its inventories are of. ``decided``: the fingerprint of the identity that
    a person has decided about; ``ignored``: decided so that its inventories are not wanted.
    """

    id: str
    customer_id: str
    device_id: str
    asset_id: str | None = None
    decided: str | None = None
    ignored: bool = False

    def of(self, asset_id: str) -> "Agent":
        return replace(self, asset_id=asset_id, ignored=False)


def agent_id(customer_id: str, digest_of_device: str) -> str:
    """One agent is one thing, however often it is installed anew under the same device id."""
    id = f"{customer_id}.{digest_of_device[:24]}"
    return id if len(id) <= LONGEST_ID else sha256(id.encode()).hexdigest()
