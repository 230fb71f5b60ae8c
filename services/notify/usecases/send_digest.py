"""One mail of everything that somebody wanted to read in the morning."""

from infra.chassis.store.deliveries import AT_ONCE
from infra.chassis.store.unit import Unit
from services.notify.domain.delivery import Delivery, delivery_id
from services.notify.domain.digest import digest_of
from services.notify.store.deliveries import Deliveries


def send_digest(unit: Unit, first: Delivery) -> None:
    """Gather what waits for the same person and is due; it is one message from now on, once."""
    assert first.digest_for is not None, "only what waits for a digest is gathered"
    waiting = unit.where(Deliveries, "digest_for", first.digest_for)
    due = sorted(
        (each for each in waiting if each.settles_at is not None and each.settles_at <= unit.now),
        key=lambda each: (each.queued_at, each.id),
    )
    message = digest_of([each.message for each in due], [each.queued_at for each in due])
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
