"""Where stock is kept, and what may be taken from there."""

DEPOT = "depot:"
VAN = "van:"
CUPBOARD = "cupboard:"
QUARANTINE = "quarantine:"
TRANSIT = "transit"
"""Sent and not received yet: one place for all that is on the way."""


def van_of(technician_id: str) -> str:
    return VAN + technician_id


def cupboard_of(site_id: str) -> str:
    return CUPBOARD + site_id


def is_usable(location: str) -> bool:
    """Whether pieces there can be used at a visit: neither on the way nor in quarantine."""
    return location != TRANSIT and not location.startswith(QUARANTINE)


def is_the_firms(location: str) -> bool:
    """Whether what is there can serve any client: a cupboard's pieces are for its own site."""
    return location.startswith((DEPOT, VAN))
