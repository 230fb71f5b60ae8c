"""What a gateway calls back, and whether it is the gateway."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from services.notify.domain.delivery import CallAnswer
from services.notify.domain.voice import KEYS
from services.notify.webhooks.signing import headers_of

SIGNED_WITHIN_SECONDS = 300

_EVENTS: Mapping[str, CallAnswer] = {
    "no-answer": CallAnswer.NO_ANSWER,
    "busy": CallAnswer.BUSY,
    "machine": CallAnswer.MACHINE,
    "completed": CallAnswer.NOTHING_TYPED,
    "failed": CallAnswer.FAILED,
    "canceled": CallAnswer.FAILED,
}
OTHER_KEY = "other-key"
"""He typed what means nothing: he is asked again."""


def answer_of_json(said: Any) -> CallAnswer | str | None:
    """Of ``{"event": "keypad", "digits": "1"}`` and the like; None where it says nothing yet."""
    if not isinstance(said, dict):
        return None
    event = said.get("event")
    if event == "keypad":
        return KEYS.get(str(said.get("digits", "")).strip(), OTHER_KEY)
    return _EVENTS.get(event) if isinstance(event, str) else None


def answer_of_twilio(fields: Mapping[str, str]) -> CallAnswer | str | None:
    """Of a request for what to do next, or of a status; None where it says nothing yet."""
    if "Digits" in fields:
        return KEYS.get(fields["Digits"].strip(), OTHER_KEY)
    status = fields.get("CallStatus", "")
    if status == "completed" and fields.get("AnsweredBy", "").startswith(("machine", "fax")):
        return CallAnswer.MACHINE
    return _EVENTS.get(status)


def is_signed(secret: str, url: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """As Twilio does it, or as Standard Webhooks has it, within minutes of ``now`` (seconds since 1970)."""
    if (given := headers.get("x-twilio-signature")) is not None:
        return hmac.compare_digest(given, twilio_signature(secret, url, body))
    id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not stamp.isdecimal() or abs(now - int(stamp)) > SIGNED_WITHIN_SECONDS:
        return False
    try:
        expected = headers_of(id, int(stamp), body, (secret,))["webhook-signature"]
    except binascii.Error:
        return False
    given_ones = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(each, expected) for each in given_ones)


def twilio_signature(secret: str, url: str, body: bytes) -> str:
    """HMAC-SHA1 over the address and each field's name and value, by name."""
    fields = sorted(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    signed = url + "".join(f"{name}{value}" for name, value in fields)
    return base64.b64encode(hmac.digest(secret.encode(), signed.encode(), hashlib.sha1)).decode()
