"""What a link says that needs no login: signed, so that nobody makes one, and good until a day."""

import base64
import binascii
import hashlib
import hmac
from datetime import UTC, datetime

_SIGNATURE_BYTES = 20


def signed(key: str, what: str, until: datetime) -> str:
    """A token that stands for ``what``; the same for the same, so that a mail sent twice says the same."""
    said = f"{int(until.timestamp())}:{what}".encode()
    return _text(_signature(key, said) + said)


def what_is_signed(key: str, token: str, now: datetime) -> str | None:
    """What the token stands for; None where it is none of ours, or its day has passed."""
    try:
        given = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    if _text(given) != token:  # the decoder forgives what this writes otherwise
        return None
    signature, said = given[:_SIGNATURE_BYTES], given[_SIGNATURE_BYTES:]
    if not key or not hmac.compare_digest(signature, _signature(key, said)):
        return None
    until, _, what = said.decode().partition(":")
    return what if datetime.fromtimestamp(int(until), UTC) > now else None


def _signature(key: str, said: bytes) -> bytes:
    return hmac.new(key.encode(), said, hashlib.sha256).digest()[:_SIGNATURE_BYTES]


def _text(given: bytes) -> str:
    return base64.urlsafe_b64encode(given).decode().rstrip("=")
