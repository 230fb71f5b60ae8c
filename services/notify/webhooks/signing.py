"""Signatures of Standard Webhooks 1.0 (standardwebhooks.com): HMAC-SHA256 over id, time and body."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping

SECRET_BYTES = 32
_PREFIX = "whsec_"


def secret_of(random: bytes) -> str:
    """A secret as receivers know it: ``whsec_`` and base64."""
    return _PREFIX + base64.b64encode(random).decode()


def headers_of(id: str, timestamp: int, body: bytes, secrets: Iterable[str]) -> Mapping[str, str]:
    """What goes with a message at ``timestamp`` (seconds since 1970): a signature with each secret."""
    signed = b".".join((id.encode(), str(timestamp).encode(), body))
    signatures = (
        hmac.digest(base64.b64decode(secret.removeprefix(_PREFIX)), signed, hashlib.sha256)
        for secret in secrets
    )
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{base64.b64encode(each).decode()}" for each in signatures),
    }
