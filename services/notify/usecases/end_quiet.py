"""What waited for the end of somebody's quiet hours: one message as it is, several as one."""

from infra.chassis.store.unit import Unit
from services.notify.domain.delivery import Delivery
from services.notify.domain.preferences import ALWAYS_AT_ONCE
from services.notify.domain.timing import Timing
from services.notify.store.deliveries import Deliveries
from services.notify.usecases.queue_message import first_attempt, queue_pushes, queue_with_mail
from services.notify.usecases.send_digest import gather, waiting_for

QUIET_HOURS = "quiet-hours"
"""Why they waited, as the digest says it."""


def _by_itself(delivery: Delivery) -> bool:
    """It asks for something, or has a link, which a line among others has not."""
    return delivery.message.kind in ALWAYS_AT_ONCE or delivery.message.details.link_until is not None


def end_quiet(unit: Unit, first: Delivery, timing: Timing) -> None:
    """Let go what waits for the same person. What he has to act upon is told by itself, with all that it
    says; what is too late to act upon is not told any more."""
    due = waiting_for(unit, first)
    late = [each for each in due if each.is_late(unit.now)]
    for each in late:
        unit.save(Deliveries, each.overtaken())
    apart = [each for each in due if each not in late and _by_itself(each)]
    others = [each for each in due if each not in late and each not in apart]
    if len(others) == 1:
        apart, others = [*apart, *others], []
    for each in apart:
        unit.save(Deliveries, each.settled(first_attempt(each.message)))
        queue_with_mail(unit, each.origin, each.message, timing)
    if others:
        digest = gather(unit, others, QUIET_HOURS)
        if timing.push:
            queue_pushes(unit, digest.origin, digest.message)
