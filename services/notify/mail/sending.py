"""Send what is queued: look up whom and what the ids stand for, write the mail, hand it over."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TypeVar

from contracts.dispatch.states import TechnicianChanged
from contracts.inventory.states import SiteChanged
from contracts.ticket.states import ContactChanged
from infra.chassis.runtime import Runtime, new_id
from infra.chassis.store.deliveries import DeliveryLoop, Queue, Rejected
from infra.chassis.store.unit import Cause, UseCase
from services.notify.domain.delivery import Delivery
from services.notify.domain.message import Recipient, RecipientKind
from services.notify.mail.compose import Names, Sender, compose
from services.notify.mail.smtp import Mailer, Server
from services.notify.store.copies import Contacts, Customers, Sites, Technicians
from services.notify.store.deliveries import Deliveries
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
        act=partial(send, run, mailer, sender),
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


async def send(run: Runtime, mailer: Mailer, sender: Sender, delivery: Delivery) -> None:
    """``Rejected`` when the recipient is gone or the server refuses for good."""
    names = await _names(run, delivery)
    await mailer.send(compose(delivery, names, sender, run.system_clock.now()), sender.address)


def _cause(delivery: Delivery) -> Cause:
    origin = delivery.origin
    return Cause("notify", origin.correlation_id, origin.event, origin.traceparent)


async def _names(run: Runtime, delivery: Delivery) -> Names:
    message = delivery.message
    recipient, customer, technician, sites = await asyncio.gather(
        _recipient(run, message.recipient),
        run.read(Customers, message.customer_id),
        _technician(run, message.details.technician_id),
        _sites(run, message.details.site_ids),
    )
    if recipient is None or recipient.email is None:
        raise Rejected(f"no-address: {message.recipient.kind} {message.recipient.id} has no e-mail any more")
    return Names(recipient, customer.value if customer else None, technician, sites)


async def _recipient(run: Runtime, recipient: Recipient) -> ContactChanged | TechnicianChanged | None:
    if recipient.kind is RecipientKind.TECHNICIAN:
        return await _technician(run, recipient.id)
    contact = await run.read(Contacts, recipient.id)
    return contact.value if contact else None


async def _technician(run: Runtime, id: str | None) -> TechnicianChanged | None:
    technician = None if id is None else await run.read(Technicians, id)
    return technician.value if technician else None


async def _sites(run: Runtime, ids: Sequence[str]) -> tuple[SiteChanged, ...]:
    if not ids:
        return ()
    found = {each.value.site_id: each.value for each in await run.find(Sites, {"_id": {"$in": list(ids)}})}
    return tuple(found[id] for id in ids if id in found)
