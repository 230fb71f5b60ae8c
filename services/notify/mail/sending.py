"""Send what is queued: look up whom and what the ids stand for, write the mail, hand it over."""

from functools import partial
from typing import TypeVar

from infra.chassis.clock import Clock
from infra.chassis.runtime import Runtime, new_id
from infra.chassis.store.deliveries import DeliveryLoop, Do, Queue, Rejected
from infra.chassis.store.unit import Cause, UseCase
from services.notify.domain.delivery import Delivery
from services.notify.mail.compose import Names, Sender, compose
from services.notify.mail.smtp import Mailer, Server
from services.notify.store.deliveries import Deliveries
from services.notify.usecases.look_up import LookUp
from services.notify.usecases.settle_delivery import SettleDelivery
from services.notify.usecases.take_delivery import TakeDelivery

R = TypeVar("R")

WORKERS = 8


async def send_mails(server: Server, sender: Sender, run: Runtime) -> None:
    """The service's delivery loop, until cancelled.

    A mail that the server accepted just before this process died is sent again by whoever takes
    over, with the same Message-ID: SMTP has no way to ask whether a mail arrived.
    """
    mailer = Mailer(server)
    wake = run.wakes_on(Deliveries)

    async def do(use_case: UseCase[R], cause: Cause) -> R:
        return (await run.do(use_case, cause)).result

    async def wait(seconds: float) -> None:
        await wake.wait(seconds)

    queue = Queue(
        collection=Deliveries,
        take=TakeDelivery,
        settle=SettleDelivery,
        act=partial(send, do, run.system_clock, mailer, sender),
        attempts=lambda delivery: delivery.attempts,
        cause=_cause,
        order_by="queued_at",
    )
    owner = f"notify:{new_id()}"
    loop = DeliveryLoop(
        queue, db=run.db, do=do, clock=run.system_clock, owner=owner, wake=wait, workers=WORKERS
    )
    run.busy.append(loop.busy)
    try:
        await loop.run()
    finally:
        run.busy.remove(loop.busy)
        await mailer.close()


async def send(do: Do, clock: Clock, mailer: Mailer, sender: Sender, delivery: Delivery) -> None:
    """``Rejected`` when the recipient is gone or the server refuses for good."""
    names = await _names(do, delivery)
    await mailer.send(compose(delivery, names, sender, clock.now()), sender.address)


def _cause(delivery: Delivery) -> Cause:
    origin = delivery.origin
    return Cause("notify", origin.correlation_id, origin.event, origin.traceparent)


async def _names(do: Do, delivery: Delivery) -> Names:
    message = delivery.message
    found = await do(LookUp(message), _cause(delivery))
    if found.recipient is None or found.recipient.email is None:
        raise Rejected(f"no-address: {message.recipient.kind} {message.recipient.id} has no e-mail any more")
    return Names(found.recipient, found.customer, found.technician, found.sites, found.ruled_out)
