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
from services.notify.domain.push import GONE
from services.notify.mail import compose as mail
from services.notify.mail.compose import Names, Sender
from services.notify.mail.smtp import Mailer, Server
from services.notify.push.sealing import VapidKey
from services.notify.push.sending import Pusher
from services.notify.sms import compose as sms
from services.notify.sms.gateway import Gateway, Sms
from services.notify.sms.gateway import Sender as SmsSender
from services.notify.sms.numbers import BadNumber, e164
from services.notify.store.deliveries import Deliveries
from services.notify.usecases.look_up import Found, LookUp
from services.notify.usecases.settle_delivery import SettleDelivery
from services.notify.usecases.take_delivery import TakeDelivery
from services.notify.voice.calling import Voice, call
from services.notify.webhooks.posting import Networks, Poster

R = TypeVar("R")

WORKERS = 8


async def send_mails(server: Server, sender: Sender, run: Runtime) -> None:
    """The loop that delivers mails, until cancelled.

    A mail that the server accepted just before this process died is sent again by whoever takes
    over, with the same Message-ID: SMTP has no way to ask whether a mail arrived.
    """
    mailer = Mailer(server)
    try:
        await _deliver(MessageChannel.MAIL, run, partial(_send_mail, run.system_clock, mailer, sender))
    finally:
        await mailer.close()


async def send_sms(gateway: Gateway, sender: Sender, run: Runtime) -> None:
    """The loop that delivers SMS, until cancelled; a gateway that hangs holds no mail up."""
    gate = SmsSender(gateway)
    try:
        await _deliver(MessageChannel.SMS, run, partial(_send_sms, gate, gateway.country, sender))
    finally:
        await gate.close()


async def send_pushes(key: VapidKey, networks: Networks, sender: Sender, run: Runtime) -> None:
    """The loop that delivers Web Push, until cancelled."""
    poster = Poster(networks)
    try:
        pusher = Pusher(poster, key, run.system_clock)
        await _deliver(MessageChannel.PUSH, run, partial(_send_push, pusher, sender))
    finally:
        await poster.close()


async def make_calls(voice: Voice, sender: Sender, run: Runtime) -> None:
    """The loop that has people called, until cancelled."""
    hand = SmsSender(voice.gateway)
    try:
        await _deliver(MessageChannel.VOICE, run, partial(_call, hand, voice.gateway.country, sender))
    finally:
        await hand.close()


async def _deliver(
    channel: MessageChannel, run: Runtime, act: Callable[[Do, Delivery], Awaitable[None]]
) -> None:
    queue = Queue(
        collection=Deliveries,
        take=TakeDelivery,
        settle=SettleDelivery,
        act=partial(act, doing(run)),
        attempts=lambda delivery: delivery.attempts,
        cause=_cause,
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


async def _send_mail(clock: Clock, mailer: Mailer, sender: Sender, do: Do, delivery: Delivery) -> None:
    """``Rejected`` when the recipient is gone or the server refuses for good."""
    names = await _names(do, delivery)
    if names.recipient.email is None:
        raise Rejected(f"no-address: {_whom(delivery)} has no e-mail any more")
    await mailer.send(mail.compose(delivery, names, sender, clock.now()), sender.address)


async def _send_sms(gate: SmsSender, country: str, sender: Sender, do: Do, delivery: Delivery) -> None:
    """``Rejected`` when the recipient is gone, his number is none, or the gateway refuses for good."""
    names = await _names(do, delivery)
    to = _number(names, delivery, country)
    await gate.send(Sms(to, sms.compose(delivery, names, sender), delivery.id))


async def _call(hand: SmsSender, country: str, sender: Sender, do: Do, delivery: Delivery) -> None:
    """``Rejected`` when the recipient is gone, his number is none, or the gateway refuses for good."""
    names = await _names(do, delivery)
    await call(hand, _number(names, delivery, country, called=True), delivery, names, sender)


def _number(names: Names, delivery: Delivery, country: str, *, called: bool = False) -> str:
    if names.recipient.phone is None:
        raise Rejected(f"no-number: {_whom(delivery)} has no phone any more")
    try:
        return e164(names.recipient.phone, country, called=called)
    except BadNumber as bad:
        raise Rejected(f"bad-number: {_whom(delivery)}: {bad}") from bad


async def _send_push(pusher: Pusher, sender: Sender, do: Do, delivery: Delivery) -> None:
    """``Rejected`` when the recipient or the browser is gone, or the push service refuses for good."""
    found = await do(LookUp(delivery.message, delivery.device_id), _cause(delivery))
    names = _named(found, delivery)
    if found.device is None:
        raise Rejected(f"{GONE}: {_whom(delivery)} is told there no more")
    await pusher.send(delivery, found.device, names, sender)


def _cause(delivery: Delivery) -> Cause:
    origin = delivery.origin
    return Cause("notify", origin.correlation_id, origin.event, origin.traceparent)


def _whom(delivery: Delivery) -> str:
    recipient = delivery.message.recipient
    return f"{recipient.kind} {recipient.id}"


async def _names(do: Do, delivery: Delivery) -> Names:
    return _named(await do(LookUp(delivery.message), _cause(delivery)), delivery)


def _named(found: Found, delivery: Delivery) -> Names:
    if found.recipient is None:
        raise Rejected(f"no-address: {_whom(delivery)} is known no more")
    return Names(
        found.recipient, found.customer, found.technician, found.sites, found.ruled_out, found.contract
    )
