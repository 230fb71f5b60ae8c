"""One mail of everything that somebody wanted to read in the morning."""

from collections.abc import Sequence

from infra.chassis.store.deliveries import AT_ONCE
from infra.chassis.store.unit import Unit
from services.notify.domain.delivery import Delivery, delivery_id
from services.notify.domain.digest import digest_of
from services.notify.store.deliveries import Deliveries


def send_digest(unit: Unit, first: Delivery) -> None:
    """Gather what waits for the same person and is due; it is one message from now on, once."""
    gather(unit, waiting_for(unit, first))


def waiting_for(unit: Unit, first: Delivery) -> list[Delivery]:
    """What waits for the same as ``first`` and is due, oldest first."""
    assert first.digest_for is not None, "only what waits for a digest is gathered"
    waiting = unit.where(Deliveries, "digest_for", first.digest_for)
    return sorted(
        (each for each in waiting if each.settles_at is not None and each.settles_at <= unit.now),
        key=lambda each: (each.queued_at, each.id),
    )


def gather(unit: Unit, due: Sequence[Delivery], reason: str | None = None) -> Delivery:
    """One message of these; ``reason``: why they waited."""
    message = digest_of([each.message for each in due], [each.queued_at for each in due], reason)
    digest = Delivery(
        id=delivery_id(f"digest/{due[0].id}", message),
        message=message,
        origin=due[0].origin,
        queued_at=unit.now,
        attempt_at=AT_ONCE,
    )
    unit.add(Deliveries, digest)
    for each in due:
        unit.save(Deliveries, each.gathered())
    return digest
