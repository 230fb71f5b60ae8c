"""Hand a call to the firm's gateway, and say on the telephone what is to be said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from xml.sax.saxutils import escape, quoteattr

from contracts.notify.events import MessageChannel
from contracts.values import Language
from infra.chassis.http.signed import signed, what_is_signed
from infra.chassis.runtime import Runtime
from infra.chassis.store.deliveries import Do
from services.notify.domain.delivery import CallAnswer, Delivery
from services.notify.domain.voice import answerable_until
from services.notify.mail.compose import Names, Sender, line, own_words, words
from services.notify.sending import deliver_messages, names_of, number_of
from services.notify.sms.gateway import Fits, Gateway
from services.notify.sms.gateway import Sender as Hand

_PLAIN: Mapping[str, str] = {
    "to": "{to}",
    "from": "{from}",
    "text": "{text}",
    "language": "{language}",
    "callback": "{callback}",
    "id": "{id}",
}
FITS = Fits(_PLAIN, (frozenset({"to"}), frozenset({"text", "twiml"}), frozenset({"callback", "twiml"})))
LANGUAGES = {Language.FR: "fr-FR", Language.EN: "en-GB"}
PATH = "/v1/calls"

_THANKS = {
    Language.FR: {
        CallAnswer.ACCEPTED: "Merci, c'est noté. Le détail est dans votre courriel.",
        CallAnswer.DECLINED: "C'est noté, quelqu'un d'autre est appelé.",
    },
    Language.EN: {
        CallAnswer.ACCEPTED: "Thank you, that is noted. Your mail has the details.",
        CallAnswer.DECLINED: "That is noted, somebody else is called.",
    },
}
_TOO_LATE = {
    Language.FR: "Il est trop tard, l'intervention a été proposée à quelqu'un d'autre.",
    Language.EN: "It is too late, the visit was offered to somebody else.",
}


@dataclass(frozen=True)
class Voice:
    """The gateway that calls go through, and the secret by which it signs what it calls back (none: the
    signed address alone says that it is the gateway)."""

    gateway: Gateway
    secret: str = ""


async def make_calls(voice: Voice, sender: Sender, run: Runtime) -> None:
    """The loop that has people called, until cancelled."""
    hand = Hand(voice.gateway)
    try:
        await deliver_messages(MessageChannel.VOICE, run, partial(_call, hand, voice.gateway.country, sender))
    finally:
        await hand.close()


async def _call(hand: Hand, country: str, sender: Sender, do: Do, delivery: Delivery) -> None:
    """``Rejected`` when the recipient is gone, his number is none, or the gateway refuses for good."""
    names = await names_of(do, delivery)
    await call(hand, number_of(names, delivery, country, called=True), delivery, names, sender)


async def call(hand: Hand, to: str, delivery: Delivery, names: Names, sender: Sender) -> None:
    """Return once the gateway has taken it; as for an SMS otherwise. ``to`` in E.164."""
    language = names.recipient.language
    told = words(delivery, names, sender, language)
    own = own_words(names, told, delivery.id)
    said = own[1] if own else line(delivery.message.kind, language, told, "voice", "sms", "subject")
    back = callback(delivery, sender)
    await hand.hand_over(
        {
            "to": to,
            "text": said,
            "language": LANGUAGES[language],
            "callback": back,
            "twiml": asking(said, language, back),
            "id": delivery.id,
        }
    )


def callback(delivery: Delivery, sender: Sender) -> str:
    """The address of what comes of this call, signed: whoever was not given it does not know it."""
    token = signed(sender.link_key, f"call/{delivery.id}", answerable_until(delivery))
    return f"{sender.links.rstrip('/')}{PATH}/{token}"


def called(key: str, token: str, now: datetime) -> str | None:
    """The call that such an address is about; None where it is none of ours, or too old."""
    kind, _, id = (what_is_signed(key, token, now) or "").partition("/")
    return id if kind == "call" and id else None


def thanks(answer: CallAnswer, language: Language, *, late: bool) -> str:
    """What is said to whoever has typed his answer."""
    return _TOO_LATE[language] if late else _THANKS[language][answer]


def asking(text: str, language: Language, back: str) -> str:
    """TwiML: say it and wait for one key; twice, since who was asleep has missed the beginning."""
    said = f"<Say language={quoteattr(LANGUAGES[language])}>{escape(text)}</Say>"
    asked = f'<Gather numDigits="1" timeout="8" method="POST" action={quoteattr(back)}>{said}</Gather>'
    return f"<Response>{asked}{asked}</Response>"


def saying(text: str, language: Language) -> str:
    """TwiML: say it and hang up."""
    said = f"<Say language={quoteattr(LANGUAGES[language])}>{escape(text)}</Say>"
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{said}<Hangup/></Response>'
