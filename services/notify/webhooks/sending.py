"""Deliver webhooks: signed anew at each attempt, with the same id and bytes."""

from functools import partial

from infra.chassis.clock import Clock
from infra.chassis.runtime import Runtime
from infra.chassis.store.deliveries import Queue
from infra.chassis.store.unit import Cause
from services.notify.domain.subscription import RETRY_AFTER
from services.notify.domain.timing import Timing
from services.notify.sending import deliver
from services.notify.store.subscriptions import Webhooks
from services.notify.usecases.settle_webhook import GONE, SettleWebhook
from services.notify.usecases.take_webhook import Taken, TakeWebhook
from services.notify.webhooks.posting import Networks, Poster
from services.notify.webhooks.signing import headers_of

AGENT = {"user-agent": "Astreinte-Webhooks/1", "content-type": "application/json"}


class NotTaken(Exception):
    """The address answered something else than 2xx."""


async def send_webhooks(networks: Networks, timing: Timing, run: Runtime) -> None:
    """The loop that delivers webhooks, until cancelled."""
    poster = Poster(networks)
    queue = Queue(
        collection=Webhooks,
        take=TakeWebhook,
        settle=partial(SettleWebhook, timing=timing),
        act=partial(_send, run.system_clock, poster),
        attempts=lambda taken: taken.webhook.attempts,
        cause=_cause,
        order_by="queued_at",
        retry_after=RETRY_AFTER,
    )
    try:
        await deliver("webhook", run, queue)
    finally:
        await poster.close()


async def _send(clock: Clock, poster: Poster, taken: Taken) -> None:
    body = taken.webhook.body.encode()
    signed = headers_of(taken.webhook.id, int(clock.now().timestamp()), body, taken.secrets)
    answer = await poster.post(taken.url, {**AGENT, **signed}, body)
    if answer.status == 410:
        raise NotTaken(f"{GONE}{answer.words or 'the address answered 410'}")
    if not 200 <= answer.status < 300:
        raise NotTaken(f"{answer.status} {answer.words}".strip())


def _cause(taken: Taken) -> Cause:
    return Cause("notify", f"webhooks:{taken.webhook.subscription_id}", taken.webhook.id)
