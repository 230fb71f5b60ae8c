"""Hand a notification to the push service of one browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from contracts.notify.events import MessageChannel
from infra.chassis.clock import Clock
from infra.chassis.runtime import Runtime
from infra.chassis.store.deliveries import Do, Rejected
from services.notify.domain.delivery import Delivery
from services.notify.domain.message import RecipientKind
from services.notify.domain.push import GONE, Device, Urgency, kept_for, opens, topic, urgency
from services.notify.mail.compose import Names, Sender, line, own_words, words
from services.notify.push.sealing import BadKey, VapidKey, seal, shown
from services.notify.sending import cause_of, deliver_messages, named, whom
from services.notify.usecases.look_up import LookUp
from services.notify.webhooks.posting import Networks, NotThere, Poster

_FINAL = frozenset({400, 401, 403, 405, 413})
LONGEST_TITLE = 120


class NotTaken(Exception):
    """The push service answered something else than 2xx; another attempt may help."""


@dataclass(frozen=True)
class Pusher:
    """``post`` writes to public addresses only, as for webhooks."""

    poster: Poster
    key: VapidKey
    clock: Clock

    async def send(self, delivery: Delivery, device: Device, names: Names, sender: Sender) -> None:
        """Return once the push service has taken it.

        ``Rejected`` when it never will, its text beginning with ``GONE`` where the browser is no more; any
        other exception means that another attempt may help.
        """
        message, now = delivery.message, self.clock.now()
        said = body(delivery, names, sender)
        try:
            content = seal(said, device.p256dh, device.auth)
        except BadKey as bad:
            raise Rejected(f"{GONE}: its keys are none: {bad}") from bad
        headers = {
            "user-agent": "Astreinte-Push/1",
            "authorization": self.key.vouches(device.endpoint, now),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(int(kept_for(message, delivery.queued_at).total_seconds())),
            "urgency": urgency(message).value,
            "topic": topic(message),
        }
        try:
            answer = await self.poster.post(device.endpoint, headers, content)
        except NotThere as nowhere:
            raise Rejected(f"push-refused: {nowhere}") from nowhere
        words = f"{answer.status} {answer.words}".strip()
        if answer.status in (404, 410):
            raise Rejected(f"{GONE}: {words}")
        if answer.status in _FINAL:
            raise Rejected(f"push-refused: {words}")
        if not 200 <= answer.status < 300:
            raise NotTaken(words)


async def send_pushes(key: VapidKey, networks: Networks, sender: Sender, run: Runtime) -> None:
    """The loop that delivers Web Push, until cancelled."""
    poster = Poster(networks)
    try:
        pusher = Pusher(poster, key, run.system_clock)
        await deliver_messages(MessageChannel.PUSH, run, partial(_send_push, pusher, sender))
    finally:
        await poster.close()


async def _send_push(pusher: Pusher, sender: Sender, do: Do, delivery: Delivery) -> None:
    """``Rejected`` when the recipient or the browser is gone, or the push service refuses for good."""
    found = await do(LookUp(delivery.message, delivery.device_id, delivery.channel), cause_of(delivery))
    names = named(found, delivery)
    if found.device is None:
        raise Rejected(f"{GONE}: {whom(delivery)} is told there no more")
    await pusher.send(delivery, found.device, names, sender)


def body(delivery: Delivery, names: Names, sender: Sender) -> bytes:
    """As an SMS says it, in the person's language, with why it disturbs and what it is about below."""
    message, language = delivery.message, names.recipient.language
    told = words(delivery, names, sender, language)
    own = own_words(names, told, delivery.id)
    title = " ".join(own[1].split()) if own else line(message.kind, language, told, "sms", "subject")
    title = title[:LONGEST_TITLE]
    about = " · ".join(each for each in (told["summary"], _where(delivery, told)) if each)
    about = "\n".join(each for each in (told["disturbs"], about) if each)
    return shown(title, about, opens(message), delivery.id, stays=urgency(message) is Urgency.HIGH)


def _where(delivery: Delivery, told: Mapping[str, str]) -> str:
    """A client knows his own place."""
    return "" if delivery.message.recipient.kind is RecipientKind.CONTACT else told["place"]
