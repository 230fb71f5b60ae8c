"""Send what is queued: look up whom and what the ids stand for, write the message, hand it over."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from opentelemetry.trace import SpanKind

from contracts.notify.events import MessageChannel
from infra.chassis.clock import Clock
from infra.chassis.runtime import Runtime, new_id
from infra.chassis.store.deliveries import DeliveryLoop, Do, Queue, Rejected
from infra.chassis.store.unit import Cause, UseCase
from services.notify.domain.delivery import Delivery
from services.notify.domain.timing import USUAL, Timing
from services.notify.mail import compose as mail
from services.notify.mail.compose import Names, Sender
from services.notify.mail.returned import ReturnPath
from services.notify.mail.smtp import Mailer, Server
from services.notify.sms import compose as sms
from services.notify.sms.gateway import Gateway, Sms
from services.notify.sms.gateway import Sender as SmsSender
from services.notify.sms.numbers import BadNumber, e164
from services.notify.store.deliveries import Deliveries
from services.notify.usecases.look_up import Found, LookUp
from services.notify.usecases.settle_delivery import SettleDelivery
from services.notify.usecases.take_delivery import TakeDelivery

R = TypeVar("R")

WORKERS = 8


async def send_mails(
    server: Server, sender: Sender, run: Runtime, timing: Timing = USUAL, paths: ReturnPath | None = None
) -> None:
    """The loop that delivers mails, until cancelled.

    A mail that the server accepted just before this process died is sent again by whoever takes
    over, with the same Message-ID: SMTP has no way to ask whether a mail arrived. ``paths``: where each comes
    back to that does not arrive.
    """
    mailer = Mailer(server)
    try:
        await deliver_messages(
            MessageChannel.MAIL, run, partial(_send_mail, run.system_clock, mailer, sender, paths), timing
        )
    finally:
        await mailer.close()


async def send_sms(gateway: Gateway, sender: Sender, run: Runtime) -> None:
    """The loop that delivers SMS, until cancelled; a gateway that hangs holds no mail up."""
    gate = SmsSender(gateway)
    try:
        await deliver_messages(MessageChannel.SMS, run, partial(_send_sms, gate, gateway.country, sender))
    finally:
        await gate.close()


async def deliver_messages(
    channel: MessageChannel,
    run: Runtime,
    act: Callable[[Do, Delivery], Awaitable[None]],
    timing: Timing = USUAL,
) -> None:
    """Work on what is due by one channel, until cancelled."""
    queue = Queue(
        collection=Deliveries,
        take=TakeDelivery,
        settle=partial(SettleDelivery, timing=timing),
        act=partial(act, doing(run)),
        attempts=lambda delivery: delivery.attempts,
        cause=cause_of,
        order_by="queued_at",
        only={"channel": channel.value},
    )
    await deliver(channel.value, run, queue)


def doing(run: Runtime) -> Do:
    async def do(use_case: UseCase[R], cause: Cause) -> R:
        return (await run.do(use_case, cause)).result

    return do


async def deliver(channel: str, run: Runtime, queue: Queue[Any]) -> None:
    """Work on what is due in a queue, measured and traced as ``channel``, until cancelled."""
    wake = run.wakes_on(queue.collection)

    async def wait(seconds: float) -> None:
        await wake.wait(seconds)

    attempts = run.metrics.histogram(
        "delivery_attempt_seconds", "Time to hand a message over, or to fail", ("channel", "outcome")
    )
    due = run.metrics.gauge("deliveries_due", "Messages that could be sent now", ("channel",))
    loop = DeliveryLoop(
        queue,
        db=run.db,
        do=doing(run),
        clock=run.system_clock,
        owner=f"notify:{new_id()}",
        wake=wait,
        workers=WORKERS,
        attempted=lambda outcome, seconds: attempts.labels(channel, outcome).observe(seconds),
        looked=due.labels(channel).set,
        within=partial(run.span, f"send-{channel}", kind=SpanKind.CLIENT),
    )
    run.busy.append(loop.busy)
    try:
        await loop.run()
    finally:
        run.busy.remove(loop.busy)


async def _send_mail(
    clock: Clock, mailer: Mailer, sender: Sender, paths: ReturnPath | None, do: Do, delivery: Delivery
) -> None:
    """``Rejected`` when the recipient is gone or the server refuses for good."""
    names = await names_of(do, delivery)
    if names.recipient.email is None:
        raise Rejected(f"no-address: {whom(delivery)} has no e-mail any more")
    back = sender.address if paths is None else paths.of(delivery.id)
    await mailer.send(mail.compose(delivery, names, sender, clock.now()), back)


async def _send_sms(gate: SmsSender, country: str, sender: Sender, do: Do, delivery: Delivery) -> None:
    """``Rejected`` when the recipient is gone, his number is none, or the gateway refuses for good."""
    names = await names_of(do, delivery)
    to = number_of(names, delivery, country)
    await gate.send(Sms(to, sms.compose(delivery, names, sender), delivery.id))


def number_of(names: Names, delivery: Delivery, country: str, *, called: bool = False) -> str:
    """In E.164; ``Rejected`` where he has none that will do."""
    if names.recipient.phone is None:
        raise Rejected(f"no-number: {whom(delivery)} has no phone any more")
    try:
        return e164(names.recipient.phone, country, called=called)
    except BadNumber as bad:
        raise Rejected(f"bad-number: {whom(delivery)}: {bad}") from bad


def cause_of(delivery: Delivery) -> Cause:
    """What its facts name as theirs."""
    origin = delivery.origin
    return Cause("notify", origin.correlation_id, origin.event, origin.traceparent)


def whom(delivery: Delivery) -> str:
    """As failures say it, by id."""
    recipient = delivery.message.recipient
    return f"{recipient.kind} {recipient.id}"


async def names_of(do: Do, delivery: Delivery) -> Names:
    """Whom and what its ids stand for now."""
    return named(await do(LookUp(delivery.message, channel=delivery.channel), cause_of(delivery)), delivery)


def named(found: Found, delivery: Delivery) -> Names:
    """``Rejected`` where the recipient is gone."""
    if found.recipient is None:
        raise Rejected(f"no-address: {whom(delivery)} is known no more")
    return Names(
        found.recipient,
        found.customer,
        found.technician,
        found.sites,
        found.ruled_out,
        found.contract,
        found.own,
    )
