"""``inventory.repairs.v1``: where the machine is that is repaired under a ticket."""

from collections.abc import Iterable

from contracts.envelope import Envelope
from contracts.inventory.workshop import RepairOrderChanged
from services.ticket.usecases.follow_repair import FollowRepair


def on_repair_order_changed(fact: RepairOrderChanged, envelope: Envelope) -> Iterable[FollowRepair]:
    """One that is under no ticket is the workshop's alone."""
    return () if fact.ticket_id is None else (FollowRepair(fact, envelope),)
